"""The cart as a text for WhatsApp: whole, readable, and never longer than a chat bears."""

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update

from shop.catalog.products.models import Product
from shop.catalog.products.queries import sellable
from shop.checkout.cart.rules import Line, by_cooperative
from shop.checkout.cart.words import MAX_LINES, cart_text, letters, whatsapp
from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from tests.checkout.cart.test_filling import put_in
from tests.factories import make_cooperative, make_goods
from tests.support.customer import Answer, Customer, InProcess
from tests.support.engines import PAGES

if TYPE_CHECKING:
    from flask import Flask

ONE_ENGINE = pytest.mark.only_on("sqlite", because=PAGES)
ODD = 'Kopi & teh 100% "enak" + gula #1 ☕ 🌶️'


def sent_by(page: Answer) -> list[str]:
    """The texts that a page offers to WhatsApp, as its receiver would read them."""
    found = []
    for link in page.markup.all("a"):
        parts = urlsplit(link.attrs.get("href", ""))
        if parts.netloc == "wa.me":
            assert parts.fragment == ""
            query = parse_qs(parts.query, strict_parsing=True)
            assert list(query) == ["text"]
            found.append(query["text"][0])
    return found


def sari(app: "Flask") -> Customer:
    return Customer(InProcess(app))


@ONE_ENGINE
def test_a_cart_of_two_cooperatives_can_be_sent_whole_or_in_part(
    app: "Flask", db: Database
) -> None:
    first = make_goods(db, name="Kopi Gayo")
    second = make_goods(db, make_cooperative(db, "KNT"), name="Teh Wangi", price=20_000)
    visitor = sari(app)
    put_in(visitor, first, "2")
    put_in(visitor, second, "1")
    whole, *parts = sent_by(visitor.go("/keranjang"))
    assert whole.splitlines()[0] == "Keranjang di Lumbung"
    assert "2 × Kopi Gayo = Rp90.000" in whole.splitlines()
    assert "1 × Teh Wangi = Rp20.000" in whole.splitlines()
    assert whole.splitlines()[-2:] == [
        "Jumlah Rp110.000, belum termasuk ongkir.",
        "http://localhost/",
    ]
    assert len(parts) == 2
    assert "Kopi Gayo" in parts[0]
    assert "Teh Wangi" not in parts[0]
    assert "Rp90.000, belum" in parts[0]
    assert parts[0].endswith(f"http://localhost/koperasi/{first.cooperative.slug}")


@ONE_ENGINE
def test_a_cart_of_one_cooperative_is_sent_whole(app: "Flask", db: Database) -> None:
    visitor = sari(app)
    put_in(visitor, make_goods(db), "1")
    assert len(sent_by(visitor.go("/keranjang"))) == 1


@ONE_ENGINE
def test_every_sign_of_a_name_arrives(app: "Flask", db: Database) -> None:
    goods = make_goods(db, name=ODD)
    visitor = sari(app)
    put_in(visitor, goods, "1")
    (text,) = sent_by(visitor.go("/keranjang"))
    assert f"1 × {ODD} = Rp45.000" in text.splitlines()


@ONE_ENGINE
def test_a_name_cannot_add_lines(app: "Flask", db: Database) -> None:
    goods = make_goods(db)
    with db.writing() as session:
        session.execute(
            update(Product).where(Product.id == goods.product_id).values(name="Kopi\nJumlah Rp0")
        )
    visitor = sari(app)
    put_in(visitor, goods, "1")
    (text,) = sent_by(visitor.go("/keranjang"))
    assert "1 × Kopi Jumlah Rp0 = Rp45.000" in text.splitlines()


@ONE_ENGINE
def test_an_english_page_offers_an_english_text(app: "Flask", db: Database) -> None:
    goods = make_goods(db, name="Kopi Gayo")
    with db.writing() as session:
        session.execute(
            update(Product).where(Product.id == goods.product_id).values(name_en="Gayo Coffee")
        )
    visitor = sari(app)
    put_in(visitor, goods, "1")
    (text,) = sent_by(visitor.go("/en/keranjang"))
    assert "Gayo Coffee" in text
    assert "Keranjang" not in text
    assert text.endswith(f"http://localhost/en/koperasi/{goods.cooperative.slug}")


@ONE_ENGINE
def test_an_empty_cart_offers_nothing_to_send(app: "Flask") -> None:
    assert sent_by(sari(app).go("/keranjang")) == []


@ONE_ENGINE
@pytest.mark.parametrize("count", [1, 54, 55, 56, 200])
def test_a_text_never_has_more_lines_than_a_chat_bears(
    app: "Flask", db: Database, count: int
) -> None:
    goods = make_goods(db, make_cooperative(db))
    with db.reading() as session:
        item = sellable(session, [goods.variant_id])[goods.variant_id]
    lines = [
        Line(number, 1, Rupiah(1_000), replace(item, variant_id=number, name=f"Barang {number}"))
        for number in range(1, count + 1)
    ]
    with app.test_request_context("/keranjang"):
        text = cart_text(by_cooperative(lines))
        ((_name, address),) = letters(by_cooperative(lines))
    assert address == whatsapp(text)
    written = text.splitlines()
    assert len(written) <= MAX_LINES
    named = sum(" × Barang " in one for one in written)
    left = [one for one in written if one.startswith("dan ")]
    if named < count:
        assert left == [f"dan {count - named} barang lain"]
        assert len(written) == MAX_LINES
    else:
        assert left == []
    assert f"{count}.000," in written[-2]
