"""Parts of pages that are kept: as made, and never more of them than the server can bear."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from shop.web.parts import MOST_SIGNS_BESIDE, kept

LARGE = MOST_SIGNS_BESIDE // 3


@dataclass(frozen=True)
class Panel:
    kept: dict[tuple[object, ...], Any] = field(default_factory=dict)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_large_parts_beside_one_value_are_shown_but_not_all_kept(app: Flask) -> None:
    panel = Panel()
    with app.test_request_context("/produk"):
        shown = [kept(panel, number, caller=lambda: "x" * LARGE) for number in range(10)]
    assert all(len(part) == LARGE for part in shown)
    assert len(panel.kept) == 3
