"""What a checker of HTML, a scale and a walk along all links say about every page."""

import gzip
import re
from typing import TYPE_CHECKING

import pytest

from tests.pages.addresses import LETTERS, MACHINES, PLACES, Place
from tests.support.busy_day import BusyDay
from tests.support.customer import Answer, Customer, InProcess

if TYPE_CHECKING:
    from flask import Flask

MAX_SHOPPER_BYTES = 14 * 1024
MAX_DESK_BYTES = 24 * 1024
"""Bytes of HTML after gzip."""

every_page = pytest.mark.parametrize("place", PLACES, ids=str)
PEOPLE = tuple(dict.fromkeys(place.who for place in PLACES))


def visitor(line: InProcess, day: BusyDay, who: str) -> Customer:
    return Customer(line, dict(day.pockets.get(who, {})))


def opened(line: InProcess, day: BusyDay, place: Place) -> Answer:
    answer = visitor(line, day, place.who).go(place.at(day))
    assert answer.status == 200, f"{place}: {answer.status}"
    assert not answer.path.startswith("/masuk?"), f"{place}: nobody is signed in"
    return answer


@every_page
def test_a_page_is_sound_light_and_indonesian_with_a_title_of_its_own(
    line: InProcess, day: BusyDay, place: Place
) -> None:
    answer = opened(line, day, place)
    page = answer.markup
    assert page.faults == []
    assert page.all("html")[0].attrs["lang"] == "id"
    assert "Lumbung" in page.all("title")[0].text
    assert "<style" not in answer.text
    assert not re.search(r"<script(?![^>]* src=)(?![^>]*application/)", answer.text)
    weight = len(gzip.compress(answer.text.encode(), compresslevel=6))
    assert weight <= (MAX_DESK_BYTES if place.is_desk else MAX_SHOPPER_BYTES)


@pytest.mark.soak_only
@pytest.mark.parametrize("who", PEOPLE)
def test_no_link_leads_nowhere(line: InProcess, day: BusyDay, who: str) -> None:
    """Each link there is; ``test_two_languages`` follows one of each kind."""
    walker = visitor(line, day, who)
    seen: dict[str, str] = {}
    for place in PLACES:
        if place.who == who:
            for link in walker.go(place.at(day)).markup.all("a"):
                href = link.attrs.get("href", "").partition("#")[0]
                if href.startswith("/") and not href.startswith("/media/"):
                    seen.setdefault(href, str(place))
    lost = {f"{href} at {place}" for href, place in seen.items() if walker.go(href).status != 200}
    assert lost == set()


def test_every_page_there_is_is_looked_at(day_app: "Flask", day: BusyDay) -> None:
    looked_at = {place.at(day).partition("?")[0] for place in PLACES}
    adapter = day_app.url_map.bind("localhost")
    met = {adapter.match(path, return_rule=True)[0].rule for path in looked_at}
    rules = {rule.rule for rule in day_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert rules - met - MACHINES - LETTERS == set()


def test_pages_for_anyone_set_no_cookie(line: InProcess, day: BusyDay) -> None:
    told = [
        place.path
        for place in PLACES
        if place.who == "anyone"
        and "set-cookie" in visitor(line, day, "anyone").go(place.at(day)).headers
    ]
    assert told == []
