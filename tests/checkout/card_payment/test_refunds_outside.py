"""Money that somebody sent back in the card provider's own pages: in the books once, and seen."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import select

import shop.fulfilment.documents.jobs  # noqa: F401 - documents follow, as in the running shop
from shop.checkout.card_payment.gateway_events import Taken, process_event
from shop.checkout.card_payment.reconciliation import reconcile
from shop.checkout.settlement.actions import settle_purchase
from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.fulfilment.documents.models import IssuedDocument
from shop.fulfilment.documents.rules import DocumentKind
from shop.fulfilment.order_steps.customer_cancellation import cancel_unshipped
from shop.payments.bills.models import Refund, RefundState
from shop.payments.cards import dashboard_refunds
from shop.payments.cards.gateway import EventSeen, RefundProgress, RefundTold
from shop.payments.cards.jobs import send_refund
from shop.payments.cards.models import GatewayAlert, PaymentAttempt
from shop.sales.orders.models import Order
from tests.aftersales.giving import bring, finish, give
from tests.checkout.cards import as_card, paid_attempt
from tests.factories import DAY, NOON, Placed, make_cooperative, make_goods, make_purchase
from tests.finance.payouts.money_town import PLATFORM as PLATFORM_VOUCHER
from tests.finance.payouts.money_town import Town, build
from tests.fulfilment.paid import Desk, books, broken, order_of
from tests.fulfilment.paid import told as kinds_told
from tests.support.databases import Templates
from tests.support.engines import Engine
from tests.support.fake_gateway import FakeGateway

HANDS = 6


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


def told(placed: Placed, rupiah: int, **changed: object) -> RefundTold:
    usual = RefundTold(
        "re_1", f"intent-{placed.payment_id}", Rupiah(rupiah), RefundProgress.DONE, None
    )
    return replace(usual, **changed)  # type: ignore[arg-type]


def tell(db: Database, refund: RefundTold, number: int = 1) -> Taken:
    kind = "refund.failed" if refund.progress is RefundProgress.FAILED else "refund.updated"
    event = EventSeen(f"evt_{number}", kind, refund.ref, None, NOON, False, refund=refund)
    return db.write(lambda session: process_event(session, event, is_live=False, now=NOON))


def rows(db: Database) -> list[tuple[int, RefundState]]:
    with db.reading() as session:
        found = select(Refund.amount, Refund.state).order_by(Refund.id)
        return [(amount, state) for amount, state in session.execute(found)]


def test_it_is_divided_over_the_orders_by_what_is_left_of_them_and_booked_once(
    db: Database, placed: Placed
) -> None:
    assert [tell(db, told(placed, 100_000), n) for n in (1, 2)] == [Taken.ALERT, Taken.REPEAT]
    assert rows(db) == [(56_983, RefundState.DONE), (43_017, RefundState.DONE)]
    assert books(db) == {"gateway": 79_000, "escrow": -79_000}
    assert [order_of(db, number).refunded for number in placed.numbers] == [56_983, 43_017]
    with db.reading() as session:
        alert = session.scalars(select(GatewayAlert)).one()
    assert (alert.payment_id, alert.amount) == (placed.payment_id, 100_000)
    assert kinds_told(db) == ["order_refunded"] * 2
    assert broken(db) == {}


def test_an_order_with_an_invoice_gets_a_credit_note_over_its_share(
    db: Database, placed: Placed
) -> None:
    gayo = order_of(db, placed.numbers[0])
    Desk(db, gayo.cooperative_id).accept_all(gayo.number)
    tell(db, told(placed, 100_000))
    with db.reading() as session:
        issued = session.scalars(select(IssuedDocument).order_by(IssuedDocument.id)).all()
    assert [(one.kind, one.facts["total"]) for one in issued] == [
        (DocumentKind.INVOICE, 102_000),
        (DocumentKind.CREDIT_NOTE, 56_983),
    ]


def test_what_was_divided_among_its_owners_comes_back_from_the_cooperative_not_its_members(
    db: Database, placed: Placed
) -> None:
    for number in placed.numbers:
        bring(db, number)
    finish(db)
    before = books(db)
    tell(db, told(placed, 179_000))
    after = books(db)
    assert after["cooperative_due"] - before["cooperative_due"] == 179_000
    assert {k: v for k, v in after.items() if "member" in k} == {
        k: v for k, v in before.items() if "member" in k
    }
    assert broken(db) == {}


def test_goods_that_are_sent_all_the_same_are_paid_to_their_makers(
    db: Database, placed: Placed
) -> None:
    tell(db, told(placed, 179_000))
    bring(db, placed.numbers[0])
    finish(db)
    assert -sum(n for name, n in books(db).items() if name.startswith("member_due")) == 82_800
    assert broken(db) == {}


@pytest.mark.parametrize("cost_first", [True, False])
def test_what_the_card_cost_is_the_platforms_and_a_vouchers_money_is_not_touched(
    templates: Templates, engine: Engine, cost_first: bool
) -> None:
    """Found by the search in ``tests/finance/payouts``: the voucher's share paid the card."""
    with templates.copy(engine, "money", build) as url:
        town = Town(Database(url))
        town.buy((0, 0, 1), PLATFORM_VOUCHER, by_card=True, pickup=False)
        [bill] = town.bills
        town.pay_card(bill, off=0)
        if cost_first:
            reconcile(town.db, town.gateway, since=NOON, now=NOON + DAY)
        tell(town.db, told(bill, bill.orders_total, intent_ref=_intent(town.db)))
        if not cost_first:
            reconcile(town.db, town.gateway, since=NOON, now=NOON + DAY)
        town.on_order(bill.numbers[0], partial(cancel_unshipped, now=NOON))
        assert books(town.db) == {"payment_cost": 1_000, "gateway": -1_000}
        assert broken(town.db) == {}
        town.db.dispose()


