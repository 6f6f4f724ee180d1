"""Parts of pages that are made once of a value and then kept beside it."""

from collections.abc import Callable
from typing import Any

from flask import Flask, g
from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup

from shop.web.language import language
from shop.web.saving import saves_data


class _Part(Markup):
    """A finished part, and what it asks of its page: drawings and modules."""

    __slots__ = ("icons", "modules")
    icons: dict[str, Markup]
    modules: dict[str, None]

    def ask(self) -> None:
        """Ask the present page for them, as making the part did."""
        g.setdefault("icons", {}).update(self.icons)
        g.setdefault("modules", {}).update(self.modules)


def kept(of: Any, *told: object, caller: Callable[[], str]) -> str:
    """Make what stands in a ``{% call %}`` block once.

    It may use nothing but the value itself and what is ``told``, the language, and whether its
    reader saves data.

    :param of: a value that never changes, with a ``kept`` for its parts; others keep nothing.
    """
    parts: dict[tuple[object, ...], str] | None = getattr(of, "kept", None)
    if parts is None:
        return caller()
    key = (language(), saves_data(), *told)
    part = parts.get(key)
    if part is None:
        part = parts[key] = _made(caller)
    elif type(part) is _Part:
        part.ask()
    return part


def _made(caller: Callable[[], str]) -> str:
    """A part as its page's template makes it, with what it noted for the page on the way."""
    before = g.pop("icons", {}), g.pop("modules", {})
    made = caller()
    icons, modules = g.pop("icons", {}), g.pop("modules", {})
    g.icons, g.modules = before[0] | icons, before[1] | modules
    if not icons and not modules:
        return made
    part = _Part(made)
    part.icons, part.modules = icons, modules
    return part


class _Template(Template):
    """A template whose macros are loaded once.

    Jinja compares for each import of each page whether the importing template was given names of
    its own; ours never are, and comparing took a tenth of a page.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


def init_app(app: Flask) -> None:
    """Let templates keep parts."""
    app.jinja_env.template_class = _Template
    app.jinja_env.globals["kept"] = kept
