"""Pages that are written once: each visitor reads their own words in them, and nobody else's."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import render_template
from sqlalchemy import insert, select, update

from shop.catalog.inventory.models import StockItem
from shop.catalog.products.models import Product, Variant
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.people.accounts.actions import create_person
from shop.people.cooperatives.models import Cooperative
from shop.services.outbox.models import Notice, NoticeState
from shop.storefront.home import views
from shop.web.page_cache import slots
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
PACKED = {"Accept-Encoding": "gzip"}
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def visitors(market: Database, var_dir: Path) -> Iterator[dict[str, Visitor]]:
    """One of each sort, all before the same process."""
    with shop_app(market.url.render_as_string(hide_password=False), var_dir) as app:
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


def test_each_sort_of_visitor_reads_what_a_page_of_their_own_would_say(
    visitors: dict[str, Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = [
        {(sort, path): read(visitor, path) for path in PATHS for sort, visitor in visitors.items()}
        for _ in range(2)
    ]
    monkeypatch.setattr(
        views,
        "printed",
        lambda template, _of, *_told, words=dict, **values: render_template(
            template, **words(), **values
        ),
    )
    assert len({text for (_sort, path), (text, _) in rounds[0].items() if path == PATHS[0]}) == 6
    for (sort, path), (text, _tokens) in rounds[0].items():
        assert text == read(visitors[sort], path)[0], (sort, path)
        assert text == rounds[1][sort, path][0], (sort, path)


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


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_page_is_kept_however_often_what_it_shows_was_sold(
    market: Database, var_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    cut = slots.cut

    def counted(text: str) -> slots.Page:
        made.append(text)
        return cut(text)

    monkeypatch.setattr(slots, "cut", counted)
    with market.reading() as session:
        goods = session.scalars(
            select(Variant.id)
            .join(Product)
            .join(Cooperative)
            .join(StockItem, StockItem.variant_id == Variant.id)
            .where(Cooperative.slug == GAYO, StockItem.on_hand > 20)
        ).first()
    with shop_app(market.url.render_as_string(hide_password=False), var_dir) as app:
        visitor = app.test_client()
        for _sale in range(slots.MAX_BESIDE + 2):
            with market.writing() as session:
                one_less = update(StockItem).values(on_hand=StockItem.on_hand - 1)
                session.execute(one_less.where(StockItem.variant_id == goods))
            made.clear()
            pages = {visitor.get(f"/koperasi/{GAYO}").text for _visit in range(2)}
            assert len(made) == len(pages) == 1
