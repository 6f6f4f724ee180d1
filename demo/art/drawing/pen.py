"""The pen all drawings are made with: collects SVG and words on a field of 400 by 400."""

import json
import re
from collections.abc import Sequence
from random import Random
from typing import Any

from demo.art.drawing.colours import INK, MUTED

SIDE = 400
MOTIFS = {
    "kawung": (
        '<g fill="{c}"><ellipse cx="6" cy="6" rx="6.6" ry="3.3" transform="rotate(45 6 6)"/>'
        '<ellipse cx="18" cy="18" rx="6.6" ry="3.3" transform="rotate(45 18 18)"/>'
        '<ellipse cx="18" cy="6" rx="6.6" ry="3.3" transform="rotate(-45 18 6)"/>'
        '<ellipse cx="6" cy="18" rx="6.6" ry="3.3" transform="rotate(-45 6 18)"/></g>'
    ),
    "ceplok": (
        '<g fill="{c}"><path d="M12 2q5 5 0 10q-5-5 0-10zM12 22q5-5 0-10q-5 5 0 10zM2 12q5-5 10 0'
        'q-5 5-10 0zM22 12q-5-5-10 0q5 5 10 0z"/>'
        '<path d="M0 4 4 0H0zM24 4 20 0h4zM0 20l4 4H0zM24 20l-4 4h4z"/></g>'
    ),
    "truntum": (
        '<path d="M12 3v18M3 12h18M6 6l12 12M18 6 6 18" stroke="{c}" stroke-width="2" '
        'stroke-linecap="round"/><g fill="{c}"><circle cx="0" cy="0" r="2"/>'
        '<circle cx="24" cy="0" r="2"/><circle cx="0" cy="24" r="2"/><circle cx="24" cy="24" r="2"/>'
        "</g>"
    ),
    "anyam": (
        '<path fill="{c}" d="M1 1h10v4H1zM1 7h10v4H1zM13 13h10v4H13zM13 19h10v4H13zM13 1h4v10h-4z'
        'M19 1h4v10h-4zM1 13h4v10H1zM7 13h4v10H7z"/>'
    ),
    "ikat": (
        '<path fill="{c}" fill-rule="evenodd" d="M12 1 23 12 12 23 1 12zM12 6 18 12 12 18 6 12z'
        'M0 0h5L0 5zM24 0h-5l5 5zM0 24h5l-5-5zM24 24h-5l5-5z"/>'
        '<path fill="{c}" d="m12 10 2 2-2 2-2-2z"/>'
    ),
    "ombak": (
        '<path fill="none" stroke="{c}" stroke-width="3" '
        'd="M-6 8q6-9 12 0t12 0 12 0M-6 20q6-9 12 0t12 0 12 0"/>'
    ),
}
"""The six motifs of the design guide on a tile of 24 by 24."""


