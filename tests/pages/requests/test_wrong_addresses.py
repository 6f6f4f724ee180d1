"""Addresses that lead nowhere, and questions in addresses that make no sense."""

import re
from urllib.parse import urlencode

import pytest

from tests.pages.addresses import LETTERS, MACHINES, QUERIES
from tests.pages.sweep import NASTY, SCRIPT, WRONG, Sweep, faults_of
from tests.support.busy_day import DESK
from tests.support.engines import PAGES, Engine

ADDRESSES = {
    "NUL": "%00",
    "markup": "%3Cb%3E",
    "huge": "1" + "0" * 20,
    "negative": "-1",
    "long": "x" * 500,
    "Arabic digits": "%D9%A1%D9%A2",
    "another": "tidak-ada",
    "broken text": "%ff%fe",
}


TREASURERS = "/kelola/<slug>/uang-masuk"
"""Where the manager has no right, whatever the address goes on to name."""
ROOTS = {"anyone": "/", "manager": "/kelola", "operator": "/operator"}


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("who", ROOTS)
def test_an_unknown_address_is_a_page_with_a_way_on(sweep: Sweep) -> None:
    skipped = MACHINES | {"/static/<path:name>"}
    for rule in sweep.app.url_map.iter_rules():
        if not rule.arguments or "GET" not in (rule.methods or ()) or rule.rule in skipped:
            continue
        if not rule.rule.startswith(ROOTS[sweep.who]):
            continue
        for what, value in ADDRESSES.items():
            for slug in (value, DESK):  # also inside one's own desk
                path = re.sub("<[^>]+>", value, re.sub("<slug>", slug, rule.rule))
                if value not in path:
                    continue
                answer = sweep.visitor.go(path)
                if answer.path.startswith("/masuk") or rule.rule in LETTERS:
                    assert answer.status < 500, f"{path} ({what})"
                    continue
                # A zero byte is nowhere, before anybody asks who wants to know.
                closed = rule.rule.startswith(TREASURERS) and slug == DESK and what != "NUL"
                assert answer.status == (403 if closed else 404), f"{path} ({what})"
                assert faults_of(answer) == [], path


@pytest.mark.parametrize("who", QUERIES)
def test_no_question_in_an_address_breaks_a_page(sweep: Sweep, engine: Engine) -> None:
    values = WRONG if engine == "sqlite" else NASTY
    for path, names in QUERIES[sweep.who]:
        for name in names.split():
            for what, value in values.items():
                answer = sweep.visitor.go(f"{path}?{urlencode({name: value})}")
                assert answer.status < 500, f"{path}?{name} ({what})"
                assert SCRIPT not in answer.text
                if answer.headers["content-type"].startswith("text/html"):
                    assert answer.markup.faults == [], f"{path}?{name} ({what})"
