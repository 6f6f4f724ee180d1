"""What never reached the shop is found by asking: events, half-done calls, refunds that hang."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from config import ROOT, Settings
from shop.checkout.card_payment.pay_page import PageStatus, open_pay_page
from shop.checkout.card_payment.reconciliation import RECENT, Found, reconcile
from shop.checkout.expiry import cancellation
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.payments.bills.models import Payment, Refund, RefundState
from shop.payments.cards import gateway_setup
from shop.payments.cards.gateway import Gateway
from shop.payments.cards.gateway_setup import card_access
from shop.payments.cards.models import AttemptState, GatewayEvent, PaymentAttempt
from shop.payments.ledger.models import AccountKind, LedgerEntry
from shop.payments.ledger.queries import balance_of
from shop.sales.orders.models import Order, OrderState
from tests.checkout.cards import as_card
from tests.factories import Goods, Placed, make_goods, make_purchase
from tests.support.books import broken
from tests.support.sandbox import Double

LATER = timedelta(minutes=5)


@pytest.fixture
def gateway(sandbox: Double, var_dir: Path) -> Iterator[Gateway]:
    """The real gateway at the double."""
    gateway_setup.install(card_access(_settings(sandbox, var_dir)))
    found = gateway_setup.gateway()
    assert found is not None
    yield found
    gateway_setup.install(None)


def _settings(sandbox: Double, var_dir: Path, **more: str) -> Settings:
    return Settings.from_environment(
        {
            "LUMBUNG_ENV": "test",
            "VAR_DIR": str(var_dir),
            "STRIPE_API_BASE": sandbox.url,
            "PUBLIC_URL": "http://localhost",
            **more,
        }
    )


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, on_hand=5)


@pytest.fixture
def placed(db: Database, kopi: Goods) -> Placed:
    return as_card(db, make_purchase(db, {kopi: 2}, now=clock.now()))


def opened(db: Database, gateway: Gateway, placed: Placed) -> str:
    """A page stands open; its name at the gateway."""
    found = open_pay_page(
        db,
        gateway,
        payment_code=placed.payment_code,
        public_url="http://localhost",
        words=lambda count, language: f"{count} {language}",
        now=clock.now(),
    )
    assert found.stands is PageStatus.OPEN
    with db.reading() as session:
        return session.scalars(select(PaymentAttempt.session_ref)).one() or ""


def walk(db: Database, gateway: Gateway, later: timedelta = LATER) -> Found:
    now = clock.now() + later
    return reconcile(db, gateway, since=now - RECENT, now=now)


def state(db: Database) -> OrderState:
    with db.reading() as session:
        return session.scalars(select(Order.state)).one()


def test_an_event_that_never_came_is_taken_in_once(
    db: Database, sandbox: Double, gateway: Gateway, placed: Placed
) -> None:
    sandbox.outcome(opened(db, gateway, placed), "paid")
    found = walk(db, gateway)
    assert (found.settled, found.unanswered) == (1, [])
    assert state(db) is OrderState.NEW
    again = walk(db, gateway)
    assert (again.events, again.settled, again.costs) == (0, 0, 0)
    with db.reading() as session:
        kept = session.scalar(select(func.count()).select_from(GatewayEvent))
        entries = session.scalars(select(LedgerEntry.kind).order_by(LedgerEntry.id)).all()
    assert kept == found.events
    assert entries == ["payment", "payment-cost"]
    assert broken(db) == {}


def test_a_refund_that_hangs_is_finished(
    db: Database, sandbox: Double, gateway: Gateway, placed: Placed, kopi: Goods
) -> None:
    ref = opened(db, gateway, placed)
    sandbox.outcome(ref, "later")
    with db.writing() as session:
        session.get_one(Payment, placed.payment_id).due_at = clock.now() - timedelta(hours=2)
    cancellation.lapse_unpaid(db, clock.now())
    make_purchase(db, {kopi: 5})
    sandbox.control("switches", refunds="pending")
    sandbox.outcome(ref, "later-paid")
    walk(db, gateway)
    with db.reading() as session:
        refund = session.scalars(select(Refund)).one()
    assert refund.state is RefundState.SENT
    sandbox.control(f"refunds/{refund.gateway_ref}/succeeded")
    assert walk(db, gateway).refunds_sent == 1
    with db.reading() as session:
        assert session.get_one(Refund, refund.id).state is RefundState.DONE
        assert balance_of(session, AccountKind.REFUND_DUE) == 0
    assert walk(db, gateway).refunds_sent == 0
    assert broken(db) == {}


def test_a_page_of_a_bill_that_is_over_is_closed(
    db: Database, sandbox: Double, gateway: Gateway, placed: Placed
) -> None:
    opened(db, gateway, placed)
    with db.writing() as session:
        payment = session.get_one(Payment, placed.payment_id)
        payment.due_at = clock.now() - timedelta(hours=3)
    gateway_setup.install(None)  # cards were switched off meanwhile
    cancellation.lapse_unpaid(db, clock.now())
    assert state(db) is OrderState.LAPSED
    assert walk(db, gateway).expired >= 1
    with db.reading() as session:
        assert session.scalars(select(PaymentAttempt.state)).all() == [AttemptState.EXPIRED]


def test_what_the_gateway_does_not_answer_is_named_and_asked_again(
    db: Database, sandbox: Double, gateway: Gateway, placed: Placed, var_dir: Path
) -> None:
    sandbox.outcome(opened(db, gateway, placed), "paid")
    gateway_setup.install(
        card_access(_settings(sandbox, var_dir, STRIPE_API_BASE="http://127.0.0.1:9"))
    )
    silent = gateway_setup.gateway()
    assert silent is not None
    found = walk(db, silent)
    assert found.unanswered[0] == "events"
    assert state(db) is OrderState.UNPAID
    assert walk(db, gateway).settled == 1


KILLED_WHILE = """
import os, signal, sys
from config import Settings
from shop.app import create_app
from shop.checkout.card_payment import pay_page as card
from shop.core.values import clock
from shop.payments.cards import gateway_setup as gateways
from shop.web.http.app_state import EXTENSION

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

