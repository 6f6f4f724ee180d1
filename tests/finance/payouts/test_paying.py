"""Money goes out when nothing keeps it back, once, with a reference, and comes back by an entry."""

from datetime import timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select, update

from shop.core.database.engine import Database
from shop.core.database.settings_by_date import Policy
from shop.core.values.money import Rupiah
from shop.finance.payouts import actions
from shop.finance.payouts.errors import (
    BatchOver,
    BatchStale,
    NoSuchBatch,
    NothingDue,
    PayoutOver,
    ReferenceMissing,
    SecondPersonNeeded,
)
from shop.finance.payouts.models import PayoutState
from shop.finance.payouts.queries import batch_by_code
from shop.finance.payouts.rules import BlockReason, HoldReason, Owed, payable
from shop.payments.bills.models import Payee, Payment, PaymentOrder, Refund, RefundState
from shop.payments.cards.models import AlertKind, GatewayAlert
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order
from tests.factories import NOON, Goods, make_cooperative, make_goods, make_person
from tests.finance.payouts.owed import (
    LATER,
    approved,
    broken,
    due_of,
    make_account,
    make_owed,
    make_seller,
    owe_back,
    pay,
    payouts_of,
    prepared,
)
from tests.fulfilment.paid import books, make_paid


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_seller(db)


def test_what_is_due_is_the_cooperatives_part_and_its_members(db: Database, kopi: Goods) -> None:
    make_owed(db, kopi)  # 90,000 and 12,000 for bringing it
    found = due_of(db, kopi)
    (one,) = found.orders
    assert (one.own, one.members) == (12_000 + 90_000 - 82_800 - 2_700, 82_800)
    assert (found.amount, found.stop, found.waiting) == (99_300, None, ())


def test_an_order_inside_the_time_for_complaints_is_not_due(db: Database, kopi: Goods) -> None:
    make_paid(db, {kopi: 1})
    with pytest.raises(NothingDue):
        prepared(db)


def test_a_payout_leaves_the_bank_once_and_the_members_part_is_with_the_cooperative(
    db: Database, kopi: Goods
) -> None:
    make_owed(db, kopi)
    before = books(db)["bank"]
    batch, payout, who = approved(db)
    assert pay(db, batch, payout, who)
    stands = books(db)
    assert stands["bank"] == before - 99_300
    assert "cooperative_due" not in stands
    assert stands["cash_drawer"] == 82_800
    assert stands[f"member_due:{kopi.member_id}"] == -82_800
    assert broken(db) == {}
    with pytest.raises(NothingDue):
        prepared(db)


def test_a_second_click_changes_nothing_and_another_reference_is_refused(
    db: Database, kopi: Goods
) -> None:
    make_owed(db, kopi)
    batch, payout, who = approved(db)
    pay(db, batch, payout, who, "TRX1")
    assert pay(db, batch, payout, who, "TRX1") is False
    with pytest.raises(PayoutOver) as over:
        pay(db, batch, payout, who, "TRX2")
    assert over.value.reference == "TRX1"
    assert payouts_of(db, batch)[0].reference == "TRX1"
    assert broken(db) == {}


def test_money_leaves_with_a_reference_and_after_somebody_agreed(db: Database, kopi: Goods) -> None:
    make_owed(db, kopi)
    batch = prepared(db)
    who = make_person(db).id
    (payout,) = payouts_of(db, batch)
    with pytest.raises(BatchOver):
        pay(db, batch, payout, who)
    with pytest.raises(ReferenceMissing):
        pay(db, batch, payout, who, "")


def test_what_failed_is_undone_and_due_again(db: Database, kopi: Goods) -> None:
    make_owed(db, kopi)
    before = books(db)
    batch, payout, who = approved(db)
    pay(db, batch, payout, who)
    fail = partial(
        actions.mark_failed,
        batch_code=batch.code,
        payout_code=payout.code,
        now=LATER,
        person_id=who,
    )
    assert db.write(fail) is True
    assert db.write(fail) is False
    assert books(db) == before
    assert broken(db) == {}
    with pytest.raises(PayoutOver):
        pay(db, batch, payout, who)
    again, second, _ = approved(db)
    assert again.total == batch.total
    assert pay(db, again, second, who)
    assert broken(db) == {}


def test_what_never_left_fails_without_an_entry(db: Database, kopi: Goods) -> None:
    make_owed(db, kopi)
    before = books(db)
    batch, payout, who = approved(db)
    db.write(
        partial(
            actions.mark_failed,
            batch_code=batch.code,
            payout_code=payout.code,
            now=LATER,
            person_id=who,
        )
    )
    assert books(db) == before
    assert due_of(db, kopi).amount == batch.total
    assert broken(db) == {}


def test_a_debt_after_a_payout_is_netted_from_the_next(db: Database, kopi: Goods) -> None:
    (number,) = make_owed(db, kopi)
    batch, payout, who = approved(db)
    pay(db, batch, payout, who)
    owe_back(db, number, 30_000)
    assert due_of(db, kopi).stop is BlockReason.DEBT
    with pytest.raises(NothingDue):
        prepared(db)
    make_owed(db, kopi)
    assert prepared(db).total == 99_300 - 30_000
    assert broken(db) == {}


