"""What one process stores of pages: true, bounded, and never from before a change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import time_machine

from shop.web.page_cache.cache import LISTS, OVERHEAD_BYTES, PageCache, Subject
from shop.web.page_cache.invalidation import Change
from tests.factories import NOON

SUBJECTS: frozenset[Subject] = frozenset({("product", 1), LISTS})


@dataclass(frozen=True)
class Content:
    size: int = 100


class Told:
    """Changes, as another process commits them."""

    def __init__(self) -> None:
        self.waiting: list[Change] = []
        self.is_away = False

    def new(self) -> Sequence[Change]:
        if self.is_away:
            raise OSError
        found, self.waiting = self.waiting, []
        return found


def test_what_changed_while_a_page_was_rendered_is_not_stored() -> None:
    told = Told()
    cache = PageCache(told.new, 10_000)
    read_at = cache.look_up(("z",)).read_at
    told.waiting = [Change(1, 1, None, lists=False)]
    cache.put(("a",), Content(), SUBJECTS, read_at)
    assert cache.look_up(("a",)).content is None
    page = Content()
    cache.put(("a",), page, SUBJECTS, cache.look_up(("z",)).read_at)
    assert cache.look_up(("a",)).content is page
    told.waiting = [Change(2, 2, None, lists=False)]
    assert cache.look_up(("a",)).content is page, "another product"
    told.waiting = [Change(3, None, 9, lists=True)]
    assert cache.look_up(("a",)).content is None, "it lists goods of all cooperatives"


def test_a_page_rendered_before_the_full_hour_is_not_used_after_it() -> None:
    cache = PageCache(Told().new, 10_000)
    with time_machine.travel(NOON - timedelta(seconds=1), tick=False) as now:
        read_at = cache.look_up(("z",)).read_at
        now.shift(timedelta(seconds=2))  # so long it took
        cache.put(("a",), Content(), SUBJECTS, read_at)
        assert cache.look_up(("a",)).content is None


def test_the_least_recently_used_page_leaves_first() -> None:
    cache = PageCache(Told().new, 3 * (100 + OVERHEAD_BYTES))
    for name in "abc":
        cache.put((name,), Content(), SUBJECTS, cache.look_up(("z",)).read_at)
    assert cache.look_up(("a",)).content
    cache.put(("d",), Content(), SUBJECTS, cache.look_up(("z",)).read_at)
    assert [name for name in "abcd" if cache.look_up((name,)).content] == ["a", "c", "d"]
    cache.put(("large",), Content(9_000), SUBJECTS, cache.look_up(("z",)).read_at)
    assert cache.look_up(("large",)).content is None, "for it alone all others would have to leave"
    assert cache.look_up(("d",)).content


def test_a_database_that_does_not_answer_empties_the_store() -> None:
    told = Told()
    cache = PageCache(told.new, 10_000)
    cache.put(("a",), Content(), SUBJECTS, cache.look_up(("z",)).read_at)
    told.is_away = True
    assert cache.look_up(("a",)).content is None
