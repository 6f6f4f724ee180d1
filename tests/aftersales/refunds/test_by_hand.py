"""Packs, delivery or all of it goes back, several times, and never more than was paid."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from shop.aftersales.refunds.errors import (
    NothingToGiveBack,
    NothingWouldBeSent,
    NotRefundable,
    TooManyPacks,
    TooMuchDelivery,
)
from shop.aftersales.refunds.rules import RefundSelection, calculate_refund
from shop.catalog.inventory.queries import Shelf
from shop.checkout.settlement.actions import settle_purchase
from shop.core.database.engine import Database
from shop.core.database.settings_by_date import DEFAULTS
from shop.fulfilment.order_steps import actions as order_steps
from shop.fulfilment.orders.rules import Reason
from shop.payments.bills.errors import RefundedMeanwhile, RefundTooMuch
from shop.payments.bills.models import RefundState
from shop.payments.bills.refunds import claim
from shop.payments.cards.attempt_costs import post_attempt_cost
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerPosting
from shop.sales.orders.models import Order, OrderLine, OrderState
from shop.sales.orders.rules import freeze_line
from tests.aftersales.giving import arrived, bring, finish, give
from tests.checkout.cards import as_card, paid_attempt
from tests.factories import NOON, Goods, make_goods, make_purchase, shelf
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

MEMBER, FEE, TILL = 41_400, 1_350, 2_250
"""Of Rp45.000: 92 % to the maker, 3 % fee, the rest to the cooperative."""


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=20)


def due(db: Database, goods: Goods) -> dict[str, int]:
    """What maker, cooperative, platform and shopper have coming, in rupiah."""
    now = books(db)
    return {
        "member": -now.get(f"member_due:{goods.member_id}", 0),
        "till": -now.get("cooperative_due", 0),
        "fee": -now.get("fee_income", 0),
        "shopper": -now.get("refund_due", 0),
        "held": -now.get("escrow", 0),
    }


def test_a_pack_that_goes_back_before_the_end_is_never_divided(db: Database, kopi: Goods) -> None:
    number = arrived(db, {kopi: 3})
    refund = give(db, number, 1)
    assert (refund.amount, refund.state) == (45_000, RefundState.ASKED)
    assert state_of(db, number) is OrderState.ARRIVED
    assert told(db).count("order_refunded") == 1
    assert broken(db) == {}
    finish(db)
    assert due(db, kopi) == {
        "member": 2 * MEMBER,
        "till": 2 * TILL + 12_000,
        "fee": 2 * FEE,
        "shopper": 45_000,
        "held": 0,
    }
    assert broken(db) == {}


def test_a_pack_that_goes_back_afterwards_is_taken_from_those_it_was_divided_among(
    db: Database, kopi: Goods
) -> None:
    number = arrived(db, {kopi: 3})
    finish(db)
    give(db, number, 1, is_back=True)
    assert due(db, kopi) == {
        "member": 2 * MEMBER,
        "till": 2 * TILL + 12_000,
        "fee": 2 * FEE,
        "shopper": 45_000,
        "held": 0,
    }
    assert shelf(db, kopi) == Shelf(on_hand=18, reserved=0)
    assert lines_of(db, number)[0].returned == 1
    assert broken(db) == {}


@pytest.mark.parametrize("is_done", [False, True], ids=["before the end", "afterwards"])
def test_where_the_till_pays_the_maker_keeps_what_was_promised(
    db: Database, kopi: Goods, is_done: bool
) -> None:
    number = arrived(db, {kopi: 3})
    if is_done:
        finish(db)
    give(db, number, 1, till_pays=True)
    finish(db)
    assert due(db, kopi) == {
        "member": 3 * MEMBER,
        "till": 2 * TILL + 12_000 - MEMBER,
        "fee": 2 * FEE,
        "shopper": 45_000,
        "held": 0,
    }
    assert shelf(db, kopi).on_hand == 17
    assert broken(db) == {}


def test_all_of_it_can_go_back_in_parts(db: Database, kopi: Goods) -> None:
    number = arrived(db, {kopi: 3})
    for packs, delivery in ((1, 0), (1, 5_000), (0, 7_000), (1, 0)):
        give(db, number, packs, delivery=delivery)
    assert [amount for _, amount in refunds(db)] == [45_000, 50_000, 7_000, 45_000]
    assert due(db, kopi)["shopper"] == order_of(db, number).total == 147_000
    with pytest.raises(TooManyPacks) as packs_left:
        give(db, number, 1)
    assert packs_left.value.left == 0
    with pytest.raises(TooMuchDelivery) as delivery_left:
        give(db, number, delivery=1)
    assert delivery_left.value.left == 0
    assert told(db).count("order_refunded") == 4
    finish(db)
    assert due(db, kopi) == {"member": 0, "till": 0, "fee": 0, "shopper": 147_000, "held": 0}
    assert broken(db) == {}


def test_more_than_is_left_is_refused_with_what_is_left(db: Database, kopi: Goods) -> None:
    number = arrived(db, {kopi: 3})
    give(db, number, 2, delivery=10_000)
    with pytest.raises(TooManyPacks) as packs:
        give(db, number, 2)
    with pytest.raises(TooMuchDelivery) as delivery:
        give(db, number, delivery=2_001)
    assert (packs.value.left, delivery.value.left) == (1, 2_000)
    with pytest.raises(NothingToGiveBack):
        give(db, number)
    with pytest.raises(TooManyPacks):
        give(db, number, -1)
    with pytest.raises(TooMuchDelivery):
        give(db, number, delivery=-1)
    assert len(refunds(db)) == 1


def test_the_database_itself_holds_that_no_more_goes_back_than_was_paid(
    db: Database, kopi: Goods
) -> None:
    number = arrived(db, {kopi: 1})
    with pytest.raises(RefundTooMuch) as refusal, db.writing() as session:
        claim(session, session.get_one(Order, order_of(db, number).id), 57_001)
    assert refusal.value.left == 57_000
    with pytest.raises(IntegrityError), db.writing() as session:
        session.execute(update(Order).values(refunded=57_001))


def test_packs_that_have_not_gone_are_sent_no_more(db: Database, kopi: Goods) -> None:
    number = make_paid(db, {kopi: 3}).numbers[0]
    with pytest.raises(NotRefundable):
        give(db, number, 1)  # accepting counts for itself
    Desk(db, kopi.cooperative.id).make_ready(number)
    give(db, number, 1, is_back=True)
    line = lines_of(db, number)[0]
    assert (line.accepted, line.packed, line.refunded) == (2, 2, 1)
    assert shelf(db, kopi).on_hand == 18
    with pytest.raises(NothingWouldBeSent):
        give(db, number, 2)
    assert state_of(db, number) is OrderState.READY
    assert broken(db) == {}


def part_sent(db: Database, kopi: Goods, packs: int = 1) -> str:
    """Three packs, of which the first left."""
    number = make_paid(db, {kopi: 3}).numbers[0]
    desk = Desk(db, kopi.cooperative.id)
    desk.make_ready(number)
    first = {lines_of(db, number)[0].id: packs}
    desk.do(number, partial(order_steps.hand_over, tracking="JP12345678", packs=first, now=NOON))
    return number


def test_while_the_rest_waits_it_goes_back_before_what_is_on_its_way(
    db: Database, kopi: Goods
) -> None:
    number = part_sent(db, kopi)
    give(db, number, 1, is_back=True)
    line = lines_of(db, number)[0]
    assert (line.accepted, line.packed, line.shipped, line.refunded) == (2, 2, 1, 1)
    assert (shelf(db, kopi).on_hand, state_of(db, number)) == (18, OrderState.READY)
    give(db, number, 1, is_back=True)
    line = lines_of(db, number)[0]
    assert (line.accepted, line.packed, line.shipped, line.refunded) == (1, 1, 1, 2)
    # Nothing is left to send: the parcel tells where the order is.
    assert (shelf(db, kopi).on_hand, state_of(db, number)) == (19, OrderState.ON_THE_WAY)
    assert sum(amount for _reason, amount in refunds(db)) == 2 * 45_000
    assert broken(db) == {}


def test_giving_up_the_rest_gives_no_more_than_was_left_of_it(db: Database, kopi: Goods) -> None:
    number = part_sent(db, kopi)
    give(db, number, 1, is_back=True)
    desk = Desk(db, kopi.cooperative.id)
    desk.do(number, partial(order_steps.cancel, reason=Reason.CLOSED, now=NOON))
    line = lines_of(db, number)[0]
    assert (line.accepted, line.shipped, line.refunded) == (1, 1, 2)
    assert (shelf(db, kopi).on_hand, state_of(db, number)) == (19, OrderState.ON_THE_WAY)
    assert sum(amount for _reason, amount in refunds(db)) == 2 * 45_000
    assert broken(db) == {}


def test_nothing_of_a_parcel_on_its_way_lies_on_the_shelf_again(db: Database, kopi: Goods) -> None:
    number = make_paid(db, {kopi: 2}).numbers[0]
    Desk(db, kopi.cooperative.id).ship(number)
    give(db, number, 1, is_back=True)
    assert shelf(db, kopi).on_hand == 18
    assert state_of(db, number) is OrderState.ON_THE_WAY
    assert broken(db) == {}


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_cooperative_bears_what_the_card_cost_of_money_that_goes_back(
    db: Database, kopi: Goods, when: str
) -> None:
    placed = as_card(db, make_purchase(db, {kopi: 2}))
    attempt_id = paid_attempt(db, placed)
    with db.writing() as session:
        settle_purchase(session, payment_id=placed.payment_id, now=NOON)
    number = placed.numbers[0]
    bring(db, number)

    def learn() -> None:
        with db.writing() as session:
            post_attempt_cost(session, attempt_id, 3_000, NOON)

    if when == "before":
        learn()
    give(db, number, 2, delivery=12_000)
    if when == "after":
        learn()
    assert broken(db) == {}
    finish(db)
    # 3,000 over 90,000 and 12,000: the delivery's part is the platform's.
    assert due(db, kopi) == {"member": 0, "till": -2_647, "fee": 0, "shopper": 102_000, "held": 0}
    assert broken(db) == {}


def test_a_reckoning_that_holds_no_more_gives_nothing(db: Database, kopi: Goods) -> None:
    number = arrived(db, {kopi: 3})
    give(db, number, 1, seen=0)
    with pytest.raises(RefundedMeanwhile) as again:
        give(db, number, 1, seen=0)
    with pytest.raises(RefundedMeanwhile) as other:
        give(db, number, 2, seen=0)
    assert (again.value.is_same, other.value.is_same) == (True, False)
    assert refunds(db) == [("damaged", 45_000)]


def test_every_posting_of_a_refund_names_its_order(db: Database, kopi: Goods) -> None:
    number = arrived(db, {kopi: 2})
    finish(db)
    give(db, number, 1, delivery=1_000)
    with db.reading() as session:
        nameless = session.scalars(
            select(LedgerAccount.kind)
            .join(LedgerPosting, LedgerPosting.account_id == LedgerAccount.id)
            .where(LedgerPosting.order_id.is_(None))
        ).all()
    assert set(nameless) <= {AccountKind.BANK, AccountKind.UNIQUE_CODE, AccountKind.UNRECOGNISED}


@given(
    price=some.integers(1, 500_000),
    packs=some.integers(1, 9),
    contribution=some.integers(0, 3_000),
    is_pkp=some.booleans(),
    platform_pays=some.booleans(),
    data=some.data(),
)
def test_a_pack_at_a_time_takes_from_everybody_what_all_at_once_would(
    price: int,
    packs: int,
    contribution: int,
    is_pkp: bool,
    platform_pays: bool,
    data: some.DataObject,
) -> None:
    discount = data.draw(some.integers(0, price * packs // 2))
    frozen = freeze_line(
        price * packs,
        contribution_bp=contribution,
        is_pkp=is_pkp,
        figures=DEFAULTS,
        discount=discount,
        platform_pays=platform_pays,
    )
    line = OrderLine(
        id=1,
        member_id=7,
        packs=packs,
        accepted=packs,
        refunded=0,
        unit_price=price,
        discount=discount,
        member_share=frozen.member_share,
        parts=dict(frozen.parts),
    )

    def wanted(count: int) -> RefundSelection:
        return RefundSelection({1: count}, 0, Reason.DAMAGED, is_back=False, till_pays=False)

    whole = calculate_refund([line], wanted(packs))
    singly = []
    for _ in range(packs):
        singly.append(calculate_refund([line], wanted(1)))
        line.refunded += 1
    for name in ("to_buyer", "from_members", "fee", "tax", "voucher", "from_cooperative"):
        assert sum(getattr(one, name) for one in singly) == getattr(whole, name)
    assert whole.to_buyer == price * packs - discount
    assert whole.voucher == discount
    given_by = whole.from_members + whole.from_cooperative + whole.fee + whole.tax
    assert given_by == whole.to_buyer + whole.voucher
