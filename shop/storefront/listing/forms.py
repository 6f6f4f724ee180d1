"""Reading an address of the catalogue: whatever stands in it, the page is an ordinary one."""

from collections.abc import Sequence
from functools import lru_cache

from flask import Request
from werkzeug.datastructures import MultiDict

from shop.core.values.errors import InvalidInput
from shop.core.values.money import Rupiah, parse_rupiah
from shop.core.values.text import parse_count, words
from shop.storefront.listing.province_distance import read_province
from shop.storefront.listing.rules import ListingFilters, Sort

MAX_TEXT_LENGTH = 100
MAX_VALUES = 20
"""Chosen in all: an address may hold more, and every link of the page carries them on."""
LONGEST_VALUE = 120
PRICES = frozenset({"harga_min", "harga_max"})
MAX_DAYS = 3_650
_HALAL = frozenset({"halal", "bersertifikat", "sertifikat"})
_NOT = frozenset({"tidak", "bukan", "non", "not", "no"})


LONGEST_KNOWN = 300
"""Bytes of an address that is read once; what is longer nobody asks twice."""
MAX_KNOWN = 512


def filters_from_url(request: Request) -> tuple[ListingFilters, tuple[str, ...]]:
    """The filters in the address of the current request."""
    query = request.query_string
    return _known(query) if len(query) <= LONGEST_KNOWN else parse_filters(request.args)


@lru_cache(MAX_KNOWN)
def _known(query: bytes) -> tuple[ListingFilters, tuple[str, ...]]:
    return parse_filters(Request({"QUERY_STRING": query.decode("latin-1")}).args)


def parse_filters(args: MultiDict[str, str]) -> tuple[ListingFilters, tuple[str, ...]]:
    """Parse the filters of an address; also the names of invalid or surplus ones."""
    unread: list[str] = []

    def amount(name: str) -> Rupiah | None:
        typed = _plain(args.get(name, ""))[:40]
        if not typed:
            return None
        try:
            return parse_rupiah(typed)
        except InvalidInput:
            unread.append(name)
            return None

    minimum, maximum = amount("harga_min"), amount("harga_max")
    if minimum is not None and maximum is not None and minimum > maximum:
        # Turned round they say what was meant.
        minimum, maximum = maximum, minimum

    room = MAX_VALUES

    def chosen(name: str) -> tuple[str, ...]:
        nonlocal room
        given = args.getlist(name)
        values = _values(given[:room])
        if len(given) > room:
            unread.append(name)
        room -= len(values)
        return values

    text = " ".join(_plain(args.get("q", "")).split())[:MAX_TEXT_LENGTH]
    exact = args.get("persis") == "1"
    sought = text if exact else _without_halal(text)
    return ListingFilters(
        text=sought,
        categories=chosen("kategori"),
        cooperatives=chosen("koperasi"),
        provinces=chosen("provinsi"),
        minimum=minimum,
        maximum=maximum,
        halal=args.get("halal") == "1" or sought != text,
        available=args.get("tersedia") == "1",
        ready=args.get("siap_kirim") == "1",
        keeps_days=_days(args.get("tahan_min", "")),
        room_temperature=args.get("suhu_ruang") == "1",
        near=read_province(args.get("dekat", "")),
        exact=exact,
        sort=_sort(args.get("urut", "")),
        after=args.get("setelah"),
    ), tuple(unread)


def _plain(text: str) -> str:
    """Without signs that no keyboard makes: PostgreSQL refuses a NUL, pages show the others."""
    return "".join(sign if sign.isprintable() else " " for sign in text[:1_000])


def _without_halal(text: str) -> str:
    """What else was typed by somebody who asks for halal goods.

    Those are what a manager checked. As a word it stands in the stories of others: of pork, which
    says that it is not.
    """
    found = set(words(text))
    if "halal" not in found or found & _NOT:
        return text
    return " ".join(part for part in text.split() if not _HALAL.issuperset(words(part)))


def _values(given: Sequence[str]) -> tuple[str, ...]:
    values = (_plain(value)[:LONGEST_VALUE].strip() for value in given)
    return tuple(dict.fromkeys(value for value in values if value))


def _days(text: str) -> int | None:
    try:
        return parse_count(text, maximum=MAX_DAYS)
    except InvalidInput:
        return None


def _sort(text: str) -> Sort | None:
    return Sort(text) if text in set(Sort) else None
