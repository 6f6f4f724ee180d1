"""A manager weighs what a maker listed, approves it or sends it back, and looks again later."""

from datetime import date

import pytest
from sqlalchemy import select

from shop.catalog.listings.actions import Starting, start
from shop.catalog.listings.queries import count_waiting, waiting
from shop.catalog.packaging.label_rules import LABEL, Strictness
from shop.catalog.packaging.models import PackFacts
from shop.catalog.products.models import (
    Category,
    Listing,
    ListingState,
    Product,
    ProductCard,
    ProductState,
    Variant,
)
from shop.core.database.engine import Database
from shop.core.database.settings_by_date import Policy
from shop.people.accounts.models import Person
from shop.people.cooperatives.models import Cooperative, Member
from shop.people.cooperatives.rules import Role
from shop.services.outbox.models import Notice
from tests.catalog.listed import ANSWERS, NEW, only, sent
from tests.factories import NOON, make_cooperative, make_member, make_person, make_seat
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup

WEIGHED = {"berat": "275", "panjang": "22", "lebar": "15", "tinggi": "7"}


def queue(sku: str) -> str:
    return f"/kelola/koperasi-gyo/produk/setuju/{sku}"


def version(db: Database) -> str:
    return str(only(db)[1].version)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_listing_goes_from_a_phone_over_the_manager_into_the_shop(
    db: Database, stall: Visitor, wati: Visitor
) -> None:
    assert Markup.of(stall.get(NEW).text).faults == []
    sku = sent(stall, db)
    waiting = stall.get(f"/lapak/produk/{sku}")
    assert Markup.of(waiting.text).faults == []
    assert "Giliran pengurus" in waiting.text
    for path in ("", "/setuju", f"/setuju/{sku}"):
        page = wati.get(f"/kelola/koperasi-gyo/produk{path}")
        assert (page.status_code, Markup.of(page.text).faults) == (200, [])
    assert "perkiraan" in wati.get(queue(sku)).text
    answer = wati.post(queue(sku), data={**WEIGHED, "versi": version(db)})
    assert answer.status_code == 303
    product, listing = only(db)
    assert (product.state, listing.is_estimated) == (ProductState.PUBLISHED, False)
    with db.reading() as session:
        pack = session.scalars(select(Variant)).one()
        assert (pack.gross_grams, pack.length_mm, pack.width_mm) == (275, 220, 150)
        assert session.scalars(select(ProductCard.name)).one() == ANSWERS["nama"]
        assert session.scalars(select(ProductCard.category_path)).one().endswith("keripik-kerupuk")
        assert session.scalars(select(Notice.kind)).all() == ["product_approved"]
    overview = stall.get(f"/lapak/produk/{sku}")
    assert Markup.of(overview.text).faults == []
    for said in ("Di toko sekarang", "Rp28.000", "<b>40</b>", "Nilai kemasan", 'class="light"'):
        assert said in overview.text


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_listing_sent_back_says_why_and_can_be_sent_again(
    db: Database, stall: Visitor, wati: Visitor
) -> None:
    sku = sent(stall, db)
    empty = wati.post(f"{queue(sku)}/kembalikan", data={"alasan": " ", "versi": version(db)})
    assert (empty.status_code, 'id="alasan-e"' in empty.text) == (422, True)
    reason = "Fotonya gelap, tolong <b>foto lagi</b>."
    wati.post(f"{queue(sku)}/kembalikan", data={"alasan": reason, "versi": version(db)})
    for path in ("", "/isi"):
        page = stall.get(f"/lapak/produk/{sku}{path}").text
        assert Markup.of(page).faults == []
        assert "Fotonya gelap" in page
        assert "<b>foto lagi</b>" not in page
    again = stall.post(f"/lapak/produk/{sku}/isi", data={**ANSWERS, "kirim": "1"})
    assert again.status_code == 303
    assert only(db)[1].state is ListingState.SUBMITTED


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"berat": "200"}, "berat"),
        ({"berat": "60000"}, "berat"),
        ({"berat": ""}, "berat"),
        ({"lebar": "", "tinggi": ""}, "lebar"),
        ({"panjang": "201"}, "panjang"),
    ],
)
def test_a_weight_or_size_that_cannot_be_is_not_confirmed(
    db: Database, stall: Visitor, wati: Visitor, typed: dict[str, str], field: str
) -> None:
    sku = sent(stall, db)
    answer = wati.post(queue(sku), data={**WEIGHED, **typed, "versi": version(db)})
    assert (answer.status_code, f'id="{field}-e"' in answer.text) == (422, True)
    assert Markup.of(answer.text).faults == []
    assert only(db)[0].state is ProductState.DRAFT


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_manager_confirms_or_changes_the_guessed_category(
    db: Database, stall: Visitor, wati: Visitor
) -> None:
    sku = sent(stall, db)
    assert only(db)[1].is_category_guessed
    form = Markup.of(wati.get(queue(sku)).text)
    chosen = [one.attrs["value"] for one in form.all("option") if "selected" in one.attrs]
    assert chosen == ["makanan-olahan/keripik-kerupuk"]
    typed = {**WEIGHED, "versi": version(db), "kategori": "ada/saja"}
    refused = wati.post(queue(sku), data=typed)
    assert (refused.status_code, 'id="kategori-e"' in refused.text) == (422, True)
    assert 'value="275"' in refused.text
    assert wati.post(queue(sku), data={**typed, "kategori": "kerajinan"}).status_code == 303
    assert not only(db)[1].is_category_guessed
    with db.reading() as session:
        assert session.scalars(select(ProductCard.category_path)).one() == "kerajinan"
        assert session.scalars(select(PackFacts.is_food)).one() is False
    # What was confirmed is not guessed anew when the maker writes the name otherwise.
    stall.post(f"/lapak/produk/{sku}/isi", data={**ANSWERS, "nama": "Kopi Robusta", "simpan": "1"})
    with db.reading() as session:
        path = select(Category.path).join(Product, Product.category_id == Category.id)
        assert session.scalars(path).one() == "kerajinan"


