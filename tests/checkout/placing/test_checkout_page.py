"""The checkout page: nothing typed is lost, every wrong field is named, every price is seen."""

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from shop.catalog.inventory.models import StockItem
from shop.core.database.engine import Database
from shop.payments.bills.models import Payee
from shop.sales.orders.models import DeliveryKind, Order, Purchase
from shop.shipping.places.models import Address
from shop.web.http import app_state
from tests.checkout.conftest import JATIWARINGIN, Market
from tests.checkout.shopping import (
    TYPED,
    checkout_form,
    enter,
    fill_cart,
    pay_data,
    stand_at_checkout,
    value_of,
)
from tests.factories import NOON, make_goods
from tests.support.customer import Answer, Customer, InProcess
from tests.support.engines import PAGES
from tests.support.statements import statements

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

HOSTILE = (
    "<script>alert(1)</script>",
    "'; DROP TABLE carts; --",
    "{{ 7 * 7 }}",
    "%s%n\x00",
    "😀" * 500,
    "٣٤٥",
    "a" * 5_000,
    "../../etc/passwd",
)


@pytest.fixture
def sari(app: Flask) -> Customer:
    """Sari, a guest."""
    return Customer(InProcess(app))


def errors_of(page: Answer) -> set[str]:
    """Names of the fields that the page complains about, each linked from the summary."""
    wrong = page.markup.all("input", **{"aria-invalid": "true"})
    wrong += page.markup.all("textarea", **{"aria-invalid": "true"})
    links = {link.attrs["href"] for link in page.markup.all("a") if "href" in link.attrs}
    assert all(f"#{one.attrs['id']}" in links for one in wrong)
    return {one.attrs["name"] for one in wrong}


def purchases(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Purchase)) or 0


def test_an_empty_cart_has_no_checkout(sari: Customer) -> None:
    assert sari.go("/checkout").path == "/keranjang"


def test_all_costs_are_seen_before_the_first_typed_field(market: Market, sari: Customer) -> None:
    fill_cart(sari, {market.gayo: 1, market.kintamani: 1})
    page = sari.go("/checkout")
    assert "mulai Rp12.000" in page.words
    assert "mulai Rp5.000" in page.words
    assert "mulai Rp127.000" in page.words
    assert "Bayar Rp" not in page.words, "nobody pays a price that is not known"


def test_a_guest_types_four_fields(market: Market, sari: Customer) -> None:
    page = stand_at_checkout(sari, {market.gayo: 1})
    assert "Bayar Rp57.000" in page.words
    assert sari.send("/checkout", pay_data(page)).path.startswith("/pembelian/")


def test_the_shopper_reads_once_why_two_kilograms_are_charged(
    market: Market, sari: Customer
) -> None:
    page = stand_at_checkout(sari, {market.gayo: 6})
    assert page.words.count("Beratnya 1,5 kg, dibulatkan ke atas jadi 2 kg.") == 1


def test_the_first_button_reckons_and_enter_places_nothing(
    db: Database, market: Market, sari: Customer
) -> None:
    page = stand_at_checkout(sari, {market.gayo: 1})
    form = checkout_form(page)
    assert form.buttons[0].words == "Hitung ulang"
    answer = sari.send("/checkout", form.data(press=form.buttons[0]))
    assert answer.path == "/checkout"
    assert purchases(db) == 0


def test_reckoning_keeps_everything_that_was_typed_and_chosen(
    market: Market, sari: Customer
) -> None:
    fill_cart(sari, {market.gayo: 1})
    sari.go("/checkout")
    key = market.gayo.cooperative.id
    typed = {
        **TYPED,
        "wa": "0812 34",
        "kel": "Jatiwaringin",
        "catatan_kurir": "Pagar hijau",
        f"catatan-{key}": "Giling halus",
    }
    page = sari.press("Hitung ulang", typed)
    for name, value in typed.items():
        assert value_of(page, name) == value
    assert value_of(page, "desa") == JATIWARINGIN


