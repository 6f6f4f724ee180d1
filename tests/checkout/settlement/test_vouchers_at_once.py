"""One voucher, many hands, beside the controls that show the race without the guard."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import Update, func, select, true, update
from sqlalchemy.exc import IntegrityError

from shop.catalog.inventory.actions import adjust
from shop.catalog.inventory.models import MovementReason
from shop.checkout.expiry.actions import expire_due_payments
from shop.checkout.placing import queries as placing
from shop.checkout.settlement.actions import settle_purchase
from shop.core.database.engine import Database
from shop.payments.bills.models import Payment
from shop.payments.transfers.actions import match, record_receipt
from shop.sales.vouchers import actions
from shop.sales.vouchers.errors import VoucherRefused
from shop.sales.vouchers.models import Voucher, VoucherUse
from tests.checkout.conftest import Market
from tests.checkout.placed import browser, fill
from tests.checkout.vouchers import place_with, used, voucher
from tests.factories import DAY, NOON
from tests.support.at_once import together
from tests.support.books import broken

HANDS = 50
MAX_USES = 3
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ONE = 45_000 + 12_000 - 4_500
"""One of coffee to Jatiwaringin, less ten per cent."""


def buyers(
    db: Database, market: Market, count: int, *, phone: str | None = None
) -> list[Callable[[], object]]:
    """So many who press Pay with the same code, each with a cart of their own."""
    with db.writing() as session:  # goods are not what they fight for
        adjust(
            session,
            variant_id=market.gayo.variant_id,
            cooperative_id=market.gayo.cooperative.id,
            counted=500,
            reason=MovementReason.PRODUCED,
            person_id=None,
            now=NOON,
        )
    works: list[Callable[[], object]] = []
    for number in range(count):
        key = browser(LETTERS[number])
        token = fill(db, key, {market.gayo: 1})
        called = phone or f"+62812000000{number:02d}"
        works.append(partial(place_with, db, key, token, ONE, "PANEN10", phone=called))
    return works


def uses(db: Database) -> int:
    with db.reading() as session:
        return (
            session.scalar(
                select(func.count(VoucherUse.id)).where(VoucherUse.given_back_at.is_(None))
            )
            or 0
        )


def test_a_voucher_spent_fifty_times_at_once_is_used_as_often_as_it_may(
    db: Database, market: Market
) -> None:
    voucher_id = voucher(db, most_uses=MAX_USES)
    results = together(*buyers(db, market, HANDS))
    refused = [one for one in results if isinstance(one, VoucherRefused)]
    assert len(refused) == HANDS - MAX_USES, [repr(one) for one in results]
    assert used(db, voucher_id) == uses(db) == MAX_USES


def test_one_phone_in_many_browsers_at_once_uses_it_once(db: Database, market: Market) -> None:
    voucher_id = voucher(db, most_per_buyer=1)
    results = together(*buyers(db, market, 8, phone="+6281200000099"))
    assert sum(isinstance(one, VoucherRefused) for one in results) >= 5
    assert used(db, voucher_id) == uses(db) == 1


def test_without_the_condition_in_the_update_two_spend_the_last_use(
    db: Database, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: counted without the condition, only the CHECK is left, and it can but break
    off the second placing with a fault instead of a reason.
    """
    voucher_id = voucher(db, most_uses=1)
    looks = buyers(db, market, 2)
    monkeypatch.setattr(actions, "_counting_up", counting_blindly)
    monkeypatch.setattr(placing, "check", lambda *_args, **_more: None)
    looks[0]()
    with pytest.raises(IntegrityError, match="used_within_limit"):
        looks[1]()
    assert used(db, voucher_id) == uses(db) == 1


def test_without_counting_the_buyers_uses_one_phone_uses_it_twice(
    db: Database, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a look before Pay holds nobody back, the count at writing down does."""
    voucher_id = voucher(db, most_per_buyer=1)
    monkeypatch.setattr(placing, "check", lambda *_args, **_more: None)  # both looked before
    first, second, third = buyers(db, market, 3, phone="+6281200000099")
    first()
    with pytest.raises(VoucherRefused):
        second()
    monkeypatch.setattr(actions, "_may_use", lambda **_buyer: true())
    third()
    assert used(db, voucher_id) == uses(db) == 2


def counting_blindly(voucher_id: int) -> Update:
    return update(Voucher).where(Voucher.id == voucher_id).values(used=Voucher.used + 1)


def test_the_database_itself_refuses_the_use_that_is_one_too_many(db: Database) -> None:
    voucher_id = voucher(db, most_uses=1)
    with pytest.raises(IntegrityError, match="used_within_limit"), db.writing() as session:
        session.execute(update(Voucher).where(Voucher.id == voucher_id).values(used=2))


def test_the_last_use_against_its_own_lapse_ends_with_one_owner(
    db: Database, market: Market
) -> None:
    """The first buyer's bill runs out and is paid late, while another wants the last use."""
    voucher_id = voucher(db, most_uses=1, ends=400 * DAY)
    first, *others = buyers(db, market, 6)
    first()
    with db.reading() as session:
        payment = session.scalars(select(Payment)).one()

    def pay_late() -> None:
        with db.writing() as session:
            bill = session.get_one(Payment, payment.id)
            receipt = record_receipt(
                session,
                payee_id=bill.payee_id,
                received_on=NOON.date(),
                amount=bill.amount,
                source_key="mutasi:late",
                now=NOON + 2 * DAY,
            )
            match(session, receipt, bill, receipt.amount, person_id=None, now=NOON + 2 * DAY)
            settle_purchase(session, payment_id=bill.id, now=NOON + 2 * DAY)

    def lapse() -> None:
        with db.writing() as session:
            expire_due_payments(session, NOON + 2 * DAY)

    results = together(lapse, pay_late, *others)
    strange = [
        one for one in results if isinstance(one, Exception) and not isinstance(one, VoucherRefused)
    ]
    assert strange == []
    assert used(db, voucher_id) == uses(db) <= 1
    assert broken(db) == {}
