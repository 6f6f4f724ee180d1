"""CPU time of single requests, the floor's and the shop's by turns in one process.

Rates depend on the machine and its neighbours; CPU time hardly does, and the ratio to the floor
measured in the same minute even less.
"""

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import Engine, event
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench.shopper import MARKET, SAME_ORIGIN, Shopper, forms_of, new_phone

COUNTED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
Work = Callable[[], None]


@dataclass(frozen=True)
class Cost:
    """CPU of one request: microseconds, and how many times the floor's."""

    microseconds: int
    ratio: float


def asking(app: Flask, path: str, **headers: str) -> Work:
    """A request for a page, without anything of a test client around it."""
    environ = EnvironBuilder(path=path, base_url=MARKET, headers=Headers(headers)).get_environ()

    def ask() -> None:
        _body, status, _headers = run_wsgi_app(app.wsgi_app, environ, buffered=True)
        if not status.startswith("200"):
            raise RuntimeError(f"{path} answered {status}")

    return ask


def compare(floor: Work, others: Mapping[str, Work], *, rounds: int, times: int) -> dict[str, Cost]:
    """Each of ``others`` against ``floor``, by turns.

    :param rounds: how often everybody has a turn; the middle round counts.
    :param times: requests in a turn.
    """
    everybody = {"": floor, **others}
    for work in everybody.values():
        for _ in range(5):
            work()
    told: dict[str, list[float]] = {name: [] for name in everybody}
    for _ in range(rounds):
        for name, work in everybody.items():
            told[name].append(_cpu(work, times))
    return {
        name: Cost(
            int(statistics.median(costs) / 1000),
            statistics.median(
                mine / minimum for mine, minimum in zip(costs, told[""], strict=True)
            ),
        )
        for name, costs in told.items()
    }


def _cpu(work: Work, times: int) -> float:
    gc.collect()
    began = time.process_time_ns()
    for _ in range(times):
        work()
    return (time.process_time_ns() - began) / times


def placing(shop: Flask, floor: Flask, variants: list[int], *, rounds: int) -> dict[str, Cost]:
    """Only the post that places a purchase of three cooperatives, against the floor's order.

    Each purchase needs a cart and a checkout of its own before it; these are not counted.
    """
    buyer = Shopper(floor)
    costs: dict[str, list[int]] = {"": [], "placing": [], "put in": []}
    for _ in range(rounds):
        began = time.process_time_ns()
        answer = buyer.post("/order", {"goods": ["1", "2", "3"]})
        costs[""].append(time.process_time_ns() - began)
        shopper = Shopper(shop)
        shopper.put_in(variants[:1])
        form_token = token(shopper)
        began = time.process_time_ns()
        again = shopper.client.post(
            "/keranjang/isi",
            data={"varian": str(variants[1]), "jumlah": "1", "csrf_token": form_token},
            base_url=MARKET,
            headers=SAME_ORIGIN,
        )
        costs["put in"].append(time.process_time_ns() - began)
        shopper.put_in(variants[2:])
        action, fields = shopper.ready_to_pay(new_phone())
        began = time.process_time_ns()
        placed = shopper.post(action, fields)
        costs["placing"].append(time.process_time_ns() - began)
        for reply in (answer, again, placed):
            if reply.status_code != 303:
                raise RuntimeError(f"{reply.request.path} answered {reply.status_code}")
        if "/pembelian/" not in (placed.location or ""):
            raise RuntimeError(f"the purchase was not placed but led to {placed.location}")
    minimum = statistics.median(costs[""])
    return {
        name: Cost(int(statistics.median(told) / 1000), statistics.median(told) / minimum)
        for name, told in costs.items()
    }


def token(shopper: Shopper) -> str:
    """The token of this shopper's forms."""
    page = forms_of(shopper.get("/produk"))
    form = next(form for form in page if form.has("csrf_token"))
    return dict(form.fields)["csrf_token"]


class Counter:
    """Counts what is asked of the engines of an app."""

    def __init__(self, *engines: Engine) -> None:
        self.statements: list[str] = []
        for engine in engines:
            event.listen(engine, "before_cursor_execute", self._note)

    def of(self, work: Work) -> int:
        """How many statements ``work`` asks; the second time, when caches are warm."""
        work()
        self.statements.clear()
        work()
        return len(self.statements)

    def _note(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(COUNTED):
            self.statements.append(statement)
