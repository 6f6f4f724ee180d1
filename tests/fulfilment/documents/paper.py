"""Reading printed paper back: its words, and how tall its letters are."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pdfminer.high_level import extract_pages
from pdfminer.layout import LAParams, LTChar, LTContainer

MILLIMETRE = 72 / 25.4
O_IN_EM = 0.536
"""How tall our small "o" is, in parts of the letter size."""


@dataclass(frozen=True)
class Letter:
    """One letter on paper, in millimetres from the lower left corner."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    o_height: float
    font: str


@dataclass(frozen=True)
class Sheet:
    """One page."""

    width: float
    height: float
    letters: tuple[Letter, ...]
    text: str
    """All words, parted by one space."""


def sheets(pdf: bytes) -> list[Sheet]:
    """The pages of a document."""
    found = []
    for page in extract_pages(io.BytesIO(pdf), laparams=LAParams(boxes_flow=None)):
        letters = tuple(_letters(page))
        text = "".join(element.get_text() for element in page if hasattr(element, "get_text"))
        found.append(
            Sheet(page.width / MILLIMETRE, page.height / MILLIMETRE, letters, squeezed(text))
        )
    return found


def squeezed(text: str) -> str:
    """Words with one space between them and no marks that cannot be seen."""
    return re.sub(r"\s+", " ", text.replace("\u200b", "").replace("\u2011", "-")).strip()


def without_space(text: str) -> str:
    """The signs alone: where a line breaks says nothing about what stands there."""
    return re.sub(r"\s+", "", squeezed(text))


def _letters(element: object) -> Iterator[Letter]:
    if isinstance(element, LTChar):
        if element.get_text().strip():
            left, bottom, right, top = (side / MILLIMETRE for side in element.bbox)
            tall = element.size * O_IN_EM / MILLIMETRE
            yield Letter(element.get_text(), left, bottom, right, top, tall, element.fontname)
    elif isinstance(element, LTContainer):
        for one in element:
            yield from _letters(one)
