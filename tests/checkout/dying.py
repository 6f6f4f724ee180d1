"""A shop that dies while it answers a request, before its so-manyth write to the database."""

import os
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from config import Settings
from shop.app import create_app
from shop.web.http.app_state import EXTENSION
from tests.support.mortal import Doom, one_child_a_line

if TYPE_CHECKING:
    from flask import Flask


def _answer(app: "Flask", at: int, path: str, body: str, headers: dict[str, str]) -> None:
    from werkzeug.test import Client

    engine, doom = app.extensions[EXTENSION].database.engine, Doom(at)

    def look(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:  # the driver's own
        if not statement.lstrip().upper().startswith(("SELECT", "WITH", "PRAGMA")):
            doom.one_more()

    event.listen(engine, "before_cursor_execute", look)
    event.listen(engine, "commit", doom.one_more)
    answer = Client(app, use_cookies=False).post(
        path, data=body.encode(), headers=headers, base_url="http://localhost"
    )
    doom.one_more()  # all is kept, and nobody hears of it
    if answer.status_code >= 400:
        os._exit(1)


if __name__ == "__main__":
    # The shop itself never opens the database, so each child finds its own way there.
    shop = create_app(Settings.from_environment())
    one_child_a_line(lambda **task: _answer(shop, **task))