@pytest.mark.only_on("sqlite", because=PAGES)
def test_an_approval_that_the_operators_switch_blocks_says_what_to_do(
    db: Database, stall: Visitor, wati: Visitor
) -> None:
    sku = sent(stall, db)
    with db.writing() as session:
        session.merge(Policy(name=LABEL, since=date(2020, 1, 1), value=int(Strictness.BLOCK)))
    answer = wati.post(queue(sku), data={**WEIGHED, "versi": version(db)})
    assert (answer.status_code, Markup.of(answer.text).faults) == (422, [])
    assert "Labelnya belum memenuhi yang wajib" in answer.text
    assert 'value="275"' in answer.text
    assert only(db)[0].state is ProductState.DRAFT


@pytest.mark.only_on("sqlite", because=PAGES)
def test_an_approval_of_what_was_edited_meanwhile_is_asked_again(
    db: Database, stall: Visitor, wati: Visitor
) -> None:
    sku = sent(stall, db)
    seen = version(db)
    stall.post(f"/lapak/produk/{sku}/isi", data={"nama": "Keripik Lain", "simpan": "1"})
    answer = wati.post(queue(sku), data={**WEIGHED, "versi": seen})
    assert answer.headers["Location"].endswith(queue(sku))
    assert only(db)[0].state is ProductState.DRAFT
    assert wati.post(queue(sku), data={**WEIGHED, "versi": version(db)}).status_code == 303
    assert only(db)[0].state is ProductState.PUBLISHED


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_makers_change_of_what_was_confirmed_is_looked_at_again_while_it_sells(
    db: Database, stall: Visitor, wati: Visitor
) -> None:
    sku = sent(stall, db)
    wati.post(queue(sku), data={**WEIGHED, "versi": version(db)})
    address = f"/lapak/produk/{sku}/isi"
    stall.post(address, data={"harga": "30.000", "simpan": "1"})
    assert only(db)[1].state is ListingState.APPROVED
    stall.post(address, data={"nama": "Keripik Tempe Pedas", "simpan": "1"})
    product, listing = only(db)
    assert (product.state, listing.state) == (ProductState.PUBLISHED, ListingState.CHANGED)
    with db.reading() as session:
        card = session.execute(select(ProductCard.name, ProductCard.price)).one()
        assert tuple(card) == ("Keripik Tempe Pedas", 30_000)
        assert session.scalars(select(Variant.gross_grams)).one() == 275


