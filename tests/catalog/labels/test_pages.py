"""Printing at the workspace: who may, what the page says, and what a wrong wish gets."""

from datetime import date

import pytest

from shop.catalog.packaging.actions import NewHalal, NewPack, NewPermit, describe
from shop.catalog.packaging.batches import add_batch
from shop.catalog.packaging.rules import Claim, HalalState, PermitKind
from shop.catalog.products.models import Product
from shop.catalog.stories.actions import Story
from shop.core.database.engine import Database
from shop.people.cooperatives.rules import Role
from shop.services.pdf import renderer
from tests.factories import NOON, Goods, make_cooperative, make_goods, make_person, make_seat
from tests.fulfilment.documents.paper import sheets
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.stories import tell
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

FULL = NewPack(
    net_content=200,
    net_unit="g",
    shelf_life_days=365,
    storage="Suhu ruang",
    ingredients="100% kopi arabika",
    is_food=True,
    halal=NewHalal(state=HalalState.CERTIFIED, number="ID11110000090010224", claim=Claim.CHECKED),
    permits=(NewPermit(kind=PermitKind.PIRT, number="2063205010072-29", claim=Claim.CHECKED),),
)


@pytest.fixture
def coffee(db: Database) -> Goods:
    """Goods whose label lacks nothing, with one batch."""
    goods = make_goods(db)
    with db.writing() as session:
        describe(session, goods.product_id, FULL, now=NOON)
        add_batch(
            session,
            product_id=goods.product_id,
            variant_id=goods.variant_id,
            code="GYO261102A",
            produced_on=date(2026, 11, 2),
            now=NOON,
        )
    return goods


@pytest.fixture
def wati(db: Database, client: Visitor, coffee: Goods) -> Visitor:
    """Bu Wati, who runs Koperasi Gayo, signed in."""
    person = make_person(db, "Bu Wati")
    make_seat(db, coffee.cooperative, person, Role.MANAJER)
    sign_in(client, db, person)
    return client


def page(goods: Goods, end: str = "label") -> str:
    return f"/lapak/produk/{goods.sku}/{end}"


WISH = {"batch": "1-GYO261102A", "ukuran": "a4-8", "jumlah": "8"}


def test_a_manager_prints_labels_of_a_batch(wati: Visitor, coffee: Goods) -> None:
    form = wati.get(page(coffee))
    assert "Semua keterangan yang wajib sudah ada." in form.text
    assert "GYO261102A" in form.text
    answer = wati.get(page(coffee, "label.pdf"), query_string=WISH)
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "private, no-store"
    (sheet,) = sheets(answer.data)
    assert sheet.text.count("GYO261102A") == 8
    assert "11-2027" in sheet.text


def test_a_label_that_lacks_a_fact_says_which_on_the_page_and_on_paper(
    db: Database, wati: Visitor, coffee: Goods
) -> None:
    with db.writing() as session:
        describe(session, coffee.product_id, NewPack(net_content=200, net_unit="g"), now=NOON)
    form = wati.get(page(coffee))
    assert "Labelnya belum lengkap" in form.text
    assert "<li>komposisi</li>" in form.text
    answer = wati.get(page(coffee, "label.pdf"), query_string=WISH)
    assert "CONTOH – BELUM LENGKAP" in sheets(answer.data)[0].text


@pytest.mark.parametrize("count", ["0", "-1", "10000", "", "dua", "1.5", "9" * 400])
def test_a_count_that_makes_no_sense_is_refused_with_a_sentence(
    wati: Visitor, coffee: Goods, count: str
) -> None:
    answer = wati.get(page(coffee, "label.pdf"), query_string={**WISH, "jumlah": count})
    assert answer.status_code == 422
    assert "misalnya" in answer.text
    assert f'value="{count}"' in answer.text
    assert 'value="a4-8" id="ukuran-0" checked' in answer.text


@pytest.mark.parametrize("wrong", [{"ukuran": "a0"}, {"batch": "9-X"}, {"batch": "\x00"}])
def test_a_paper_or_a_batch_that_is_not_there_is_refused(
    wati: Visitor, coffee: Goods, wrong: dict[str, str]
) -> None:
    answer = wati.get(page(coffee, "label.pdf"), query_string={**WISH, **wrong})
    assert answer.status_code == 422
    assert "Pilih salah satu" in answer.text


def test_a_press_that_hangs_is_said_on_a_page(
    wati: Visitor, coffee: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renderer, "MAX_SECONDS", 0)
    answer = wati.get(page(coffee, "label.pdf"), query_string=WISH)
    assert answer.status_code == 503
    assert answer.mimetype == "text/html"


def test_a_text_without_room_is_refused_with_a_way_on(
    db: Database, wati: Visitor, coffee: Goods
) -> None:
    endless = NewPack(ingredients=", ".join(f"bahan {number}" for number in range(900)))
    with db.writing() as session:
        describe(session, coffee.product_id, endless, now=NOON)
    answer = wati.get(page(coffee, "label.pdf"), query_string=WISH)
    assert answer.status_code == 422
    assert "sekecil yang boleh (1 mm)" in answer.text


def test_only_those_of_the_product_print_it(db: Database, client: Visitor, coffee: Goods) -> None:
    made = make_person(db, "Pak Made")
    make_seat(db, make_cooperative(db, "KIN"), made, Role.MANAJER)
    sign_in(client, db, made)
    for end in ("label", "label.pdf", "cerita", "cerita/kartu.pdf"):
        assert client.get(page(coffee, end)).status_code == 404


def test_cards_of_a_story_carry_its_opening(db: Database, wati: Visitor, coffee: Goods) -> None:
    assert wati.get(page(coffee, "cerita/kartu.pdf")).status_code == 404
    tell(db, coffee.product_id, Story("Dipetik merah, dijemur dua minggu."))
    answer = wati.get(page(coffee, "cerita/kartu.pdf"))
    (sheet,) = sheets(answer.data)
    assert sheet.text.count("Dipetik merah, dijemur dua minggu.") == 4
    with db.reading() as session:
        name = session.get_one(Product, coffee.product_id).name
    assert sheet.text.count(name) == 4
