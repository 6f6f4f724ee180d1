"""The card gateway refuses, hangs, drips, resets or is busy: the shop goes on."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.payments.bills.models import Method, Payment, PaymentState
from shop.sales.orders.models import Purchase
from tests.support.books import broken
from tests.support.customer import Customer, OverHttp
from tests.support.databases import Templates
from tests.support.engines import Engine
from tests.support.live import LiveShop, free_port, live_shop
from tests.support.sandbox import Failing, failing_gateway
from tests.support.trade import stand_at_the_till
from tests.support.whole_market import whole_market

CHECKOUT_SECONDS = 12
BROWSING_SECONDS = 3
SLUG = "opak-ketan-bakar-arang"
WAYS_TO_FAIL: tuple[Failing, ...] = ("refuses", "resets", "busy", "hangs", "drips")


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def shop(templates: Templates, live_engine: Engine, var_dir: Path, port: int) -> Iterator[LiveShop]:
    """The demo market, whose card gateway stands at a port where nobody answers well."""
    with (
        whole_market(templates, live_engine, var_dir) as market,
        live_shop(
            market.database_url,
            var_dir,
            MEDIA_URL=market.media_url,
            STRIPE_API_BASE=f"http://127.0.0.1:{port}",
        ) as shop,
    ):
        yield shop


def browse(shop: LiveShop, over: threading.Event, slowest: list[float]) -> None:
    visitor = Customer(OverHttp(shop.url))
    while not over.wait(0.3):
        began = time.monotonic()
        assert visitor.go(f"/produk/{SLUG}").status == 200
        slowest[0] = max(slowest[0], time.monotonic() - began)


@pytest.mark.soak_only
def test_checkout_answers_with_a_sentence_and_browsing_goes_on(shop: LiveShop, port: int) -> None:
    took: dict[str, float] = {}
    slowest = [0.0]
    for number, how in enumerate(WAYS_TO_FAIL):
        sari = Customer(OverHttp(shop.url))
        stand_at_the_till(sari, SLUG, ways=("courier",), phone=f"0812 3456 78{number:02}")
        over = threading.Event()
        with failing_gateway(how, port):
            visitor = threading.Thread(target=browse, args=(shop, over, slowest))
            visitor.start()
            began = time.monotonic()
            page = sari.press("Bayar Rp", {"cara": "card"})
            took[how] = time.monotonic() - began
            over.set()
            visitor.join()
        assert page.status == 200, how
        assert "tidak menjawab" in page.words, (how, page.words)
    assert max(took.values()) <= CHECKOUT_SECONDS, took
    assert slowest[0] <= BROWSING_SECONDS
    database = Database(shop.database_url)
    with database.reading() as session:
        bills = session.execute(
            select(Payment.method, Payment.state).join(Purchase).order_by(Payment.id.desc())
        ).all()
    assert bills[: len(WAYS_TO_FAIL)] == [(Method.CARD, PaymentState.OPEN)] * len(WAYS_TO_FAIL)
    assert broken(database) == {}
    database.dispose()