class Pen:
    """Collects a drawing. What is added later lies on top.

    :param seed: decides every scattered bean; the same seed draws the same picture.
    """

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)
        self._defs: dict[str, str] = {}
        self._body: list[str] = []
        self._open: list[str] = []
        self._layers: list[dict[str, Any]] = []  # what picture.typ reads

    def add(self, *svg: str) -> None:
        """Draw on top of everything so far."""
        self._body += svg

    def path(self, fill: str, d: str, more: str = "") -> None:
        """A filled outline."""
        self.add(f'<path fill="{fill}" d="{d}" {_thin(more, fill)}/>')

    def line(self, stroke: str, width: float, d: str, more: str = "") -> None:
        """An open line with round ends."""
        self.add(
            f'<path fill="none" stroke="{stroke}" stroke-width="{width}" stroke-linecap="round" '
            f'stroke-linejoin="round" d="{d}" {_thin(more, "none")}/>'
        )

    def oval(
        self, fill: str, x: float, y: float, across: float, down: float, more: str = ""
    ) -> None:
        """An ellipse by its middle and half axes."""
        self.add(
            f'<ellipse fill="{fill}" cx="{x}" cy="{y}" rx="{across}" ry="{down}" '
            f"{_thin(more, fill)}/>"
        )

    def define(self, element: str, attributes: str, inner: str) -> str:
        """Keep a definition.

        :return: its name, for ``url(#name)`` or ``href="#name"``.
        """
        name = f"k{len(self._defs)}"
        self._defs[name] = f'<{element} id="{name}" {attributes}>{inner}</{element}>'
        return name

    def fade(self, *stops: tuple[float, str, float], down: bool = False) -> str:
        """A straight gradient across (or down) what it fills.

        :param stops: place 0–1, colour, opacity 0–1.
        """
        axis = 'x1="0" y1="0" x2="0" y2="1"' if down else 'x1="0" y1="0" x2="1" y2="0"'
        return f"url(#{self.define('linearGradient', axis, _stops(stops))})"

    def glow(self, *stops: tuple[float, str, float], attributes: str = "") -> str:
        """A round gradient from the middle of what it fills."""
        return f"url(#{self.define('radialGradient', attributes, _stops(stops))})"

    def motif(self, name: str, colour: str, scale: float = 1.0, turn: float = 0) -> str:
        """A cooperative's motif as a fill."""
        inner = MOTIFS[name].replace("{c}", colour)
        return f"url(#{self._tile(24, inner, scale, turn)})"

    def tile(self, side: float, inner: str, scale: float = 1.0, turn: float = 0) -> str:
        """Any repeated tile as a fill."""
        return f"url(#{self._tile(side, inner, scale, turn)})"

    def clip(self, d: str) -> str:
        """An outline as an attribute that keeps a group inside it."""
        return (
            f'clip-path="url(#{self.define("clipPath", "", f"<path d={chr(34)}{d}{chr(34)}/>")})"'
        )

    def group(self, attributes: str, *svg: str) -> None:
        """Several parts under one transform, clip or opacity."""
        self.add(f"<g {attributes}>", *svg, "</g>")

    def begin(self, attributes: str) -> None:
        """Open a group; everything until :meth:`end` belongs to it."""
        self._open.append(f"<g {attributes}>")
        self.add(self._open[-1])

    def end(self) -> None:
        """Close the group opened last."""
        self._open.pop()
        self.add("</g>")

    def words(
        self,
        lines: Sequence[str],
        box: tuple[float, float, float, float],
        *,
        ink: str = INK,
        maximum: float = 60,
        small: str = "",
        small_ink: str = MUTED,
        small_maximum: float = 15,
        turn: float = 0,
    ) -> None:
        """Words that fill a box and never leave it.

        :param box: left, top, width, height.
        :param maximum: largest size of the lines; ``small`` stands below them.
        """
        self._close_layer()
        left, top, width, height = box
        self._layers.append(
            {
                "lines": list(lines), "left": left, "top": top, "width": width, "height": height,
                "ink": ink, "maximum": maximum, "small": small, "small_ink": small_ink,
                "small_maximum": small_maximum, "turn": turn,
            }
        )  # fmt: skip

    def layers(self) -> str:
        """The finished picture, as ``picture.typ`` reads it."""
        self._close_layer()
        return json.dumps(self._layers)

    def _tile(self, side: float, inner: str, scale: float, turn: float) -> str:
        attributes = (
            f'width="{side}" height="{side}" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate({turn}) scale({scale})"'
        )
        return self.define("pattern", attributes, inner)

    def _close_layer(self) -> None:
        if self._body == self._open:
            return
        body = "".join(self._body) + "</g>" * len(self._open)
        # Words lie between two layers; groups that are still open go on in the next one.
        self._body = list(self._open)
        needed: dict[str, str] = {}
        queue = [body]
        while queue:
            for name in re.findall(r"#(k\d+)\b", queue.pop()):
                if name not in needed:
                    needed[name] = self._defs[name]
                    queue.append(self._defs[name])
        self._layers.append(
            {
                "svg": f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">'
                f"<defs>{''.join(needed.values())}</defs>{body}</svg>"
            }
        )


def _thin(attributes: str, fill: str) -> str:
    """Opacity of the paint instead of the element: a hundred times cheaper to draw.

    ``opacity`` gives every element a sheet of its own to be laid over the picture.
    """
    paint = "stroke" if fill == "none" else "fill"
    return attributes.replace("opacity=", f"{paint}-opacity=")


def _stops(stops: Sequence[tuple[float, str, float]]) -> str:
    return "".join(
        f'<stop offset="{place}" stop-color="{colour}" stop-opacity="{opacity}"/>'
        for place, colour, opacity in stops
    )
