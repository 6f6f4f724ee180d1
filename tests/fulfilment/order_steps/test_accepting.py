"""Accepting with counts, refusing, calling off: goods, money and words go along."""

from functools import partial

import pytest
from sqlalchemy import select

from shop.catalog.inventory.models import MovementReason, StockMovement
from shop.catalog.inventory.queries import Shelf
from shop.core.database.engine import Database
from shop.fulfilment.order_steps import actions
from shop.fulfilment.orders.errors import CountsMissing, ReasonMissing, ShelfBelowHeld, WrongCount
from shop.fulfilment.orders.rules import Reason, Shortfall
from shop.payments.ledger.queries import held_for_order
from shop.sales.orders.errors import MoveRefused, NoSuchOrder
from shop.sales.orders.models import OrderState
from tests.factories import (
    NOON,
    Goods,
    Placed,
    make_cooperative,
    make_goods,
    make_purchase,
    shelf,
)
from tests.fulfilment.paid import (
    Desk,
    books,
    broken,
    lines_of,
    make_paid,
    order_of,
    refunds,
    state_of,
    told,
)


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=10)


@pytest.fixture
def madu(db: Database, kopi: Goods) -> Goods:
    return make_goods(db, kopi.cooperative, price=70_000, on_hand=4, name="Madu")


@pytest.fixture
def placed(db: Database, kopi: Goods, madu: Goods) -> Placed:
    return make_paid(db, {kopi: 5, madu: 1})


@pytest.fixture
def number(placed: Placed) -> str:
    return placed.numbers[0]


def moves(db: Database, goods: Goods) -> list[tuple[MovementReason, int]]:
    with db.reading() as session:
        return [
            (reason, change)
            for reason, change in session.execute(
                select(StockMovement.reason, StockMovement.change)
                .where(StockMovement.variant_id == goods.variant_id)
                .order_by(StockMovement.id)
            )
        ]


def test_an_accepted_order_promises_a_day_and_tells_the_shopper_once(
    db: Database, gayo: Desk, number: str
) -> None:
    gayo.accept_all(number)
    order = order_of(db, number)
    assert order.state is OrderState.ACCEPTED
    # Monday and two working days: Wednesday's last second in Jakarta.
    assert order.ship_by is not None
    assert order.ship_by.isoformat() == "2026-11-25T16:59:59+00:00"
    assert told(db) == ["order_accepted"]
    assert refunds(db) == []
    assert broken(db) == {}


def test_what_is_short_is_paid_back_and_the_shelf_is_set_right(
    db: Database, gayo: Desk, number: str, kopi: Goods
) -> None:
    coffee, honey = lines_of(db, number)
    gayo.do(
        number,
        lambda s, order: actions.accept(
            s,
            order,
            counts={coffee.id: 3, honey.id: 1},
            shortfalls={coffee.id: Shortfall(Reason.SHORT)},
            now=NOON,
        ),
    )
    coffee = lines_of(db, number)[0]
    assert (coffee.accepted, coffee.refunded, coffee.refusal) == (3, 2, "short")
    assert refunds(db) == [("short", 90_000)]
    assert shelf(db, kopi) == Shelf(on_hand=5, reserved=0)
    assert moves(db, kopi)[1:] == [
        (MovementReason.SOLD, -5),
        (MovementReason.RETURNED, 2),
        (MovementReason.SHORT, -2),
    ]
    with db.reading() as session:
        assert held_for_order(session, coffee.order_id) == 3 * 45_000 + 70_000 + 12_000
    assert broken(db) == {}


def test_who_counts_the_shelf_while_accepting_corrects_it(
    db: Database, gayo: Desk, number: str, kopi: Goods
) -> None:
    coffee, honey = lines_of(db, number)
    gayo.do(
        number,
        lambda s, order: actions.accept(
            s,
            order,
            counts={coffee.id: 3, honey.id: 1},
            shortfalls={coffee.id: Shortfall(Reason.SHORT, left_on_shelf=0)},
            now=NOON,
        ),
    )
    assert shelf(db, kopi) == Shelf(on_hand=0, reserved=0)
    assert moves(db, kopi)[-1] == (MovementReason.SHORT, -7)
    assert broken(db) == {}


