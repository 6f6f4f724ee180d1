"""Where a narrowed list in the order of prices begins: counts of marks at each step tell.

The dearest of halal goods stand far behind the dearest of all. To read the catalogue from its top
would go through everything in between; how many goods of each mark stand at which prices is kept
beside the index, in the commit that changes it, so that what cannot be there is not read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import CompoundSelect, String, bindparam, literal, select, union_all

from shop.catalog.products.rules import top_of
from shop.core.database.engine import Reader
from shop.core.database.schema import table_of
from shop.storefront.listing.rules import ListingFilters
from shop.storefront.search_index.facet_terms import (
    CATEGORY,
    COOPERATIVE,
    PRICE,
    Mark,
    facet_term,
    prices_of,
    spread_of,
    step_of,
    steps_between,
)
from shop.storefront.search_index.models import SearchWord

RARE = 60
"""Of so many goods of a step at least one may fit, or its goods are gathered by their marks."""
NO_END = 2**62
"""Rupiah beyond every price."""

_EVERYTHING = f"{PRICE}:", f"{PRICE};"
_WORDS = table_of(SearchWord).c

Steps = Mapping[int, int]
"""Goods by number of the step."""


@dataclass(frozen=True)
class PriceRange:
    """Between which prices a list is read in its order, rupiah; and what stands before that."""

    low: int
    high: int
    before: tuple[Mark, ...] = ()
    """Marks of steps with few goods that may fit, to be gathered; nothing fits in any other."""


def price_range_at(
    session: Reader, filters: ListingFilters, *, is_rising: bool, start: int | None, few: int
) -> PriceRange:
    """The price range in which the first goods of a listing by price are.

    :param start: the price that the page begins at.
    :param few: goods that may be gathered.
    """
    groups = [group for group in filters.narrow("price") if not group[0].startswith(COOPERATIVE)]
    tops = sorted({top_of(path) for path in filters.categories})
    lead = facet_term(CATEGORY, tops[0]) if len(tops) == 1 else ""
    marks = [*dict.fromkeys(one for group in groups for one in group)]
    counted = _counted(session, [*marks, lead] if lead else marks)
    steps = [
        step
        for step in steps_between(filters.minimum, filters.maximum)
        if start is None or (step >= step_of(start) if is_rising else step <= step_of(start))
    ]
    ends = (
        0 if filters.minimum is None else filters.minimum,
        NO_END if filters.maximum is None else filters.maximum,
    )
    return begin(
        steps if is_rising else steps[::-1],
        [_together([counted[one] for one in group]) for group in groups],
        counted[lead],
        ends,
        is_rising=is_rising,
        few=few,
    )


def begin(
    steps: Sequence[int],
    groups: Sequence[Steps],
    there: Steps,
    ends: tuple[int, int],
    *,
    is_rising: bool,
    few: int,
) -> PriceRange:
    """Where to begin to read, step by step.

    :param groups: goods with a mark of each group; where one has none, nothing fits.
    :param there: goods that are gone through; ``ends``: prices that the list ends at.
    """
    before: list[int] = []
    gathered = passed = 0
    for step in steps:
        fitting = min((group.get(step, 0) for group in groups), default=there.get(step, 0))
        is_dense = fitting * RARE >= there.get(step, 0)
        if fitting and (is_dense or gathered + fitting > few):
            if passed <= few:  # soon read
                step, before = (before or [step])[0], []
            return _from(step, before, ends, is_rising=is_rising)
        if fitting:
            before.append(step)
            gathered += fitting
        if before:
            passed += there.get(step, 0)
    return PriceRange(1, 0, _marks(before))


def _from(step: int, before: list[int], ends: tuple[int, int], *, is_rising: bool) -> PriceRange:
    low, high = prices_of(step)
    if is_rising:
        return PriceRange(max(low, ends[0]), ends[1], _marks(before))
    return PriceRange(ends[0], min(NO_END if high is None else high, ends[1]), _marks(before))


def _marks(steps: Sequence[int]) -> tuple[Mark, ...]:
    return tuple(facet_term(PRICE, step) for step in steps)


def _together(counts: Sequence[Steps]) -> Steps:
    """Goods with any of some marks at each step: no more than these, as one may have two."""
    return {step: sum(one.get(step, 0) for one in counts) for one in counts for step in one}


def _counted(session: Reader, marks: Sequence[Mark]) -> Mapping[Mark, Steps]:
    """Goods by step of each mark, and of all goods under an empty one."""
    values: dict[str, str] = {}
    for number, (start, end) in enumerate(map(spread_of, marks)):
        values |= {f"from{number}": start, f"to{number}": end}
    found: dict[Mark, dict[int, int]] = {one: {} for one in ("", *marks)}
    for number, word, goods in session.execute(_counting(len(marks)), values):
        one, sign = ("", ":") if number < 0 else (marks[number], "@")
        found[one][int(word.rpartition(sign)[2])] = goods
    return found


@cache
def _counting(marks: int) -> CompoundSelect[int, str, int]:
    parts = [
        select(literal(number).label("mark"), _WORDS.word, _WORDS.goods).where(
            _WORDS.word >= bindparam(f"from{number}", type_=String),
            _WORDS.word < bindparam(f"to{number}", type_=String),
            _WORDS.goods > 0,
        )
        for number in range(marks)
    ]
    start, end = _EVERYTHING
    everything = select(literal(-1), _WORDS.word, _WORDS.goods).where(
        _WORDS.word >= start, _WORDS.word < end, _WORDS.goods > 0
    )
    return union_all(everything, *parts)
