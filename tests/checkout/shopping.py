"""What a shopper does at the checkout, for tests that look at what comes of it."""

from collections.abc import Mapping

from flask import Flask

from shop.core.database.engine import Database
from shop.people.accounts.models import Person
from shop.web.security.csrf import SIGN_IN_COOKIE
from tests.factories import Goods, make_person
from tests.support.customer import Answer, Customer
from tests.support.entering import sign_in
from tests.support.forms import PageForm

TYPED = {"nama": "Sari Dewi", "wa": "0812-3456-7890", "alamat": "Jl. Melati No. 12, RT 03/RW 05"}


def fill_cart(sari: Customer, packs: Mapping[Goods, int]) -> None:
    """Put goods in, as the buttons of cards do."""
    for goods, count in packs.items():
        token = sari.go("/lacak").markup.all("input", name="csrf_token")[0].attrs["value"]
        data = {
            "csrf_token": token,
            "varian": str(goods.variant_id),
            "jumlah": str(count),
            "kembali": "/keranjang",
        }
        answer = sari.send("/keranjang/isi", data.items())
        assert answer.status == 200, answer.words


def stand_at_checkout(
    sari: Customer, packs: Mapping[Goods, int], place: str = "Jatiwaringin"
) -> Answer:
    """Fill the cart, type everything, and see the exact total."""
    fill_cart(sari, packs)
    sari.go("/checkout")
    return sari.press("Hitung ulang", {**TYPED, "kel": place})


def checkout_form(page: Answer) -> PageForm:
    """The form of the checkout."""
    return next(form for form in page.forms if form.action == "/checkout")


def pay_data(page: Answer, **changed: str) -> list[tuple[str, str]]:
    """What the Pay button sends."""
    form = checkout_form(page)
    button = next(one for one in form.buttons if one.name == "bayar")
    return form.data(changed, press=button)


def value_of(page: Answer, name: str) -> str:
    """What stands in a field."""
    return dict(checkout_form(page).fields)[name]


def enter(db: Database, app: Flask, visitor: Customer) -> Person:
    """Sign in as Sari, who has an account now."""
    person = make_person(db)
    with app.test_client() as client:
        visitor.cookies[SIGN_IN_COOKIE] = sign_in(client, db, person)
    return person
