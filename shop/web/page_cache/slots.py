"""Pages that are written once, packed, and given to everybody with their own words in the gaps.

What differs between the visitors of a page are a few words of its frame: the token of their forms,
the address they came by, the packs in their cart. So a page that says nothing new is neither
written nor packed again: where such a word belongs it is cut, and each piece is kept as finished
blocks of deflate (RFC 1951). An answer is the pieces and, between them, the visitor's words.
"""

import re
import secrets
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any, Final

from flask import Response, current_app, g, render_template, request, session
from flask.typing import ResponseReturnValue
from markupsafe import escape
from zlib_ng import gzip_ng, zlib_ng

from shop.web.http.data_saver import is_data_saver_on
from shop.web.http.headers import takes_gzip
from shop.web.i18n.language import alternate_url, here, language
from shop.web.security.csrf import token

MAX_BESIDE: Final = 8
"""Sorts of visitors for whom one page is kept: by language, with or without a cart, signed in."""
_LEVEL: Final = 6
"""Of 1 to 9: packed once, given out often."""
_MAX_STORED: Final = 0xFFFF
"""Bytes of a block that is not packed."""
_MARK: Final = secrets.token_hex(16)
"""Stands where a page is cut. Nobody has seen it, so no text of anybody's holds it."""
_CUT: Final = re.compile(rf"{_MARK}([a-z_]+);")
_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_END: Final = b"\x03\x00"


@dataclass(frozen=True, slots=True)
class Piece:
    """Finished blocks, with what the end of an answer says of all texts together."""

    packed: bytes
    check: int
    size: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page, cut where words of its visitor's stand."""

    pieces: tuple[Piece, ...]
    gaps: tuple[str, ...]
    """What stands behind each piece but the last, by name."""


def printed(
    template: str,
    of: object,
    *told: object,
    words: Callable[[], Mapping[str, object]] = dict,
    **values: object,
) -> ResponseReturnValue:
    """A page, as ``render_template`` writes it.

    It may show nothing but the value itself and what is ``told``, the language, whether its reader
    saves data, and what the frame of all pages says of its visitor.

    :param of: a value that never changes, with a ``kept`` for its pages; others keep nothing.
    :param words: tells what else the template takes; asked only when the page has to be written.
    """
    kept: dict[tuple[object, ...], Any] | None = getattr(of, "kept", None)
    # What a visitor is told once stands on no page that others get.
    if kept is None or (request.cookies and "_flashes" in session):
        return render_template(template, **words(), **values)
    own, sort = _own_words()
    key = (template, language(), is_data_saver_on(), *sort, *told)
    page: Page | None = kept.get(key)
    if page is None:
        page = _made(template, own, {**words(), **values})
        for oldest in list(kept)[: 1 - MAX_BESIDE]:  # what is told may change with each sale
            kept.pop(oldest, None)
        kept[key] = page
    return _answer(put_together(page, {name: escape(word) for name, word in own.items()}))


def _own_words() -> tuple[dict[str, str], tuple[object, ...]]:
    """What the frame says of this visitor, and of which sort that makes them."""
    found: dict[str, Any] = {}
    if request.cookies:  # without any nobody is signed in, and nothing lies in a cart
        current_app.update_template_context(found)
    person, in_cart = found.get("person"), found.get("cart_count", 0)
    own = {
        "csrf_token": token(),
        "page_address": here(),
        "alternate_url": alternate_url(),
        "cart_count": str(in_cart),
    }
    unread = None if person is None else min(person.unread, 100)
    return own, (unread, bool(in_cart), bool(own["alternate_url"]))


def _made(template: str, own: Mapping[str, str], values: Mapping[str, object]) -> Page:
    marks = {name: mark(name) for name in own}
    g.csrf_token = marks["csrf_token"]  # forms ask for it wherever they stand
    try:
        text = render_template(
            template,
            **values,
            page_address=lambda: marks["page_address"],
            alternate_url=lambda: own["alternate_url"] and marks["alternate_url"],
            cart_count=marks["cart_count"] if own["cart_count"] != "0" else 0,
        )
    finally:
        g.csrf_token = own["csrf_token"]
    return cut(text)


def mark(name: str) -> str:
    """What a page says where a word of its visitor's belongs."""
    return f"{_MARK}{name};"


def cut(text: str) -> Page:
    """A text with marks in it, ready to be put together with the words that belong there."""
    # One packer for all pieces, as making one takes longer than packing a piece. Flushed in full
    # it ends a block with a whole byte and forgets the piece: others can stand before the next.
    packer = zlib_ng.compressobj(_LEVEL, zlib_ng.DEFLATED, -zlib_ng.MAX_WBITS)

    def packed(text: str) -> Piece:
        body = text.encode()
        blocks = packer.compress(body) + packer.flush(zlib_ng.Z_FULL_FLUSH)
        return Piece(blocks, zlib_ng.crc32(body), len(body))

    texts = _CUT.split(text)
    return Page(tuple(map(packed, texts[::2])), tuple(texts[1::2]))


def _as_it_is(text: str) -> Piece:
    body = text.encode()
    starts = range(0, len(body), _MAX_STORED)
    blocks = [body[start : start + _MAX_STORED] for start in starts]
    return Piece(
        b"".join(struct.pack("<xHH", len(one), 0xFFFF - len(one)) + one for one in blocks),
        zlib_ng.crc32(body),
        len(body),
    )


def put_together(page: Page, words: Mapping[str, str]) -> bytes:
    """The page as a browser unpacks it (RFC 1952), with these words in its gaps."""
    between = {name: _as_it_is(words[name]) for name in set(page.gaps)}
    blocks, check, size = [_HEAD], 0, 0
    for one in chain.from_iterable(zip_longest(page.pieces, map(between.get, page.gaps))):
        if one is not None:
            blocks.append(one.packed)
            check = zlib_ng.crc32_combine(check, one.check, one.size)
            size += one.size
    return b"".join((*blocks, _END, struct.pack("<II", check, size)))


def _answer(body: bytes) -> Response:
    if not takes_gzip():
        return Response(gzip_ng.decompress(body))  # type: ignore[no-untyped-call]
    return Response(body, headers={"Content-Encoding": "gzip"})
