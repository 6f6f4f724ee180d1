"""The address book: kept, changed, hidden; orders keep what they had, and nobody sees another's."""

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from shop.core.database.engine import Database
from shop.people.accounts.models import Contact
from shop.sales.orders.models import Purchase
from shop.shipping.addresses.actions import MAX_SAVED_ADDRESSES, saved_addresses, take_from_book
from shop.shipping.places.models import Address, Region
from shop.web.http import app_state
from tests.checkout.addressbook import add, codes, enter, fill
from tests.checkout.conftest import BATUR, JATIWARINGIN, Market
from tests.checkout.shopping import TYPED, fill_cart, pay_data, stand_at_checkout
from tests.factories import NOON
from tests.support.engines import PAGES
from tests.support.statements import statements

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

HOSTILE = (
    "<script>alert(1)</script>",
    "'; DROP TABLE addresses; --",
    "{{ 7 * 7 }}",
    '"><img src=x onerror=alert(1)>',
)


# -------------------------------------------------------------------------------- filling
def test_an_empty_book_says_so_and_leads_on(app: Flask, db: Database, market: Market) -> None:
    sari, _ = enter(db, app)
    page = sari.go("/akun/alamat")
    assert "Belum ada alamat" in page.words


def test_a_place_is_found_by_village_or_postcode_and_the_first_address_is_the_main_one(
    app: Flask, db: Database, market: Market
) -> None:
    sari, person = enter(db, app)
    assert add(sari).path == "/akun/alamat"
    page = add(sari, "80652", alamat="Jl. Danau 4", catatan_kurir="Titip ke warung")
    assert "Jatiwaringin, Pondok Gede, Kota Bekasi 17411" in page.words
    assert "Batur, Kintamani, Kabupaten Bangli 80652" in page.words
    assert "Titip ke warung" in page.words
    with db.reading() as session:
        first, second = saved_addresses(session, person.id)
    assert (first.place.village_code, first.is_main) == (JATIWARINGIN, True)
    assert (second.place.village_code, second.is_main) == (BATUR, False)


def test_a_name_of_many_places_asks_which_one_and_keeps_what_was_typed(
    app: Flask, db: Database, market: Market
) -> None:
    sari, person = enter(db, app)
    page = add(sari, "jatibening")
    assert page.status == 422
    assert "Ada beberapa tempat yang cocok" in page.words
    assert TYPED["alamat"] in page.text
    page = sari.press("Simpan alamat", {"desa": "33.01.02.2003"})
    assert page.path == "/akun/alamat"
    assert "Adipala" in page.words
    assert len(codes(db, person)) == 1


def test_who_types_another_name_is_not_held_to_the_choice_for_the_old_one(
    app: Flask, db: Database, market: Market
) -> None:
    sari, person = enter(db, app)
    add(sari, "jatibening")
    sari.press("Simpan alamat", {"desa": "33.01.02.2003", "kel": "Batur"})
    with db.reading() as session:
        (kept,) = saved_addresses(session, person.id)
    assert kept.place.village_code == BATUR


def test_a_place_is_found_step_by_step_from_the_province_down(
    app: Flask, db: Database, market: Market
) -> None:
    sari, person = enter(db, app)
    sari.go("/akun/alamat/baru")
    for code in ("51", "51.06", "51.06.04", BATUR):
        page = sari.press("Lanjut", {**TYPED, "wilayah": code})
        assert page.status == 422
        assert "Ada 1 isian" not in page.words
        assert TYPED["alamat"] in page.text
    assert sari.press("Simpan alamat").path == "/akun/alamat"
    with db.reading() as session:
        (kept,) = saved_addresses(session, person.id)
    assert kept.place.village_code == BATUR


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("nama", ""),
        ("wa", "12345"),
        ("wa", ""),
        ("alamat", "Jl"),
        ("alamat", ""),
        ("kel", ""),
        ("kel", "tidak ada di mana pun"),
        ("kel", "٣٤٥"),
        ("alamat", "x" * 301),
        ("catatan_kurir", "x" * 201),
    ],
)
def test_a_wrong_field_is_named_and_the_others_stay(
    app: Flask, db: Database, market: Market, field: str, wrong: str
) -> None:
    sari, person = enter(db, app)
    page = add(sari, **{field: wrong}) if field != "kel" else add(sari, wrong)
    assert page.status == 422
    assert f'href="#{field}"' in page.text
    for name, typed in TYPED.items():
        assert name == field or typed in page.text
    assert codes(db, person) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_write_is_shown_as_they_wrote_it_and_runs_nothing(
    app: Flask, db: Database, market: Market, text: str
) -> None:
    sari, person = enter(db, app)
    add(sari, nama=text, alamat=text, catatan_kurir=text)
    (code,) = codes(db, person)
    fill_cart(sari, {market.gayo: 1})
    for path in ("/akun/alamat", f"/akun/alamat/{code}", "/checkout"):
        page = sari.go(path)
        assert page.status == 200
        assert not page.markup.all("img", src="x")
        assert "alert(1)</script>" not in page.text
        assert text in page.markup.all("main")[0].text or path != "/akun/alamat"


def test_the_twenty_first_is_refused_in_words_and_kept_typed(
    app: Flask, db: Database, market: Market
) -> None:
    sari, person = enter(db, app)
    fill(db, person, MAX_SAVED_ADDRESSES)
    page = sari.go("/akun/alamat")
    assert "Buku alamat sudah penuh" in page.words
    assert "/akun/alamat/baru" not in page.text
    page = add(sari)
    assert page.status == 422
    assert "Buku alamat sudah penuh" in page.words
    assert TYPED["alamat"] in page.text
    assert len(codes(db, person)) == MAX_SAVED_ADDRESSES


