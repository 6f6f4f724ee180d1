"""An order from a chat: typed in a minute, held and billed like any other, paid by a link."""

import re
from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from shop.catalog.inventory.errors import InsufficientStock
from shop.catalog.inventory.models import StockItem
from shop.catalog.inventory.queries import Shelf
from shop.catalog.products.models import Product, Variant
from shop.checkout.chat_orders.actions import Shopper, place
from shop.checkout.chat_orders.models import ChatPurchase
from shop.checkout.placing import actions as placing
from shop.checkout.placing.rules import Draft
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.core.values.codes import new_code
from shop.core.values.errors import NotFound
from shop.payments.bills.models import Payment
from shop.people.cooperatives.rules import Role
from shop.sales.orders.models import Order, OrderState, Purchase
from tests.checkout.conftest import JATIWARINGIN, Market
from tests.factories import NOON, Goods, make_goods, make_person, make_seat, shelf
from tests.fulfilment.paid import broken, make_paid
from tests.support.at_once import together
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor
from tests.web.markup import Markup

CHAT = "/kelola/koperasi-gyo/pesanan/chat"


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def wati(db: Database, client: Visitor, market: Market) -> Visitor:
    person = make_person(db, "Bu Wati")
    make_seat(db, market.gayo.cooperative, person, Role.MANAJER)
    sign_in(client, db, person)
    return client


def typed(market: Market, **more: str) -> dict[str, str]:
    """What a manager types for two packs that a courier brings."""
    return {
        "baris-0-barang": market.gayo.sku,
        "baris-0-jumlah": "2",
        "nama": "Dewi Lestari",
        "wa": "0812 3456 7890",
        "kel": "17411",
        "alamat": "Jl. Melati 12",
        **more,
    }


def fields(page: str) -> dict[str, str]:
    """What a browser would send of the page, without any button."""
    form = Markup.of(page)
    found = {}
    for one in form.all("input") + form.all("textarea"):
        name, kind = one.attrs.get("name", ""), one.attrs.get("type", "text")
        if kind in ("radio", "checkbox") and "checked" not in one.attrs:
            continue
        if name and name not in ("csrf_token", "cari"):
            found[name] = one.attrs.get("value", one.text.strip())
    return found


def order_it(visitor: Visitor, sent: dict[str, str]) -> tuple[int, str, str]:
    """Look at the total, then make the order; status, page and where it led."""
    shown = visitor.post(CHAT, data={**sent, "lihat": "1"})
    assert shown.status_code == 200, shown.text
    done = visitor.post(CHAT, data={**fields(shown.text), "buat": "1"})
    return done.status_code, done.text, done.headers.get("Location", "")


def states(db: Database) -> list[OrderState]:
    with db.reading() as session:
        return list(session.scalars(select(Order.state).order_by(Order.id)))


@pytest.mark.only_on("sqlite", because=PAGES)
def test_eight_fields_at_most_become_an_order_with_a_link_in_two_taps(
    db: Database, wati: Visitor, market: Market
) -> None:
    page = wati.get(CHAT)
    assert Markup.of(page.text).faults == []
    visible = [
        one
        for one in Markup.of(page.text).all("input") + Markup.of(page.text).all("textarea")
        if one.attrs.get("type") != "hidden" and one.inside("main") and not one.inside("details")
    ]
    assert len(visible) <= 8
    assert sum(map(len, typed(market).values())) <= 80
    assert {one.attrs["name"] for one in visible if "required" in one.attrs} == {
        "baris-0-barang",
        "baris-0-jumlah",
        "nama",
        "wa",
    }
    status, _, led = order_it(wati, typed(market))
    assert (status, states(db)) == (303, [OrderState.UNPAID])
    assert shelf(db, market.gayo) == Shelf(on_hand=20, reserved=2)
    with db.reading() as session:
        purchase = session.scalars(select(Purchase)).one()
        payment = session.scalars(select(Payment)).one()
        assert session.scalars(select(ChatPurchase.purchase_id)).one() == purchase.id
    assert (purchase.orders_total, payment.orders_total) == (102_000, 102_000)
    assert payment.due_at == purchase.hold_until
    shown = wati.get(led)
    assert Markup.of(shown.text).faults == []
    assert f"/pembelian/{purchase.code}" in shown.text
    (link,) = re.findall(r"https://wa\.me/6281234567890\?text=[^\"]+", shown.text)
    assert purchase.code in link
    assert "GYO-26-000001" in wati.get("/kelola/koperasi-gyo/pesanan?tahap=belum").text
    assert led in wati.get(CHAT).text
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_shopper_opens_the_link_and_pays_once_the_digits_are_typed(
    db: Database, app: Flask, wati: Visitor, market: Market
) -> None:
    order_it(wati, typed(market))
    with db.reading() as session:
        code = session.scalars(select(Purchase.code)).one()
    shopper = app.test_client()
    assert isinstance(shopper, Visitor)
    closed = shopper.get(f"/pembelian/{code}")
    assert "Melati" not in closed.text
    assert "Lestari" not in closed.text
    assert shopper.post(f"/pembelian/{code}", data={"digit": "7890"}).status_code == 303
    bill = shopper.get(f"/pembelian/{code}").text
    assert "Melati" in bill
    assert "102." in bill