@pytest.mark.only_on("sqlite", because=PAGES)
def test_packs_that_were_weighed_one_by_one_keep_their_weights(
    db: Database, stall: Visitor, wati: Visitor
) -> None:
    sku = sent(stall, db)
    with db.writing() as session:
        first = session.scalars(select(Variant)).one()
        session.add(
            Variant(
                product_id=first.product_id,
                position=2,
                sku="GYO-001-B",
                name="besar",
                price=50_000,
                gross_grams=1_100,
                length_mm=300,
                width_mm=200,
                height_mm=100,
            )
        )
    stall.post(f"/lapak/produk/{sku}/isi", data={"nama": "Keripik Tempe", "simpan": "1"})
    wati.post(queue(sku), data={**WEIGHED, "versi": version(db)})
    assert only(db)[0].state is ProductState.PUBLISHED
    with db.reading() as session:
        grams = session.scalars(select(Variant.gross_grams).order_by(Variant.position)).all()
    assert grams[1] == 1_100


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_makers_new_size_of_approved_goods_is_looked_at_again(
    db: Database, stall: Visitor, wati: Visitor
) -> None:
    sku = sent(stall, db)
    wati.post(queue(sku), data={**WEIGHED, "versi": version(db)})
    size = {"isi_bersih": "250 g", "berat": "275", "panjang": "22", "lebar": "15", "tinggi": "9"}
    assert stall.post(f"/lapak/produk/{sku}/kemasan", data=size).status_code == 303
    product, listing = only(db)
    assert (product.state, listing.state) == (ProductState.PUBLISHED, ListingState.CHANGED)
    assert "ditulis tangan" in wati.get(queue(sku)).text


@pytest.mark.only_on("sqlite", because=PAGES)
def test_another_cooperatives_member_or_listing_is_unknown(
    db: Database, stall: Visitor, wati: Visitor
) -> None:
    sku = sent(stall, db)
    foreign = make_member(db, make_cooperative(db, "KIN"))
    begun = wati.post("/kelola/koperasi-gyo/produk/baru", data={"anggota": foreign.code})
    assert begun.status_code == 404
    made = make_person(db, "Pak Made")
    make_seat(db, make_cooperative(db, "KIN"), made, Role.MANAJER)
    sign_in(wati, db, made)
    assert wati.get(f"/kelola/koperasi-kin/produk/setuju/{sku}").status_code == 404
    assert wati.get(queue(sku)).status_code == 404
    assert stall.get(queue(sku)).status_code in (403, 404)


def test_the_queue_costs_the_same_with_two_and_with_twenty_listings(
    db: Database, gayo: Cooperative, lister: Member, asih: Person
) -> None:
    def wait(count: int) -> None:
        with db.writing() as session:
            for _number in range(count):
                who = Starting(gayo.id, gayo.code, lister.id, asih.id, is_own=True)
                sku = start(session, who, now=NOON)
                product_id = session.scalars(select(Product.id).where(Product.sku == sku)).one()
                listing = session.get_one(Listing, product_id)
                listing.state, listing.submitted_at = ListingState.SUBMITTED, NOON

    def cost() -> int:
        with statements(db) as told, db.reading() as session:
            page = waiting(session, gayo.id)
            count_waiting(session, gayo.id)
            assert page.rows
        return len(told)

    wait(2)
    few = cost()
    wait(18)
    assert cost() == few
    wait(5)
    with db.reading() as session:
        first = waiting(session, gayo.id)
        rest = waiting(session, gayo.id, first.next_cursor)
    assert (len(first.rows), len(rest.rows)) == (20, 5)
    assert not {row.sku for row in first.rows} & {row.sku for row in rest.rows}
