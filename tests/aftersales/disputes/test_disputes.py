"""A bank takes a payment back: its orders' money waits, and somebody bears what is lost (R24)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.aftersales.refunds.errors import Disputed
from shop.checkout.card_payment.gateway_events import Taken, process_event
from shop.checkout.settlement.actions import settle_purchase
from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.fulfilment.deadlines.timeouts import run_timeouts
from shop.fulfilment.order_steps import actions as order_steps
from shop.fulfilment.order_steps.customer_cancellation import cancel_unshipped
from shop.fulfilment.order_steps.shortages import accept_or_ask, expire_offer, unanswered_offers
from shop.fulfilment.orders.errors import BankDecides
from shop.fulfilment.orders.rules import Reason, Shortfall
from shop.payments.bills.errors import RefundTooMuch
from shop.payments.cards.disputes import choose_order, is_disputed, record_dispute
from shop.payments.cards.gateway import DisputeProgress, DisputeSeen, EventSeen
from shop.payments.cards.models import Dispute
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerPosting
from shop.sales.orders.models import Order, OrderState
from shop.services.outbox.worker import one_by_one
from tests.aftersales.giving import bring, finish, give
from tests.checkout.cards import as_card, paid_attempt
from tests.factories import DAY, NOON, Placed, make_cooperative, make_goods, make_purchase
from tests.fulfilment.paid import Desk, books, broken, lines_of, order_of, refunds, state_of


@pytest.fixture
def placed(db: Database) -> Placed:
    """Gayo 90,000 + 12,000 and Kintamani 65,000 + 12,000, paid by card: 179,000."""
    kopi = make_goods(db, price=45_000, on_hand=20)
    tenun = make_goods(db, make_cooperative(db, "KPS", "Koperasi Kintamani"), price=65_000)
    bought = as_card(db, make_purchase(db, {kopi: 2, tenun: 1}))
    paid_attempt(db, bought)
    with db.writing() as session:
        settle_purchase(session, payment_id=bought.payment_id, now=NOON)
    return bought


def seen(placed: Placed, amount: int = 179_000, **changed: object) -> DisputeSeen:
    usual = DisputeSeen(
        ref="dp_1",
        intent_ref=f"intent-{placed.payment_id}",
        amount=Rupiah(amount),
        progress=DisputeProgress.OPEN,
        took_money=True,
        respond_by=None,
    )
    return replace(usual, **changed)  # type: ignore[arg-type]


def tell(db: Database, dispute: DisputeSeen, number: int = 1) -> Taken:
    event = EventSeen(
        f"evt_{number}", "charge.dispute.updated", dispute.ref, None, NOON, False, dispute
    )
    return db.write(lambda session: process_event(session, event, is_live=False, now=NOON))


def test_an_open_dispute_keeps_the_money_of_its_orders_where_it_is(
    db: Database, placed: Placed
) -> None:
    for number in placed.numbers:
        bring(db, number)
    assert [tell(db, seen(placed), number) for number in (1, 2)] == [Taken.ALERT, Taken.REPEAT]
    assert books(db)["dispute"] == 179_000
    assert "gateway" not in books(db)
    finish(db)
    assert [state_of(db, number) for number in placed.numbers] == [OrderState.ARRIVED] * 2
    with db.reading() as session:
        assert all(is_disputed(session, order_id) for order_id in placed.order_ids)
    assert broken(db) == {}


def test_what_was_won_goes_on_as_if_nothing_had_been(db: Database, placed: Placed) -> None:
    for number in placed.numbers:
        bring(db, number)
    tell(db, seen(placed), 1)
    for turn in (2, 3):
        tell(db, seen(placed, progress=DisputeProgress.WON), turn)
    assert books(db)["gateway"] == 179_000
    assert "dispute" not in books(db)
    finish(db)
    assert [state_of(db, number) for number in placed.numbers] == [OrderState.DONE] * 2
    assert broken(db) == {}


def test_what_is_lost_the_platform_bears_where_delivery_is_shown_and_else_the_cooperative(
    db: Database, placed: Placed
) -> None:
    bring(db, placed.numbers[0])  # with a tracking number; the other never left
    tell(db, seen(placed), 1)
    for turn in (2, 3):
        tell(db, seen(placed, progress=DisputeProgress.LOST), turn)
    # Divided by the orders' totals: 102,000 and 77,000.
    assert books(db)["payment_cost"] == 102_000
    assert books(db)["cooperative_due"] == 77_000
    assert "dispute" not in books(db)
    assert broken(db) == {}
    # Who lost cannot win any more, whatever comes late.
    tell(db, seen(placed, progress=DisputeProgress.WON), 4)
    assert books(db)["cooperative_due"] == 77_000


def test_a_part_of_a_payment_is_divided_to_the_last_rupiah(db: Database, placed: Placed) -> None:
    tell(db, seen(placed, 100_001, progress=DisputeProgress.LOST))
    assert books(db)["cooperative_due"] == 100_001
    assert broken(db) == {}


def test_a_question_takes_no_money_and_may_name_its_order(db: Database, placed: Placed) -> None:
    def note(session: object) -> int:
        found = record_dispute(session, seen(placed, 50_000, took_money=False), now=NOON)  # type: ignore[arg-type]
        assert found is not None
        return found.id

    dispute_id = db.write(note)
    assert "dispute" not in books(db)
    kintamani = placed.order_ids[1]
    assert db.write(lambda session: choose_order(session, dispute_id, kintamani, now=NOON))
    with db.reading() as session:
        assert [is_disputed(session, order) for order in placed.order_ids] == [False, True]
    tell(db, seen(placed, 50_000, progress=DisputeProgress.LOST))
    assert not db.write(lambda session: choose_order(session, dispute_id, kintamani, now=NOON))
    assert books(db)["cooperative_due"] == 50_000
    assert broken(db) == {}


def test_the_one_order_can_be_chosen_while_the_bank_has_the_money(
    db: Database, placed: Placed
) -> None:
    tell(db, seen(placed, 60_000), 1)
    with db.reading() as session:
        dispute_id = session.scalars(select(Dispute.id)).one()
    gayo, kintamani = placed.order_ids
    for chosen in (kintamani, kintamani, gayo, kintamani):
        assert db.write(partial(choose_order, dispute_id=dispute_id, order_id=chosen, now=NOON))
        with db.reading() as session:
            assert is_disputed(session, chosen)
        assert in_suspense(db) == {chosen: 60_000}
    stranger = make_purchase(db, {make_goods(db, price=90_000): 1}).order_ids[0]
    assert not db.write(partial(choose_order, dispute_id=dispute_id, order_id=stranger, now=NOON))
    tell(db, seen(placed, 60_000, progress=DisputeProgress.LOST), 2)
    assert in_suspense(db) == {}
    assert books(db)["cooperative_due"] == 60_000
    assert not db.write(partial(choose_order, dispute_id=dispute_id, order_id=gayo, now=NOON))
    assert broken(db) == {}


def test_what_a_bank_decides_about_or_took_is_not_given_back_by_hand_as_well(
    db: Database, placed: Placed
) -> None:
    gayo = placed.numbers[0]
    bring(db, gayo)
    tell(db, seen(placed, 60_000), 1)
    dispute_id = db.write(lambda session: session.scalars(select(Dispute.id)).one())
    order_id = placed.order_ids[0]
    db.write(partial(choose_order, dispute_id=dispute_id, order_id=order_id, now=NOON))
    with pytest.raises(Disputed):
        give(db, gayo, 1)
    tell(db, seen(placed, 60_000, progress=DisputeProgress.LOST), 2)
    with pytest.raises(RefundTooMuch) as much:
        give(db, gayo, 1)  # Rp45.000 of 102,000, of which its shopper has 60,000 already
    assert much.value.left == 42_000
    give(db, gayo, delivery=12_000)
    assert broken(db) == {}


def in_suspense(db: Database) -> dict[int | None, int]:
    """What stands as *sengketa*, by order."""
    with db.reading() as session:
        rows = session.execute(
            select(LedgerPosting.order_id, func.sum(LedgerPosting.amount))
            .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
            .where(LedgerAccount.kind == AccountKind.DISPUTE)
            .group_by(LedgerPosting.order_id)
        )
        return {order_id: int(amount) for order_id, amount in rows if amount}


def test_an_order_that_cost_less_than_what_is_disputed_cannot_be_the_one(
    db: Database, placed: Placed
) -> None:
    tell(db, seen(placed), 1)
    with db.reading() as session:
        dispute_id = session.scalars(select(Dispute.id)).one()
    for order_id in placed.order_ids:
        assert not db.write(
            partial(choose_order, dispute_id=dispute_id, order_id=order_id, now=NOON)
        )


@pytest.mark.parametrize(
    "strange",
    [
        {"intent_ref": "intent-unknown"},
        {"intent_ref": None},
        {"amount": None},
        {"amount": 179_001},
        {"amount": 0},
        {"amount": -1},
    ],
)
def test_what_is_not_ours_or_no_rupiah_is_shown_and_not_booked(
    db: Database, placed: Placed, strange: dict[str, object]
) -> None:
    assert tell(db, seen(placed, **strange)) is Taken.ALERT  # type: ignore[arg-type]
    assert "dispute" not in books(db)
    with db.reading() as session:
        assert session.query(Dispute).count() == 0


def test_a_bank_that_decides_stops_the_clock_of_its_own_orders_and_no_other(
    db: Database, placed: Placed
) -> None:
    new, _accepted = placed.numbers
    desk, line = desk_of(db, new), lines_of(db, new)[0]
    asked = partial(
        accept_or_ask, counts={line.id: 1}, shortfalls={line.id: Shortfall(Reason.SHORT)}, now=NOON
    )
    desk.do(new, asked)
    tell(db, seen(placed))
    late = NOON + 2 * DAY
    with db.reading() as session:
        assert unanswered_offers(session, late) == ()
    # Told between the look and the step: it waits too.
    db.write(lambda session: expire_offer(session, order_of(db, new).id, late))
    assert state_of(db, new) is OrderState.NEW
    assert refunds(db) == []


def test_what_a_rule_forbids_for_one_keeps_no_other_waiting(db: Database, placed: Placed) -> None:
    stuck, free = placed.order_ids
    done: list[int] = []

    def step(_session: Session, order_id: int, _now: datetime) -> None:
        if order_id == stuck:
            raise BankDecides(str(order_id))
        done.append(order_id)

    one_by_one(db, step, [stuck, free], NOON)
    assert done == [free]


def test_while_a_bank_decides_nobody_else_ends_an_order_with_its_money(
    db: Database, placed: Placed
) -> None:
    new, accepted = placed.numbers
    desk_of(db, accepted).accept_all(accepted)
    tell(db, seen(placed))
    ends: list[tuple[str, Callable[[Session, Order], object]]] = [
        (new, partial(order_steps.refuse, reason=Reason.SHORT, now=NOON)),
        (new, partial(cancel_unshipped, now=NOON)),
        (accepted, partial(order_steps.cancel, reason=Reason.SHORT, now=NOON)),
    ]
    for number, end in ends:
        with pytest.raises(BankDecides):
            desk_of(db, number).do(number, end)
    run_timeouts(db, NOON + 60 * DAY)
    run_timeouts(db, NOON + 60 * DAY)
    assert [state_of(db, one) for one in placed.numbers] == [OrderState.NEW, OrderState.ACCEPTED]
    assert broken(db) == {}
    # Won: the order can be ended, and all of it goes back.
    tell(db, seen(placed, progress=DisputeProgress.WON), 2)
    desk_of(db, new).do(new, partial(order_steps.refuse, reason=Reason.SHORT, now=NOON))
    assert refunds(db) == [(Reason.SHORT, 102_000)]
    assert broken(db) == {}


def test_what_a_bank_gave_the_shopper_is_not_given_again_when_the_order_ends(
    db: Database, placed: Placed
) -> None:
    tell(db, seen(placed, 100_000, progress=DisputeProgress.LOST))
    number = placed.numbers[0]  # 56,983 of 102,000 are gone
    desk_of(db, number).do(number, partial(order_steps.refuse, reason=Reason.SHORT, now=NOON))
    assert refunds(db) == [(Reason.SHORT, 102_000 - 56_983)]
    # What was still held for it pays what its cooperative owed; the other owes its own part.
    assert books(db)["cooperative_due"] == 100_000 - 56_983
    assert broken(db) == {}


def test_when_all_of_it_is_lost_an_order_ends_without_a_refund(
    db: Database, placed: Placed
) -> None:
    tell(db, seen(placed, progress=DisputeProgress.LOST))
    number = placed.numbers[0]
    desk_of(db, number).do(number, partial(order_steps.refuse, reason=Reason.SHORT, now=NOON))
    assert refunds(db) == []
    assert books(db)["cooperative_due"] == 77_000
    assert broken(db) == {}


def desk_of(db: Database, number: str) -> Desk:
    return Desk(db, order_of(db, number).cooperative_id)