def test_a_count_below_what_is_held_for_others_changes_nothing(
    db: Database, gayo: Desk, number: str, kopi: Goods
) -> None:
    make_purchase(db, {kopi: 4})
    coffee, honey = lines_of(db, number)
    with pytest.raises(ShelfBelowHeld) as refusal:
        gayo.do(
            number,
            lambda s, order: actions.accept(
                s,
                order,
                counts={coffee.id: 3, honey.id: 1},
                shortfalls={coffee.id: Shortfall(Reason.SHORT, left_on_shelf=1)},
                now=NOON,
            ),
        )
    assert (refusal.value.counted, refusal.value.held) == (1, 4)
    assert state_of(db, number) is OrderState.NEW
    assert shelf(db, kopi) == Shelf(on_hand=5, reserved=4)
    assert (told(db), refunds(db)) == ([], [])


def test_packs_that_only_were_not_made_in_time_can_be_sold_again(
    db: Database, gayo: Desk, number: str, kopi: Goods
) -> None:
    coffee, honey = lines_of(db, number)
    gayo.do(
        number,
        lambda s, order: actions.accept(
            s,
            order,
            counts={coffee.id: 4, honey.id: 1},
            shortfalls={coffee.id: Shortfall(Reason.NOT_MADE)},
            now=NOON,
        ),
    )
    assert shelf(db, kopi) == Shelf(on_hand=6, reserved=0)


def test_nothing_of_anything_is_a_refusal(db: Database, gayo: Desk, number: str) -> None:
    gone = Shortfall(Reason.SHORT)
    lines = lines_of(db, number)
    gayo.do(
        number,
        lambda s, order: actions.accept(
            s,
            order,
            counts={line.id: 0 for line in lines},
            shortfalls={line.id: gone for line in lines},
            now=NOON,
        ),
    )
    assert state_of(db, number) is OrderState.REFUSED
    assert told(db) == ["order_refused"]


def test_counts_that_do_not_add_up_are_refused_with_their_line(
    db: Database, gayo: Desk, number: str
) -> None:
    coffee, honey = lines_of(db, number)
    for counts, shortfalls, refusal in (
        ({coffee.id: 5}, {}, CountsMissing),
        ({coffee.id: 6, honey.id: 1}, {}, WrongCount),
        ({coffee.id: -1, honey.id: 1}, {coffee.id: Shortfall(Reason.SHORT)}, WrongCount),
        ({coffee.id: 4, honey.id: 1}, {}, ReasonMissing),
    ):
        with pytest.raises(refusal):
            gayo.do(
                number,
                partial(actions.accept, counts=counts, shortfalls=shortfalls, now=NOON),
            )
    assert state_of(db, number) is OrderState.NEW


def test_a_refused_order_is_paid_back_whole_while_the_others_go_on(
    db: Database, kopi: Goods
) -> None:
    other = make_cooperative(db, "KPS", "Koperasi Kintamani", zone="Asia/Makassar")
    jeruk = make_goods(db, other, price=65_000, on_hand=3)
    placed = make_paid(db, {kopi: 2, jeruk: 1})
    Desk(db, kopi.cooperative.id).do(
        placed.numbers[0],
        lambda s, order: actions.refuse(s, order, reason=Reason.CLOSED, now=NOON),
    )
    assert state_of(db, placed.numbers[0]) is OrderState.REFUSED
    assert state_of(db, placed.numbers[1]) is OrderState.NEW
    assert refunds(db) == [("closed", 102_000)]
    assert shelf(db, kopi) == Shelf(on_hand=10, reserved=0)
    code = placed.amount - placed.orders_total
    assert books(db) == {
        "bank": placed.amount,
        "escrow": -77_000,
        "refund_due": -102_000,
        "unique_code": -code,
    }
    assert broken(db) == {}


