"""Parts of pages that are kept: as made, and never more of them than the server can bear."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from shop.web.page_cache.fragment_cache import MAX_SIGNS_BESIDE, kept
from tests.support.engines import PAGES

LARGE = MAX_SIGNS_BESIDE // 3


@dataclass(frozen=True)
class Panel:
    kept: dict[tuple[object, ...], Any] = field(default_factory=dict)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_large_parts_beside_one_value_are_shown_but_not_all_kept(app: Flask) -> None:
    panel = Panel()
    with app.test_request_context("/produk"):
        shown = [kept(panel, number, caller=lambda: "x" * LARGE) for number in range(10)]
    assert all(len(part) == LARGE for part in shown)
    assert len(panel.kept) == 3


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_visitor_may_keep_a_part_while_another_measures_those_there_are(app: Flask) -> None:
    panel = Panel()

    class WhileMeasured(str):
        """A part during whose measuring somebody else keeps one."""

        __slots__ = ()

        def __str__(self) -> str:
            return self

        def __len__(self) -> int:
            panel.kept["another", len(panel.kept)] = None
            return super().__len__()

    with app.test_request_context("/produk"):
        shown = [kept(panel, way, caller=lambda: WhileMeasured("x")) for way in range(3)]
    assert shown == ["x"] * 3
