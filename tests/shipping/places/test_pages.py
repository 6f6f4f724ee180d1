"""The page that looks places up: public, the same for everybody, never a fault."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from shop.core.database.engine import Database
from shop.shipping.places.models import Region
from tests.support.engines import PAGES
from tests.web.markup import Markup

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

ROWS = [
    ("32", None, "Jawa Barat", "jawabarat", None),
    ("32.75", "32", "Kota Bekasi", "bekasi", None),
    ("32.75.08", "32.75", "Pondokgede", "pondokgede", None),
    ("32.75.08.1001", "32.75.08", "Jatiwaringin", "jatiwaringin", "17411"),
    ("32.75.08.1003", "32.75.08", "Jaticempaka", "jaticempaka", "17411"),
]


@pytest.fixture
def bekasi(db: Database) -> None:
    """One city's worth of regions."""
    names = ("code", "parent_code", "name", "folded", "postcode")
    with db.writing() as session:
        session.execute(insert(Region), [dict(zip(names, row, strict=True)) for row in ROWS])


@pytest.mark.usefixtures("bekasi")
def test_a_search_lists_the_places_with_their_postcodes(client: FlaskClient) -> None:
    answer = client.get("/wilayah?q=jatiwaringin")
    assert answer.status_code == 200
    assert "Jatiwaringin" in answer.text
    assert "17411" in answer.text
    assert "Jaticempaka" not in answer.text


@pytest.mark.usefixtures("bekasi")
def test_a_place_nobody_knows_has_a_way_on(client: FlaskClient) -> None:
    answer = client.get("/wilayah?q=xyzzy")
    assert answer.status_code == 200
    assert "belum ketemu" in answer.text
    assert 'href="/wilayah"' in answer.text


@pytest.mark.usefixtures("bekasi")
def test_the_steps_lead_from_the_province_to_the_village(client: FlaskClient) -> None:
    assert 'href="/wilayah?di=32"' in client.get("/wilayah").text
    assert 'href="/wilayah?di=32.75"' in client.get("/wilayah?di=32").text
    assert 'href="/wilayah?di=32.75.08"' in client.get("/wilayah?di=32.75").text
    last = client.get("/wilayah?di=32.75.08").text
    assert "Jatiwaringin" in last
    assert "di=32.75.08.1001" not in last


@pytest.mark.usefixtures("bekasi")
@pytest.mark.parametrize(
    "path", ["/wilayah", "/wilayah?q=jati", "/wilayah?q=xyzzy", "/wilayah?di=32.75.08"]
)
def test_every_page_is_sound(client: FlaskClient, path: str) -> None:
    assert Markup.of(client.get(path).text).faults == []


@pytest.mark.usefixtures("bekasi")
@pytest.mark.parametrize("code", ["99", "32.99", "x", "%", "32." * 100])
def test_an_unknown_region_is_a_404_page(client: FlaskClient, code: str) -> None:
    assert client.get("/wilayah", query_string={"di": code}).status_code == 404


@pytest.mark.usefixtures("bekasi")
def test_a_script_gets_the_same_places_as_data(client: FlaskClient) -> None:
    answer = client.get("/wilayah.json?q=jati")
    assert answer.get_json() == [
        {"code": "32.75.08.1003", "label": "Jaticempaka, Pondokgede, Kota Bekasi 17411"},
        {"code": "32.75.08.1001", "label": "Jatiwaringin, Pondokgede, Kota Bekasi 17411"},
    ]


@pytest.mark.usefixtures("bekasi")
@pytest.mark.parametrize("path", ["/wilayah", "/wilayah?q=jati", "/wilayah.json?q=jati"])
def test_the_answers_may_be_kept_for_all_and_set_no_cookie(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["Cache-Control"].startswith("public")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.usefixtures("bekasi")
@pytest.mark.parametrize("typed", ["%", "_", "'\"<script>", "a" * 500, "\x00", "١٢٣٤٥", " "])
def test_no_text_breaks_the_page(client: FlaskClient, typed: str) -> None:
    for path in ("/wilayah", "/wilayah.json"):
        answer = client.get(path, query_string={"q": typed})
        assert answer.status_code == 200
        assert "<script>" not in answer.text.replace("&lt;script&gt;", "")