def test_each_wrong_field_is_named_with_a_right_example_and_kept(
    db: Database, market: Market, sari: Customer
) -> None:
    page = stand_at_checkout(sari, {market.gayo: 1})
    answer = sari.send(
        "/checkout", pay_data(page, nama="", wa="0812 34", alamat="Jl", kel="Jatiwaringin")
    )
    assert answer.status == 422
    assert errors_of(answer) == {"nama", "wa", "alamat"}
    for example in ("Dewi Lestari", "0812 3456 7890", "Jl. Melati No. 12, RT 03/RW 05"):
        assert example in answer.words
    assert value_of(answer, "wa") == "0812 34"
    assert value_of(answer, "alamat") == "Jl"
    assert purchases(db) == 0


def test_a_place_that_is_nowhere_is_an_error_at_its_field(market: Market, sari: Customer) -> None:
    fill_cart(sari, {market.gayo: 1})
    for typed in ("Antah Berantah", "99999", "00000", "???"):
        sari.go("/checkout")
        answer = sari.press("Hitung ulang", {**TYPED, "kel": typed})
        assert answer.status == 422
        assert errors_of(answer) == {"kel"}
        assert "misalnya 17411" in answer.words
        assert value_of(answer, "kel") == typed
        assert value_of(answer, "nama") == TYPED["nama"]


def test_several_places_are_a_short_list_to_choose_from(
    db: Database, market: Market, sari: Customer
) -> None:
    fill_cart(sari, {market.gayo: 1})
    sari.go("/checkout")
    page = sari.press("Hitung ulang", {**TYPED, "kel": "Jatibening"})
    radios = page.markup.all("input", name="desa", type="radio")
    assert len(radios) == 3
    assert not any("checked" in radio.attrs for radio in radios), "nobody guesses a village"
    assert "Bayar Rp" not in page.words, "they lie in different provinces"
    page = sari.press("Hitung ulang", {"desa": "32.75.08.1003"})
    assert "Bayar Rp57.000" in page.words
    sari.send("/checkout", pay_data(page))
    with db.reading() as session:
        assert session.scalars(select(Address.village)).one() == "Jatibening Baru"


def test_a_postcode_of_another_place_is_never_believed_by_itself(
    db: Database, market: Market, sari: Customer
) -> None:
    """53271 is Jatibening's in Cilacap, and only it answers to that code."""
    fill_cart(sari, {market.gayo: 1})
    for typed in ("Jatiwaringin 53271", "Jatiwaringin, Pondok Gede, Kota Bekasi 53271"):
        sari.go("/checkout")
        page = sari.press("Hitung ulang", {**TYPED, "kel": typed})
        assert page.status == 422
        assert errors_of(page) == {"kel"}
        assert "bukan kode pos tempat yang ditulis" in page.words
        assert "Bayar Rp" not in page.words
        offered = {radio.attrs["value"] for radio in page.markup.all("input", name="desa")}
        assert offered == {JATIWARINGIN, "33.01.02.2003"}
        assert value_of(page, "kel") == typed
    page = sari.press("Hitung ulang", {"desa": JATIWARINGIN})
    assert "Bayar Rp57.000" in page.words
    sari.send("/checkout", pay_data(page))
    with db.reading() as session:
        kept = session.scalars(select(Address)).one()
        assert (kept.village_code, kept.postcode) == (JATIWARINGIN, "17411")


def test_the_price_is_known_before_the_village_where_all_lie_in_one_district(
    db: Database, market: Market, sari: Customer
) -> None:
    page = stand_at_checkout(sari, {market.gayo: 1}, place="17412")
    assert "Bayar Rp57.000" in page.words
    answer = sari.send("/checkout", pay_data(page))
    assert answer.status == 422
    assert "Pilih satu" in answer.words
    assert sari.send("/checkout", pay_data(answer, desa="32.75.08.1002")).path.startswith(
        "/pembelian/"
    )


def test_another_place_typed_later_counts_instead_of_the_chosen_one(
    market: Market, sari: Customer
) -> None:
    stand_at_checkout(sari, {market.gayo: 1})
    page = sari.press("Hitung ulang", {"kel": "Batur"})
    assert "Bayar Rp65.000" in page.words
    assert value_of(page, "desa").startswith("51.")


def test_the_place_is_found_step_by_step_from_the_province_down(
    db: Database, market: Market, sari: Customer
) -> None:
    fill_cart(sari, {market.gayo: 1})
    sari.go("/checkout")
    page = sari.press("Lanjut", {**TYPED, "wilayah": "32"}, of="/checkout")
    for code in ("32.75", "32.75.08", JATIWARINGIN):
        page = sari.press("Lanjut", {"wilayah": code}, of="/checkout")
    assert "Bayar Rp57.000" in page.words
    assert value_of(page, "nama") == TYPED["nama"]
    assert sari.send("/checkout", pay_data(page)).path.startswith("/pembelian/")


