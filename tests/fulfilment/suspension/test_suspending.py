"""A suspended cooperative sells nothing; the operator ends what it promised, or lets it back."""

from functools import partial

import pytest
from sqlalchemy import select

from shop.catalog.inventory.queries import Shelf
from shop.catalog.products import queries as products
from shop.catalog.products.models import ProductCard
from shop.checkout.expiry.actions import expire_due_payments
from shop.core.database.engine import Database
from shop.fulfilment.orders.errors import NotSuspended
from shop.fulfilment.suspension.actions import cancel_left_over, lift, suspend
from shop.people.cooperatives.models import Cooperative
from shop.people.cooperatives.rules import Role
from shop.sales.orders.models import Order, OrderEvent, OrderState
from shop.services.audit.models import AuditEvent
from shop.services.outbox.models import Notice
from tests.factories import (
    DAY,
    NOON,
    Goods,
    make_cooperative,
    make_goods,
    make_person,
    make_purchase,
    make_seat,
    shelf,
)
from tests.fulfilment.paid import Desk, broken, make_paid, pay, refunds, state_of

OPERATOR = 77
WHY = "Izin koperasi sedang diperiksa."


def stop(db: Database, goods: Goods) -> bool:
    return db.write(
        partial(
            suspend,
            cooperative_id=goods.cooperative.id,
            reason=WHY,
            now=NOON,
            person_id=OPERATOR,
        )
    )


def resume(db: Database, goods: Goods) -> bool:
    return db.write(
        partial(lift, cooperative_id=goods.cooperative.id, now=NOON, person_id=OPERATOR)
    )


def cards(db: Database) -> list[int]:
    with db.reading() as session:
        return list(session.scalars(select(ProductCard.product_id)))


def told(db: Database) -> list[str]:
    with db.reading() as session:
        return list(
            session.scalars(
                select(Notice.kind)
                .where(Notice.kind.startswith("cooperative_"))
                .order_by(Notice.id)
            )
        )


def test_a_suspended_cooperatives_goods_leave_the_shop_and_come_back(db: Database) -> None:
    kopi = make_goods(db)
    make_seat(db, kopi.cooperative, make_person(db, "Bu Wati"), Role.MANAJER)
    assert resume(db, kopi) is False
    assert stop(db, kopi) is True
    assert stop(db, kopi) is False
    assert cards(db) == []
    with db.reading() as session:
        assert session.get_one(Cooperative, kopi.cooperative.id).suspension == WHY
        assert not products.sellable(session, [kopi.variant_id])[kopi.variant_id].is_published
    assert resume(db, kopi) is True
    assert cards(db) == [kopi.product_id]
    assert told(db) == ["cooperative_suspended", "cooperative_resumed"]
    with db.reading() as session:
        events = session.execute(
            select(AuditEvent.action, AuditEvent.actor_id).where(
                AuditEvent.action.startswith("cooperative.")
            )
        ).all()
        assert [tuple(event) for event in events] == [
            ("cooperative.suspended", OPERATOR),
            ("cooperative.resumed", OPERATOR),
        ]


def test_goods_of_others_stay_in_the_shop(db: Database) -> None:
    kopi = make_goods(db)
    jeruk = make_goods(db, make_cooperative(db, "KPS", "Koperasi Kintamani"))
    stop(db, jeruk)
    resume(db, jeruk)
    stop(db, kopi)
    assert cards(db) == [jeruk.product_id]


@pytest.mark.parametrize("taken", [(), ("accept",), ("accept", "ready")])
def test_the_operator_calls_off_what_was_not_sent_and_all_the_money_goes_back(
    db: Database, taken: tuple[str, ...]
) -> None:
    kopi = make_goods(db)
    desk = Desk(db, kopi.cooperative.id)
    placed = make_paid(db, {kopi: 2})
    number = placed.numbers[0]
    if taken == ("accept",):
        desk.accept_all(number)
    if taken == ("accept", "ready"):
        desk.make_ready(number)
    stop(db, kopi)
    desk.do(number, lambda s, order: cancel_left_over(s, order, now=NOON, person_id=OPERATOR))
    assert state_of(db, number) is OrderState.CANCELLED
    assert sum(amount for _reason, amount in refunds(db)) == placed.amount
    assert shelf(db, kopi) == Shelf(on_hand=5, reserved=0)
    with db.reading() as session:
        last = session.scalars(select(OrderEvent).order_by(OrderEvent.id.desc()).limit(1)).one()
        assert (last.actor.value, last.person_id, last.reason) == (
            "operator",
            OPERATOR,
            "suspended",
        )
    assert broken(db) == {}


def test_the_operator_acts_for_nobody_who_works_alone(db: Database) -> None:
    kopi = make_goods(db)
    number = make_paid(db, {kopi: 1}).numbers[0]
    with pytest.raises(NotSuspended):
        Desk(db, kopi.cooperative.id).do(
            number, lambda s, order: cancel_left_over(s, order, now=NOON, person_id=OPERATOR)
        )
    assert state_of(db, number) is OrderState.NEW


def test_what_was_placed_before_can_be_paid_until_its_time_is_over_and_not_after(
    db: Database,
) -> None:
    kopi = make_goods(db)
    in_time, late = make_purchase(db, {kopi: 1}), make_purchase(db, {kopi: 2})
    stop(db, kopi)
    pay(db, in_time)
    assert state_of(db, in_time.numbers[0]) is OrderState.NEW
    with db.writing() as session:
        assert expire_due_payments(session, NOON + 2 * DAY) == 1
    assert shelf(db, kopi) == Shelf(on_hand=4, reserved=0)
    pay(db, late, NOON + 2 * DAY)
    assert state_of(db, late.numbers[0]) is OrderState.CANCELLED
    assert refunds(db) == [("late", late.amount)]
    assert shelf(db, kopi) == Shelf(on_hand=4, reserved=0)
    with db.reading() as session:
        reasons = session.scalars(
            select(OrderEvent.reason)
            .join(Order, Order.id == OrderEvent.order_id)
            .where(Order.number == late.numbers[0], OrderEvent.to_state == OrderState.CANCELLED)
        ).all()
        assert reasons == ["late_suspended"]
    assert broken(db) == {}
