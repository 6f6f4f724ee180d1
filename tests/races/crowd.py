"""Many at once: processes with threads, all doing their act at the same word.

``python -m tests.races.crowd`` reads lines of JSON: a database with acts, then "go".
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from migrations.tables import target
from shop.catalog.inventory.actions import change_by
from shop.catalog.inventory.errors import BelowHeld, InsufficientStock
from shop.catalog.inventory.holds import reserve
from shop.catalog.inventory.models import MovementReason
from shop.catalog.products.models import Product, Variant
from shop.catalog.stock.low_stock import notify_low_stock
from shop.checkout.confirmation.actions import confirm_money
from shop.checkout.expiry.actions import cancel_unpaid, expire_payment
from shop.checkout.settlement.actions import settle_purchase
from shop.core.database.engine import Database
from shop.fulfilment.documents.actions import issue_invoice
from shop.people.cooperatives.member_pins import start_pin_attempt
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, Purchase
from tests.factories import DAY, NOON, Goods, place

ROOT = Path(__file__).parents[2]
PROCESSES = int(os.environ.get("RACE_PROCESSES", "3"))
CONNECTIONS = 40
"""Of all processes together, and as many again when they run out: a server has an end."""

Act = Mapping[str, Any]
"""``{"do": name, …}``: what one of the crowd does, with the ids it needs."""


class Crowd:
    """Some processes that stay, so that each race does not pay for starting them."""

    def __init__(self, processes: int = PROCESSES) -> None:
        self._members = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.races.crowd"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(processes)
        ]

    def together(self, url: str, acts: Sequence[Act]) -> list[str]:
        """Do all acts at once; what became of each, in no order."""
        for start, member in enumerate(self._members):
            _say(member, {"url": url, "acts": acts[start :: len(self._members)]})
        for member in self._members:
            assert _heard(member) == "ready"  # everybody stands at the line
        for member in self._members:
            _say(member, "go")
        return [answer for member in self._members for answer in _heard(member)]

    def close(self) -> None:
        """Send everybody home."""
        for member in self._members:
            member.kill()
            member.communicate()


def _say(member: "subprocess.Popen[str]", words: object) -> None:
    assert member.stdin is not None
    member.stdin.write(json.dumps(words) + "\n")
    member.stdin.flush()


def _heard(member: "subprocess.Popen[str]") -> Any:  # whatever stands in the line
    assert member.stdout is not None
    return json.loads(member.stdout.readline())


def main() -> None:
    """Race after race: read the acts, wait for the word, do them, tell."""
    target()  # every table of every room, as the app knows them
    for line in sys.stdin:
        race = json.loads(line)
        _race(race["url"], race["acts"])


def _race(url: str, acts: Sequence[Act]) -> None:
    database = Database(url, threads=max(min(len(acts), CONNECTIONS // PROCESSES), 1))
    with database.reading() as session:
        session.execute(select(1))
    start = threading.Barrier(len(acts) + 1)
    answers: list[str] = []

    def take_part(act: Act) -> None:
        start.wait()
        answers.append(_do(database, act))

    threads = [threading.Thread(target=take_part, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    _answer("ready")
    sys.stdin.readline()
    start.wait()
    for thread in threads:
        thread.join()
    database.dispose()
    _answer(answers)


def _answer(words: object) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def _do(database: Database, act: Act) -> str:
    given = {name: value for name, value in act.items() if name != "do"}
    try:
        with database.writing() as session:
            return VERBS[act["do"]](session, **given)
    except (InsufficientStock, BelowHeld):
        return "short"
    except Exception as fault:
        return f"fault {type(fault).__name__}: {fault}"


def _hold(session: Session, variant_id: int, holder: str) -> str:
    reserve(session, packs_by_variant={variant_id: 1}, holder=holder, until=NOON + DAY)
    return "held"


def _place(session: Session, variant_ids: list[int], contact_id: int, payee_id: int) -> str:
    wares = {_goods(session, variant_id): 1 for variant_id in variant_ids}
    purchase, payment = place(session, wares, contact_id=contact_id, payee_id=payee_id)
    return f"{payment.amount} {' '.join(order.number for order in purchase.orders)}"


def _goods(session: Session, variant_id: int) -> Goods:
    variant, product, cooperative = session.execute(
        select(Variant, Product, Cooperative)
        .join(Product, Product.id == Variant.product_id)
        .join(Cooperative, Cooperative.id == Product.cooperative_id)
        .where(Variant.id == variant_id)
    ).one()
    return Goods(
        variant.id, product.id, product.member_id, cooperative, variant.price, product.name
    )


def _settle(session: Session, payment_id: int) -> str:
    settlement = settle_purchase(session, payment_id=payment_id, now=NOON)
    return "repeat" if settlement.is_repeat else "settled"


def _confirm(session: Session, payment_code: str, amount: int, token: str) -> str:
    return confirm_money(
        session,
        payment_code=payment_code,
        amount=amount,
        received_on=date(2026, 11, 23),
        source_key=f"form:{token}",
        person_id=None,
        now=NOON,
    ).outcome.value


def _lapse(session: Session, payment_id: int) -> str:
    return "lapsed" if expire_payment(session, payment_id, NOON + DAY) else "left"


def _cancel(session: Session, purchase_id: int) -> str:
    purchase = session.get_one(Purchase, purchase_id)
    return "cancelled" if cancel_unpaid(session, purchase, now=NOON) else "left"


def _change(session: Session, variant_id: int, cooperative_id: int, by: int) -> str:
    change_by(
        session,
        variant_id=variant_id,
        cooperative_id=cooperative_id,
        change=by,
        reason=MovementReason.COUNTED,
        person_id=None,
        now=NOON,
    )
    return "changed"


def _guess(session: Session, code: str) -> str:
    return "checked" if start_pin_attempt(session, code, NOON) else "refused"


def _tell(session: Session, minute: int) -> str:
    return str(notify_low_stock(session, NOON + timedelta(minutes=minute)))


def _invoice(session: Session, order_id: int, *, breaks: bool = False) -> str:
    number = issue_invoice(session, session.get_one(Order, order_id), NOON).number
    if breaks:
        raise InsufficientStock([])
    return number


VERBS: Mapping[str, Callable[..., str]] = {
    "hold": _hold,
    "invoice": _invoice,
    "place": _place,
    "settle": _settle,
    "confirm": _confirm,
    "lapse": _lapse,
    "cancel": _cancel,
    "guess": _guess,
    "change": _change,
    "tell": _tell,
}

if __name__ == "__main__":
    main()
