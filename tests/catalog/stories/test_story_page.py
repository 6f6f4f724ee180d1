"""Telling a story at the workspace: nothing typed is lost, and whatever is typed stays words."""

import pytest

from shop.catalog.products.models import StoryPart
from shop.catalog.stories.actions import Story, story_of
from shop.core.database.engine import Database
from shop.people.cooperatives.rules import Role
from tests.factories import Goods, make_cooperative, make_goods, make_person, make_seat
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)


@pytest.fixture
def goods(db: Database) -> Goods:
    """What Bu Asih makes."""
    return make_goods(db, maker=make_person(db, "Bu Asih"))


@pytest.fixture
def wati(db: Database, client: Visitor, goods: Goods) -> Visitor:
    """Bu Wati, who runs the cooperative, signed in."""
    person = make_person(db, "Bu Wati")
    make_seat(db, goods.cooperative, person, Role.MANAJER)
    sign_in(client, db, person)
    return client


def at(goods: Goods) -> str:
    return f"/lapak/produk/{goods.sku}/cerita"


def told(db: Database, goods: Goods) -> Story:
    with db.reading() as session:
        return story_of(session, goods.product_id)


def test_a_manager_tells_the_story_for_a_maker(db: Database, wati: Visitor, goods: Goods) -> None:
    typed = {"pembuka": "Dipetik merah.", "siapa": "Bu Asih.", "bagaimana": "- jemur\n- sangrai"}
    answer = wati.post(at(goods), data=typed)
    assert answer.status_code == 303
    assert told(db, goods) == Story(
        "Dipetik merah.", {StoryPart.WHO: "Bu Asih.", StoryPart.HOW: "- jemur\n- sangrai"}
    )
    page = wati.get(at(goods)).text
    assert "Ceritanya sudah disimpan." in page
    assert "- jemur\n- sangrai" in page


def test_a_story_can_be_taken_away(db: Database, wati: Visitor, goods: Goods) -> None:
    wati.post(at(goods), data={"pembuka": "Dipetik merah.", "sejak": "1998"})
    answer = wati.post(at(goods), data={"pembuka": " ", "sejak": ""})
    assert answer.status_code == 303
    assert told(db, goods).is_empty


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"pembuka": "", "beda": "Rasanya lain."}, "Tulis pembukanya dulu"),
        ({"pembuka": "a" * 401, "beda": "Rasanya lain."}, "paling banyak 400 huruf"),
        ({"pembuka": "Ada.", "beda": "Rasanya lain. " * 200}, "paling banyak 1500 huruf"),
        ({"pembuka": "Ada.", "beda": "x" * 900_000}, "paling banyak 1500 huruf"),
    ],
    ids=["no opening", "long opening", "long part", "endless part"],
)
def test_a_refused_story_keeps_every_word(
    db: Database, wati: Visitor, goods: Goods, typed: dict[str, str], sentence: str
) -> None:
    answer = wati.post(at(goods), data=typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert typed["beda"].strip() in answer.text
    assert told(db, goods).is_empty


def test_ten_megabytes_are_refused_with_a_page(db: Database, wati: Visitor, goods: Goods) -> None:
    answer = wati.post(at(goods), data={"pembuka": "x" * 10_000_000})
    assert answer.status_code == 413
    assert len(Markup.of(answer.text).all("h1")) == 1
    assert told(db, goods).is_empty


@pytest.mark.parametrize(
    "typed", ["</textarea><script>alert(1)</script>", "[a](javascript:alert(1))", "\x00\u202ex"]
)
def test_hostile_words_come_back_as_words(wati: Visitor, goods: Goods, typed: str) -> None:
    assert wati.post(at(goods), data={"pembuka": "Ada.", "beda": typed}).status_code == 303
    page = Markup.of(wati.get(at(goods)).text)
    assert page.faults == []
    assert all(one.attrs.get("src") for one in page.all("script"))
    assert all("javascript" not in one.attrs.get("href", "") for one in page.all("a"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("<script>alert(1)</script>", "Kode HTML tampil sebagai tulisan biasa."),
        ("<iframe src=https://x.example></iframe>", "Kode HTML tampil sebagai tulisan biasa."),
        ("[a](javascript:alert(1))", "alamat yang dimulai dengan https://"),
        ("![a](https://x.example/a.png)", "Gambar dari tempat lain tidak tampil."),
    ],
)
def test_beside_what_readers_will_not_see_stands_why(
    wati: Visitor, goods: Goods, typed: str, said: str
) -> None:
    answer = wati.post(at(goods), data={"pembuka": "Ada.", "beda": f"Manis. {typed}"})
    assert answer.status_code == 303
    page = wati.get(at(goods)).text
    assert Markup.of(page).faults == []
    before, _, after = page.partition('id="beda"')
    # Beside this field and no other; the hint under the form says it of pictures to everybody.
    assert said not in before
    assert said in after.partition('id="perubahan"')[0]


def test_others_find_no_story_to_tell(db: Database, client: Visitor, goods: Goods) -> None:
    made = make_person(db, "Pak Made")
    make_seat(db, make_cooperative(db, "KIN"), made, Role.MANAJER)
    sign_in(client, db, made)
    assert client.get(at(goods)).status_code == 404
    assert client.post(at(goods), data={"pembuka": "Ada."}).status_code == 404
    assert told(db, goods).is_empty


def test_the_supervisor_reads_and_does_not_write(
    db: Database, client: Visitor, goods: Goods
) -> None:
    pengawas = make_person(db, "Bu Sri")
    make_seat(db, goods.cooperative, pengawas, Role.PENGAWAS)
    sign_in(client, db, pengawas)
    assert client.get(at(goods)).status_code == 200
    assert client.post(at(goods), data={"pembuka": "Ada."}).status_code == 403
