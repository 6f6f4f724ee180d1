"""Pages and buying over HTTP: the floor's server and the shop's by turns, in one run.

Two servers of two processes each run at once. In each turn first the floor answers for a short
while, then the shop; the middle ratio of all turns counts. Carts, cookies and forms are made
before, so that only the requests themselves are measured.
"""

import os
import statistics
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import Flask

from bench import floor as floors
from bench import served
from bench.buyers import VENDORS, Buyers
from bench.figures import Figure
from bench.http_clients import Load, Task, by_turns, get, post, send
from bench.market import Measured
from bench.shopper import Shopper
from config import Settings
from shop.web.http.app_state import EXTENSION

ONE, EIGHT, CROWD = 1, 8, 64
"""Clients at once."""
FLOOR_LIST: list[Task] = [[get("/")]]
FLOOR_ORDER: Task = [post("/order", {"goods": ["1", "2", "3"]})]
WARM_SECONDS = 0.5
WARM_TASKS = 16


@dataclass(frozen=True)
class Amount:
    """How much is measured."""

    turns: int
    seconds: float
    """Of each turn at pages."""
    crowded_turns: int
    """Of eight buyers at once, which need longer turns."""


QUICK, FULL = Amount(9, 0.1, 2), Amount(25, 0.1, 4)
ORDERS_A_TURN, CROWDED_CHECKOUTS_A_TURN = 3, 32


@dataclass(frozen=True)
class Compared:
    """The floor's turns beside the shop's, the middle of each."""

    floor_ms: float
    """Milliseconds of the clock for each task."""
    shop_ms: float
    ratio: float
    shop_bytes: int

    @classmethod
    def of(cls, turns: Sequence[Sequence[Load]]) -> "Compared":
        """From turns, each the floor's load and the shop's that followed."""
        return cls(
            statistics.median(bare.each_ms for bare, _mine in turns),
            statistics.median(mine.each_ms for _bare, mine in turns),
            statistics.median(mine.each_ms / bare.each_ms for bare, mine in turns),
            turns[-1][1].body_bytes,
        )


@dataclass(frozen=True)
class Servers:
    """Both servers over one kind of database."""

    database: str
    floor: str
    shop: str
    amount: Amount

    @property
    def area(self) -> str:
        """What its figures are told under."""
        return f"http {self.database}"

    def pages(self, pages: Sequence[Task], clients: int) -> Compared:
        """A page of the shop beside the floor's list."""
        both = [(self.floor, FLOOR_LIST), (self.shop, pages)]
        amount = self.amount
        return Compared.of(
            by_turns(both, clients=clients, turns=amount.turns, seconds=amount.seconds)
        )

    def buying(self, tasks: Sequence[Task], clients: int) -> Compared:
        """What buyers do beside the floor's order; each task is sent once."""
        turns = self.amount.turns if clients == ONE else self.amount.crowded_turns
        orders = [FLOOR_ORDER] * (turns * ORDERS_A_TURN * clients)
        both = [(self.floor, orders), (self.shop, tasks)]
        return Compared.of(by_turns(both, clients=clients, turns=turns))


def measured(on: Measured, product: str, *, quick: bool) -> Iterator[Figure]:
    """Pages and buying on this database.

    :param product: the path of a product.
    """
    from shop.app import create_app

    floors.create_app(on.floor_url)  # here first: two processes at once would make its tables
    shop = create_app(Settings.from_environment(dict(on.environment)))
    bare = {**os.environ, "BENCH_FLOOR": on.floor_url}
    with (
        served.serving("bench.floor:create_app", bare, "/") as (bare_url, _),
        served.serving(None, on.environment, "/readyz") as (url, _),
    ):
        servers = Servers(on.name, bare_url, url, QUICK if quick else FULL)
        yield from _pages(servers, _with_a_cart(shop), product)
        yield from _buying(servers, Buyers(shop))
    shop.extensions[EXTENSION].database.dispose()


