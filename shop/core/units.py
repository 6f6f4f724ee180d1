"""Units in types, so that nobody has to remember them."""

from typing import NewType

Grams = NewType("Grams", int)
"""Whole grams."""

Millimetres = NewType("Millimetres", int)
"""Whole millimetres."""
