"""The last metre without a courier: counter and round, and taking back what nobody heard of."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from shop.core.database.engine import Database
from shop.fulfilment.delivery_rounds.queries import Stop, by_day
from shop.fulfilment.order_steps import actions
from shop.fulfilment.order_steps.packing import undo_packing
from shop.people.cooperatives.rules import Role
from shop.sales.orders.errors import MoveRefused
from shop.sales.orders.models import Order, OrderEvent, OrderState, Purchase
from shop.sales.orders.rules import DeliveryKind
from tests.factories import NOON, Goods, make_cooperative, make_goods, make_person, make_seat
from tests.fulfilment.paid import (
    HOME,
    Desk,
    broken,
    give_address,
    lines_of,
    order_of,
    paid_by,
    state_of,
)
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.usefixtures("noon")

COUNTER, ROUTE = f"{HOME}/ambil", f"{HOME}/rute"


@pytest.fixture
def wati(db: Database, client: Visitor, kopi: Goods) -> Visitor:
    person = make_person(db, "Bu Wati")
    make_seat(db, kopi.cooperative, person, Role.PENGEMAS)
    sign_in(client, db, person)
    return client


def ready(db: Database, gayo: Desk, goods: Goods, kind: DeliveryKind) -> str:
    number = paid_by(db, goods, kind)
    gayo.make_ready(number)
    return number


def brought(db: Database, gayo: Desk, goods: Goods) -> str:
    """An order that waits to be brought to a door in Jatiwaringin."""
    number = ready(db, gayo, goods, DeliveryKind.OWN)
    with db.writing() as session:
        purchase = session.scalars(
            select(Purchase).join(Order, Order.purchase_id == Purchase.id).filter_by(number=number)
        ).one()
        give_address(session, purchase, "Jl. Melati 12")
    return number


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_code_finds_its_order_and_a_second_tap_hands_it_over(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    number = ready(db, gayo, kopi, DeliveryKind.PICKUP)
    assert Markup.of(wati.get(COUNTER).text).faults == []
    code = order_of(db, number).pickup_code or ""
    found = wati.post(COUNTER, data={"kode": f"{code[:3]} {code[3:]}"})
    assert (found.status_code, number in found.text) == (200, True)
    assert Markup.of(found.text).faults == []
    assert state_of(db, number) is OrderState.READY
    assert wati.post(COUNTER, data={"kode": code, "nomor": number}).status_code == 303
    assert state_of(db, number) is OrderState.ARRIVED
    again = wati.post(COUNTER, data={"kode": code, "nomor": number})
    assert (again.status_code, "Kodenya tidak cocok" in again.text) == (422, True)
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_wrong_codes_are_counted_and_right_ones_cost_nothing(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    number = ready(db, gayo, kopi, DeliveryKind.PICKUP)
    code = order_of(db, number).pickup_code
    for _ in range(35):
        assert wati.post(COUNTER, data={"kode": code}).status_code == 200
    for _ in range(30):
        assert wati.post(COUNTER, data={"kode": "1"}).status_code == 422
    late = wati.post(COUNTER, data={"kode": code})
    assert (late.status_code, "terlalu sering" in late.text) == (422, True)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_two_orders_with_one_code_are_told_apart_by_hand(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    one, two = (ready(db, gayo, kopi, DeliveryKind.PICKUP) for _ in range(2))
    with db.writing() as session:
        session.execute(update(Order).values(pickup_code="482913"))
    page = wati.post(COUNTER, data={"kode": "482913"}).text
    assert one in page
    assert two in page
    assert wati.post(COUNTER, data={"kode": "482913", "nomor": two}).status_code == 303
    assert (state_of(db, one), state_of(db, two)) == (OrderState.READY, OrderState.ARRIVED)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_round_leaves_with_one_tap_and_each_door_has_a_receiver(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    numbers = [brought(db, gayo, kopi) for _ in range(2)]
    other = ready(db, gayo, kopi, DeliveryKind.COURIER)
    page = wati.get(ROUTE)
    assert Markup.of(page.text).faults == []
    assert all(number in page.text for number in numbers)
    assert other not in page.text
    assert "Berangkat dengan 2 paket" in page.text
    assert page.text.count("Jl. Melati 12") == 2
    out = wati.post(f"{HOME}/serahkan", data={"pesanan": numbers, "kembali": ROUTE})
    assert out.headers["Location"].endswith(ROUTE)
    assert state_of(db, numbers[0]) is OrderState.ON_THE_WAY
    at_the_door = {"satu": numbers[0], f"isi-{numbers[0]}": "Bu Tini", "kembali": ROUTE}
    assert wati.post(f"{HOME}/tiba", data=at_the_door).status_code == 303
    assert state_of(db, numbers[0]) is OrderState.ARRIVED
    assert numbers[0] not in wati.get(ROUTE).text


@pytest.mark.only_on("sqlite", because=PAGES)
def test_who_does_not_pack_sees_no_address_of_the_round(
    db: Database, client: Visitor, kopi: Goods, gayo: Desk
) -> None:
    number = brought(db, gayo, kopi)
    watcher = make_person(db, "Pak Raka")
    make_seat(db, kopi.cooperative, watcher, Role.PENGAWAS)
    sign_in(client, db, watcher)
    page = client.get(ROUTE)
    assert (page.status_code, number in page.text) == (200, False)


def stop(number: str, day: date | None, village: str, cash: None = None) -> Stop:
    return Stop(
        number, OrderState.READY, day, "Bu Ani", None, "Jl. 1", village, "Kec", None, (), cash
    )


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 1, 5))),
            st.sampled_from("ABC"),
        ),
        max_size=20,
    )
)
def test_every_stop_is_driven_once_and_a_village_is_not_left_and_entered_again(
    wanted: list[tuple[date | None, str]],
) -> None:
    stops = [stop(str(n), day, village) for n, (day, village) in enumerate(wanted)]
    found = by_day(stops)
    assert sorted(one.number for part in found for one in part.stops) == sorted(
        one.number for one in stops
    )
    assert len({part.day for part in found}) == len(found)
    for part in found:
        names = [name for name, _ in part.villages]
        assert len(names) == len(set(names))


@pytest.mark.only_on("sqlite", because=PAGES)
def test_packing_is_taken_back_while_nothing_left_and_stands_in_the_history(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk
) -> None:
    number = ready(db, gayo, kopi, DeliveryKind.COURIER)
    before = order_of(db, number)
    sent = wati.post(f"{HOME}/urung", data={"pesanan": number})
    assert sent.status_code == 303
    order = order_of(db, number)
    assert (order.state, order.ready_at) == (OrderState.ACCEPTED, None)
    assert (order.accepted_at, order.ship_by) == (before.accepted_at, before.ship_by)
    assert [line.packed for line in lines_of(db, number)] == [0]
    with db.reading() as session:
        moves = session.execute(
            select(OrderEvent.from_state, OrderEvent.to_state, OrderEvent.person_id)
            .where(OrderEvent.order_id == order.id)
            .order_by(OrderEvent.id.desc())
            .limit(1)
        ).one()
    assert moves[:2] == (OrderState.READY, OrderState.ACCEPTED)
    assert moves[2] is not None
    assert wati.post(f"{HOME}/urung", data={"pesanan": number}).status_code == 303
    assert wati.post(f"{HOME}/kemas", data={"pesanan": number}).status_code == 303
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize(
    ("kind", "goes_on"), [(DeliveryKind.PICKUP, False), (DeliveryKind.COURIER, True)]
)
def test_what_somebody_heard_of_or_took_is_not_taken_back(
    db: Database, wati: Visitor, kopi: Goods, gayo: Desk, kind: DeliveryKind, goes_on: bool
) -> None:
    number = ready(db, gayo, kopi, kind)
    if goes_on:
        gayo.do(number, lambda s, order: actions.hand_over(s, order, tracking="JP12345", now=NOON))
    before = state_of(db, number)
    answer = wati.post(f"{HOME}/urung", data={"pesanan": number})
    assert (answer.status_code, state_of(db, number)) == (422, before)
    assert ("tidak bisa diurungkan" in answer.text) is not goes_on
    with pytest.raises(MoveRefused):
        gayo.do(number, lambda s, order: undo_packing(s, order, now=NOON))


@pytest.mark.only_on("sqlite", because=PAGES)
def test_another_cooperatives_order_is_not_taken_back(
    db: Database, wati: Visitor, kopi: Goods
) -> None:
    foreign = make_goods(db, make_cooperative(db, "KTM"))
    number = paid_by(db, foreign)
    Desk(db, foreign.cooperative.id).make_ready(number)
    assert wati.post(f"{HOME}/urung", data={"pesanan": number}).status_code == 404
