"""What `lumbung verify` asks of every room that keeps facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

SHOWN = 20
"""More broken rows than this say nothing new."""


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant: which rows break it. None means that it holds."""

    wrong: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the invariant holds."""
        return not self.wrong


def no_rows(rows: Iterable[Sequence[Any]], words: str) -> Check:
    """A check that holds when a query for broken rows finds none.

    :param words: how to tell a row, for example ``"order {} owes {}"``.
    """
    return Check(tuple(words.format(*row) for row in islice(rows, SHOWN)))