def _intent(db: Database) -> str | None:
    with db.reading() as session:
        return session.scalars(select(PaymentAttempt.intent_ref)).one()


def test_one_that_is_on_its_way_ends_as_the_gateway_says(db: Database, placed: Placed) -> None:
    tell(db, told(placed, 50_000, progress=RefundProgress.PENDING), 1)
    assert books(db)["refund_due"] == -50_000
    assert {state for _, state in rows(db)} == {RefundState.SENT}
    gateway = FakeGateway()
    with db.reading() as session:
        first = session.scalars(select(Refund.id).order_by(Refund.id)).first()
    assert first is not None
    assert send_refund(db, gateway, first, NOON) is None
    assert gateway.refunds == {}
    tell(db, told(placed, 50_000), 2)
    assert "refund_due" not in books(db)
    tell(db, told(placed, 50_000, progress=RefundProgress.FAILED), 3)
    assert books(db)["refund_due"] == -50_000
    assert books(db)["gateway"] == 179_000
    assert broken(db) == {}


def test_one_that_never_went_is_nobodys_business(db: Database, placed: Placed) -> None:
    assert tell(db, told(placed, 50_000, progress=RefundProgress.FAILED)) is Taken.WAITING
    assert rows(db) == []


@pytest.mark.parametrize("came_back", [False, True])
def test_it_ends_a_refund_of_the_same_sum_that_did_not_reach_the_card(
    db: Database, placed: Placed, came_back: bool
) -> None:
    desk = Desk(db, order_of(db, placed.numbers[0]).cooperative_id)
    desk.accept_all(placed.numbers[0])
    refund = give(db, placed.numbers[0], 1)
    gateway = FakeGateway()
    gateway.progress = RefundProgress.DONE if came_back else RefundProgress.FAILED
    send_refund(db, gateway, refund.id, NOON)
    if came_back:
        ours = told(placed, 45_000, ref=f"refund-{next(iter(gateway.refunds))}")
        tell(db, replace(ours, progress=RefundProgress.FAILED), 1)
    assert rows(db) == [(45_000, RefundState.FAILED)]
    tell(db, told(placed, 45_000, ref="re_hand"), 2)
    assert rows(db) == [(45_000, RefundState.DONE)]
    assert books(db)["gateway"] == 134_000
    assert broken(db) == {}


