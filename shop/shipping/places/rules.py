"""Rules of places: names, areas and time zones."""

from collections.abc import Sequence

from shop.core.values.clock import HOME_ZONE
from shop.core.values.text import words

_KINDS_OF_REGION = {"kabupaten", "kota", "administrasi", "kab", "kec", "kecamatan", "distrik"}

_FILLERS = _KINDS_OF_REGION | {"kelurahan", "kel", "desa", "provinsi", "prov", "kode", "pos"}

_SAID_FOR = {
    "dki": "jakarta",
    "diy": "yogyakarta",
    "jogja": "yogyakarta",
    "jogjakarta": "yogyakarta",
}

_MAX_WORDS = 6

_WITA = frozenset({"51", "52", "53", "63", "64", "65"}) | {str(code) for code in range(71, 77)}


_WIT = frozenset({"81", "82"}) | {str(code) for code in range(91, 98)}


def zone_of(village_code: str | None) -> str:
    """The zone whose clock hangs on the wall there; WIB where no place is known (rule R14)."""
    province = (village_code or "")[:2]
    if province in _WITA:
        return "Asia/Makassar"
    return "Asia/Jayapura" if province in _WIT else HOME_ZONE


def folded_name(name: str, code: str) -> str:
    """A region's name for finding: ``Kota Administrasi Jakarta Timur`` is ``jakartatimur``.

    Without spaces, because the ministry writes *Pondokgede* and its people *Pondok Gede*.
    """
    parts = words(name)
    if code.count(".") == 1:
        while len(parts) > 1 and parts[0] in _KINDS_OF_REGION:
            parts = parts[1:]
    return "".join(parts)


def search_words(text: str) -> tuple[tuple[str, ...], str | None]:
    """The words of a place that somebody typed, and the postcode among them."""
    typed = words(text[:120])
    postcode = next((word for word in typed if len(word) == 5 and word.isdigit()), None)
    names = [_SAID_FOR.get(word, word) for word in typed if word != postcode]
    return tuple(names[:_MAX_WORDS]), postcode


def without_kinds(names: Sequence[str]) -> tuple[str, ...]:
    """Without words that only say what kind of place it is: *kec*, *kota*, *kode pos*."""
    return tuple(name for name in names if name not in _FILLERS)