app = create_app(Settings.from_environment())
card.{step} = die
with app.app_context():
    card.{verb}(
        app.extensions[EXTENSION].database, gateways.gateway(), payment_code=sys.argv[1],
        now=clock.now(), {more}
    )
"""


def kill_while(environment: dict[str, str], code: str, *, verb: str, step: str, more: str) -> None:
    """Run a verb that is killed after the gateway's answer and before the commit."""
    script = KILLED_WHILE.format(verb=verb, step=step, more=more)
    done = subprocess.run(
        [sys.executable, "-c", script, code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -9, done.stderr


@pytest.fixture
def environment(database_url: str, sandbox: Double, var_dir: Path) -> dict[str, str]:
    """A shop of its own process at the same database and double."""
    return {
        **os.environ,
        "LUMBUNG_ENV": "test",
        "DATABASE_URL": database_url,
        "VAR_DIR": str(var_dir),
        "STRIPE_API_BASE": sandbox.url,
        "PUBLIC_URL": "http://localhost",
    }


def test_killed_between_the_gateways_yes_and_our_commit_is_finished_by_the_command(
    db: Database,
    sandbox: Double,
    gateway: Gateway,
    placed: Placed,
    environment: dict[str, str],
) -> None:
    sandbox.outcome(opened(db, gateway, placed), "paid")
    kill_while(environment, placed.payment_code, verb="poll_page", step="process_page", more="")
    assert state(db) is OrderState.UNPAID
    for settled in (1, 0):
        told = subprocess.run(
            [sys.executable, "-m", "shop", "reconcile", "--days", "1", "--json"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stdout + told.stderr
        assert json.loads(told.stdout)["settled"] == settled
    assert state(db) is OrderState.NEW
    assert broken(db) == {}


def test_killed_while_a_page_is_opened_leaves_one_page(
    db: Database,
    sandbox: Double,
    gateway: Gateway,
    placed: Placed,
    environment: dict[str, str],
) -> None:
    kill_while(
        environment,
        placed.payment_code,
        verb="open_pay_page",
        step="_note",
        more="public_url='http://localhost', words=lambda count, language: f'{count} {language}'",
    )
    with db.reading() as session:
        assert session.scalars(select(PaymentAttempt.session_ref)).all() == [None]
    sandbox.outcome(opened(db, gateway, placed), "paid")
    assert walk(db, gateway).settled == 1
    with db.reading() as session:
        assert len(session.scalars(select(PaymentAttempt.id)).all()) == 1
    assert broken(db) == {}
