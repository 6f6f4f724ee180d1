"""Pages that are rendered once for all: each visitor reads their own slots, and nobody else's."""

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, template_rendered
from jinja2 import Template
from sqlalchemy import insert, select

from shop.catalog.inventory.models import StockItem
from shop.core.database.engine import Database, DatabaseBusy
from shop.core.values import clock
from shop.people.accounts.actions import create_person
from shop.services.outbox.models import Notice, NoticeState
from shop.web.page_cache.cache import Key, Looked, PageCache
from shop.web.page_cache.invalidation import Changes
from shop.web.page_cache.slots import SlottedPage
from tests.storefront.home.test_pages import COFFEE, GAYO
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.inside import shop_app
from tests.support.visitor import Visitor

PATHS = (
    "/",
    "/en/?dekat=Bali",
    "/produk",
    "/en/produk?kategori=minuman&halal=1",
    '/produk?urut=terbaru&harga_max=60000&x="><i>',
    f"/produk/{COFFEE}",
    f"/en/produk/{COFFEE}",
    f'/produk/{COFFEE}?dari="><i>&lain=kopi+susu',
    f"/koperasi/{GAYO}",
    f"/en/koperasi/{GAYO}?x={'y' * 9_000}",
)
STORED = PATHS[:-1]
"""No page is stored whose address nobody asks for twice."""
PACKED = {"Accept-Encoding": "gzip"}
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def visitors(market: Database, var_dir: Path) -> Iterator[dict[str, Visitor]]:
    """One of each sort, all before the same process."""
    url = market.url.render_as_string(hide_password=False)
    with shop_app(url, var_dir, PAGES_KEPT_MB="16") as app:
        sorts = ("nobody", "cart", "another cart", "person", "told", "saving")
        found = {sort: app.test_client() for sort in sorts}
        with market.writing() as session:
            goods = session.scalars(
                select(StockItem.variant_id).where(StockItem.on_hand > 20).limit(2)
            ).all()
            people = [
                create_person(
                    session,
                    name=name,
                    phone=phone,
                    email=None,
                    password="kopi tubruk pagi",
                    now=clock.now(),
                )
                for name, phone in (("Joko", "+6281234567890"), ("Tini", "+6281234567891"))
            ]
            session.flush()
            told = {"kind": "cooperative_resumed", "state": NoticeState.SENT}
            session.execute(
                insert(Notice),
                [
                    {
                        **told,
                        "key": f"told:{number}",
                        "contact_id": people[1].contact_id,
                        "person_id": people[1].id,
                        "created_at": clock.now(),
                    }
                    for number in range(3)
                ],
            )
        for sort, packs in (("cart", 2), ("another cart", 7), ("told", 1)):
            if sort == "told":
                sign_in(found[sort], market, people[1])
            for variant in goods:
                form = {"varian": str(variant), "jumlah": str(packs)}
                assert found[sort].post("/keranjang/isi", data=form).status_code == 303
            found[sort].get("/keranjang")  # where it is said once that they went in
        sign_in(found["person"], market, people[0])
        found["saving"].set_cookie("lumbung_hemat", "1")
        yield {sort: visitor for sort, visitor in found.items() if isinstance(visitor, Visitor)}


def read(visitor: Visitor, path: str) -> tuple[str, set[str]]:
    """A page without its tokens, and these."""
    answer = visitor.get(path, headers=PACKED)
    assert answer.status_code == 200, path
    text = gzip.decompress(answer.data).decode()
    assert visitor.get(path).text.count("<html") == 1
    return _TOKEN.sub("", text), set(_TOKEN.findall(text))


@contextmanager
def rendered(app: Flask) -> Iterator[list[str]]:
    """Names of the templates that are rendered meanwhile."""
    names: list[str] = []

    def note(_app: Flask, template: Template, **_rest: object) -> None:
        names.append(template.name or "")

    with template_rendered.connected_to(note, app):
        yield names


