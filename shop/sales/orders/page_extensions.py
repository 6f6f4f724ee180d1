"""What rooms above tell on an order's pages. They add themselves when the app is put together."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.orm import Session

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lead:
    """A way from an order's page to another room's."""

    path: str
    """Behind the order's own address."""
    word: str
    line: str = ""
    scheme: str = ""
    """Of the tag beside it; none: a plain way on."""


@dataclass(frozen=True, slots=True)
class PageExtension:
    """Steps for the timeline of an order – word, small line, state – and ways on."""

    steps: tuple[tuple[str, str, str], ...] = ()
    leads: tuple[Lead, ...] = ()


Tells = Callable[[Session, Collection[str], bool], Mapping[str, PageExtension]]
"""Session, order numbers, whether a desk looks; the same statements however many orders."""

told_beside: list[Tells] = []


def beside_orders(
    session: Session, numbers: Collection[str], *, at_desk: bool = False
) -> dict[str, PageExtension]:
    """What is told beside some orders, by number."""
    found: dict[str, PageExtension] = {}
    for tell in told_beside:
        for number, more in tell(session, numbers, at_desk).items():
            before = found.get(number, PageExtension())
            found[number] = PageExtension(before.steps + more.steps, before.leads + more.leads)
    return found


def merge_timeline(steps: Sequence[T], more: Sequence[T]) -> list[T]:
    """Merge steps of other rooms into a timeline, before its last step."""
    return [*steps[:-1], *more, *steps[-1:]]
