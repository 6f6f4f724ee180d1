"""Giving money back by hand: packs, delivery or all of it, once for each look."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from shop.aftersales.refunds.errors import (
    AlreadyWaiting,
    Disputed,
    NoSuchRefund,
    NothingToGiveBack,
    NotRefundable,
    SamePerson,
)
from shop.aftersales.refunds.events import on_decided
from shop.aftersales.refunds.models import RefundRequest
from shop.aftersales.refunds.queries import delivery_left
from shop.aftersales.refunds.rules import (
    REFUNDABLE,
    THERE,
    UNSENT,
    RefundCalculation,
    RefundSelection,
    calculate_refund,
    check,
)
from shop.catalog.inventory import actions as inventory
from shop.core.database import settings_by_date
from shop.core.values import clock
from shop.fulfilment.orders.held_money import payment_of, top_up
from shop.fulfilment.orders.invariants import BORNE
from shop.fulfilment.orders.notifications import notify_shopper
from shop.fulfilment.orders.queries import lines_to_work_on
from shop.fulfilment.parcels.missing_parcels import still_missed
from shop.fulfilment.parcels.partial_cancellation import GIVEN_UP
from shop.payments.bills.errors import RefundedMeanwhile, RefundTooMuch
from shop.payments.bills.holding_accounts import holding_account
from shop.payments.bills.models import Payment, Refund
from shop.payments.bills.refunds import COOPERATIVE, claim, request_refund
from shop.payments.bills.voucher_money import give_voucher_back
from shop.payments.cards.disputes import is_disputed, lost_of
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind
from shop.sales.orders import parcels
from shop.sales.orders.models import Actor, Order, OrderLine, OrderState
from shop.services.audit import actions as audit


def request_or_refund(
    session: Session,
    order: Order,
    selection: RefundSelection,
    *,
    seen: int,
    person_id: int,
    now: datetime,
) -> Refund | RefundRequest:
    """Give money back at once, or, from a limit on, ask for a second person.

    :param seen: rupiah that had gone back of the order when the selection was calculated.
    :raises AlreadyWaiting: when a refund of this order waits for its second person.
    """
    refuse_repeat(session, order, selection, seen)
    money = calculated(session, order, selection)
    figures = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))
    if money.to_buyer < figures["refund_second_person_from"]:
        return give_back(session, order, selection, seen=seen, person_id=person_id, now=now)
    waits = exists().where(RefundRequest.order_id == order.id, RefundRequest.decided_at.is_(None))
    if session.scalar(select(waits)):
        raise AlreadyWaiting(order.number)
    request = RefundRequest(
        order_id=order.id,
        seen=seen,
        amount=money.to_buyer,
        wish=selection.to_json(),
        asked_by_id=person_id,
        asked_at=now,
    )
    session.add(request)
    session.flush()
    return request


def decide(
    session: Session,
    order: Order,
    *,
    request_id: int,
    is_allowed: bool,
    person_id: int,
    now: datetime,
) -> Refund | None:
    """The second person says yes or no; the refund that came of it.

    :raises NoSuchRefund: when it is another order's, or was decided already.
    :raises SamePerson: for a yes of who asked; a no is theirs to say.
    """
    request = session.scalars(
        select(RefundRequest)
        .where(RefundRequest.id == request_id, RefundRequest.order_id == order.id)
        .with_for_update()
    ).one_or_none()
    if request is None:
        raise NoSuchRefund(request_id)
    if is_allowed and request.asked_by_id == person_id:
        raise SamePerson(request_id)
    decided = session.scalar(
        update(RefundRequest)
        .where(RefundRequest.id == request.id, RefundRequest.decided_at.is_(None))
        .values(decided_by_id=person_id, decided_at=now, is_allowed=is_allowed)
        .returning(RefundRequest.id)
        .execution_options(synchronize_session=False)
    )
    if decided is None:
        raise NoSuchRefund(request_id)
    given = None
    if is_allowed:
        selection = RefundSelection.from_json(request.wish)
        given = give_back(
            session, order, selection, seen=request.seen, person_id=person_id, now=now
        )
    for listen in on_decided:
        listen(session, order, request, given, now)
    return given


def let_lapse(session: Session, request_id: int, *, now: datetime) -> None:
    """Nobody looked in time: the question is closed, and nothing goes back by it."""
    session.execute(
        update(RefundRequest)
        .where(RefundRequest.id == request_id, RefundRequest.decided_at.is_(None))
        .values(decided_at=now, is_allowed=False)
        .execution_options(synchronize_session=False)
    )


def give_back(
    session: Session,
    order: Order,
    selection: RefundSelection,
    *,
    seen: int,
    person_id: int | None,
    now: datetime,
) -> Refund:
    """Promise the shopper the price of packs, delivery, or both.

    Money of an order that is done comes back from those it was divided among; what they were
    paid out already is their debt. Otherwise it still stands as *titipan*.

    :param seen: rupiah that had gone back of the order when the selection was calculated: of
        two people who looked at the same time, or two clicks, one gives.
    :raises RefundedMeanwhile: ``is_same``, when this very selection was granted before.
    """
    refuse_repeat(session, order, selection, seen)
    money = calculated(session, order, selection)
    claim(session, order, money.to_buyer, seen=seen)
    payment = payment_of(session, order)
    if payment is None:
        raise NotRefundable(order.number)
    key = _key(order, seen)
    if order.state is OrderState.DONE:
        _take_back(session, order, money, key, person_id, now)
        _lay_ready(session, order, payment, money.to_buyer, key, now)
    else:
        top_up(session, order, money.to_buyer + money.voucher, now, cause=key)
        _keep_promise(session, order, money, key, now)
    refund = request_refund(
        session,
        key=key,
        payment_id=payment.id,
        order=order,
        amount=money.to_buyer,
        delivery=money.delivery,
        reason=selection.reason,
        bearer=COOPERATIVE,
        packs_by_line=selection.packs,
        person_id=person_id,
        is_claimed=True,
        now=now,
    )
    if money.voucher:
        give_voucher_back(
            session, order, cause=key, amount=money.voucher, now=now, person_id=person_id
        )
    _count(session, order, lines_to_work_on(session, order.id), selection, person_id, now)
    audit.record(
        session,
        action="order.refunded",
        subject=f"order:{order.id}",
        actor_id=person_id,
        cooperative_id=order.cooperative_id,
        before={"refunded": seen},
        after={"refunded": order.refunded, "till_pays": selection.till_pays},
        now=now,
    )
    # Each refund is told; what had gone back before names it.
    notify_shopper(session, order, "order_refunded", now, turn=seen + 1)
    session.flush()
    return refund


def calculated(session: Session, order: Order, selection: RefundSelection) -> RefundCalculation:
    """What a selection takes from whom.

    :raises NotRefundable, TooManyPacks, TooMuchDelivery, NothingWouldBeSent, NothingToGiveBack:
    :raises Disputed: while a bank decides about the order's money.
    :raises RefundTooMuch: when what a bank took for good leaves less.
    """
    if order.state not in REFUNDABLE or order.paid_at is None:
        raise NotRefundable(order.number)
    if is_disputed(session, order.id):
        raise Disputed(order.number)
    lines = lines_to_work_on(session, order.id)
    check(order.state, lines, selection, delivery_left=delivery_left(session, order))
    money = calculate_refund(lines, selection)
    if money.to_buyer <= 0:
        raise NothingToGiveBack(order.number)
    lost = lost_of(session, order.id)
    if lost and money.to_buyer > order.total - order.refunded - lost:
        raise RefundTooMuch(max(order.total - order.refunded - lost, 0))
    return money


def refuse_repeat(session: Session, order: Order, selection: RefundSelection, seen: int) -> None:
    """Let nobody give on a reckoning that holds no more.

    :raises RefundedMeanwhile: when money went back since; ``is_same``: this very selection.
    """
    if order.refunded == seen:
        return
    before = session.scalars(select(Refund).where(Refund.key == _key(order, seen))).one_or_none()
    is_same = (
        before is not None
        and before.lines == selection.to_json()["packs"]
        and before.delivery == selection.delivery
    )
    raise RefundedMeanwhile(order.refunded, is_same=is_same)


def _key(order: Order, seen: int) -> str:
    """A cause that is unique for ever: what had gone back only grows."""
    return f"hand:{order.number}:{seen}"


def _take_back(
    session: Session,
    order: Order,
    money: RefundCalculation,
    key: str,
    person_id: int | None,
    now: datetime,
) -> None:
    """Undo the sale of some packs: what was divided comes back, to be given to the shopper."""
    mine = order.cooperative_id
    members: Mapping[int, int] = {} if money.till_pays else money.members
    ledger.post(
        session,
        kind="sale-undone",
        reason=f"sale-undone:{key}",
        postings=[
            _of_order(session, order, AccountKind.COOPERATIVE_DUE, money.from_cooperative, mine),
            *(
                _of_order(session, order, AccountKind.MEMBER_DUE, share, mine, member_id)
                for member_id, share in members.items()
            ),
            _of_order(session, order, AccountKind.FEE_INCOME, money.fee),
            _of_order(session, order, AccountKind.TAX_DUE, money.tax),
            _of_order(session, order, AccountKind.ESCROW, -money.to_buyer - money.voucher, mine),
        ],
        now=now,
        actor_id=person_id,
    )


def _lay_ready(
    session: Session, order: Order, payment: Payment, amount: int, key: str, now: datetime
) -> None:
    """A cooperative that kept the money itself puts what goes back where it lay before."""
    account_id = holding_account(session, payment.id)
    if account_id is None:
        return
    mine = order.cooperative_id
    ledger.post(
        session,
        kind="share-returned",
        reason=f"share-returned:{key}",
        postings=[
            Posting(account_id, amount, order.id),
            _of_order(session, order, AccountKind.COOPERATIVE_DUE, -amount, mine),
        ],
        now=now,
    )


def _keep_promise(
    session: Session, order: Order, money: RefundCalculation, key: str, now: datetime
) -> None:
    """Pay the makers from the cooperative's part where the order's end does not."""
    if not money.till_pays or not money.shares:
        return
    mine = order.cooperative_id
    ledger.post(
        session,
        kind=BORNE,
        reason=f"{BORNE}:{key}",
        postings=[
            _of_order(session, order, AccountKind.COOPERATIVE_DUE, money.shares, mine),
            *(
                _of_order(session, order, AccountKind.MEMBER_DUE, -share, mine, member_id)
                for member_id, share in money.members.items()
            ),
        ],
        now=now,
    )


def _of_order(
    session: Session,
    order: Order,
    kind: AccountKind,
    amount: int,
    cooperative_id: int | None = None,
    member_id: int | None = None,
) -> Posting:
    account_id = ledger.account(session, kind, cooperative_id=cooperative_id, member_id=member_id)
    return Posting(account_id, amount, order.id)


def _count(
    session: Session,
    order: Order,
    lines: Sequence[OrderLine],
    selection: RefundSelection,
    person_id: int | None,
    now: datetime,
) -> None:
    """Count the packs on their lines, and on the shelf where they lie there again.

    While some of a line stands at the cooperative, that goes back before what has left: it is
    sent no more. With the last of it the parcels tell where the order is.
    """
    # Nothing of a parcel that is on its way lies on a shelf, whatever was ticked.
    is_here, is_there = order.state in UNSENT, order.state in THERE
    back: dict[int, int] = {}
    for line in lines:
        packs = selection.packs.get(line.id, 0)
        line.refunded += packs
        unsent = min(packs, line.accepted - line.shipped) if is_here else 0
        line.accepted -= unsent
        line.packed = min(line.packed, line.accepted)
        if is_there and selection.is_back:
            line.returned = min(line.returned + packs, line.shipped)
        lies = packs if is_there else unsent
        if lies:
            back[line.variant_id] = back.get(line.variant_id, 0) + lies
    session.flush()
    if is_here and all(line.accepted == line.shipped for line in lines):
        with still_missed(order):
            parcels.update_order_state(
                session,
                order,
                actor=Actor.COOPERATIVE,
                now=now,
                person_id=person_id,
                part=GIVEN_UP,
            )
    if selection.is_back and back:
        inventory.restock(
            session, packs_by_variant=back, reference=order.number, now=now, person_id=person_id
        )
