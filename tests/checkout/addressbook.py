"""Filling an address book, by its form or past it."""

from flask import Flask

from shop.core.database.engine import Database
from shop.people.accounts.models import Person
from shop.shipping.addresses.actions import Destination, add_to_book, saved_addresses
from shop.shipping.places.queries import place
from shop.web.security.csrf import SIGN_IN_COOKIE
from tests.checkout.conftest import JATIWARINGIN
from tests.checkout.shopping import TYPED
from tests.factories import NOON, make_person
from tests.support.customer import Answer, Customer, InProcess
from tests.support.entering import sign_in


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
