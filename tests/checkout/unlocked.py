"""The control of what placing locks while it reads: something happens right after the look."""

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from sqlalchemy.orm import Session

from shop.catalog.inventory.holds import reserve
from shop.catalog.products.queries import sellable
from shop.checkout.cart import queries as cart
from shop.checkout.placing import actions
from shop.checkout.placing.actions import Placed
from tests.support.at_once import together

PATIENCE = 20
"""Seconds after which a test that hangs fails instead."""


def in_between(
    monkeypatch: pytest.MonkeyPatch, place: Callable[[], Placed], act: Callable[[], int]
) -> tuple[object, object]:
    """What became of a placing that read without its lock, and of what came in between.

    SQLite has one writer at a time; there ``act`` would wait for ever.
    """
    has_looked, is_done = Event(), Event()

    def unlocked(session: Session, ids: Any, *, lock: bool) -> Any:
        return sellable(session, ids)

    def slowly(session: Session, **wanted: Any) -> None:
        has_looked.set()
        assert is_done.wait(PATIENCE)
        reserve(session, **wanted)

    def after_the_look() -> int:
        assert has_looked.wait(PATIENCE)
        try:
            return act()
        finally:
            is_done.set()

    monkeypatch.setattr(cart, "sellable", unlocked)
    monkeypatch.setattr(actions, "reserve", slowly)
    placed, found = together(place, after_the_look)
    return placed, found