def test_the_unique_code_goes_back_with_the_last_order_that_is_refused(
    db: Database, kopi: Goods
) -> None:
    other = make_cooperative(db, "KPS", "Koperasi Kintamani", zone="Asia/Makassar")
    jeruk = make_goods(db, other, price=65_000, on_hand=3)
    placed = make_paid(db, {kopi: 2, jeruk: 1})
    code = placed.amount - placed.orders_total
    for number, cooperative_id in zip(placed.numbers, (kopi.cooperative.id, other.id), strict=True):
        Desk(db, cooperative_id).do(
            number, lambda s, order: actions.refuse(s, order, reason=Reason.SHORT, now=NOON)
        )
    assert refunds(db) == [("short", 102_000), ("short", 77_000), ("unique_code", code)]
    assert books(db) == {"bank": placed.amount, "refund_due": -placed.amount}
    assert broken(db) == {}


def test_an_order_can_be_called_off_until_it_leaves_and_only_the_rest_goes_back(
    db: Database, gayo: Desk, number: str, kopi: Goods, madu: Goods, placed: Placed
) -> None:
    coffee, honey = lines_of(db, number)
    gayo.do(
        number,
        lambda s, order: actions.accept(
            s,
            order,
            counts={coffee.id: 3, honey.id: 1},
            shortfalls={coffee.id: Shortfall(Reason.SHORT)},
            now=NOON,
        ),
    )
    gayo.do(number, lambda s, order: actions.cancel(s, order, reason=Reason.DAMAGED, now=NOON))
    assert state_of(db, number) is OrderState.CANCELLED
    assert [amount for _, amount in refunds(db)][:2] == [90_000, placed.orders_total - 90_000]
    assert [line.refunded for line in lines_of(db, number)] == [5, 1]
    assert shelf(db, kopi) == Shelf(on_hand=5, reserved=0)
    assert moves(db, madu)[-1] == (MovementReason.DAMAGED, -1)
    assert broken(db) == {}


def test_nobody_calls_off_what_was_not_accepted_or_has_left(
    db: Database, gayo: Desk, number: str, kopi: Goods
) -> None:
    unpaid = make_purchase(db, {kopi: 1}).numbers[0]
    for wanted in (number, unpaid):
        with pytest.raises(MoveRefused):
            gayo.do(
                wanted, lambda s, order: actions.cancel(s, order, reason=Reason.SHORT, now=NOON)
            )
    gayo.ship(number)
    with pytest.raises(MoveRefused):
        gayo.do(number, lambda s, order: actions.cancel(s, order, reason=Reason.SHORT, now=NOON))


def test_a_second_click_accepts_nothing_twice(db: Database, gayo: Desk, number: str) -> None:
    gayo.accept_all(number)
    with pytest.raises(MoveRefused):
        gayo.accept_all(number)
    assert told(db) == ["order_accepted"]


def test_another_cooperatives_order_does_not_exist(db: Database, number: str) -> None:
    stranger = make_cooperative(db, "KPS", "Koperasi Kintamani")
    with pytest.raises(NoSuchOrder):
        Desk(db, stranger.id).accept_all(number)


def test_what_the_way_to_pay_cost_is_borne_by_who_refuses(
    db: Database, gayo: Desk, placed: Placed, number: str
) -> None:
    from shop.payments.bills.payment_costs import post_payment_cost

    with db.writing() as session:
        post_payment_cost(session, payment_id=placed.payment_id, cost=8_000, now=NOON)
    gayo.do(number, lambda s, order: actions.refuse(s, order, reason=Reason.SHORT, now=NOON))
    standing = books(db)
    assert standing["refund_due"] == -placed.amount
    assert "escrow" not in standing
    assert standing["cooperative_due"] + standing["payment_cost"] == 8_000
    assert broken(db) == {}
