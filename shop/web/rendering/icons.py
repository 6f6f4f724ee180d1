"""Icons: drawn once a page, and only those that the page uses.

A template writes ``{{ icon("cart") }}``; the base template ends with ``{{ icon_sprite() }}``,
which holds the drawings that were asked for. The drawings (24 px grid, line 1.8) are our own and
stand in ``icons.json``.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import Flask, g
from markupsafe import Markup

_PATHS: Final[dict[str, str]] = json.loads(
    Path(__file__).with_suffix(".json").read_text(encoding="utf-8")
)
_SYMBOLS: Final = {
    # Drawings are ours, not anybody's input.
    name: Markup(f'<symbol id="i-{name}" viewBox="0 0 24 24">{path}</symbol>')  # noqa: S704
    for name, path in _PATHS.items()
}
_SIZED: Final = Markup('<svg class="i" width="20" height="20" ')
_SILENT: Final = {
    name: _SIZED + Markup('aria-hidden="true"><use href="#i-{}"/></svg>').format(name)
    for name in _PATHS
}
_WHOLE: Final = {
    name: _SIZED + Markup('viewBox="0 0 24 24" aria-hidden="true">{}</svg>').format(Markup(path))  # noqa: S704
    for name, path in _PATHS.items()
}
_SAYING: Final = Markup('role="img" aria-label="%s"><use href="#i-%s"/></svg>')


def names() -> tuple[str, ...]:
    """All icons there are."""
    return tuple(_PATHS)


def icon(name: str, label: str = "") -> Markup:
    """One icon. Without a label it is decoration beside a word; with one it is the word.

    :raises KeyError: for a name that nobody drew; a mistake of ours, found by the first test.
    """
    use_icons(name)
    return _SIZED + _SAYING % (label, name) if label else _SILENT[name]


def icon_mark(name: str) -> Markup:
    """Markup of a decorative icon alone, for a part that is drawn many times or stored.

    Whoever uses it calls :func:`use_icons` once for the page.
    """
    return _SILENT[name]


def whole_icon(name: str) -> Markup:
    """A decorative icon with its drawing, for where the page's sprite is finished already."""
    return _WHOLE[name]


def use_icons(*wanted: str) -> str:
    """Note icons for the page's sprite; writes nothing.

    :raises KeyError: for a name that nobody drew.
    """
    used: dict[str, Markup] = g.setdefault("icons", {})
    for name in wanted:
        used[name] = _SYMBOLS[name]
    return ""


def icon_sprite() -> Markup:
    """Drawings of the icons this page used, in one hidden picture; ``use`` finds them by id."""
    return _sprite(*sorted(g.pop("icons", {})))


@lru_cache(maxsize=200)
def _sprite(*used: str) -> Markup:
    drawings = Markup("").join(_SYMBOLS[name] for name in used)
    return Markup(
        '<svg id="gambar" class="vh" width="0" height="0" aria-hidden="true">{}</svg>'
    ).format(drawings)


def init_app(app: Flask) -> None:
    """Let templates draw icons."""
    app.jinja_env.globals.update(
        icon=icon,
        icon_mark=icon_mark,
        whole_icon=whole_icon,
        use_icons=use_icons,
        icon_sprite=icon_sprite,
    )
