"""Slots are filled on the way out, whatever happens: no mark reaches a visitor."""

import pytest
from flask import Flask

from shop.web.page_cache import slots
from tests.web.showroom import make_app


@pytest.fixture
def app() -> Flask:
    app = make_app()
    app.testing = False
    return app


def fails() -> str:
    raise ZeroDivisionError


@pytest.mark.parametrize("path", ["/", "/galat/500", "/galat/404"])
def test_a_slot_whose_value_cannot_be_told_stays_empty_and_the_page_comes(
    app: Flask, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    slots.define_slot(app, "account_word", fails)
    text = app.test_client().get(path).text
    assert "</html>" in text
    assert slots._SECRET not in text
    assert "account_word stays empty" in caplog.text


def test_a_mark_that_nobody_defined_leaves_nothing_behind(app: Flask) -> None:
    @app.get("/sendiri")
    def own() -> str:
        return f"<p>{slots.slot('unknown')}</p>"

    assert app.test_client().get("/sendiri").text == "<p></p>"
