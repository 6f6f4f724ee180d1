"""The address book: kept, changed, hidden; orders keep what they had, and nobody sees another's."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from shop import web
from shop.accounts.models import Contact, Person
from shop.checkout.forgetting import forget_addresses
from shop.core import clock
from shop.core.database import Database
from shop.orders.models import Purchase
from shop.shipping.book import (
    MOST_SAVED,
    Destination,
    add_to_book,
    choose_main,
    saved_addresses,
    take_from_book,
)
from shop.shipping.errors import BookIsFull, NotInBook
from shop.shipping.models import Address, BookEntry, Region
from shop.shipping.queries import place
from shop.web.csrf import SIGN_IN_COOKIE
from tests.checkout.conftest import BATUR, JATIWARINGIN, Market
from tests.checkout.shopping import TYPED, fill_cart, pay_data, stand_at_checkout
from tests.factories import NOON, make_person
from tests.support.customer import Answer, Customer, InProcess
from tests.support.entering import sign_in
from tests.support.statements import statements

HOSTILE = (
    "<script>alert(1)</script>",
    "'; DROP TABLE addresses; --",
    "{{ 7 * 7 }}",
    '"><img src=x onerror=alert(1)>',
)


def enter(db: Database, app: Flask, name: str = "Sari") -> tuple[Customer, Person]:
    """Somebody who has signed in."""
    person, client, customer = make_person(db, name), app.test_client(), Customer(InProcess(app))
    customer.cookies[SIGN_IN_COOKIE] = sign_in(client, db, person)
    return customer, person


def add(customer: Customer, place: str = "Jatiwaringin", **typed: str) -> Answer:
    """Fill in the form for a new address."""
    customer.go("/akun/alamat/baru")
    return customer.press("Simpan alamat", {**TYPED, "kel": place, **typed})


def codes(db: Database, person: Person) -> list[str]:
    """What is in the book, as it is listed."""
    with db.reading() as session:
        return [one.code for one in saved_addresses(session, person.id)]


def destination(
    db: Database, street: str = "Jl. Mawar 1", village: str = JATIWARINGIN
) -> Destination:
    with db.reading() as session:
        found = place(session, village)
    assert found is not None
    return Destination("Sari", "+6281234567890", street, found)


def fill(db: Database, person: Person, count: int) -> None:
    """So many addresses in somebody's book."""
    for number in range(count):
        where = destination(db, f"Jl. Mawar {number}")
        with db.writing() as session:
            add_to_book(session, person_id=person.id, where=where, is_main=False, now=NOON)


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
    fill(db, person, MOST_SAVED)
    page = sari.go("/akun/alamat")
    assert "Buku alamat sudah penuh" in page.words
    assert "/akun/alamat/baru" not in page.text
    page = add(sari)
    assert page.status == 422
    assert "Buku alamat sudah penuh" in page.words
    assert TYPED["alamat"] in page.text
    assert len(codes(db, person)) == MOST_SAVED


def test_the_list_costs_the_same_for_two_and_for_twenty(
    app: Flask, db: Database, market: Market
) -> None:
    sari, person = enter(db, app)
    with app.app_context():
        own = web.database()
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


# ------------------------------------------------------------------------------ strangers
def test_anothers_address_does_not_exist(app: Flask, db: Database, market: Market) -> None:
    sari, person = enter(db, app)
    add(sari)
    (code,) = codes(db, person)
    joko, stranger = enter(db, app, "Joko")
    add(joko, "Batur", alamat="Jl. Lain 5")
    page = joko.go("/akun/alamat")
    assert TYPED["alamat"] not in page.text
    page = joko.go("/akun/alamat/baru")
    token = page.markup.all("input", name="csrf_token")[0].attrs["value"]
    typed = {**TYPED, "kel": "Batur", "csrf_token": token}
    assert joko.go(f"/akun/alamat/{code}").status == 404
    for path in ("", "/utama", "/hapus"):
        answer = joko.send(f"/akun/alamat/{code}{path}", typed.items(), follow=False)
        assert answer.status == 404
    for nothing in ("x", "1", "..", "%00", "a" * 22, "%2e%2e"):
        assert joko.go(f"/akun/alamat/{nothing}").status == 404
    with db.reading() as session:
        (kept,) = saved_addresses(session, person.id)
        assert len(saved_addresses(session, stranger.id)) == 1
    assert kept.street == TYPED["alamat"]


# ---------------------------------------------------------------------------- two at once
def _together(*works: object) -> list[Exception]:
    start, faults = threading.Barrier(len(works)), list[Exception]()

    def run(work: object) -> None:
        assert callable(work)
        start.wait()
        try:
            work()
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def test_all_addresses_removed_at_once_leave_an_empty_book(
    app: Flask, db: Database, market: Market
) -> None:
    _, person = enter(db, app)
    fill(db, person, 4)

    def removal(code: str) -> object:
        return lambda: db.write(
            lambda s: take_from_book(s, person_id=person.id, code=code, now=NOON)
        )

    found = codes(db, person)
    assert _together(*[removal(code) for code in (*found, found[0])]) == []
    assert codes(db, person) == []
    with db.reading() as session:
        assert not session.scalar(select(func.count()).where(BookEntry.is_main))


def test_two_that_become_the_main_one_at_once_leave_one(
    app: Flask, db: Database, market: Market
) -> None:
    _, person = enter(db, app)
    fill(db, person, 5)

    def choice(code: str) -> object:
        return lambda: db.write(lambda s: choose_main(s, person_id=person.id, code=code))

    assert _together(*[choice(code) for code in codes(db, person)]) == []
    with db.reading() as session:
        assert [one.is_main for one in saved_addresses(session, person.id)].count(True) == 1


def test_two_at_once_do_not_overfill_the_book(app: Flask, db: Database, market: Market) -> None:
    _, person = enter(db, app)
    fill(db, person, MOST_SAVED - 1)
    where = destination(db)

    def adding() -> None:
        db.write(
            lambda s: add_to_book(s, person_id=person.id, where=where, is_main=False, now=NOON)
        )

    faults = _together(*[adding] * 4)
    assert [type(fault) for fault in faults] == [BookIsFull] * 3
    assert len(codes(db, person)) == MOST_SAVED


# ------------------------------------------------------------------------------ forgetting
def test_what_nobody_needs_is_forgotten_after_a_day_and_what_orders_need_stays(
    app: Flask, db: Database, market: Market
) -> None:
    sari, person = enter(db, app)
    sari.send("/checkout", pay_data(stand_at_checkout(sari, {market.gayo: 1})))
    add(sari, "Batur", alamat="Jl. Rahasia 5", nama="Nama Rahasia")
    now = clock.now()
    for code in codes(db, person):
        with db.writing() as session:
            take_from_book(session, person_id=person.id, code=code, now=now)
    forget_addresses(db, now + timedelta(hours=23))
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Address)) == 2
    forget_addresses(db, now + timedelta(hours=25))
    with db.reading() as session:
        assert session.scalars(select(Address.street)).all() == [TYPED["alamat"]]
        assert "Nama Rahasia" not in session.scalars(select(Contact.name)).all()
        assert TYPED["nama"] in session.scalars(select(Contact.name)).all()
        assert session.scalar(select(func.count()).select_from(BookEntry)) == 0


def test_a_stranger_to_the_book_is_told_nothing(db: Database, market: Market) -> None:
    person = make_person(db)
    with pytest.raises(NotInBook), db.writing() as session:
        take_from_book(session, person_id=person.id, code="a" * 22, now=NOON)
