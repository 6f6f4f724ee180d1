"""What looking for goods costs: CPU of this process and, on PostgreSQL, of the server's as well.

Every text is asked for five times and its best time counts: neighbours on the machine make a
request slower, never quicker. Of all texts the middle one and the 95th of a hundred are told.
"""

import csv
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bench.market import ROOT
from shop.core.database.engine import Database
from shop.storefront.listing.facets import facets
from shop.storefront.listing.queries import listing
from shop.storefront.listing.rules import ListingFilters, Sort
from shop.storefront.search.queries import beginnings, find
from shop.storefront.search_index.models import SearchWord

TYPED = ("what_people_type.csv", "what_others_type.csv")
TIMES = 5
COMMON = 60
"""Words of most goods; of as many a letter is left out, and the beginnings are typed."""

Ask = Callable[[], object]


@dataclass(frozen=True)
class Line:
    """What one kind of question costs in one market."""

    kind: str
    products: int
    middle: float
    maximum: float
    """Milliseconds: the middle text, and the 95th of a hundred."""


def measured(database: Database, products: int) -> Iterator[Line]:
    """Every kind of question, in a market of so many goods."""
    with database.reading() as session:
        server = None if database.is_sqlite else _server(session)
        for kind, asks in _kinds(session):
            costs = sorted(_best(ask, server) for ask in asks)
            yield Line(kind, products, median(costs), costs[int(len(costs) * 0.95)])


def table(lines: Sequence[Line]) -> str:
    """A row a kind, a column a size; growth is the largest beside the smallest."""
    counts = sorted({line.products for line in lines})
    head = " | ".join(f"{count:,}" for count in counts)
    rows = [
        f"| looking for goods, ms of CPU: middle / p95 | {head} | growth |",
        f"| --- | {' | '.join('---' for _ in counts)} | --- |",
    ]
    for kind in dict.fromkeys(line.kind for line in lines):
        mine = {line.products: line for line in lines if line.kind == kind}
        costs = " | ".join(
            f"{mine[count].middle:.1f} / {mine[count].maximum:.1f}" for count in counts
        )
        growth = mine[counts[-1]].middle / mine[counts[0]].middle
        rows.append(f"| {kind} | {costs} | {growth:.1f}× |")
    return "\n".join(rows)


def _kinds(session: Session) -> Iterator[tuple[str, list[Ask]]]:
    lists = ROOT / "tests" / "storefront" / "search"
    typed = [text for name in TYPED for text in _texts(lists / name)]
    words = list(
        session.scalars(
            select(SearchWord.word)
            .where(SearchWord.named > 0)
            .order_by(SearchWord.named.desc(), SearchWord.word)
            .limit(COMMON)
        )
    )
    common = list(
        session.scalars(
            select(SearchWord.word)
            .where(SearchWord.word > "a")
            .order_by(SearchWord.goods.desc(), SearchWord.word)
            .limit(COMMON)
        )
    )
    long = [word for word in words if len(word) > 4]
    wrong = [word[:2] + word[3:] for word in long]
    starts = list(dict.fromkeys(word[:length] for word in long for length in (2, 3, 5)))
    yield "what people type (216 texts)", [_searching(session, text) for text in typed]
    yield "words of most goods", [_searching(session, word) for word in common]
    yield "two and three letters", [_searching(session, start[:3]) for start in starts]
    yield "mistyped words", [_searching(session, word) for word in wrong]
    yield "facets beside what people type", [_counting(session, text) for text in typed]
    yield "suggestions while typing", [_suggesting(session, start) for start in starts]
    wishes = list(_filters())
    yield "narrowed lists", [_listing(session, filters) for filters in wishes]
    yield "facets of narrowed lists", [_counted(session, filters) for filters in wishes]
    yield (
        "narrowed lists by price or day",
        [
            _listing(session, replace(filters, sort=sort))
            for filters in wishes
            for sort in (Sort.NEWEST, Sort.CHEAPEST, Sort.DEAREST)
        ],
    )


def _filters() -> Iterator[ListingFilters]:
    yield ListingFilters(categories=("minuman",))
    yield ListingFilters(categories=("makanan-olahan/keripik-kerupuk",), halal=True, ready=True)
    yield ListingFilters(provinces=("Aceh",))
    yield ListingFilters(provinces=("Papua",), categories=("minuman",))
    yield ListingFilters(provinces=("Bali", "Aceh"), keeps_days=90)
    yield ListingFilters(near="Bali")
    yield ListingFilters(halal=True)


def _texts(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8") as lines:
        yield from (row["query"] for row in csv.DictReader(lines))


def _searching(session: Session, text: str) -> Ask:
    """A page of goods with stock and price for a typed text."""

    def ask() -> None:
        listing(session, ListingFilters(text=text), find(session, text))

    return ask


def _counting(session: Session, text: str) -> Ask:
    found = find(session, text)
    return lambda: facets(session, ListingFilters(text=text), found)


def _suggesting(session: Session, start: str) -> Ask:
    return lambda: beginnings(session, start, 7)


def _listing(session: Session, filters: ListingFilters) -> Ask:
    return lambda: listing(session, filters, None)


def _counted(session: Session, filters: ListingFilters) -> Ask:
    return lambda: facets(session, filters, None)


def _server(session: Session) -> Path:
    """Where the kernel keeps the CPU time of the server's process for this session."""
    pid = session.scalar(text("SELECT pg_backend_pid()"))
    return Path(f"/proc/{pid}/schedstat")


def _best(ask: Ask, server: Path | None) -> float:
    """Milliseconds of CPU."""

    def spent() -> int:
        theirs = 0 if server is None else int(server.read_text().split()[0])
        return time.process_time_ns() + theirs

    costs = []
    for _ in range(TIMES):
        began = spent()
        ask()
        costs.append(spent() - began)
    return min(costs) / 1_000_000
