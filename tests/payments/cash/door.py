"""Orders that are paid in cash against the parcel, and their way."""

from collections.abc import Mapping
from datetime import time, timedelta
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.checkout.cart.queries import CartKey, cart_with_lines
from shop.checkout.placing.actions import Placed
from shop.checkout.placing.queries import review
from shop.checkout.placing.review import Review
from shop.checkout.placing.rules import Draft
from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.core.values.units import Grams
from shop.fulfilment.deadlines.completion import close
from shop.fulfilment.order_steps import actions
from shop.payments.bills.models import Method
from shop.payments.cash.actions import confirm, set_terms
from shop.payments.cash.models import CashDue
from shop.sales.orders.models import Order, OrderState, Purchase
from shop.shipping.rates.actions import add_own_delivery
from shop.shipping.rates.models import OwnDelivery, PickupPlace
from tests.checkout.conftest import BATUR, Market, make_market
from tests.checkout.placed import PHONE, browser, fill, place_in, sari_at
from tests.factories import NOON, Goods
from tests.fulfilment.paid import Desk, order_of

LATER = NOON + timedelta(days=10)
_browsers = count()


def make_door(db: Database) -> Market:
    """The small market, where all take cash at pick-up and Kintamani at doors near by."""
    found = make_market(db)
    with db.writing() as session:
        add_own_delivery(
            session,
            cooperative_id=found.kintamani.cooperative.id,
            name="Diantar koperasi",
            areas=["51.06"],
            fee=Rupiah(5_000),
            free_from=None,
            weekdays="135",
            cut_off=time(9, 0),
            days=(1, 2),
            cash_most=Rupiah(500_000),
        )
        for goods in (found.gayo, found.kintamani, found.sari_bumi):
            take_cash(session, goods)
    return found


def take_cash(
    session: Session,
    goods: Goods,
    *,
    at_door: bool = True,
    pickup_most: int | None = 300_000,
    grams_most: int = 10_000,
) -> None:
    """Let a cooperative take cash."""
    set_terms(
        session,
        cooperative_id=goods.cooperative.id,
        at_door=at_door,
        pickup_most=None if pickup_most is None else Rupiah(pickup_most),
        grams_most=Grams(grams_most),
        person_id=None,
        now=NOON,
    )


def draft_for(
    db: Database, goods: Mapping[Goods, int], phone: str = PHONE, *, is_parted: bool = False
) -> Draft:
    """Brought home by its cooperative where it drives, else fetched; all in cash."""
    ways = {}
    with db.reading() as session:
        for one in goods:
            mine = one.cooperative.id
            own = session.scalar(select(OwnDelivery.id).where(OwnDelivery.cooperative_id == mine))
            place = session.scalar(select(PickupPlace.id).where(PickupPlace.cooperative_id == mine))
            ways[mine] = f"own:{own}" if own else f"pickup:{place}"
    return Draft(village_code=BATUR, method=Method.COD, ways=ways, phone=phone, is_parted=is_parted)


def look(db: Database, key: CartKey, draft: Draft) -> Review:
    """The checkout as its page shows it."""
    with db.reading() as session:
        found = cart_with_lines(session, key)
        assert found is not None
        return review(session, cart=found[0], lines=found[1], draft=draft, person_id=None, now=NOON)


def order_for_cash(
    db: Database,
    packs: dict[Goods, int],
    *,
    phone: str = PHONE,
    draft: Draft | None = None,
) -> tuple[str, ...]:
    """Place a purchase that is paid in cash; its orders' numbers."""
    key = browser(f"k{next(_browsers)}-")
    token = fill(db, key, packs)
    draft = draft or draft_for(db, packs, phone)
    placed = press_pay(db, key, token, draft, phone)
    with db.reading() as session:
        return tuple(
            session.scalars(
                select(Order.number)
                .join(Purchase, Purchase.id == Order.purchase_id)
                .where(Purchase.code == placed.code)
                .order_by(Order.position)
            )
        )


def press_pay(db: Database, key: CartKey, token: str, draft: Draft, phone: str = PHONE) -> Placed:
    """Press the button, without the page."""
    total = look(db, key, draft).totals.total
    with db.writing() as session:
        return place_in(session, sari_at(key, phone), token, draft, Method.COD, seen=total)


def due_of(db: Database, number: str) -> CashDue:
    """The cash of an order as it stands."""
    with db.reading() as session:
        return session.scalars(
            select(CashDue).join(Order, Order.id == CashDue.order_id).where(Order.number == number)
        ).one()


def say_yes(db: Database, desk: Desk, number: str) -> None:
    """The shopper answered the message."""
    desk.do(number, lambda session, order: confirm(session, order, person_id=None, now=NOON))


def bring(db: Database, desk: Desk, number: str) -> None:
    """Confirmed, packed and on its way, or waiting at the counter."""
    say_yes(db, desk, number)
    desk.make_ready(number)
    if order_of(db, number).pickup_code is None:
        desk.do(number, lambda session, order: actions.own_delivery_out(session, order, now=NOON))


def take(db: Database, desk: Desk, number: str, cash: int | None = None) -> None:
    """Hand the parcel over against its cash.

    :param cash: rupiah that were counted; None: what is asked.
    """
    asked = due_of(db, number).asked if cash is None else cash

    def work(session: Session, order: Order) -> None:
        if order.pickup_code is not None:
            actions.hand_over_pickup(
                session, order, code=order.pickup_code, cash=asked, person_id=None, now=NOON
            )
        else:
            actions.own_delivery_done(
                session, order, receiver="Bu Tini", cash=asked, person_id=None, now=NOON
            )

    desk.do(number, work)


def finish(db: Database, number: str) -> OrderState:
    """Let the time for complaints pass; where the order stands then."""
    order_id = order_of(db, number).id
    db.write(lambda session: close(session, order_id, LATER))
    return order_of(db, number).state
