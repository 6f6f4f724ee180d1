"""Events told five times, shuffled, to two processes at once: one settlement, also on PostgreSQL.

The control beside it takes the unique event away and shows what would happen.
"""

import http.client
import json
import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from shop.cli.payments import NO_ANSWER
from shop.core.database.engine import Database
from shop.payments.bills.models import Payment, PaymentState, Refund
from shop.payments.cards.models import AlertKind, GatewayAlert, GatewayEvent
from shop.payments.ledger.models import LedgerEntry
from shop.sales.orders.models import Order, OrderState
from tests.factories import NOON, make_goods, make_purchase
from tests.races.unguarded import Unguarded
from tests.support.customer import Customer, OverHttp
from tests.support.databases import Templates
from tests.support.effort import effort
from tests.support.engines import Engine
from tests.support.live import LiveShop, live_shop
from tests.support.sandbox import Double, wait_until_told
from tests.support.trade import stand_at_the_till
from tests.support.whole_market import whole_market

SLUG = "opak-ketan-bakar-arang"
PURCHASES = effort("RACE_PURCHASES", short=2, soak=4)
TIMES = 5

both_engines = pytest.mark.parametrize("live_engine", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def shop(
    templates: Templates, live_engine: Engine, sandbox: Double, request: pytest.FixtureRequest
) -> Iterator[LiveShop]:
    """The demo market behind two web processes, and nobody who tells it anything."""
    var_dir = request.getfixturevalue("var_dir")
    with (
        whole_market(templates, live_engine, var_dir) as market,
        live_shop(
            market.database_url,
            var_dir,
            MEDIA_URL=market.media_url,
            WEB_PROCESSES="2",
            STRIPE_API_BASE=sandbox.url,
            worker=False,
        ) as shop,
    ):
        yield shop


@pytest.fixture
def books(shop: LiveShop) -> Iterator[Database]:
    """The same database, looked at from outside."""
    database = Database(shop.database_url)
    yield database
    database.dispose()


@both_engines
def test_each_event_five_times_over_two_processes_is_one_settlement(
    sandbox: Double, shop: LiveShop, books: Database
) -> None:
    for buyer in range(PURCHASES):
        paid_by_card(shop, sandbox, f"0812 3456 78{buyer}0")
    events = sandbox.waiting()
    copies = events * TIMES
    random.Random(5).shuffle(copies)

    statuses = at_once(shop, sandbox, copies)

    assert set(statuses) == {204}
    with books.reading() as session:
        assert set(session.scalars(select(Order.state))) == {OrderState.NEW}
        settled = select(func.count()).where(LedgerEntry.kind == "payment")
        assert session.scalar(settled) == PURCHASES
        assert session.scalar(select(func.count()).select_from(GatewayEvent)) == len(events)
        assert session.scalars(select(Refund)).all() == []
    assert shop.broken() == []


@both_engines
def test_the_way_back_and_the_event_at_once_are_one_settlement(
    sandbox: Double, shop: LiveShop, books: Database
) -> None:
    path, customer = paid_by_card(shop, sandbox, "0812 3456 7890")
    events = sandbox.waiting() * 2
    gate = threading.Barrier(2)

    def come_back() -> int:
        gate.wait()
        return customer.go(f"{path}/kartu").status

    def tell() -> list[int]:
        gate.wait()
        return at_once(shop, sandbox, events)

    with ThreadPoolExecutor(2) as pool:
        back, told = pool.submit(come_back), pool.submit(tell)
    assert back.result() == 200
    assert set(told.result()) == {204}
    with books.reading() as session:
        settled = select(func.count()).where(LedgerEntry.kind == "payment")
        assert session.scalar(settled) == 1
        assert session.scalars(select(Refund)).all() == []
    assert shop.broken() == []


@both_engines
def test_a_gateway_that_misbehaves_in_every_way_leaves_sound_books(
    sandbox: Double, shop: LiveShop, books: Database
) -> None:
    sandbox.control("switches", copies="5", order="shuffled", lost="40")
    for buyer in range(PURCHASES):
        paid_by_card(shop, sandbox, f"0812 3456 78{buyer}0")
    sandbox.control("switches", amount="short")
    paid_by_card(shop, sandbox, "0812 3456 7850")
    sandbox.send_to(shop.url)
    wait_until_told(sandbox, seconds=60)

    sandbox.control("switches", answers="refused")
    assert shop.lumbung("reconcile", check=False).returncode == NO_ANSWER
    sandbox.control("switches", answers="good")
    told = shop.lumbung("reconcile", "--json", check=False)

    assert json.loads(told.stdout)["unanswered"] == []
    with books.reading() as session:
        found = Counter(session.scalars(select(Order.state)))
        assert found == {OrderState.NEW: PURCHASES, OrderState.UNPAID: 1}
        settled = select(func.count()).where(LedgerEntry.kind == "payment")
        assert session.scalar(settled) == PURCHASES
        assert session.scalars(select(GatewayAlert.kind)).all() == [AlertKind.WRONG_AMOUNT]
        assert session.scalars(select(Refund)).all() == []
    assert shop.broken() == []


def test_without_the_guard_an_event_is_taken_in_by_everybody_who_looks(
    db: Database, database_url: str
) -> None:
    """The control: whether it is known is looked at before writing, and the event not unique."""
    placed = make_purchase(db, {make_goods(db): 2})

    def take(unguarded: Unguarded, racer: int) -> None:
        with unguarded.session() as session:
            known = session.scalar(
                select(func.count()).where(GatewayEvent.event_ref.startswith("evt_1"))
            )
        unguarded.all_have_looked.wait()
        if not known:
            with unguarded.session() as session, session.begin():
                session.add(GatewayEvent(event_ref=f"evt_1:{racer}", kind="paid", received_at=NOON))
                session.get_one(Payment, placed.payment_id).state = PaymentState.PAID
                session.add(LedgerEntry(reason=f"{placed.code}:{racer}", kind="payment", at=NOON))

    Unguarded(database_url).race(take)
    with db.reading() as session:
        posted = session.scalar(select(func.count()).select_from(LedgerEntry))
    assert posted == Unguarded.RACERS


def paid_by_card(shop: LiveShop, sandbox: Double, phone: str) -> tuple[str, Customer]:
    """Somebody pays at the double; the shop has not heard of it. Where their purchase stands."""
    customer = Customer(OverHttp(shop.url))
    stand_at_the_till(customer, SLUG, phone=phone)
    form = next(form for form in customer.page.forms if form.action == "/checkout")
    button = next(button for button in form.buttons if button.name == "bayar")
    data = form.data({"cara": "card"}, press=button)
    answer = customer.send("/checkout", data, follow=False)
    assert answer.status == 303, answer.words
    _status, back = sandbox.press(answer.headers["location"], "bayar")
    assert back is not None
    return back.removeprefix(shop.url).removesuffix("/kartu"), customer


def at_once(shop: LiveShop, sandbox: Double, events: Sequence[dict[str, object]]) -> list[int]:
    """The status of each event, all sent at the same moment."""

    def send(event: dict[str, object]) -> int:
        body, signature = sandbox.letter(event)
        connection = http.client.HTTPConnection(shop.url.partition("//")[2], timeout=60)
        headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
        connection.request("POST", "/webhooks/stripe", body, headers)
        status = connection.getresponse().status
        connection.close()
        return status

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(send, events))
