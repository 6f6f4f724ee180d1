"""Parts of pages that are made once and then kept: beside a value, or for all pages that say alike.

A part may draw icons and ask for modules of script; it keeps them and notes them again for every
page that it stands on.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Final

from flask import Flask, current_app, g
from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from jinja2.utils import internalcode
from markupsafe import Markup, escape

from shop.web.http.data_saver import is_data_saver_on
from shop.web.i18n.language import language

MAX_BESIDE: Final = 32
"""Parts beside one value; a list may be shown in more ways than anybody comes back to."""
MAX_SIGNS_BESIDE: Final = 300_000
"""All of them together. An address of twenty facet values, and each of its pages, weighs tens of
times what a shopper's does; kept beside every panel they would fill the server."""
MAX_SHARED: Final = 2_000
"""Parts of one process for all pages."""
_NOTED: Final = ("icons", "modules")
"""What a part asks the end of its page for (``icons`` and ``scripts`` of ``web.rendering``)."""
_NONE: Final[dict[Any, Any]] = {}
_EDGE: Final = "\x1f"
"""Stands where a frame is cut; frames hold no text but ours."""


@dataclass(frozen=True, slots=True)
class _Part:
    pieces: tuple[str, ...]
    """Its markup, cut where something of the present page goes in."""
    noted: tuple[dict[str, Any], ...]


Key = tuple[object, ...]


def kept(of: Any, *told: object, caller: Callable[[], str]) -> str:
    """Make what stands in a ``{% call %}`` block once.

    It may use nothing but the value itself and what is ``told``, the language, and whether its
    reader saves data.

    :param of: a value that never changes, with a ``kept`` for its parts; others keep nothing.
    """
    parts: dict[Key, Any] | None = getattr(of, "kept", None)
    if parts is None:
        return caller()
    key = (language(), is_data_saver_on(), *told)
    part: _Part | None = parts.get(key)
    if part is None:
        part = _made(caller)
        if len(parts) < MAX_BESIDE and _signs(parts) + len(part.pieces[0]) <= MAX_SIGNS_BESIDE:
            parts[key] = part
    _note(part)
    return part.pieces[0]


def ready(values: Sequence[Any], *told: object, first: int = 0) -> list[str]:
    """For each value the part that :func:`kept` holds, empty where it was not made yet.

    One question for a whole list costs less than a ``{% call %}`` block for each. What the parts
    note is not noted again.

    :param first: so many values at the start were ``told`` True last, the others False.
    """
    ways = [(language(), is_data_saver_on(), *told, is_first) for is_first in (True, False)]
    parts = (
        getattr(value, "kept", _NONE).get(ways[place >= first])
        for place, value in enumerate(values)
    )
    return [Markup(part.pieces[0]) if part else "" for part in parts]  # noqa: S704


def framed(
    name: str, told: Key, holes: tuple[object, ...] = (), *, caller: Callable[..., str]
) -> Markup:
    """Make a part once a process; only what its holes hold is the present page's.

    ``{% call(words) framed("sign", (is_big,), (typed,)) %}…{{ words }}…{% endcall %}``

    :param told: what else it depends on, beside the language and whether its reader saves data.
    :param holes: one for each name in ``call(…)``; they are written out, never asked about.
    """
    parts: dict[Key, _Part] = current_app.extensions[__name__]
    key = (name, language(), is_data_saver_on(), *told)
    part = parts.get(key)
    if part is None:
        # Markup, or the mark would be escaped with the text it stands for.
        marks = [Markup(_EDGE + str(place) + _EDGE) for place in range(len(holes))]  # noqa: S704
        part = _made(caller, marks)
        if len(parts) < MAX_SHARED:
            parts[key] = part
    _note(part)
    if not holes:
        return Markup(part.pieces[0])  # noqa: S704 - a template made it
    filled = [escape(hole) for hole in holes]
    return Markup("").join(
        filled[int(piece)] if place % 2 else Markup(piece)  # noqa: S704
        for place, piece in enumerate(part.pieces)
    )


def _signs(parts: dict[Key, Any]) -> int:
    # A list of them first: other threads keep parts meanwhile.
    return sum(len(part.pieces[0]) for part in list(parts.values()) if isinstance(part, _Part))


def _made(caller: Callable[..., str], marks: Sequence[Markup] = ()) -> _Part:
    with _noting() as noted:
        whole = str(caller(*marks))
    return _Part(tuple(whole.split(_EDGE)) if marks else (whole,), tuple(noted))


@contextmanager
def _noting() -> Iterator[list[dict[str, Any]]]:
    """Collect what is noted inside, apart from what the page noted before."""
    before = [g.pop(name, {}) for name in _NOTED]
    noted: list[dict[str, Any]] = []
    try:
        yield noted
    finally:
        noted += [g.pop(name, {}) for name in _NOTED]
        for name, names in zip(_NOTED, before, strict=True):
            setattr(g, name, names)


def _note(part: _Part) -> None:
    for name, names in zip(_NOTED, part.noted, strict=True):
        if names:
            g.setdefault(name, {}).update(names)


class _Template(Template):
    """A template whose macros are loaded once.

    Jinja compares for each import of each page whether the importing template was given names of
    its own; ours never are, and comparing took a tenth of a page.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


class _Context(Context):
    """What a template sees; it hands calls to plain functions and to macros straight on.

    Jinja asks of everything that is called, in several ways, what it wants to be told; a page
    calls more than a hundred.
    """

    # Any: whatever templates call, with whatever.
    @internalcode
    def call(self, called: Callable[..., Any], /, *args: Any, **named: Any) -> Any:
        kind = type(called)
        if kind is Macro:
            args = (self.eval_ctx, *args)
        elif kind is not FunctionType or hasattr(called, "jinja_pass_arg"):
            return super().call(called, *args, **named)
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return called(*args, **named)


def init_app(app: Flask) -> None:
    """Let templates keep parts."""
    app.jinja_env.context_class = _Context
    app.extensions[__name__] = {}
    app.jinja_env.template_class = _Template
    app.jinja_env.globals.update(kept=kept, ready=ready, framed=framed)