@pytest.mark.only_on("sqlite", because=PAGES)
def test_who_names_no_place_comes_for_it(db: Database, wati: Visitor, market: Market) -> None:
    sent = {**typed(market), "kel": "", "alamat": ""}
    assert order_it(wati, sent)[0] == 303
    with db.reading() as session:
        order = session.scalars(select(Order)).one()
    assert (order.delivery_kind.value, order.total) == ("pickup", 90_000)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_goods_are_found_by_words_and_several_hits_are_named(
    db: Database, wati: Visitor, market: Market
) -> None:
    other = make_goods(db, market.gayo.cooperative, name="Kopi Luwak")
    both = wati.post(CHAT, data={**typed(market), "baris-0-barang": "kopi", "lihat": "1"})
    assert both.status_code == 422
    assert f"({other.sku})" in both.text
    assert f"({market.gayo.sku})" in both.text
    assert 'value="kopi"' in both.text
    one = wati.post(CHAT, data={**typed(market), "baris-0-barang": "kopi luw", "lihat": "1"})
    assert one.status_code == 200


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"baris-0-barang": ""}, "Tulis barangnya"),
        ({"baris-0-barang": "emas"}, "Tidak ada barang seperti ini"),
        ({"baris-0-jumlah": "0"}, "Tulis angka bulat dari 1"),
        ({"baris-0-jumlah": ""}, "Tulis jumlahnya"),
        ({"baris-0-jumlah": "21"}, "Tersisa 20"),
        ({"wa": "12345"}, "Nomornya belum benar"),
        ({"nama": ""}, "Tulis nama penerima"),
        ({"alamat": ""}, "Tulis jalan dan nomor rumah"),
        ({"kel": "Antah Berantah"}, "Tempat ini tidak ketemu"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_held(
    db: Database, wati: Visitor, market: Market, wrong: dict[str, str], said: str
) -> None:
    answer = wati.post(CHAT, data={**typed(market), **wrong, "buat": "1", "lihat-total": "102000"})
    assert (answer.status_code, said in answer.text) == (422, True)
    kept = fields(answer.text)
    right = {name: value for name, value in typed(market).items() if name not in wrong}
    right.pop("baris-0-barang", None)  # by its full name once it was found
    assert {name: kept.get(name) for name in right} == right
    assert states(db) == []
    assert shelf(db, market.gayo).reserved == 0


@pytest.mark.only_on("sqlite", because=PAGES)
def test_another_cooperatives_goods_are_none_of_ours(
    db: Database, wati: Visitor, market: Market
) -> None:
    foreign = {**typed(market), "baris-0-barang": market.kintamani.sku}
    answer = wati.post(CHAT, data={**foreign, "buat": "1"})
    assert (answer.status_code, "Tidak ada barang seperti ini" in answer.text) == (422, True)
    with pytest.raises(NotFound):
        db.write(_placing(market, {market.kintamani: 1}))
    assert states(db) == []


@pytest.mark.only_on("sqlite", because=PAGES)
def test_below_the_least_count_the_maker_is_heard(
    db: Database, wati: Visitor, market: Market
) -> None:
    with db.writing() as session:
        session.execute(
            update(Product).where(Product.id == market.gayo.product_id).values(least_packs=6)
        )
    answer = wati.post(CHAT, data={**typed(market), "lihat": "1"})
    assert (answer.status_code, "paling sedikit 6" in answer.text) == (422, True)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_price_that_changed_is_shown_before_anything_is_held(
    db: Database, wati: Visitor, market: Market
) -> None:
    shown = wati.post(CHAT, data={**typed(market), "lihat": "1"})
    with db.writing() as session:
        session.execute(
            update(Variant).where(Variant.id == market.gayo.variant_id).values(price=50_000)
        )
    answer = wati.post(CHAT, data={**fields(shown.text), "buat": "1"})
    assert (answer.status_code, "Totalnya berubah" in answer.text) == (422, True)
    assert "112.000" in answer.text
    assert wati.post(CHAT, data={**fields(answer.text), "buat": "1"}).status_code == 303


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_form_sent_twice_is_one_order(db: Database, wati: Visitor, market: Market) -> None:
    shown = wati.post(CHAT, data={**typed(market), "lihat": "1"})
    sent = {**fields(shown.text), "buat": "1"}
    first, second = (wati.post(CHAT, data=sent) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert states(db) == [OrderState.UNPAID]


@pytest.mark.only_on("sqlite", because=PAGES)
def test_one_phone_holds_only_so_many_unpaid_orders(
    db: Database, wati: Visitor, market: Market
) -> None:
    answers = [order_it(wati, {**typed(market), "tanda": new_code()}) for _ in range(4)]
    assert [status for status, _, _ in answers][-1] == 422
    assert "belum dibayar" in answers[-1][1]


def _placing(market: Market, packs: dict[Goods, int], token: str = "") -> Callable[..., str]:
    return partial(
        place,
        cooperative_id=market.gayo.cooperative.id,
        typed_by_id=1,
        token=token or new_code(),
        packs={goods.variant_id: count for goods, count in packs.items()},
        shopper=Shopper("Dewi", "+6281234567890", "Jl. Melati 12"),
        draft=Draft(village_code=JATIWARINGIN),
        seen_total=57_000,
        now=NOON,
    )


def test_many_clicks_at_once_are_one_order(db: Database, market: Market) -> None:
    once = _placing(market, {market.gayo: 1}, new_code())
    results = together(*[lambda: db.write(once)] * 6)
    assert set(map(str, results)) == {"GYO-26-000001"}
    assert shelf(db, market.gayo) == Shelf(on_hand=20, reserved=1)


def test_two_managers_who_type_the_last_pack_hold_it_once(db: Database, market: Market) -> None:
    with db.writing() as session:
        session.execute(
            update(StockItem)
            .where(StockItem.variant_id == market.gayo.variant_id)
            .values(on_hand=1)
        )
    results = together(*[lambda: db.write(_placing(market, {market.gayo: 1}))] * 2)
    refused = [one for one in results if isinstance(one, Exception)]
    assert len(refused) == 1, results
    assert shelf(db, market.gayo) == Shelf(on_hand=1, reserved=1)
    assert len(states(db)) == 1


def test_without_the_test_inside_the_update_both_would_hold_it(
    db: Database, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: looking at the shelf first and writing it down afterwards."""
    with db.writing() as session:
        session.execute(
            update(StockItem)
            .where(StockItem.variant_id == market.gayo.variant_id)
            .values(on_hand=1)
        )
    with db.reading() as session:
        left = session.scalar(
            select(func.sum(StockItem.on_hand - StockItem.reserved)).where(
                StockItem.variant_id == market.gayo.variant_id
            )
        )

    def careless(session: object, *, packs_by_variant: dict[int, int], **_: object) -> None:
        if any(packs > (left or 0) for packs in packs_by_variant.values()):
            raise InsufficientStock([])

    monkeypatch.setattr(placing, "reserve", careless)
    results = together(*[lambda: db.write(_placing(market, {market.gayo: 1}))] * 2)
    assert [one for one in results if isinstance(one, Exception)] == []
    assert len(states(db)) == 2


@pytest.mark.only_on("sqlite", because=PAGES)
def test_only_who_runs_the_cooperative_types_orders_and_only_its_own(
    db: Database, client: Visitor, market: Market
) -> None:
    packer = make_person(db, "Joko")
    make_seat(db, market.gayo.cooperative, packer, Role.PENGEMAS)
    sign_in(client, db, packer)
    assert client.get(CHAT).status_code == 403
    assert client.post(CHAT, data=typed(market)).status_code == 403
    assert client.get("/kelola/koperasi-ktm/pesanan/chat").status_code == 404


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_link_of_an_order_that_nobody_typed_is_nowhere(
    db: Database, wati: Visitor, market: Market
) -> None:
    number = make_paid(db, {market.gayo: 1}).numbers[0]
    for one in (number, "GYO-26-999999", "KTM-26-000001", "x" * 200):
        assert wati.get(f"{CHAT}/{one}").status_code == 404
