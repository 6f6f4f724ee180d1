"""Many at once on a running shop with two web processes.

What happens without the guards, the controls in ``test_money_and_shelves`` show.
"""

import threading
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shop.catalog.inventory.models import StockHold
from shop.catalog.inventory.queries import Shelf, shelves
from shop.core.database.engine import Database
from shop.sales.orders.models import Purchase
from tests.races.packs import leave_packs
from tests.support.customer import Answer, Customer, OverHttp
from tests.support.databases import Templates
from tests.support.effort import effort
from tests.support.engines import Engine
from tests.support.live import LiveShop, live_shop
from tests.support.trade import stand_at_the_till
from tests.support.whole_market import whole_market

BUYERS = effort("RACE_BUYERS", short=20, soak=50)
ROUNDS = effort("RACE_ROUNDS", short=1, soak=20)
"""How often they fight for the last pack, each time in a market of their own; each buyer walks
through the shop before it."""
SUBMITS = 11
SLUG = "opak-ketan-bakar-arang"

both_engines = pytest.mark.parametrize("live_engine", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def shop(templates: Templates, live_engine: Engine, var_dir: Path) -> Iterator[LiveShop]:
    """The demo market behind two web processes."""
    with (
        whole_market(templates, live_engine, var_dir) as market,
        live_shop(
            market.database_url, var_dir, MEDIA_URL=market.media_url, WEB_PROCESSES="2"
        ) as shop,
    ):
        yield shop


@pytest.fixture
def books(shop: LiveShop) -> Iterator[Database]:
    """The same database, looked at from outside."""
    database = Database(shop.database_url)
    yield database
    database.dispose()


def pay_data(customer: Customer) -> list[tuple[str, str]]:
    """What the Pay button of the page sends."""
    form = next(form for form in customer.page.forms if form.action == "/checkout")
    button = next(button for button in form.buttons if button.name == "bayar")
    return form.data({"cara": "transfer"}, press=button)


def at_once(works: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """All answers to requests that leave at the same moment."""
    gate = threading.Barrier(len(works))

    def wait_and(work: Callable[[], Answer]) -> Answer:
        gate.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(wait_and, works))


def payer(customer: Customer) -> Callable[[], Answer]:
    """Pressing Pay, once, without looking where it leads."""
    data = pay_data(customer)
    return lambda: customer.send("/checkout", data, follow=False)


@pytest.mark.soak
@pytest.mark.parametrize("race", range(1, ROUNDS + 1))
@both_engines
def test_of_many_buyers_of_the_last_pack_exactly_one_gets_it(
    shop: LiveShop, books: Database, race: int
) -> None:
    variant_id = leave_packs(books, SLUG, 1)
    buyers = [Customer(OverHttp(shop.url)) for _ in range(BUYERS)]
    for number, buyer in enumerate(buyers):
        phone = f"0812{race:02d}{number:06d}"
        stand_at_the_till(buyer, SLUG, name=f"Sari {number}", phone=phone)

    answers = at_once([payer(buyer) for buyer in buyers])

    sold = [answer for answer in answers if answer.status == 303]
    refused = [answer for answer in answers if answer.status == 422]
    assert len(sold) == 1
    assert len(refused) == BUYERS - 1
    assert all("Opak Ketan" in answer.words for answer in refused)
    assert sold[0].headers["location"].startswith("/pembelian/")
    with books.reading() as session:
        assert shelves(session, [variant_id])[variant_id] == Shelf(on_hand=1, reserved=1)
        assert session.scalar(select(func.sum(StockHold.packs))) == 1
        assert session.scalar(select(func.count()).select_from(Purchase)) == 1
    assert shop.broken() == []


@both_engines
def test_a_checkout_submitted_eleven_times_is_one_purchase(shop: LiveShop, books: Database) -> None:
    variant_id = leave_packs(books, SLUG, SUBMITS)
    sari = Customer(OverHttp(shop.url))
    stand_at_the_till(sari, SLUG)
    data = pay_data(sari)

    answers = at_once([lambda: sari.send("/checkout", data, follow=False)] * SUBMITS)

    assert {answer.status for answer in answers} == {303}
    places = {urllib.parse.urlsplit(answer.headers["location"]).path for answer in answers}
    assert len(places) == 1
    assert sari.go(places.pop()).status == 200
    with books.reading() as session:
        assert shelves(session, [variant_id])[variant_id] == Shelf(on_hand=SUBMITS, reserved=1)
        assert session.scalar(select(func.count()).select_from(Purchase)) == 1
    assert shop.broken() == []