def test_each_sort_of_visitor_reads_what_a_page_of_their_own_would_say(
    visitors: dict[str, Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = visitors["nobody"].application

    def everybody() -> dict[tuple[str, str], str]:
        return {
            (sort, path): read(visitor, path)[0]
            for path in STORED
            for sort, visitor in visitors.items()
        }

    first = everybody()
    with rendered(app) as names:
        again = everybody()
    assert not names, "all of it is stored by now"
    look_up = PageCache.look_up
    monkeypatch.setattr(PageCache, "look_up", lambda *at: Looked(None, look_up(*at).read_at))
    with rendered(app) as names:
        own = everybody()
    assert len(names) >= len(own), "now each of them is rendered anew"
    assert len({first[sort, PATHS[0]] for sort in visitors}) == 6
    for visit in own:
        assert first[visit] == again[visit] == own[visit], visit


def test_who_is_signed_in_finds_the_account_and_the_full_cart(visitors: dict[str, Visitor]) -> None:
    for _ in range(2):
        told, cart = read(visitors["told"], "/produk")[0], read(visitors["cart"], "/produk")[0]
        assert 'href="/akun"' in told
        assert 'href="/masuk"' not in told
        assert '<span class="count">3</span><span class="vh"> belum dibaca' in told
        assert 'href="/masuk"' in cart
        assert 'href="/akun"' not in cart
        assert '<span data-cart-count><span class="count">4</span>' in cart


def test_nobody_gets_the_token_of_another(visitors: dict[str, Visitor]) -> None:
    seen: set[str] = set()
    for _ in range(2):
        for sort in ("cart", "another cart", "person"):
            _text, tokens = read(visitors[sort], PATHS[0])
            assert len(tokens) == 1
            assert not tokens & seen
            seen |= tokens
            form = {"csrf_token": tokens.pop(), "hemat": "0", "kembali": "/"}
            visitors[sort].sends_token = False
            assert visitors[sort].post("/hemat-data", data=form).status_code == 303
            visitors[sort].get("/")


def test_what_is_said_once_is_said_once_and_to_nobody_else(visitors: dict[str, Visitor]) -> None:
    said = "Mode hemat data mati"
    for sort in ("cart", "another cart"):
        read(visitors[sort], PATHS[0])
    visitors["cart"].post("/hemat-data", data={"hemat": "0", "kembali": PATHS[0]})
    assert said not in read(visitors["another cart"], PATHS[0])[0]
    assert said in visitors["cart"].get(PATHS[0], headers={}).text
    assert said not in read(visitors["cart"], PATHS[0])[0]
    assert said not in read(visitors["another cart"], PATHS[0])[0]


def test_what_visitors_say_of_themselves_is_never_stored(visitors: dict[str, Visitor]) -> None:
    app = visitors["nobody"].application
    stored: list[SlottedPage] = []
    put = PageCache.put

    def noted(cache: PageCache, key: Key, content: Any, *rest: Any) -> None:
        stored.extend([content] if isinstance(content, SlottedPage) else [])
        put(cache, key, content, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PageCache, "put", noted)
        for path in STORED:
            for visitor in reversed(visitors.values()):  # who has cookies renders it first
                visitor.get(path)
    assert len(stored) == 2 * (len(STORED) - 1), "one address says another in more words"
    for page in stored:
        html = b"".join(page.parts)
        assert b"csrf_token" in html
        assert not re.search(rb'value="[as]\.[\w-]{9}', html)
        assert not re.search(rb'class="count">\d', html)
        for word in (b"/akun", b"/masuk", b"flash"):
            assert word not in html
    assert app.testing


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_page_whose_rendering_raises_is_not_stored(
    visitors: dict[str, Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> str:
        raise RuntimeError

    for sort, path in (("nobody", "/produk?halal=1"), ("cart", "/produk?siap_kirim=1")):
        with monkeypatch.context() as patch:
            patch.setattr("shop.storefront.listing.filter_words.sorts", fails)
            with pytest.raises(RuntimeError):
                visitors[sort].get(path)
        assert "Terlaris" in visitors[sort].get(path).text


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_database_that_stops_answering_gives_no_stale_page(
    visitors: dict[str, Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = visitors["nobody"].application
    app.config.update(PROPAGATE_EXCEPTIONS=False)
    for sort in ("nobody", "cart"):
        assert visitors[sort].get("/produk").status_code == 200

    def gone(*_: object, **__: object) -> Any:
        raise DatabaseBusy

    monkeypatch.setattr(Changes, "_sqlite", gone)
    monkeypatch.setattr(Database, "connect_readonly", gone)
    for sort in ("nobody", "cart"):
        assert visitors[sort].get("/produk").status_code == 503
