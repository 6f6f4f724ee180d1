"""Goods kept for later, and a borrowed phone that forgets."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from shop.catalog.inventory.models import StockItem
from shop.catalog.products.models import Variant
from shop.checkout.cart.actions import add_to_cart, merge, save_for_later
from shop.checkout.cart.models import Cart, CartLine
from shop.checkout.cart.queries import CartKey, cart_of
from shop.core.database.engine import Database
from shop.core.values.text import MAX_PACKS
from shop.web.security.csrf import CART_COOKIE
from tests.checkout.cart.test_filling import press
from tests.checkout.cart.test_filling import put_in as add
from tests.factories import NOON, Goods, make_goods, make_person
from tests.support.customer import Customer, InProcess
from tests.support.engines import PAGES
from tests.support.statements import statements


@pytest.fixture
def sari(app: Flask) -> Customer:
    return Customer(InProcess(app))


def press_aside(sari: Customer, name: str, goods: Goods) -> None:
    form = next(
        form
        for form in sari.page.forms
        for one in form.buttons
        if (one.name, one.value) == (name, str(goods.variant_id))
    )
    button = next(
        one for one in form.buttons if (one.name, one.value) == (name, str(goods.variant_id))
    )
    sari.send(form.action, form.data(press=button))


def kept(db: Database) -> dict[int, tuple[int, bool]]:
    with db.reading() as session:
        lines = session.query(CartLine).all()
    return {line.variant_id: (line.packs, line.saved_for_later) for line in lines}


def count(db: Database) -> int:
    with db.reading() as session:
        return session.query(Cart).one().packs


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_line_kept_for_later_counts_nowhere_and_comes_back(db: Database, sari: Customer) -> None:
    gayo, tea = make_goods(db), make_goods(db, name="Teh Hijau", price=30_000)
    add(sari, gayo, "2")
    add(sari, tea, "1")
    sari.go("/keranjang")
    press_aside(sari, "nanti", gayo)
    assert kept(db) == {gayo.variant_id: (2, True), tea.variant_id: (1, False)}
    assert count(db) == 1
    assert "Disimpan untuk nanti" in sari.page.words
    assert not sari.page.markup.all("input", name=f"jml-{gayo.variant_id}")
    assert "Rp30.000" in sari.page.markup.all("aside")[0].text
    assert "Kopi Gayo" not in sari.go("/checkout").words
    sari.go("/keranjang")
    press_aside(sari, "ambil", gayo)
    assert kept(db)[gayo.variant_id] == (2, False)
    assert count(db) == 3


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_last_line_can_be_kept_and_the_empty_cart_still_shows_it(
    db: Database, sari: Customer
) -> None:
    gayo = make_goods(db)
    add(sari, gayo, "2")
    sari.go("/keranjang")
    press_aside(sari, "nanti", gayo)
    assert "Keranjang masih kosong" in sari.page.words
    assert "Kopi Gayo" in sari.page.words
    press_aside(sari, "buang", gayo)
    assert kept(db) == {}
    assert "Disimpan untuk nanti" not in sari.page.words


@pytest.mark.only_on("sqlite", because=PAGES)
def test_what_is_sold_out_or_gone_says_so_and_cannot_be_brought_back(
    db: Database, sari: Customer
) -> None:
    gayo = make_goods(db)
    add(sari, gayo, "2")
    sari.go("/keranjang")
    press_aside(sari, "nanti", gayo)
    with db.writing() as session:
        session.execute(update(StockItem).values(on_hand=0))
    page = sari.go("/keranjang")
    assert "Sedang habis." in page.words
    assert not page.markup.all("button", name="ambil")
    with db.writing() as session:
        session.execute(update(Variant).values(is_hidden=True))
    assert "Sudah tidak dijual." in sari.go("/keranjang").words


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_price_that_changed_while_it_was_kept_is_marked_when_it_comes_back(
    db: Database, sari: Customer
) -> None:
    gayo = make_goods(db, price=45_000)
    add(sari, gayo, "1")
    sari.go("/keranjang")
    press_aside(sari, "nanti", gayo)
    with db.writing() as session:
        session.execute(update(Variant).values(price=50_000))
    assert "Rp50.000" in sari.go("/keranjang").words
    press_aside(sari, "ambil", gayo)
    assert "tadi Rp45.000, sekarang Rp50.000" in sari.page.words


@pytest.mark.only_on("sqlite", because=PAGES)
def test_adding_what_was_kept_begins_anew(db: Database, sari: Customer) -> None:
    gayo = make_goods(db, on_hand=20)
    add(sari, gayo, "5")
    sari.go("/keranjang")
    press_aside(sari, "nanti", gayo)
    add(sari, gayo, "1")
    assert kept(db) == {gayo.variant_id: (1, False)}
    assert count(db) == 1


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_second_window_changes_nothing_that_the_first_has_done(
    db: Database, sari: Customer
) -> None:
    gayo, tea = make_goods(db), make_goods(db, name="Teh Hijau")
    add(sari, gayo, "2")
    add(sari, tea, "2")
    old = sari.go("/keranjang")
    press_aside(sari, "nanti", gayo)
    sari.page = old
    press_aside(sari, "nanti", gayo)
    assert kept(db) == {gayo.variant_id: (2, True), tea.variant_id: (2, False)}
    sari.page = old  # the other window still counts coffee: it stays put aside
    press(sari, "tambah", tea)
    assert kept(db) == {gayo.variant_id: (2, True), tea.variant_id: (3, False)}
    assert count(db) == 3


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("name", ["nanti", "ambil", "buang"])
@pytest.mark.parametrize("value", ["", "0", "-1", "x", "9" * 40, "999999"])
def test_buttons_that_no_page_has_change_nothing(
    db: Database, sari: Customer, name: str, value: str
) -> None:
    gayo = make_goods(db)
    add(sari, gayo, "2")
    page = sari.go("/keranjang")
    token = page.markup.all("input", name="csrf_token")[0].attrs["value"]
    assert sari.send("/keranjang/ubah", {"csrf_token": token, name: value}.items()).status == 200
    assert kept(db) == {gayo.variant_id: (2, False)}


def test_at_sign_in_what_either_wants_now_is_bought_and_the_rest_stays_kept(db: Database) -> None:
    sari = make_person(db)
    both, guests, own, now_and_later = (
        make_goods(db, name=name, on_hand=2_000) for name in ("A", "B", "C", "D")
    )
    guest, person = CartKey(token_hash="t" * 64), CartKey(person_id=sari.id)
    lay(db, guest, {both: (600, False), guests: (2, True), now_and_later: (3, False)})
    lay(db, person, {both: (600, False), own: (4, True), now_and_later: (5, True)})
    with db.writing() as session, statements(db) as told:
        merge(session, guest_token_hash="t" * 64, person_id=sari.id, now=NOON)
    assert len(told) <= 8, "however many lines"
    assert kept(db) == {
        both.variant_id: (MAX_PACKS, False),
        guests.variant_id: (2, True),
        own.variant_id: (4, True),
        now_and_later.variant_id: (3, False),
    }
    assert count(db) == MAX_PACKS + 3


def lay(db: Database, key: CartKey, packs: dict[Goods, tuple[int, bool]]) -> None:
    for step, (goods, (number, later)) in enumerate(packs.items()):
        now = NOON + timedelta(minutes=step)
        with db.writing() as session:
            add_to_cart(session, key=key, variant_id=goods.variant_id, packs=number, now=now)
            cart = cart_of(session, key)
            assert cart is not None
            if later:
                save_for_later(
                    session, cart_id=cart.id, variant_id=goods.variant_id, later=True, now=now
                )


@pytest.mark.only_on("sqlite", because=PAGES)
def test_lupakan_saya_leaves_nothing_of_a_guest(db: Database, app: Flask, sari: Customer) -> None:
    gayo = make_goods(db)
    add(sari, gayo, "2")
    sari.go("/keranjang")
    sari.press("Lupakan saya di HP ini", {})
    assert "sudah dilupakan" in sari.page.text
    assert "Kopi Gayo" not in sari.page.words
    assert not sari.cookies.get(CART_COOKIE)
    with db.reading() as session:
        assert (session.query(Cart).count(), session.query(CartLine).count()) == (0, 0)
    assert "Lupakan saya" not in sari.page.words
