"""Draw the shop's sign as pictures, for phones and messengers that take no SVG.

    python tools/icons.py

Reads ``static/img/ikon.svg``; writes beside it what manifest, head and ``/favicon.ico`` name. Run
it when the sign changes; the pictures are kept with the code, so that serving needs no browser.
"""

import io
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.browser import find  # noqa: E402 - the project's own folder comes first

FOLDER: Final = ROOT / "static" / "img"
NIGHT: Final = "#122549"
COLOURS: Final = 32
"""Enough for two colours and the edges between them, in a few kilobytes."""


@dataclass(frozen=True)
class Picture:
    """One file: its size in pixels, how much of the height the sign takes, round corners or not."""

    name: str
    width: int
    height: int
    part: float = 1.0
    is_round: bool = False


PICTURES: Final = (
    Picture("ikon-192.png", 192, 192, is_round=True),
    Picture("ikon-512.png", 512, 512, is_round=True),
    # Launchers cut what they like from it, but never the inner four fifths.
    Picture("ikon-penuh-512.png", 512, 512, 0.86),
    Picture("ikon-180.png", 180, 180, 0.92),
    Picture("bagikan.png", 1200, 630, 0.8),
)
FAVICON: Final = Picture("favicon.ico", 32, 32, is_round=True)


def drawing(one: Picture, sign: str) -> str:
    """The sign in the middle of a picture of this size, as SVG."""
    side = one.height * one.part
    inner = re.sub(r"<svg[^>]*>|</svg>", "", sign)
    if not one.is_round:
        inner = re.sub(r"<rect[^>]*/>", "", inner)
    ground = "" if one.is_round else f'<rect width="100%" height="100%" fill="{NIGHT}"/>'
    left, top = (one.width - side) / 2, (one.height - side) / 2
    size = f'width="{one.width}" height="{one.height}"'
    place = f'x="{left}" y="{top}" width="{side}" height="{side}" viewBox="0 0 40 40"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{ground}<svg {place}>{inner}</svg></svg>'
    )


def drawn(page: Page, one: Picture, sign: str) -> Image.Image:
    """The picture, with as few colours as it needs."""
    page.set_viewport_size({"width": one.width, "height": one.height})
    page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{drawing(one, sign)}")
    shot = page.screenshot(omit_background=True)
    return Image.open(io.BytesIO(shot)).quantize(COLOURS, method=Image.Quantize.FASTOCTREE)


def main() -> int:
    """Write all of them and say how big they are."""
    sign = (FOLDER / "ikon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find(), args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        page = browser.new_page()
        for one in PICTURES:
            drawn(page, one, sign).save(FOLDER / one.name, optimize=True)
        small = drawn(page, FAVICON, sign)
        small.convert("RGBA").save(FOLDER / FAVICON.name, format="ICO", sizes=[(32, 32)])
        browser.close()
    for one in (*PICTURES, FAVICON):
        print(f"{one.name}: {(FOLDER / one.name).stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
