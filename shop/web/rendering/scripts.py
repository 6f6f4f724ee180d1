"""Script as a comfort: markup names the modules that help it, and a page loads only those.

A template writes ``<form{{ enhance("cart") }}>``; the base template ends with ``{{ scripts() }}``,
which asks for all modules of the page at once, with what they import. A page that names none
loads no script at all.
"""

from collections.abc import Callable
from functools import cache
from typing import Final

from flask import Flask, g
from markupsafe import Markup

ENTRY: Final = "js/main.js"


def enhance(*names: str) -> Markup:
    """An attribute that names the modules to help this element, e.g. ``"cart"``; and notes them."""
    noted: dict[str, None] = g.setdefault("modules", {})
    noted.update(dict.fromkeys(names))
    return _attribute(*names)


@cache
def _attribute(*names: str) -> Markup:
    return Markup(' data-enhance="{}"').format(" ".join(names))


def init_app(
    app: Flask, with_imports: Callable[..., tuple[str, ...]], url: Callable[[str], str]
) -> None:
    """Let templates ask for modules.

    :param with_imports: plain names of modules and of all that they import, in order.
    :param url: the lasting address of a file.
    """

    def scripts() -> Markup:
        noted: dict[str, None] = g.pop("modules", {})
        return tags(*noted) if noted else Markup()

    @cache
    def tags(*modules: str) -> Markup:
        needed = with_imports(ENTRY, *(f"js/{name}.js" for name in modules))
        ahead = Markup("").join(
            Markup('<link rel="modulepreload" href="{}">').format(url(name)) for name in needed[1:]
        )
        return ahead + Markup('<script type="module" src="{}"></script>').format(url(ENTRY))

    app.jinja_env.globals.update(enhance=enhance, scripts=scripts)
