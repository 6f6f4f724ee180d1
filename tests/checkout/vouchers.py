"""Vouchers for tests that buy with them."""

from datetime import timedelta

from shop.checkout.cart.queries import CartKey
from shop.checkout.placing.actions import Placed
from shop.checkout.placing.rules import Draft
from shop.core.database.engine import Database
from shop.sales.vouchers.actions import make_voucher
from shop.sales.vouchers.models import Voucher
from tests.checkout.conftest import JATIWARINGIN
from tests.checkout.placed import PHONE, place_in, sari_at
from tests.factories import DAY, NOON


def voucher(
    db: Database,
    code: str = "PANEN10",
    *,
    cooperative_id: int | None = None,
    percent_bp: int | None = 1000,
    amount: int | None = None,
    least_goods: int = 0,
    most_discount: int | None = None,
    most_uses: int | None = None,
    most_per_buyer: int | None = None,
    starts: timedelta = -DAY,
    ends: timedelta = 400 * DAY,
) -> int:
    """A voucher of 10 % where nothing else is said; its id."""
    with db.writing() as session:
        return make_voucher(
            session,
            Voucher(
                code=code,
                cooperative_id=cooperative_id,
                percent_bp=None if amount else percent_bp,
                amount=amount,
                least_goods=least_goods,
                most_discount=most_discount,
                starts_at=NOON + starts,
                ends_at=NOON + ends,
                most_uses=most_uses,
                most_per_buyer=most_per_buyer,
            ),
            now=NOON,
        ).id


def place_with(
    db: Database, key: CartKey, token: str, seen: int, code: str, *, phone: str = PHONE
) -> Placed:
    """Press Pay with a voucher's code typed."""
    draft = Draft(village_code=JATIWARINGIN, voucher=code, phone=phone)
    with db.writing() as session:
        return place_in(session, sari_at(key, phone), token, draft, seen=seen)


def used(db: Database, voucher_id: int) -> int:
    """Uses that stand."""
    with db.reading() as session:
        return session.get_one(Voucher, voucher_id).used