def test_our_own_refund_is_known_by_its_key_before_its_answer_came(
    db: Database, placed: Placed
) -> None:
    desk = Desk(db, order_of(db, placed.numbers[0]).cooperative_id)
    desk.accept_all(placed.numbers[0])
    refund = give(db, placed.numbers[0], 1)

    class Quick(FakeGateway):
        """Tells before it answers."""

        def refund(self, *, key: str, intent_ref: str, amount: Rupiah):  # type: ignore[no-untyped-def]
            assert tell(db, told(placed, amount, ref="re_own", key=key)) is Taken.WAITING
            return super().refund(key=key, intent_ref=intent_ref, amount=amount)

    send_refund(db, Quick(), refund.id, NOON)
    assert rows(db) == [(45_000, RefundState.DONE)]
    assert broken(db) == {}


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
def test_what_is_not_ours_no_rupiah_or_too_much_is_shown_and_not_booked(
    db: Database, placed: Placed, strange: dict[str, object]
) -> None:
    assert tell(db, told(placed, 50_000, **strange)) is Taken.ALERT
    assert rows(db) == []
    with db.reading() as session:
        assert session.scalars(select(GatewayAlert.payment_id)).all() == [None]
    assert broken(db) == {}


def test_told_by_six_at_once_under_other_names_it_is_booked_once(
    db: Database, placed: Placed
) -> None:
    together = Barrier(HANDS)

    def tell_it(number: int) -> None:
        together.wait()
        tell(db, told(placed, 20_000), number)

    with ThreadPoolExecutor(HANDS) as hands:
        list(hands.map(tell_it, range(HANDS)))
    assert sum(amount for amount, _ in rows(db)) == 20_000
    assert books(db) == {"gateway": 159_000, "escrow": -159_000}
    assert broken(db) == {}


def test_without_the_guard_of_the_orders_it_would_be_booked_twice(
    db: Database, placed: Placed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: who does not look for what was told before counts the same money again."""
    monkeypatch.setattr(dashboard_refunds, "_told_before", lambda _session, _ref: [])
    monkeypatch.setattr(dashboard_refunds, "insert_if_absent", _always_another)
    for _ in range(2):
        db.write(
            partial(dashboard_refunds.record_dashboard_refund, told=told(placed, 50_000), now=NOON)
        )
    assert sum(amount for amount, _ in rows(db)) == 100_000


def _always_another(session, model, values, *, key):  # type: ignore[no-untyped-def]
    made = model(**{**values, "key": f"{values['key']}:{values['order_id']}:{id(values)}"})
    session.add(made)
    session.flush()
    return made.id


def test_six_by_hand_and_one_outside_give_no_more_than_was_paid(
    db: Database, placed: Placed
) -> None:
    desk = Desk(db, order_of(db, placed.numbers[0]).cooperative_id)
    desk.accept_all(placed.numbers[0])
    together = Barrier(2)

    def outside() -> None:
        together.wait()
        tell(db, told(placed, 179_000))

    def by_hand() -> bool:
        together.wait()
        try:
            give(db, placed.numbers[0], 1)
        except Exception:  # whatever it is called: the other was first
            return False
        return True

    with ThreadPoolExecutor(2) as hands:
        first, second = hands.submit(outside), hands.submit(by_hand)
        first.result(), second.result()
    with db.reading() as session:
        for order in session.scalars(select(Order)):
            assert order.refunded <= order.total
    assert broken(db) == {}
