"""List the files of shop/ that placing a purchase enters.

    python tools/files_entered.py [FOLDER] [--json]

FOLDER is a checkout of this project, this one when left out. In a real app over an empty SQLite
database, a guest with goods of three cooperatives presses Pay, to pay by transfer. A file counts
when one of its functions is called; the body of a module or of a class does not count. Three
parts of ``POST /checkout`` are measured:

- ``placed``: from the start of the request until the orders are committed;
- ``view``: the view function, from its call to its return;
- ``request``: all of it, with the hooks before and after the view.

The purchase is the second of its process, so that imports and the filling of caches are left out.
The helpers of the tests, those of FOLDER itself, fill the cart and the form.
"""

import argparse
import inspect
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, cast

from flask import Flask
from flask.typing import ResponseReturnValue
from sqlalchemy import event
from sqlalchemy.engine import Engine

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("placed", "view", "request")
Calls = dict[str, Counter[str]]
"""For each part of the request: calls by file."""


def main() -> None:
    """Print calls by file and the three sums, or all of it as JSON."""
    parser = argparse.ArgumentParser(description="Files of shop/ that placing a purchase enters.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    tree = asked.folder.resolve()
    # The measured checkout's own modules, although this one is installed.
    os.chdir(tree)
    sys.path.insert(0, str(tree))
    calls = measure(tree)
    if asked.json:
        print(json.dumps(calls, sort_keys=True))
        return
    print("calls of functions: until the orders are placed, in the view, in the whole request")
    for path in sorted(calls["request"]):
        print("  ".join(f"{calls[part][path] or '':>4}" for part in PARTS), path)
    print("  ".join(f"{len(calls[part]):>4}" for part in PARTS), "files")


def measure(tree: Path) -> Calls:
    """Place two purchases and count what the second one calls.

    :param tree: a checkout whose modules ``import`` finds.
    """
    # Names that are the same in every checkout; what they import is not.
    market = import_module("tests.checkout.conftest")
    shopping = import_module("tests.checkout.shopping")
    customer = import_module("tests.support.customer")
    import_module("migrations.tables").target()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'shop.db'}"
        import_module("tests.support.databases").MIGRATED.build(url)
        goods = market.make_market(market.Database(url))
        packs = {goods.gayo: 2, goods.kintamani: 1, goods.sari_bumi: 1}
        with import_module("tests.support.inside").shop_app(url, Path(folder)) as app:

            def place() -> Calls:
                guest = customer.Customer(customer.InProcess(app))
                form = shopping.pay_data(shopping.stand_at_checkout(guest, packs))
                return _counted(app, tree, lambda: guest.send("/checkout", form, follow=False))

            place()
            return place()


def _counted(app: Flask, tree: Path, press: Callable[[], Any]) -> Calls:
    calls: Calls = {part: Counter() for part in PARTS}
    running = ["request"]
    endpoint, _ = app.url_map.bind("localhost").match("/checkout", method="POST")
    view = app.view_functions[endpoint]

    def on_event(frame: FrameType, kind: str, _arg: object) -> None:
        code = frame.f_code
        # Only functions keep their names in slots; bodies of modules and classes do not.
        is_function = kind == "call" and code.co_flags & inspect.CO_OPTIMIZED
        if is_function and code.co_filename.startswith(f"{tree}/shop/"):
            for part in running:
                calls[part][code.co_filename.removeprefix(f"{tree}/")] += 1

    def on_commit(_connection: object) -> None:
        # The last commit of the request is the one of the orders.
        calls["placed"] = calls["request"].copy()

    def measured_view() -> ResponseReturnValue:
        running.append("view")
        try:
            return cast("ResponseReturnValue", view())
        finally:
            running.remove("view")

    app.view_functions[endpoint] = measured_view
    event.listen(Engine, "commit", on_commit)
    sys.setprofile(on_event)
    try:
        answer = press()
    finally:
        sys.setprofile(None)
        event.remove(Engine, "commit", on_commit)
        app.view_functions[endpoint] = view
    if answer.status != 303 or not answer.headers["location"].startswith("/pembelian/"):
        raise SystemExit(f"No purchase was placed: status {answer.status}.")
    return calls


if __name__ == "__main__":
    main()
