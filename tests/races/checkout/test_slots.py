"""Two hundred visitors at once over two processes: each reads their own slots and nobody else's."""

import http.client
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import insert

from shop.checkout.cart.models import Cart
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.core.values.codes import hash_token, new_code, new_secret
from shop.people.accounts.actions import create_person
from shop.people.accounts.queries import Known
from shop.people.sign_in.actions import start_session
from shop.services.outbox.models import Notice, NoticeState
from tests.support.databases import Templates
from tests.support.engines import Engine
from tests.support.live import LiveShop, live_shop
from tests.support.whole_market import whole_market

VISITORS = 200
AT_ONCE = 16
PATHS = ("/produk", "/", "/en/produk?kategori=minuman", "/produk?fbclid=1", "/koperasi")
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_PACKS = re.compile(r'<span data-cart-count(?: hidden)?><span class="count">(\d+)<')
_UNREAD = re.compile(r'<span class="count">(\d+)</span><span class="vh"> (?:belum dibaca|unread)')


@dataclass(frozen=True)
class Caller:
    """What a browser sends, and what its pages have to say."""

    cookies: str
    packs: int
    unread: int | None
    """None: not signed in."""
    saves_data: bool


@pytest.fixture
def shop(templates: Templates, live_engine: Engine, var_dir: Path) -> Iterator[LiveShop]:
    with (
        whole_market(templates, live_engine, var_dir) as market,
        live_shop(
            market.database_url,
            var_dir,
            worker=False,
            MEDIA_URL=market.media_url,
            WEB_PROCESSES="2",
            WEB_THREADS="8",
            PAGES_KEPT_MB="16",
        ) as running,
    ):
        yield running


def make_callers(db: Database) -> list[Caller]:
    """Visitors with all kinds of cookies, each with numbers of their own."""
    callers = []
    now = clock.now()
    with db.writing() as session:
        for number in range(VISITORS):
            cookies, packs, unread = [], 0, None
            owner: dict[str, object] = {}
            if number % 5 in (1, 3):  # a guest's cart
                secret, packs = new_secret(), 1_000 + number
                cookies.append(f"lumbung_keranjang={secret}")
                owner = {"token_hash": hash_token(secret), "person_id": None}
            elif number % 5 == 2:  # a person with a cart and so many notices
                packs, unread = 2_000 + number, number % 9 + 1
                person = create_person(
                    session,
                    name=f"Orang {number}",
                    phone=f"+62812345{number:05d}",
                    email=None,
                    password=None,
                    now=now,
                )
                session.flush()
                secret = start_session(session, Known(person.id, None, person.generation), now=now)
                cookies.append(f"lumbung_masuk={secret}")
                owner = {"token_hash": None, "person_id": person.id}
                session.execute(
                    insert(Notice),
                    [
                        {
                            "kind": "cooperative_resumed",
                            "state": NoticeState.SENT,
                            "key": f"told:{number}:{notice}",
                            "contact_id": person.contact_id,
                            "person_id": person.id,
                            "created_at": now,
                        }
                        for notice in range(unread)
                    ],
                )
            if packs:
                cart = {"checkout_token": new_code(), "packs": packs, "draft": {}}
                session.execute(
                    insert(Cart).values(**cart, **owner, created_at=now, touched_at=now)
                )
            if number % 5 >= 3:  # with the cart of a guest, or with nothing else
                cookies.append("lumbung_hemat=1")
            callers.append(Caller("; ".join(cookies), packs, unread, number % 5 >= 3))
    return callers


def read(shop: LiveShop, caller: Caller, path: str) -> tuple[Caller, str]:
    connection = http.client.HTTPConnection(urlsplit(shop.url).netloc, timeout=60)
    connection.request("GET", path, headers={"Cookie": caller.cookies} if caller.cookies else {})
    answer = connection.getresponse()
    assert answer.status == 200, path
    kept_by = answer.headers["Cache-Control"]
    assert kept_by == ("private, no-store" if caller.cookies else "public, max-age=60")
    text = answer.read().decode()
    connection.close()
    return caller, text


@pytest.mark.parametrize("live_engine", ["sqlite", "postgresql"], indirect=True)
def test_two_hundred_visitors_at_once_never_read_each_others_slots(shop: LiveShop) -> None:
    db = Database(shop.database_url)
    callers = make_callers(db)
    db.dispose()
    visits = [(caller, path) for path, caller in product(PATHS, callers)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        pages = list(pool.map(lambda visit: read(shop, *visit), visits))
    tokens: set[str] = set()
    for caller, text in pages:
        assert [int(packs) for packs in _PACKS.findall(text)] == [caller.packs]
        assert [int(unread) for unread in _UNREAD.findall(text)] == (
            [] if caller.unread is None else [caller.unread]
        )
        assert ('/akun"' in text) == (caller.unread is not None)
        assert ('class="hemat"' in text) == caller.saves_data
        (token,) = set(_TOKEN.findall(text))
        is_bound = bool(caller.packs)  # by a cookie that means something to the shop
        assert token.startswith("s." if is_bound else "a.")
        assert not (is_bound and token in tokens)
        tokens.add(token)
    # Copies of the process that rendered pages before them share no connection with it.
    assert "pages are dropped" not in (shop.var_dir / "serve.log").read_text()