def test_the_list_costs_the_same_for_two_and_for_twenty(
    app: Flask, db: Database, market: Market
) -> None:
    sari, person = enter(db, app)
    with app.app_context():
        own = app_state.database()
    costs = []
    for count in (2, 18):
        fill(db, person, count)
        with statements(own) as found:
            assert sari.go("/akun/alamat").status == 200
        costs.append(len(found))
    assert costs[0] == costs[1]


# ------------------------------------------------------------------- changing and removing
def test_an_order_keeps_its_address_when_the_book_changes(
    app: Flask, db: Database, market: Market
) -> None:
    sari, person = enter(db, app)
    sari.send("/checkout", pay_data(stand_at_checkout(sari, {market.gayo: 1})))
    (code,) = codes(db, person)
    sari.go(f"/akun/alamat/{code}")
    sari.press("Simpan alamat", {"alamat": "Jl. Baru 99", "kel": "Batur"})
    assert codes(db, person) == [code]
    with db.reading() as session:
        (kept,) = saved_addresses(session, person.id)
        purchase = session.scalars(select(Purchase)).one()
        went = session.get_one(Address, purchase.address_id)
        receiver = session.get_one(Contact, purchase.contact_id)
    assert (kept.street, kept.place.village) == ("Jl. Baru 99", "Batur")
    assert (went.street, went.village) == (TYPED["alamat"], "Jatiwaringin")
    assert receiver.name == TYPED["nama"]


def test_an_address_is_changed_without_finding_its_place_again(
    app: Flask, db: Database, market: Market
) -> None:
    sari, person = enter(db, app)
    add(sari)
    (code,) = codes(db, person)
    with db.writing() as session:
        session.execute(delete(Region).where(Region.code == JATIWARINGIN))
    sari.go(f"/akun/alamat/{code}")
    sari.press("Simpan alamat", {"nama": "Ibu Sari"})
    with db.reading() as session:
        (kept,) = saved_addresses(session, person.id)
    assert (kept.name, kept.place.village_code) == ("Ibu Sari", JATIWARINGIN)


def test_a_removed_address_is_hidden_and_the_order_that_went_there_shows_it(
    app: Flask, db: Database, market: Market
) -> None:
    sari, person = enter(db, app)
    bought = sari.send("/checkout", pay_data(stand_at_checkout(sari, {market.gayo: 1})))
    (code,) = codes(db, person)
    sari.go(f"/akun/alamat/{code}")
    page = sari.press("Hapus alamat ini")
    assert page.path == "/akun/alamat"
    assert "Belum ada alamat" in page.words
    assert sari.go(f"/akun/alamat/{code}").status == 404
    assert TYPED["alamat"] in sari.go(bought.path).text


def test_removing_twice_is_as_good_as_once(app: Flask, db: Database, market: Market) -> None:
    sari, person = enter(db, app)
    add(sari)
    (code,) = codes(db, person)
    page = sari.go(f"/akun/alamat/{code}")
    form = next(form for form in page.forms if form.action.endswith("/hapus"))
    for _ in range(2):
        answer = sari.send(form.action, form.data(), follow=False)
        assert (answer.status, answer.headers["location"]) == (303, "/akun/alamat")


def test_when_the_main_address_goes_the_latest_takes_its_place(
    app: Flask, db: Database, market: Market
) -> None:
    _, person = enter(db, app)
    fill(db, person, 3)
    main = codes(db, person)[0]
    with db.writing() as session:
        take_from_book(session, person_id=person.id, code=main, now=NOON)
    with db.reading() as session:
        left = saved_addresses(session, person.id)
    assert [one.is_main for one in left] == [True, False]
    assert left[0].street == "Jl. Mawar 2"


def test_checkout_begins_with_the_main_address(app: Flask, db: Database, market: Market) -> None:
    sari, person = enter(db, app)
    add(sari)
    add(sari, "Batur", alamat="Jl. Danau 4")
    fill_cart(sari, {market.kintamani: 1})
    assert "Bayar Rp80.000" in sari.go("/checkout").words  # by courier to Java
    second = codes(db, person)[1]
    sari.go("/akun/alamat")
    sari.press("Jadikan utama", of=f"/akun/alamat/{second}/utama")
    page = sari.go("/checkout")
    assert "Bayar Rp70.000" in page.words  # the cooperative's own round
    sari.send("/checkout", pay_data(page))
    with db.reading() as session:
        purchase = session.scalars(select(Purchase)).one()
        assert session.get_one(Address, purchase.address_id).street == "Jl. Danau 4"


def test_what_was_chosen_and_is_gone_from_the_book_is_never_replaced_unseen(
    app: Flask, db: Database, market: Market
) -> None:
    sari, person = enter(db, app)
    add(sari)
    add(sari, alamat="Jl. Melati No. 90")
    fill_cart(sari, {market.gayo: 1})
    page = sari.go("/checkout")
    with db.writing() as session:
        take_from_book(session, person_id=person.id, code=codes(db, person)[0], now=NOON)
    answer = sari.send("/checkout", pay_data(page))
    assert answer.status == 422
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Purchase)) == 0
    assert "Jl. Melati No. 90" in answer.text


def test_the_same_address_is_kept_once(app: Flask, db: Database, market: Market) -> None:
    sari, person = enter(db, app)
    for _ in range(2):
        fill_cart(sari, {market.gayo: 1})
        sari.go("/checkout")
        typed = {**TYPED, "kel": "Jatiwaringin", "alamat_simpan": "0"}
        sari.send("/checkout", pay_data(sari.press("Hitung ulang", typed)))
    assert len(codes(db, person)) == 1