def test_steps_can_begin_again_and_nonsense_leads_nowhere(market: Market, sari: Customer) -> None:
    fill_cart(sari, {market.gayo: 1})
    sari.go("/checkout")
    page = sari.press("Lanjut", {"wilayah": "32"}, of="/checkout")
    assert "Kabupaten atau kota" in page.words
    assert "Provinsi" in sari.press("Mulai lagi").words
    for code in ("99", "32.99", "x", "32.75.08.9999", "../..", "9" * 100):
        assert sari.press("Lanjut", {"wilayah": code}, of="/checkout").status == 200


def test_fetching_everything_needs_a_name_and_a_number_only(
    db: Database, market: Market, sari: Customer
) -> None:
    fill_cart(sari, {market.gayo: 1, market.sari_bumi: 1})
    page = sari.go("/checkout")
    pickup = next(
        (radio.attrs["name"], radio.attrs["value"])
        for radio in page.markup.all("input", type="radio")
        if radio.attrs["value"].startswith("pickup:")
    )
    page = sari.press("Hitung ulang", {"nama": "Sari", "wa": "081234567890", **dict([pickup])})
    assert "Bayar Rp75.000" in page.words
    assert "alamat tidak perlu diisi" in page.words
    assert not page.markup.all("textarea", name="alamat")
    assert sari.send("/checkout", pay_data(page)).path.startswith("/pembelian/")
    with db.reading() as session:
        assert session.scalars(select(Purchase.address_id)).one() is None
        assert set(session.scalars(select(Order.delivery_kind))) == {DeliveryKind.PICKUP}


def test_the_cheapest_that_comes_home_is_chosen_and_pick_up_only_where_nothing_else_is(
    market: Market, sari: Customer
) -> None:
    page = stand_at_checkout(sari, {market.gayo: 1, market.sari_bumi: 1})
    assert value_of(page, f"kirim-{market.gayo.cooperative.id}") == "courier:hemat"
    assert value_of(page, f"kirim-{market.sari_bumi.cooperative.id}").startswith("pickup:")


def test_another_way_to_go_is_paid_only_after_its_total_was_seen(
    db: Database, market: Market, sari: Customer
) -> None:
    page = stand_at_checkout(sari, {market.gayo: 1})
    name = f"kirim-{market.gayo.cooperative.id}"
    pickup = next(
        radio.attrs["value"]
        for radio in page.markup.all("input", name=name)
        if radio.attrs["value"].startswith("pickup:")
    )
    answer = sari.send("/checkout", pay_data(page, **{name: pickup}))
    assert answer.status == 422
    assert "Ongkir Gayo: tadi Rp12.000, sekarang Rp0." in answer.words
    assert "Bayar Rp45.000" in answer.words
    assert purchases(db) == 0


def test_counts_typed_over_before_pay_are_reckoned_first(
    db: Database, market: Market, sari: Customer
) -> None:
    page = stand_at_checkout(sari, {market.gayo: 1})
    answer = sari.send("/checkout", pay_data(page, **{f"jml-{market.gayo.variant_id}": "3"}))
    assert answer.path == "/checkout"
    assert "Jumlahnya sudah diubah. Periksa totalnya, lalu bayar." in answer.text
    assert "Bayar Rp147.000" in answer.words
    assert value_of(answer, "alamat") == TYPED["alamat"]
    assert purchases(db) == 0


def test_wrong_counts_are_refused_here_too(db: Database, market: Market, sari: Customer) -> None:
    page = stand_at_checkout(sari, {market.gayo: 1})
    name = f"jml-{market.gayo.variant_id}"
    for typed in ("0", "-1", "1.5", "9" * 400, "", "dua", "٣", "21"):
        answer = sari.send("/checkout", pay_data(page, **{name: typed}))
        assert answer.status == 422
        assert errors_of(answer) == {name}, answer.words
        assert value_of(answer, name) == typed
        assert value_of(answer, "nama") == TYPED["nama"]
    assert purchases(db) == 0


