"""Whatever anybody managed to write into the shop's tables: on every page it is text.

Every column that can hold words is filled with markup, past all forms; then every page is read as
everybody who can open it.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import Column, Enum, String, Text
from sqlalchemy.exc import DatabaseError

from migrations.tables import target
from shop.core.database.engine import Database
from tests.pages.addresses import PLACES, Place
from tests.support.busy_day import GOODS, BusyDay, busy_day
from tests.support.customer import Answer, Customer, InProcess
from tests.support.databases import Templates
from tests.support.engines import PAGES
from tests.support.inside import shop_app

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

MARK = "xQz7"
HOSTILE = (
    f"\"'></script></title></textarea><script>{MARK}(1)</script><img src=x onerror={MARK}(2)>"
    f"<a href=javascript:{MARK}(3)>x</a>{{{{ 7*191 }}}}%(x)s</loc>]]>"
)
WORDS = """
name name_en short_name choice_name variant_name business_name story description_en note email
street courier_note village district regency province place address hours text fault ingredients
allergens after_opening batch_code storage pack_type pack_material net_label net size holder
provider number legal_number registry_number courier cooperative category_name tracking_number
receiver_name delivery_name pickup_place reference device browser system
"""
"""Columns with words in them; codes, states and addresses of pages are made by the shop itself."""


def words_in(column: "Column[object]") -> bool:
    """Whether people's words can stand there."""
    is_text = isinstance(column.type, (String, Text)) and not isinstance(column.type, Enum)
    is_free = not column.unique and not column.primary_key and not column.foreign_keys
    return is_text and is_free and column.name in WORDS.split()


def poison(database_url: str) -> set[str]:
    """Fill them all; what only grows refuses, and that is right."""
    db, done = Database(database_url), set()
    for table in target().sorted_tables:
        if table.name == "regions":
            continue
        for column in table.columns:
            if words_in(column):
                try:
                    with db.engine.begin() as connection:
                        connection.execute(
                            table.update().values({column.name: HOSTILE}).where(column != "")
                        )
                    done.add(f"{table.name}.{column.name}")
                except DatabaseError:
                    continue
    db.dispose()
    return done


@pytest.fixture(scope="module")
def day(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BusyDay]:
    """A busy day on which somebody could write into all tables."""
    with busy_day(templates, "sqlite", tmp_path_factory.mktemp("poisoned")) as day:
        done = poison(day.database_url)
        assert {"contacts.name", "addresses.street", "products.name", "cooperatives.name"} <= done
        yield day


@pytest.fixture(scope="module")
def line(day: BusyDay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    """How its pages are asked for."""
    folder: Path = tmp_path_factory.mktemp("app")
    with shop_app(day.database_url, folder) as app:
        yield InProcess(app)


def runs(answer: Answer) -> list[str]:
    """What a browser would run, follow or compute of it."""
    page, found = answer.markup, []
    for element in page.elements:
        for name, value in element.attrs.items():
            if name.startswith("on") or name in ("style", "srcdoc"):
                found.append(f"<{element.tag} {name}>")
            if re.match(r"\s*(javascript|data|vbscript):", str(value), re.IGNORECASE):
                found.append(f"<{element.tag} {name}={value}>")
        if element.tag == "img" and element.attrs.get("src") == "x":
            found.append("its picture")
        if element.tag == "script" and MARK in element.text:
            try:
                json.loads(element.text)
            except ValueError:
                found.append("its script")
    if f"<script>{MARK}" in answer.text:
        found.append("its script element")
    if "1337" in answer.text and "7*191" not in answer.text:
        found.append("its sum")
    return found


@pytest.mark.parametrize("home", ["", "/en"])
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_no_page_runs_what_stands_in_the_tables(
    day: BusyDay, line: InProcess, engine: str, place: Place, home: str
) -> None:
    if home and place.is_desk:
        return
    visitor = Customer(line, dict(day.pockets.get(place.who, {})))
    answer = visitor.go(home + place.at(day))
    assert answer.status == 200
    assert runs(answer) == []


def test_the_words_did_arrive(day: BusyDay, line: InProcess, engine: str) -> None:
    assert MARK in Customer(line).go(f"/produk/{GOODS}").text
    assert MARK in Customer(line, dict(day.pockets["sari"])).go("/akun/alamat").text


@pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemap/toko.xml", "/manifest.webmanifest"])
def test_machines_read_sound_files(line: InProcess, engine: str, path: str) -> None:
    answer = Customer(line).go(path)
    assert answer.status == 200
    if path.endswith(".xml"):
        ET.fromstring(answer.text)
    else:
        json.loads(answer.text)


def test_no_template_takes_a_word_from_a_table_for_a_sentence_of_ours(engine: str) -> None:
    # Marked as safe and filled in with "%": only what stands in the template may be either.
    given = re.compile(r"(?<![\w.])(?:n?gettext|_)\(\s*(?![\s\"'])")
    templates = Path(__file__).resolve().parents[2] / "templates"
    found = [
        f"{file.name}: {line.strip()[:100]}"
        for file in templates.rglob("*.html")
        for line in file.read_text("utf-8").splitlines()
        if given.search(line)
    ]
    assert found == []
