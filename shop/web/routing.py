"""Rules of addresses that are ready sooner."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule


class QuickRule(Rule):
    """A rule whose way of writing addresses is compiled when somebody asks for it.

    Compiling two for each of some three hundred routes was a quarter of what a start cost, and
    hardly any is ever asked: our pages write their addresses by ``to``.
    """

    # Any: Werkzeug's own; it gives back the function that writes an address.
    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Any]:
        compiled: list[Callable[..., Any]] = []

        def build(rule: "QuickRule", **values: Any) -> Any:
            if not compiled:
                compiled.append(super()._compile_builder(append_unknown))
            return compiled[0](rule, **values)

        return build