def test_each_reason_keeps_an_order_back(db: Database, kopi: Goods) -> None:
    (number,) = make_owed(db, kopi)
    with db.writing() as session:
        order = session.scalars(select(Order).where(Order.number == number)).one()
        payment = session.scalars(
            select(Payment)
            .join(PaymentOrder, PaymentOrder.payment_id == Payment.id)
            .where(PaymentOrder.order_id == order.id)
        ).one()
        order.needs = "complaint"
        refund = Refund(
            key="k",
            payment_id=payment.id,
            order_id=order.id,
            amount=1,
            reason="short",
            bearer="cooperative",
            lines={},
            state=RefundState.SENT,
            asked_at=NOON,
        )
        alert = GatewayAlert(key="d", kind=AlertKind.DISPUTE, payment_id=payment.id, at=NOON)
        session.add_all([refund, alert])
    (one,) = due_of(db, kopi).waiting
    assert one.waits == (HoldReason.ATTENTION, HoldReason.REFUND, HoldReason.DISPUTE)
    with db.writing() as session:
        session.execute(update(Order).values(needs=None))
        session.execute(update(Refund).values(state=RefundState.DONE))
        session.execute(update(GatewayAlert).values(resolved_at=LATER))
    assert due_of(db, kopi).waiting == ()


def test_an_account_that_changed_a_short_time_ago_is_not_paid_to(db: Database) -> None:
    kopi = make_goods(db, on_hand=10)
    make_owed(db, kopi)
    assert due_of(db, kopi).stop is BlockReason.NO_ACCOUNT
    make_account(db, kopi, LATER - timedelta(days=30))
    assert due_of(db, kopi).stop is None
    make_account(db, kopi, LATER - timedelta(minutes=5))
    found = due_of(db, kopi)
    assert found.stop is BlockReason.NEW_ACCOUNT
    assert found.payable_from == LATER - timedelta(minutes=5) + timedelta(hours=48)
    assert due_of(db, kopi, LATER + timedelta(hours=48)).stop is None


def test_a_suspended_cooperative_is_not_paid(db: Database, kopi: Goods) -> None:
    make_owed(db, kopi)
    with db.writing() as session:
        session.execute(update(Cooperative).values(suspended_at=LATER))
    assert due_of(db, kopi).stop is BlockReason.SUSPENDED


def test_above_the_limit_a_second_person_agrees(db: Database, kopi: Goods) -> None:
    make_owed(db, kopi)
    with db.writing() as session:
        session.add(Policy(name="payout_second_person_above", since=NOON.date(), value=99_299))
    wati, made = make_person(db, "Wati").id, make_person(db, "Made").id
    batch = prepared(db, wati)
    approve = partial(actions.approve, code=batch.code, now=LATER)
    with pytest.raises(SecondPersonNeeded):
        db.write(partial(approve, person_id=wati))
    db.write(partial(approve, person_id=made))
    with pytest.raises(BatchOver):
        db.write(partial(approve, person_id=made))
    assert pay(db, batch, payouts_of(db, batch)[0], wati)


def test_what_the_shop_put_together_is_paid_by_another_than_who_agreed(
    db: Database, kopi: Goods
) -> None:
    make_owed(db, kopi)
    with db.writing() as session:
        session.add(Policy(name="payout_second_person_above", since=NOON.date(), value=1))
    wati, made = make_person(db, "Wati").id, make_person(db, "Made").id
    batch = prepared(db)
    db.write(partial(actions.approve, code=batch.code, now=LATER, person_id=wati))
    (payout,) = payouts_of(db, batch)
    with pytest.raises(SecondPersonNeeded):
        pay(db, batch, payout, wati)
    assert pay(db, batch, payout, made)


def test_a_batch_is_not_approved_when_something_changed_since(db: Database, kopi: Goods) -> None:
    (number,) = make_owed(db, kopi)
    batch, who = prepared(db), make_person(db).id
    owe_back(db, number, 1)
    with pytest.raises(BatchStale) as stale:
        db.write(partial(actions.approve, code=batch.code, now=LATER, person_id=who))
    assert stale.value.numbers == (number,)
    db.write(partial(actions.drop, code=batch.code, now=LATER, person_id=who))
    assert payouts_of(db, batch)[0].state is PayoutState.DROPPED
    assert prepared(db).total == 99_300 - 1
    assert broken(db) == {}


def test_a_batch_of_the_operators_is_no_cooperatives(db: Database, kopi: Goods) -> None:
    make_owed(db, kopi)
    batch = prepared(db)
    with pytest.raises(NoSuchBatch), db.reading() as session:
        batch_by_code(session, batch.code, kopi.cooperative.id)


def test_every_cooperative_gets_its_own_payout(db: Database) -> None:
    kopi = make_seller(db)
    kain = make_goods(db, make_cooperative(db, "KTM", "Koperasi Kintamani"), on_hand=9)
    make_account(db, kain)
    make_owed(db, kopi, kain)
    batch = prepared(db)
    with db.reading() as session:
        accounts = {one.id: one.cooperative_id for one in session.scalars(select(Payee))}
    rows = payouts_of(db, batch)
    assert [accounts[row.payee_id or 0] for row in rows] == [row.cooperative_id for row in rows]
    assert {row.cooperative_id for row in rows} == {kopi.cooperative.id, kain.cooperative.id}


@given(
    some.lists(
        some.tuples(
            some.integers(-(10**9), 10**9),
            some.integers(-(10**9), 10**9),
            some.sets(some.sampled_from(HoldReason)),
        )
    )
)
def test_what_is_payable_is_the_sum_of_what_nothing_keeps_back(
    parts: list[tuple[int, int, set[HoldReason]]],
) -> None:
    found = [
        Owed(n, f"GYO-26-{n:06d}", 1, Rupiah(own), Rupiah(members), None, tuple(waits))
        for n, (own, members, waits) in enumerate(parts)
    ]
    free, amount = payable(found)
    assert amount == sum(own + members for own, members, waits in parts if not waits)
    assert len(free) == sum(not waits for *_rest, waits in parts)
