"""Reading counts that people type."""

import re

from shop.core.errors import InvalidInput

MOST_PACKS = 999
"""The largest count one line may ask for; a bigger order is a talk with the cooperative."""


class NotACount(InvalidInput):
    """Not a whole number between ``least`` and ``most``."""

    def __init__(self, typed: str, least: int, most: int) -> None:
        super().__init__(f"not a count between {least} and {most}")
        self.typed, self.least, self.most = typed, least, most


def read_count(text: str, *, least: int = 1, most: int = MOST_PACKS) -> int:
    """A whole number in plain digits.

    :raises NotACount: for 0 or less than ``least``, signs, fractions, exponents, letters, digits
        of other scripts, nothing at all, or more than ``most``.
    """
    typed = text.strip()
    # The length is tested first: four hundred digits must not cost anything.
    if len(typed) > 12 or not re.fullmatch(r"[0-9]+", typed) or not least <= int(typed) <= most:
        raise NotACount(typed[:40], least, most)
    return int(typed)
