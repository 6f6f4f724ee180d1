"""Taking the steps of the demo's year, each by the verb that its page would call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.history import payments
from demo.history import payments as history_cash
from demo.history.baskets import Home
from demo.history.collecting import LATELY
from demo.history.complaints import complain
from demo.history.desk import Work, work_on
from demo.history.plan import Fate, Paying, Planned
from demo.history.schedule import Step, Verb
from shop.catalog.products.models import Product, Variant
from shop.checkout.cart.actions import add_to_cart
from shop.checkout.cart.queries import CartKey, cart_with_lines
from shop.checkout.confirmation.actions import Allowance, confirm_money
from shop.checkout.expiry.actions import cancel_unpaid, expire_payment
from shop.checkout.placing.actions import Buyer, check_purchase, place_purchase
from shop.checkout.placing.queries import NEW_ADDRESS, review
from shop.checkout.placing.rules import Draft
from shop.core.values import clock
from shop.core.values.codes import hash_token, new_secret
from shop.fulfilment.orders.queries import order_to_work_on
from shop.payments.bills import queries
from shop.payments.bills.models import Method, Payment
from shop.people.accounts.models import OperatorSeat, Person
from shop.people.cooperatives.models import Cooperative, Role, Seat
from shop.sales.orders.models import Order, Purchase
from shop.shipping.addresses.actions import saved_addresses
from shop.shipping.rates.models import OwnDelivery, PickupPlace

TYPED_SHORT = 10_000
"""Rupiah that are missing where somebody mistyped a transfer."""


class Trade:
    """The people, goods and ways of the market, and what was bought so far."""

    def __init__(self, session: Session, planned: Sequence[Planned], taken: Sequence[Step]) -> None:
        self._planned = planned
        self._takes_cards = payments.are_there()
        self._last = taken[-1]
        """It has to leave something in the books: that tells that all was done."""
        self._known: dict[int, dict[int, str]] = {}
        self._placed_at = {step.purchase: step.at for step in taken if step.verb is Verb.PLACE}
        self._cooperatives = {row.code: row.id for row in session.scalars(select(Cooperative))}
        self._variants: Mapping[tuple[str, int], int] = {
            (sku, position): variant_id
            for sku, position, variant_id in session.execute(
                select(Product.sku, Variant.position, Variant.id).join(
                    Variant, Variant.product_id == Product.id
                )
            )
        }
        self._people = {
            person.email_login: person.id
            for person in session.scalars(select(Person))
            if person.email_login
        }
        self.managers: dict[int, int] = {
            seat.cooperative_id: seat.person_id
            for seat in session.scalars(select(Seat).where(Seat.role == Role.MANAJER))
        }
        self._operator = session.scalars(select(OperatorSeat.person_id).limit(1)).one()
        self._ways: dict[int, dict[str, str]] = {}
        for kind, place in (("pickup", PickupPlace), ("own", OwnDelivery)):
            for cooperative_id, way_id in session.execute(select(place.cooperative_id, place.id)):
                self._ways.setdefault(cooperative_id, {})[kind] = f"{kind}:{way_id}"

    def take(self, session: Session, step: Step) -> None:
        """Do one step."""
        one = self._planned[step.purchase]
        if step.part is None:
            _OF_PURCHASES[step.verb](self, session, step, one)
            return
        part = one.parts[step.part]
        cooperative_id = self._cooperatives[part.basket.code]
        number = self._numbers(session, step)[cooperative_id]
        order = order_to_work_on(session, cooperative_id, number)
        by = self.managers[cooperative_id]
        is_late = self._last.at - step.at < LATELY
        work_on(session, Work(step, part, order, by, self._variants, brings=is_late))
        if step.verb in (Verb.ARRIVE, Verb.HAND_OVER):
            complain(
                session,
                step,
                order,
                is_past=one.placed_at is not None,
                manager=by,
                operator=self._operator,
            )

    # ------------------------------------------------------------------ purchases
    def place(self, session: Session, step: Step, one: Planned) -> None:
        """Put the goods into a cart and place the purchase."""
        person_id = self._people.get(one.shopper.email) if one.shopper.email else None
        token_hash = hash_token(new_secret())
        key = CartKey(person_id) if person_id else CartKey(token_hash=token_hash)
        for part in one.parts:
            for item in part.basket.items:
                variant_id = self._variants[item.sku, item.position]
                add_to_cart(session, key=key, variant_id=variant_id, packs=item.packs, now=step.at)
        found = cart_with_lines(session, key, lock=True)
        assert found is not None
        home = one.shopper.homes[one.home]
        draft = self._draft(session, one, home, person_id)
        method = Method.CARD if one.by_card and self._takes_cards else Method.TRANSFER
        if one.paying in (Paying.AT_ONCE, Paying.IN_CASH) and not one.by_card:
            # Who buys near by pays at the door or the counter, where that is taken.
            draft = replace(draft, method=Method.COD)
        shown = review(
            session,
            cart=found[0],
            lines=found[1],
            draft=draft,
            person_id=person_id,
            now=step.at,
            is_placing=True,
            takes_cards=self._takes_cards,
        )
        if Method.COD in shown.methods:
            method = Method.COD
        agreed = check_purchase(
            session,
            shown=shown,
            buyer=Buyer(
                key=key,
                name=one.shopper.name,
                phone=one.shopper.phone,
                street=home.street,
                courier_note=home.courier_note,
                browser_hash=token_hash,
            ),
            method=method,
            seen_total=shown.totals.total,
            now=step.at,
        )
        place_purchase(session, agreed, now=step.at)

    def pay(self, session: Session, step: Step, one: Planned) -> None:
        """The operator finds the money on the account and types it; in cash nobody pays yet."""
        purchase = self._purchase(session, step)
        if queries.is_in_cash(session, purchase.id):
            fates = {part.fate for part in one.parts}
            if fates == {Fate.NEW} and step.purchase % 2 and step is not self._last:
                return  # nobody has answered the message yet
            by = self.managers[self._cooperatives[one.parts[0].basket.code]]
            history_cash.say_yes(session, purchase.id, person_id=by, now=step.at)
            return
        payment = self.bill(session, step)
        without_code = one.paying is Paying.WITHOUT_CODE
        self._confirm(
            session,
            step,
            payment,
            payment.orders_total if without_code else payment.amount,
            Allowance.WITHOUT_CODE if without_code else None,
        )

    def pay_part(self, session: Session, step: Step, _one: Planned) -> None:
        """A transfer that was typed wrongly: less came than was asked."""
        payment = self.bill(session, step)
        self._confirm(session, step, payment, payment.amount - TYPED_SHORT)

    def pay_again(self, session: Session, step: Step, _one: Planned) -> None:
        """The shopper was not sure and paid once more."""
        payment = self.bill(session, step)
        self._confirm(session, step, payment, payment.amount)

    def _confirm(
        self,
        session: Session,
        step: Step,
        payment: Payment,
        amount: int,
        allowance: Allowance | None = None,
    ) -> None:
        confirm_money(
            session,
            payment_code=payment.code,
            amount=amount,
            received_on=clock.day_in(clock.HOME_ZONE, step.at),
            source_key=f"{step.verb.value}:{payment.code}",
            person_id=self._operator,
            now=step.at,
            allowance=allowance,
        )

    def is_card(self, step: Step) -> bool:
        """Whether a step is somebody's paying by card."""
        is_paying = step.verb is Verb.PAY and step.part is None
        return is_paying and self._takes_cards and self._planned[step.purchase].by_card

    def bill(self, session: Session, step: Step) -> Payment:
        """What is to be paid for a purchase."""
        purchase = self._purchase(session, step)
        return session.scalars(select(Payment).where(Payment.purchase_id == purchase.id)).one()

    def lapse(self, session: Session, step: Step, _one: Planned) -> None:
        """Nobody paid in time."""
        expire_payment(session, self.bill(session, step).id, step.at)

    def cancel(self, session: Session, step: Step, _one: Planned) -> None:
        """The shopper thinks better of it."""
        purchase = self._purchase(session, step)
        cancel_unpaid(session, purchase, now=step.at, person_id=purchase.person_id)

    def _purchase(self, session: Session, step: Step) -> Purchase:
        at = self._placed_at[step.purchase]
        return session.scalars(select(Purchase).where(Purchase.placed_at == at)).one()

    def _numbers(self, session: Session, step: Step) -> dict[int, str]:
        """Order numbers of a purchase by cooperative, read once."""
        if step.purchase not in self._known:
            purchase = self._purchase(session, step)
            rows = session.execute(
                select(Order.cooperative_id, Order.number).where(Order.purchase_id == purchase.id)
            )
            self._known[step.purchase] = {row.cooperative_id: row.number for row in rows}
        return self._known[step.purchase]

    def _draft(self, session: Session, one: Planned, home: Home, person_id: int | None) -> Draft:
        ways = {}
        for part in one.parts:
            cooperative_id = self._cooperatives[part.basket.code]
            way = part.basket.way
            ways[cooperative_id] = self._ways[cooperative_id].get(way, f"courier:{way}")
        return Draft(
            name=one.shopper.name,
            phone=one.shopper.phone,
            street=home.street,
            courier_note=home.courier_note,
            village_code=home.village_code,
            address_id=_known_address(session, home, person_id),
            ways=ways,
        )


_OF_PURCHASES: Mapping[Verb, Callable[[Trade, Session, Step, Planned], None]] = {
    Verb.PLACE: Trade.place,
    Verb.PAY: Trade.pay,
    Verb.PAY_PART: Trade.pay_part,
    Verb.PAY_AGAIN: Trade.pay_again,
    Verb.LAPSE: Trade.lapse,
    Verb.CANCEL: Trade.cancel,
}


def _known_address(session: Session, home: Home, person_id: int | None) -> int:
    """The address a person had something sent to before, as the checkout would offer it."""
    for known in saved_addresses(session, person_id) if person_id is not None else ():
        if (known.street, known.place.village_code) == (home.street, home.village_code):
            return known.address_id
    return NEW_ADDRESS
