"""Carts over time: they come along at sign-in, and nobody's words are kept for ever."""

from datetime import timedelta

from flask import Flask

from shop.checkout.cart.actions import keep_draft, merge
from shop.checkout.cart.guards import cart_comes_along
from shop.checkout.cart.jobs import purge_carts
from shop.checkout.cart.models import Cart, CartLine
from shop.checkout.cart.queries import CartKey, cart_of
from shop.core.database.engine import Database
from shop.core.values.codes import hash_token, new_secret
from shop.core.values.text import MAX_PACKS
from shop.people.accounts.actions import create_person
from tests.factories import NOON, Goods, make_goods, make_person
from tests.support.customer import Customer, InProcess

PASSWORD = "kopi tubruk pagi hari"


def fill(db: Database, key: CartKey, packs: dict[Goods, int]) -> None:
    from shop.checkout.cart.actions import add_to_cart

    for goods, count in packs.items():
        with db.writing() as session:
            add_to_cart(session, key=key, variant_id=goods.variant_id, packs=count, now=NOON)


def test_quantities_add_up_and_the_guests_cart_is_gone(db: Database) -> None:
    sari = make_person(db)
    gayo, tea = make_goods(db, on_hand=20), make_goods(db, on_hand=20, name="Teh")
    fill(db, CartKey(token_hash="t" * 64), {gayo: 2, tea: 1})
    fill(db, CartKey(person_id=sari.id), {gayo: 3})
    with db.writing() as session:
        merge(session, guest_token_hash="t" * 64, person_id=sari.id, now=NOON)
    with db.reading() as session:
        cart = session.query(Cart).one()
        assert (cart.person_id, cart.token_hash, cart.packs) == (sari.id, None, 6)
        found = {line.variant_id: line.packs for line in session.query(CartLine)}
    assert found == {gayo.variant_id: 5, tea.variant_id: 1}


def test_a_person_without_a_cart_takes_the_guests_over(db: Database) -> None:
    sari, gayo = make_person(db), make_goods(db)
    secret = new_secret()
    fill(db, CartKey(token_hash=hash_token(secret)), {gayo: 2})
    with db.writing() as session:
        cart_comes_along(session, sari.id, secret)
    with db.reading() as session:
        cart = session.query(Cart).one()
        assert (cart.person_id, cart.token_hash, cart.packs) == (sari.id, None, 2)


def test_a_line_never_holds_more_than_a_line_may(db: Database) -> None:
    sari, gayo = make_person(db), make_goods(db, on_hand=5_000)
    fill(db, CartKey(token_hash="t" * 64), {gayo: 600})
    fill(db, CartKey(person_id=sari.id), {gayo: 600})
    with db.writing() as session:
        merge(session, guest_token_hash="t" * 64, person_id=sari.id, now=NOON)
    with db.reading() as session:
        assert session.query(CartLine).one().packs == MAX_PACKS
        assert session.query(Cart).one().packs == MAX_PACKS


def test_nothing_happens_without_a_guests_cart_or_with_nonsense_for_a_cookie(
    db: Database, app: Flask
) -> None:
    sari, gayo = make_person(db), make_goods(db)
    fill(db, CartKey(person_id=sari.id), {gayo: 3})
    for cookie in (None, "", "x", new_secret(), "a" * 5_000):
        with db.writing() as session:
            cart_comes_along(session, sari.id, cookie)
    with db.reading() as session:
        assert session.query(Cart).one().packs == 3


def test_what_was_typed_and_not_bought_is_forgotten_after_a_week(db: Database) -> None:
    sari, gayo = make_person(db), make_goods(db, on_hand=20)
    guest, own = CartKey(token_hash="t" * 64), CartKey(person_id=sari.id)
    for key in (guest, own):
        fill(db, key, {gayo: 1})
        with db.writing() as session:
            cart = cart_of(session, key)
            assert cart is not None
            keep_draft(session, cart_id=cart.id, draft={"name": "Sari"}, now=NOON)
    purge_carts(db, NOON + timedelta(days=6))
    assert drafts(db) == [{"name": "Sari"}] * 2
    purge_carts(db, NOON + timedelta(days=8))
    assert drafts(db) == [{}, {}]
    purge_carts(db, NOON + timedelta(days=181))
    assert len(drafts(db)) == 1, "a person's goods stay, a guest's cart goes"
    with db.reading() as session:
        assert session.query(CartLine).count() == 1


def test_signing_in_through_the_page_brings_the_guests_goods_along(
    db: Database, app: Flask
) -> None:
    gayo = make_goods(db, on_hand=20)
    with db.writing() as session:
        person = create_person(
            session, name="Sari", phone=None, email="sari@example.com", password=PASSWORD, now=NOON
        )
    fill(db, CartKey(person_id=person.id), {gayo: 1})
    sari = Customer(InProcess(app))
    token = sari.go("/lacak").markup.all("input", name="csrf_token")[0].attrs["value"]
    data = {"csrf_token": token, "varian": str(gayo.variant_id), "jumlah": "2"}
    sari.send("/keranjang/isi", data.items())
    sari.go("/masuk")
    sari.press("Masuk", {"login": "sari@example.com", "sandi": PASSWORD}, of="/masuk")
    page = sari.go("/keranjang")
    assert page.markup.all("input", name=f"jml-{gayo.variant_id}")[0].attrs["value"] == "3"
    assert page.markup.all("span", **{"class": "count"})[0].text == "3"


def drafts(db: Database) -> list[dict[str, object]]:
    with db.reading() as session:
        return [cart.draft for cart in session.query(Cart)]
