"""The address book under other hands: strangers, two at once, and the worker that forgets."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.checkout.expiry.address_retention import erase_expired_addresses
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.people.accounts.models import Contact
from shop.shipping.addresses.actions import (
    MAX_SAVED_ADDRESSES,
    add_to_book,
    choose_main,
    saved_addresses,
    take_from_book,
)
from shop.shipping.places.models import Address, BookEntry
from shop.shipping.rates.errors import BookIsFull, NotInBook
from tests.checkout.addressbook import add, codes, destination, enter, fill
from tests.checkout.conftest import Market
from tests.checkout.shopping import TYPED, pay_data, stand_at_checkout
from tests.factories import NOON, make_person
from tests.support.at_once import together
from tests.support.engines import PAGES


# ------------------------------------------------------------------------------ strangers
@pytest.mark.only_on("sqlite", because=PAGES)
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
def _faults(*works: Callable[[], object]) -> list[Exception]:
    """What goes wrong when all of it happens at the same moment."""
    return [one for one in together(*works) if isinstance(one, Exception)]


@pytest.mark.only_on("sqlite", because=PAGES)
def test_all_addresses_removed_at_once_leave_an_empty_book(
    app: Flask, db: Database, market: Market
) -> None:
    _, person = enter(db, app)
    fill(db, person, 4)

    def removal(code: str) -> Callable[[], object]:
        return lambda: db.write(
            lambda s: take_from_book(s, person_id=person.id, code=code, now=NOON)
        )

    found = codes(db, person)
    assert _faults(*[removal(code) for code in (*found, found[0])]) == []
    assert codes(db, person) == []
    with db.reading() as session:
        assert not session.scalar(select(func.count()).where(BookEntry.is_main))


@pytest.mark.only_on("sqlite", because=PAGES)
def test_two_that_become_the_main_one_at_once_leave_one(
    app: Flask, db: Database, market: Market
) -> None:
    _, person = enter(db, app)
    fill(db, person, 5)

    def choice(code: str) -> Callable[[], object]:
        return lambda: db.write(lambda s: choose_main(s, person_id=person.id, code=code))

    assert _faults(*[choice(code) for code in codes(db, person)]) == []
    with db.reading() as session:
        assert [one.is_main for one in saved_addresses(session, person.id)].count(True) == 1


@pytest.mark.only_on("sqlite", because=PAGES)
def test_two_at_once_do_not_overfill_the_book(app: Flask, db: Database, market: Market) -> None:
    _, person = enter(db, app)
    fill(db, person, MAX_SAVED_ADDRESSES - 1)
    where = destination(db)

    def adding() -> None:
        db.write(
            lambda s: add_to_book(s, person_id=person.id, where=where, is_main=False, now=NOON)
        )

    faults = _faults(*[adding] * 4)
    assert [type(fault) for fault in faults] == [BookIsFull] * 3
    assert len(codes(db, person)) == MAX_SAVED_ADDRESSES


# ------------------------------------------------------------------------------ forgetting
@pytest.mark.only_on("sqlite", because=PAGES)
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
    erase_expired_addresses(db, now + timedelta(hours=23))
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Address)) == 2
    erase_expired_addresses(db, now + timedelta(hours=25))
    with db.reading() as session:
        assert session.scalars(select(Address.street)).all() == [TYPED["alamat"]]
        assert "Nama Rahasia" not in session.scalars(select(Contact.name)).all()
        assert TYPED["nama"] in session.scalars(select(Contact.name)).all()
        assert session.scalar(select(func.count()).select_from(BookEntry)) == 0


def test_a_stranger_to_the_book_is_told_nothing(db: Database, market: Market) -> None:
    person = make_person(db)
    with pytest.raises(NotInBook), db.writing() as session:
        take_from_book(session, person_id=person.id, code="a" * 22, now=NOON)
