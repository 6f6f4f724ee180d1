"""What the cart's own script is told: what to say and how much lies inside, and nobody moves."""

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from shop.catalog.products.models import Product
from shop.core.database.engine import Database
from shop.web.http.app_state import database
from shop.web.security.csrf import CART_COOKIE
from tests.factories import make_goods
from tests.support.engines import PAGES
from tests.support.statements import statements
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

ASKS = {"Accept": "application/json"}


def add(
    client: Visitor, variant_id: int, path: str = "/keranjang/isi", **rest: str
) -> TestResponse:
    return client.post(path, data={"varian": str(variant_id), **rest}, headers=ASKS)


def test_the_script_is_told_what_went_in_and_how_much_lies_inside(
    db: Database, client: Visitor
) -> None:
    goods = make_goods(db)
    assert add(client, goods.variant_id).json == {
        "said": "Kopi Gayo masuk keranjang.",
        "link": ["Lihat keranjang", "/keranjang"],
        "count": 1,
    }
    answer = add(client, goods.variant_id, jumlah="3")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["count"] == 4
    assert len(answer.data) <= 2_000


def test_the_first_add_gives_the_browser_its_cart_too(db: Database, client: Visitor) -> None:
    add(client, make_goods(db).variant_id)
    cookie = client.get_cookie(CART_COOKIE)
    assert cookie is not None
    assert cookie.http_only


def test_an_english_page_is_told_in_english(db: Database, client: Visitor) -> None:
    goods = make_goods(db)
    with db.writing() as session:
        session.execute(update(Product).values(name_en="Gayo Coffee"))
    answer = add(client, goods.variant_id, "/en/keranjang/isi")
    assert answer.json is not None
    assert answer.json["said"] == "Gayo Coffee is in your cart."
    assert answer.json["link"][1] == "/en/keranjang"


def test_a_refusal_is_told_in_words_and_nothing_went_in(db: Database, client: Visitor) -> None:
    goods = make_goods(db, on_hand=2)
    answer = add(client, goods.variant_id, jumlah="3")
    assert answer.status_code == 422
    assert answer.json == {"said": "Kopi Gayo: Tersisa 2. Tulis 2 atau kurang."}
    assert add(client, 999_999).status_code == 422
    assert add(client, goods.variant_id, jumlah="dua").status_code == 422
    assert add(client, goods.variant_id, jumlah="2").status_code == 200


@pytest.mark.parametrize(
    "accept", ["", "*/*", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"]
)
def test_a_form_still_leads_on(db: Database, client: Visitor, accept: str) -> None:
    goods = make_goods(db)
    data = {"varian": str(goods.variant_id), "kembali": "/produk?q=kopi"}
    answer = client.post("/keranjang/isi", data=data, headers={"Accept": accept})
    assert (answer.status_code, answer.location) == (303, "/produk?q=kopi")


def test_buying_at_once_leads_on_whoever_asks(db: Database, client: Visitor) -> None:
    answer = add(client, make_goods(db).variant_id, lalu="checkout")
    assert (answer.status_code, answer.location) == (303, "/checkout")


def test_telling_the_count_costs_four_statements(db: Database, app: Flask, client: Visitor) -> None:
    goods = make_goods(db)
    add(client, goods.variant_id)
    with app.app_context(), statements(database()) as run:
        assert add(client, goods.variant_id).status_code == 200
    assert len(run) <= 4, run


def test_without_the_forms_token_nothing_goes_in(db: Database, client: Visitor) -> None:
    client.sends_token = False
    assert add(client, make_goods(db).variant_id).status_code == 400