def test_only_ways_to_pay_that_exist_are_offered(
    db: Database, market: Market, sari: Customer
) -> None:
    page = stand_at_checkout(sari, {market.gayo: 1})
    methods = page.markup.all("input", name="cara")
    assert [method.attrs["value"] for method in methods] == ["transfer"]
    with db.writing() as session:
        session.execute(update(Payee).values(closed_at=NOON))
    answer = sari.send("/checkout", pay_data(page))
    assert answer.status == 422
    assert "Cara bayar ini sedang tidak bisa dipakai." in answer.words
    assert purchases(db) == 0


def test_hostile_input_is_only_ever_text(db: Database, market: Market, sari: Customer) -> None:
    with db.writing() as session:
        session.execute(update(StockItem).values(on_hand=900))
    page = stand_at_checkout(sari, {market.gayo: 1})
    names = [name for name in checkout_form(page).names if name != "csrf_token"]
    free = [name for name in names if name != "tanda" and not name.startswith("lihat-")]
    for text in HOSTILE:
        answer = sari.send("/checkout", pay_data(page, **dict.fromkeys(free, text)))
        assert answer.status == 422
        assert "<script>alert" not in answer.text
        assert value_of(answer, "nama") == text.replace("\x00", "")
    for name in names:
        answer = sari.send("/checkout", pay_data(page, **{name: f"{HOSTILE[0]}\x00"}))
        assert answer.status in (200, 422)
        assert "<script>alert" not in answer.text
        if answer.path.startswith("/pembelian/"):  # a note may be any words
            page = stand_at_checkout(sari, {market.gayo: 1})


def test_a_returning_person_types_nothing(
    db: Database, market: Market, sari: Customer, app: Flask
) -> None:
    person = enter(db, app, sari)
    page = stand_at_checkout(sari, {market.gayo: 1})
    sari.send("/checkout", pay_data(page))
    fill_cart(sari, {market.gayo: 2})
    page = sari.go("/checkout")
    assert "Bayar Rp102.000" in page.words, "the place of the last purchase is known"
    assert sari.send("/checkout", pay_data(page)).path.startswith("/pembelian/")
    with db.reading() as session:
        found = session.scalars(select(Purchase).order_by(Purchase.id)).all()
        assert {purchase.person_id for purchase in found} == {person.id}
        assert found[0].address_id == found[1].address_id
        assert found[0].contact_id == found[1].contact_id


def test_a_returning_person_can_send_it_elsewhere(
    db: Database, market: Market, sari: Customer, app: Flask
) -> None:
    enter(db, app, sari)
    sari.send("/checkout", pay_data(stand_at_checkout(sari, {market.gayo: 1})))
    fill_cart(sari, {market.gayo: 1})
    sari.go("/checkout")
    page = sari.press(
        "Hitung ulang",
        {"alamat_simpan": "0", **TYPED, "nama": "Budi", "kel": "Batur"},
    )
    assert "Bayar Rp65.000" in page.words
    sari.send("/checkout", pay_data(page))
    with db.reading() as session:
        assert set(session.scalars(select(Address.village))) == {"Jatiwaringin", "Batur"}


def test_a_saved_address_of_somebody_else_is_not_to_be_had(
    db: Database, market: Market, sari: Customer, app: Flask
) -> None:
    enter(db, app, sari)
    sari.send("/checkout", pay_data(stand_at_checkout(sari, {market.gayo: 1})))
    with db.reading() as session:
        foreign = session.scalars(select(Address.id)).one()
    joko = Customer(InProcess(app))
    enter(db, app, joko)
    fill_cart(joko, {market.gayo: 1})
    joko.go("/checkout")
    page = joko.press("Hitung ulang", {"alamat_simpan": str(foreign)})
    assert "Melati" not in page.text
    assert "Bayar Rp" not in page.words


def test_the_page_costs_the_same_for_two_and_for_twenty_lines(
    db: Database, market: Market, sari: Customer, app: Flask
) -> None:
    with app.app_context():
        own = app_state.database()
    costs = []
    stand_at_checkout(sari, {market.gayo: 1, market.kintamani: 1})
    for more in (0, 18):
        for _ in range(more):
            fill_cart(sari, {make_goods(db, market.gayo.cooperative): 1})
        with statements(own) as told:
            sari.go("/checkout")
        costs.append(len(told))
    assert costs[0] == costs[1] <= 14, costs
