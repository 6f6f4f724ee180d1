"""Web and worker are killed without a word while people pay, again and again, on both databases.

``KILL_POINTS`` says how often (a share of it in ``make test``), ``KILL_SEED`` at which moments.
Nobody gets a chance to tidy up: neither ``atexit`` nor ``finally`` runs after a ``kill -9``.
"""

import http.client
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shop.core.database.engine import Database
from shop.payments.bills.models import Payment, PaymentState, Refund
from shop.payments.cards.models import GatewayAlert
from shop.payments.ledger.models import LedgerEntry
from shop.sales.orders.models import Order, OrderState, Purchase
from tests.races.packs import leave_packs
from tests.support.books import broken
from tests.support.customer import Customer, OverHttp
from tests.support.databases import Templates
from tests.support.effort import effort
from tests.support.engines import Engine
from tests.support.live import MortalShop
from tests.support.sandbox import Double
from tests.support.trade import stand_at_the_till
from tests.support.whole_market import whole_market

SLUG = "opak-ketan-bakar-arang"
POINTS = effort("KILL_POINTS", short=1, soak=20)
SEED = int(os.environ.get("KILL_SEED", "9"))
BUYERS = 4

both_engines = pytest.mark.parametrize("live_engine", ["sqlite", "postgresql"], indirect=True)


@dataclass
class Buyer:
    """Somebody at the till with a full cart, who tries until it is paid, and once only."""

    customer: Customer
    double: Double
    pay: list[tuple[str, str]]
    seen: set[str] = field(default_factory=set)
    """Purchases that the shop has told them of."""
    is_paid: bool = False

    def try_to_pay(self) -> None:
        """Press Pay, pay at the gateway, come back; the shop may be gone at any moment."""
        try:
            answer = self.customer.send("/checkout", self.pay, follow=False)
            assert answer.status == 303, answer.words
            there = answer.headers["location"]
            if there.startswith(self.double.url) and not self.is_paid:
                status, back = self.double.press(there, "bayar")
                assert (status, back is None) == (303, False)
                self.is_paid = True
                there = (back or "").removeprefix(self.customer_url)
            if "/pembelian/" in there:
                self.seen.add(there.partition("/pembelian/")[2].partition("/")[0])
        except (OSError, http.client.HTTPException):
            pass  # nobody answers any more

    @property
    def customer_url(self) -> str:
        """The shop's address."""
        line = self.customer.line
        assert isinstance(line, OverHttp)
        return line.url

    def stands(self) -> str:
        """How far they came, in a word."""
        return "paid" if self.is_paid else "answered" if self.seen else "unanswered"


@pytest.fixture
def mortal(
    templates: Templates, live_engine: Engine, sandbox: Double, var_dir: Path
) -> Iterator[MortalShop]:
    """The demo market behind two web processes and a worker, none of which is safe."""
    with whole_market(templates, live_engine, var_dir) as market:
        mortal = MortalShop(
            market.database_url,
            var_dir,
            MEDIA_URL=market.media_url,
            WEB_PROCESSES="2",
            STRIPE_API_BASE=sandbox.url,
        )
        mortal.open()
        try:
            yield mortal
        finally:
            mortal.kill()


@pytest.mark.soak
@both_engines
def test_whoever_is_killed_while_people_pay_loses_doubles_and_halves_nothing(
    mortal: MortalShop, sandbox: Double
) -> None:
    books = Database(mortal.shop.database_url)
    leave_packs(books, SLUG, 10_000)
    # Each event twice at the same instant, and every fifth never.
    sandbox.control("switches", copies="2", lost="20")
    sandbox.send_to(mortal.shop.url)
    phones = count()
    moments = random.Random(SEED)
    fates: Counter[str] = Counter()

    everybody = crowd(mortal, sandbox, phones)
    undisturbed = rush(everybody, None)
    for point in range(1, POINTS + 1):
        buyers = crowd(mortal, sandbox, phones)
        rush(buyers, mortal, moments.uniform(0, undisturbed))
        fates.update(buyer.stands() for buyer in buyers)
        mortal.open()
        rush(buyers, None)  # whoever got no answer tries again, as people do
        everybody += buyers
        told = mortal.shop.lumbung("reconcile", "--days", "1", check=False)
        assert told.returncode == 0, (point, told.stdout, told.stderr)
        look_at(books, everybody, point)
    print(f"{POINTS} kills within {undisturbed:.1f} s: {dict(fates)}")
    books.dispose()


def crowd(mortal: MortalShop, double: Double, phones: Iterator[int]) -> list[Buyer]:
    """New people who stand at the till, all with the same goods."""

    def come(number: int) -> Buyer:
        customer = Customer(OverHttp(mortal.shop.url))
        page = stand_at_the_till(customer, SLUG, phone=f"0812 3456 {number:04d}")
        form = next(form for form in page.forms if form.action == "/checkout")
        button = next(button for button in form.buttons if button.name == "bayar")
        return Buyer(customer, double, form.data({"cara": "card"}, press=button))

    with ThreadPoolExecutor(BUYERS) as pool:
        return list(pool.map(come, [next(phones) for _ in range(BUYERS)]))


def rush(buyers: Sequence[Buyer], mortal: MortalShop | None, after: float = 0) -> float:
    """All try to pay at once; the shop is killed meanwhile, if one is given. Seconds it took."""
    began = time.monotonic()
    with ThreadPoolExecutor(len(buyers)) as pool:
        trying = [pool.submit(buyer.try_to_pay) for buyer in buyers]
        if mortal is not None:
            threading.Event().wait(after)
            mortal.kill()
        for one in trying:
            one.result()
    return time.monotonic() - began


def look_at(books: Database, everybody: Sequence[Buyer], point: int) -> None:
    """One purchase a buyer, every one they were told of, each paid and posted once."""
    with books.reading() as session:
        codes = session.scalars(select(Purchase.code)).all()
        states = Counter(session.scalars(select(Order.state)))
        paid = session.scalar(select(func.count()).where(Payment.state == PaymentState.PAID))
        posted = session.scalar(select(func.count()).where(LedgerEntry.kind == "payment"))
        refunds = session.scalars(select(Refund.id)).all()
        alerts = session.scalars(select(GatewayAlert.kind)).all()
    told = {code for buyer in everybody for code in buyer.seen}
    assert all(buyer.is_paid for buyer in everybody), point
    assert told - set(codes) == set(), (point, "lost")
    assert len(codes) == len(everybody), (point, "lost or doubled")
    assert states == {OrderState.NEW: len(everybody)}, point
    assert paid == posted == len(everybody), (point, "half booked")
    assert (refunds, alerts) == ([], []), point
    assert broken(books) == {}, point
