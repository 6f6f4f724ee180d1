"""``lumbung verify`` notices money that stands where no order needs it any more."""

from shop.core.database.engine import Database
from shop.fulfilment.orders.invariants import verify
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind
from tests.factories import NOON, make_goods
from tests.fulfilment.paid import Desk, broken, make_paid, order_of


def test_money_held_for_a_refused_order_and_members_paid_early_are_named(db: Database) -> None:
    from shop.fulfilment.order_steps import actions
    from shop.fulfilment.orders.rules import Reason

    kopi = make_goods(db, on_hand=9)
    refused, fresh = (make_paid(db, {kopi: 1}).numbers[0] for _ in range(2))
    Desk(db, kopi.cooperative.id).do(
        refused, lambda s, order: actions.refuse(s, order, reason=Reason.SHORT, now=NOON)
    )
    assert broken(db) == {}
    mine = kopi.cooperative.id
    with db.writing() as session:
        escrow = ledger.account(session, AccountKind.ESCROW, cooperative_id=mine)
        member = ledger.account(
            session, AccountKind.MEMBER_DUE, cooperative_id=mine, member_id=kopi.member_id
        )
        for reason, number in (("a", refused), ("b", fresh)):
            order_id = order_of(db, number).id
            ledger.post(
                session,
                kind="test",
                reason=reason,
                postings=[Posting(escrow, -5, order_id), Posting(member, 5, order_id)],
                now=NOON,
            )
    with db.reading() as session:
        wrong = {name: check for name, check in verify(session).items() if not check.ok}
    assert set(wrong) == {
        "fulfilment_holds_nothing_for_ended_orders",
        "fulfilment_pays_members_for_done_orders_only",
    }