def _with_a_cart(shop: Flask) -> dict[str, str]:
    """Headers of a visitor who has goods in the cart."""
    shopper = Shopper(shop)
    shopper.put_in(Buyers(shop).goods()[0])
    shopper.get("/keranjang")  # where it is said once that they went in
    return {"Cookie": shopper.cookies()}


def _pages(servers: Servers, cart: Mapping[str, str], product: str) -> Iterator[Figure]:
    """Three pages, without cookies and with a cart."""
    for name, path in (("list", "/produk"), ("product", product), ("search", "/produk?q=kopi")):
        goals = (3.0, 3.0) if name == "search" else (0.1, 1.2)
        plain = yield from _page(servers, name, [get(path)], goals[0])
        own = yield from _page(servers, f"{name}, with a cart", [get(path, cart)], goals[1])
        percent = round(100 * own / plain, 1)
        what = f"{name}, gzip, with a cart : without cookies"
        yield Figure(servers.area, what, percent, "% bytes", 115)


def _page(servers: Servers, what: str, page: Task, goal: float) -> Generator[Figure, None, int]:
    """One page for one client and for eight; its bytes are returned."""
    send(servers.shop, [page], clients=EIGHT, seconds=WARM_SECONDS)
    one, eight = (servers.pages([page], clients) for clients in (ONE, EIGHT))
    for clients, told in ((ONE, one), (EIGHT, eight)):
        at_once = f"{clients} client{'' if clients == ONE else 's'}"
        yield Figure(servers.area, f"floor's list, {at_once}", round(told.floor_ms, 2), "ms")
        yield Figure(servers.area, f"{what}, {at_once}", round(told.shop_ms, 2), "ms")
        ratio = round(told.ratio, 2)
        what_ratio = f"{what} : floor's list, {at_once}"
        yield Figure(servers.area, what_ratio, ratio, "times", None if clients == ONE else goal)
    yield Figure(servers.area, f"{what}, gzip", eight.shop_bytes, "bytes")
    return eight.shop_bytes


def _buying(servers: Servers, buyers: Buyers) -> Iterator[Figure]:
    """Adding, whole checkouts, and the wait of a crowd that pays at once."""
    area, amount = servers.area, servers.amount
    begun = buyers.orders()
    whole = amount.crowded_turns * CROWDED_CHECKOUTS_A_TURN
    for name, tasks, count, goal in (
        ("add to the cart", buyers.adding, ORDERS_A_TURN * amount.turns, 1.4),
        ("checkout, five requests", buyers.checkouts, amount.turns, 14),
    ):
        send(servers.shop, tasks(WARM_TASKS), clients=EIGHT)
        one = servers.buying(tasks(count), ONE)
        yield Figure(area, "floor's order, 1 client", round(one.floor_ms, 2), "ms")
        yield Figure(area, f"{name}, 1 client", round(one.shop_ms, 2), "ms")
        yield Figure(area, f"{name} : floor's order", round(one.ratio, 2), "times", goal)
    told = servers.buying(buyers.checkouts(whole), EIGHT)
    yield Figure(area, "floor's orders, 8 clients", round(1_000 / told.floor_ms), "a second")
    each = round(1_000 / told.shop_ms, 1)
    yield Figure(area, "whole checkouts, 8 clients", each, "a second", 60, more_is_better=True)
    crowd = send(servers.shop, buyers.paying(2 * CROWD), clients=CROWD)
    bare = send(servers.floor, [FLOOR_ORDER] * 2 * CROWD, clients=CROWD)
    yield Figure(area, "placing, p99 of 64 at once", round(crowd.p99_ms), "ms")
    yield Figure(area, "placing, worst of 64 at once", round(crowd.worst_ms), "ms")
    yield Figure(area, "floor's order, worst of 64 at once", round(bare.worst_ms), "ms")
    purchases = WARM_TASKS + amount.turns + whole + 2 * CROWD
    placed = buyers.orders() - begun
    if placed != VENDORS * purchases:
        raise RuntimeError(f"{placed} orders were placed by {purchases} purchases")
