"""A walk over all pages in both languages: none mixes them, none leaves a word out."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import update
from werkzeug.exceptions import HTTPException

from shop.core.database.engine import Database
from shop.people.accounts.models import Person
from shop.web.i18n import translations
from shop.web.i18n.language import TWO_ADDRESSES
from tests.pages.addresses import PLACES
from tests.support.busy_day import BusyDay, busy_day
from tests.support.customer import Customer, InProcess
from tests.support.databases import Templates
from tests.support.effort import effort
from tests.support.inside import shop_app
from tests.support.reading import Piece, Reading
from tools.translations import words

if TYPE_CHECKING:
    from flask import Flask

PEOPLE = tuple(dict.fromkeys(place.who for place in PLACES))
OF_A_KIND = effort("PAGES_OF_A_KIND", short=1, soak=3)
"""Pages of one kind that are looked at, beside those that addresses.py names: goods look alike."""

INDONESIAN = re.compile(
    r"(?<!['’])\b(yang|dan|di|ke|dari|untuk|dengan|ini|itu|atau|pada|belum|sudah|tidak|akan|anda|kami"
    r"|barang|pesanan|produk|keranjang|belanja|bayar|pilih|lihat|semua|anggota|bulan|hari|juga)\b",
    re.IGNORECASE,
)
ENGLISH = re.compile(
    r"\b(the|and|your|you|with|this|from|are|not|have|for|order|orders|items|price|pay|choose"
    r"|see|all|members?|months?|days?|yet|cart|shipping)\b",
    re.IGNORECASE,
)
LEFT_OUT = re.compile(r"%\(|\{\{|\{%|\bNone\b|\bUndefined\b")
ADDRESS = re.compile(r"\S*(?:@|://)\S*")
PRINTED = "CONTOH – BELUM LENGKAP"
"""Stands on every label that lacks something, in Indonesian alone; English pages quote it."""
HOLE = re.compile(r"%\(\w+\)s")
HOLES = re.compile(r"(%\(\w+\)s)")


Pair = tuple[str, str]


def pairs() -> Iterator[Pair]:
    """Every text of ours in Indonesian and in English."""
    spoken = translations.words_of("en")
    for message in words():
        if message.context and isinstance(message.id, str):
            yield message.id, str(spoken.pgettext(message.context, message.id))
        elif isinstance(message.id, str) and message.id:
            yield message.id, spoken.gettext(message.id)
        elif not isinstance(message.id, str):
            one, several = message.id[0], message.id[1]
            yield one, spoken.ngettext(one, several, 1)
            yield several, spoken.ngettext(one, several, 2)


class Sheet:
    """Which texts belong to one language alone, as the catalogue knows them."""

    def __init__(self) -> None:
        known = list(pairs())
        self.only: dict[str, dict[str, str]] = {
            "en": _strangers(known),
            "id": _strangers([(english, home) for home, english in known]),
        }
        """By the language of a page: texts that must not stand on it, and what should."""
        self.sentences = {
            lang: re.compile("|".join(map(_as_pattern, filter(_is_sentence, found))))
            for lang, found in self.only.items()
        }

    def wrong(self, piece: Piece) -> str:
        """What is wrong with a piece of text; empty when nothing is."""
        if LEFT_OUT.search(piece.text):
            return "left out"
        if piece.lang not in self.only:
            return f"in no language of ours ({piece.lang!r})"
        if piece.text in self.only[piece.lang]:
            return f"should be {self.only[piece.lang][piece.text]!r}"
        if self.sentences[piece.lang].fullmatch(piece.text):
            return "a sentence of the other language"
        other = INDONESIAN if piece.lang == "en" else ENGLISH
        if piece.is_prose and (
            word := other.search(ADDRESS.sub("", piece.text.replace(PRINTED, "")))
        ):
            return f"has {word[0]!r} in it"
        return ""


def _strangers(known: list[Pair]) -> dict[str, str]:
    """The first of each pair, where the other language never says it."""
    others = {there for _here, there in known}
    return {here: there for here, there in known if here != there and here not in others}


def _is_sentence(text: str) -> bool:
    """Whether a text with gaps has words enough to be known by."""
    rest = HOLE.sub(" ", text)
    return "%(" in text and len(re.findall(r"[A-Za-z]{3,}", rest)) >= 2


def _as_pattern(text: str) -> str:
    parts = (".+?" if HOLE.fullmatch(part) else re.escape(part) for part in HOLES.split(text))
    return f"(?:{''.join(parts)})"


@cache
def sheet() -> Sheet:
    return Sheet()


@cache
def fault_of(piece: Piece) -> str:
    """What is wrong with a piece, judged once: menus and footers say the same on every page."""
    return sheet().wrong(piece)


def faults(html: str, lang: str) -> Iterator[str]:
    """All that a reader of one language would stumble over on a page."""
    page = Reading.of(html)
    if f'<html lang="{lang}"' not in html:
        yield f"is not in {lang!r}"
    for piece in page.pieces:
        if what := fault_of(piece):
            yield f"{what}: {piece.text[:90]!r}"
    yield from page.inline
    for way in page.ways:
        is_english = way.address == "/en" or way.address.startswith("/en/")
        has_both = _first(way.address) in TWO_ADDRESSES and not way.is_switch
        if has_both and is_english is not (lang == "en"):
            yield f"leads into the other language: {way.address}"


def _first(address: str) -> str | None:
    """The first part of an own address, without the language before it."""
    if not address.startswith("/") or address.startswith("//"):
        return None
    parts = urlsplit(address).path.split("/")[1:]
    return (parts[1] if len(parts) > 1 else "") if parts[0] == "en" else parts[0]


def walk(who: str, day: BusyDay, app: "Flask", lang: str) -> tuple[dict[str, list[str]], int]:
    """Follow every own link from the front door and from each known page.

    :return: what is wrong, by address, and how many pages were read.
    """
    walker = Customer(InProcess(app), dict(day.pockets.get(who, {})))
    pockets = dict(walker.cookies)
    met: Counter[object] = Counter()
    before = "/en" if lang == "en" else ""
    starts = [place.at(day) for place in PLACES if place.who == who]
    waiting = [before + path if _first(path) in TWO_ADDRESSES else path for path in ("/", *starts)]
    seen, bad = set(waiting), dict[str, list[str]]()
    read = 0
    while waiting:
        path = waiting.pop(0)
        walker.cookies = dict(pockets)  # looking must not change what the next page shows
        answer = walker.go(path)
        if answer.status != 200:
            bad[path] = [f"answers {answer.status}"]
            continue
        if "text/html" not in answer.headers["content-type"]:
            continue
        read += 1
        if found := list(dict.fromkeys(faults(answer.text, lang))):
            bad[path] = found
        for way in Reading.of(answer.text).ways:
            path = way.address.partition("#")[0]
            if not way.is_link or way.is_switch or path in seen:
                continue
            if (kind := _kind(app, path)) is not None and met[kind] < OF_A_KIND:
                met[kind] += 1
                seen.add(path)
                waiting.append(path)
    return bad, read


def _kind(app: "Flask", way: str) -> object:
    """What sort of page an address leads to: its rule and what it asks; None where to none."""
    if _first(way) is None or way.startswith(("/media/", "/static/")):
        return None
    path = urlsplit(way).path
    plain = (path[3:] or "/") if f"{path}/".startswith("/en/") else path
    try:
        found, _values = app.url_map.bind("localhost").match(plain, "GET", return_rule=True)
    except HTTPException:
        return None
    asked = {name for name, _value in parse_qsl(urlsplit(way).query)}
    return found.rule, "several questions" if len(asked) > 1 else asked.pop() if asked else ""


@pytest.fixture(scope="module")
def english_day(
    templates: Templates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BusyDay]:
    """The same day among people who read English."""
    with busy_day(templates, "sqlite", tmp_path_factory.mktemp("english")) as day:
        db = Database(day.database_url)
        db.write(lambda session: session.execute(update(Person).values(language="en")))
        db.dispose()
        yield day


@pytest.fixture(scope="module")
def english_app(
    english_day: BusyDay, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["Flask"]:
    """The shop of that day in this process."""
    with shop_app(english_day.database_url, tmp_path_factory.mktemp("app")) as app:
        yield app


def told(bad: dict[str, list[str]]) -> str:
    return "\n".join(f"{path}\n  " + "\n  ".join(found[:12]) for path, found in bad.items())


@pytest.mark.soak
@pytest.mark.parametrize("who", PEOPLE)
def test_indonesian_pages_are_indonesian(day: BusyDay, day_app: "Flask", who: str) -> None:
    bad, read = walk(who, day, day_app, "id")
    assert not bad, told(bad)
    assert read >= len([place for place in PLACES if place.who == who])


@pytest.mark.soak
@pytest.mark.parametrize("who", PEOPLE)
def test_english_pages_are_english(english_day: BusyDay, english_app: "Flask", who: str) -> None:
    bad, read = walk(who, english_day, english_app, "en")
    assert not bad, told(bad)
    assert read >= len([place for place in PLACES if place.who == who])


REFUSED = (
    ("anyone", "/masuk"),
    ("anyone", "/daftar"),
    ("anyone", "/lupa-sandi"),
    ("anyone", "/lupa-sandi/kode"),
    ("anyone", "/lacak"),
    ("guest", "/checkout"),
    ("sari", "/akun/sandi"),
    ("sari", "/akun/data-diri"),
    ("sari", "/akun/alamat/baru"),
    ("operator", "/operator/uang-masuk/{bill}"),
)
"""Forms that refuse what is sent empty, and so change nothing."""


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize(("who", "path"), REFUSED)
def test_refusals_speak_the_language_of_their_page(
    request: pytest.FixtureRequest, who: str, path: str, lang: str
) -> None:
    day: BusyDay = request.getfixturevalue("english_day" if lang == "en" else "day")
    app: Flask = request.getfixturevalue("english_app" if lang == "en" else "day_app")
    walker = Customer(InProcess(app), dict(day.pockets.get(who, {})))
    before = "/en" if lang == "en" and not path.startswith("/operator") else ""
    page = walker.go(before + path.format(bill=day.bill))
    forms = [form for form in page.forms if form.action.endswith(urlsplit(page.path).path)]
    sent = [(name, "" if name != "csrf_token" else value) for name, value in forms[-1].data()]
    answer = walker.send(forms[-1].action, [*sent, ("bayar", "1")], follow=False)
    assert answer.status == 422, answer.status
    assert list(faults(answer.text, lang)) == []


@pytest.mark.parametrize("path", ["/produk/xx", "/koperasi/xx", "/pesanan/XX-1", "/xx", "/xx/y"])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_page_that_is_not_there_says_so_in_its_language(
    day_app: "Flask", path: str, lang: str
) -> None:
    answer = Customer(InProcess(day_app)).go(("/en" if lang == "en" else "") + path)
    assert answer.status == 404
    assert list(faults(answer.text, lang)) == []


PAGE = '<html lang="en"><body><main>{}</main></body></html>'


@pytest.mark.parametrize(
    "planted",
    [
        "<p>Keranjang</p>",
        "<p>Paket 3 dari 4</p>",
        "<p>Sold with kartu dan kotak</p>",
        '<img alt="Lihat keranjang">',
        "<p>Parcel %(n)s</p>",
        '<p style="color: red">Cart</p>',
        '<button onclick="x()">Cart</button>',
        "<script>let x</script>",
        '<a href="/produk">Products</a>',
        '<form action="/keranjang/isi"></form>',
        '<p lang="fr">Panier</p>',
    ],
)
def test_the_walk_would_see_one_wrong_word(planted: str) -> None:
    assert list(faults(PAGE.format(f"<h1>Your cart</h1>{planted}"), "en"))


@pytest.mark.parametrize(
    "sound",
    [
        "<p>Cart</p>",
        '<p>From <span lang="id">Rumah kemas dan dapur</span></p>',
        '<a href="/en/produk">Products</a><a href="/kelola">Desk</a>',
        '<a href="/produk" lang="id" hreflang="id">Bahasa Indonesia</a>',
        '<script type="application/ld+json">{}</script>',
    ],
)
def test_the_walk_lets_sound_pages_pass(sound: str) -> None:
    assert list(faults(PAGE.format(sound), "en")) == []


def test_an_english_word_on_an_indonesian_page_is_seen() -> None:
    page = PAGE.replace('lang="en"', 'lang="id"')
    assert list(faults(page.format("<p>Sold out</p>"), "id"))
    assert list(faults(page.format('<a href="/en/produk">Produk</a>'), "id"))
