"""A gateway that refuses, hangs, drips, resets or is busy: purchases stand, browsing goes on."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shop.core.database.engine import Database
from shop.payments.bills.models import Payment, PaymentState
from shop.sales.orders.models import Purchase
from tests.checkout.cards import make_gateway_payee
from tests.checkout.conftest import Market
from tests.checkout.shopping import pay_data, stand_at_checkout
from tests.support.books import broken
from tests.support.customer import Answer, Customer, InProcess, OverHttp
from tests.support.databases import Templates
from tests.support.engines import PAGES
from tests.support.inside import shop_app
from tests.support.live import live_shop
from tests.support.sandbox import Failing, failing_gateway
from tests.support.trade import stand_at_the_till
from tests.support.whole_market import whole_market

MAX_SECONDS = 12.0
SLUG = "opak-ketan-bakar-arang"
BROWSING_SECONDS = 3.0

one_engine = pytest.mark.only_on("sqlite", because=PAGES)


@one_engine
@pytest.mark.parametrize(
    "how",
    ["refuses", "hangs", pytest.param("drips", marks=pytest.mark.soak_only), "resets", "busy"],
)
def test_checkout_answers_in_time_with_a_sentence_and_loses_nothing(
    db: Database, database_url: str, var_dir: Path, market: Market, how: Failing
) -> None:
    make_gateway_payee(db)
    with (
        failing_gateway(how) as url,
        shop_app(database_url, var_dir, STRIPE_API_BASE=url) as app,
    ):
        sari = Customer(InProcess(app))
        page = stand_at_checkout(sari, {market.gayo: 1})
        page = timed(sari, "/checkout", pay_data(page, cara="card"))
        assert "Halaman kartu sedang tidak menjawab" in page.words
        assert "Coba lagi" in page.words
        assert "Pilih cara bayar lain" in page.words
        assert how_long(sari, "/keranjang") < BROWSING_SECONDS
        code = page.path.rpartition("/")[2]

        again = next(form for form in page.forms if form.action.endswith("/kartu"))
        page = timed(sari, again.action, again.data())
        assert "Halaman kartu sedang tidak menjawab" in page.words

        begun = time.monotonic()
        sari.go(f"/pembelian/{code}/kartu")
        assert time.monotonic() - begun < MAX_SECONDS

        sari.go(f"/pembelian/{code}")
        other = next(form for form in sari.page.forms if form.action.endswith("/cara"))
        page = timed(sari, other.action, other.data())
        assert "Transfer tepat sampai 3 angka terakhir" in page.words
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Purchase)) == 1
        states = session.scalars(select(Payment.state).order_by(Payment.id)).all()
    assert states == [PaymentState.REPLACED, PaymentState.OPEN]
    assert broken(db) == {}


@one_engine
def test_an_unpaid_purchase_can_be_called_off_while_the_gateway_hangs(
    db: Database, database_url: str, var_dir: Path, market: Market
) -> None:
    make_gateway_payee(db)
    with (
        failing_gateway("hangs") as url,
        shop_app(database_url, var_dir, STRIPE_API_BASE=url) as app,
    ):
        sari = Customer(InProcess(app))
        page = stand_at_checkout(sari, {market.gayo: 1})
        sari.send("/checkout", pay_data(page, cara="card"))
        end = next(form for form in sari.page.forms if form.action.endswith("/batal"))
        page = timed(sari, end.action, end.data())
        assert "Belanja ini dibatalkan" in page.words
    assert broken(db) == {}


def timed(sari: Customer, path: str, data: list[tuple[str, str]]) -> Answer:
    """Post, be answered in time, and look where it leads."""
    begun = time.monotonic()
    answer = sari.send(path, data, follow=False)
    took = time.monotonic() - begun
    assert took < MAX_SECONDS, f"{path} took {took:.1f} s"
    if answer.status == 303:
        answer = sari.go(answer.headers["location"])
    assert answer.status == 200, answer.words
    return answer


def how_long(sari: Customer, path: str) -> float:
    begun = time.monotonic()
    Customer(sari.line).go(path)
    return time.monotonic() - begun


def test_a_hanging_gateway_leaves_threads_for_those_who_browse(
    templates: Templates, var_dir: Path
) -> None:
    """Twelve wait for their pay page on a shop with eight threads; a visitor is served at once."""
    with (
        whole_market(templates, "sqlite", var_dir) as market,
        failing_gateway("hangs") as url,
        live_shop(
            market.database_url,
            var_dir,
            MEDIA_URL=market.media_url,
            STRIPE_API_BASE=url,
            worker=False,
        ) as shop,
    ):
        buyers = []
        for buyer in range(12):
            sari = Customer(OverHttp(shop.url))
            page = stand_at_the_till(sari, SLUG, phone=f"0812 3456 78{buyer:02d}")
            buyers.append((sari, pay_data(page, cara="card")))
        with ThreadPoolExecutor(len(buyers)) as pool:
            waiting = [pool.submit(timed, sari, "/checkout", data) for sari, data in buyers]
            time.sleep(2.5)  # by then whoever has to stand outside was told so
            assert Customer(OverHttp(shop.url)).go("/produk").status == 200
            assert not all(one.done() for one in waiting), "the gateway is still hanging"
            assert all("tidak menjawab" in one.result().words for one in waiting)
