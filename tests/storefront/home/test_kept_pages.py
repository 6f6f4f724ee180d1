"""Pages are kept ready for visitors without cookies, and never show what is not so any more."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from shop.catalog.inventory.holds import reserve
from shop.catalog.inventory.models import StockItem
from shop.catalog.packaging.models import Halal, PackFacts, Permit
from shop.catalog.packaging.rules import Claim, HalalState, SendLimit
from shop.catalog.products.actions import set_price
from shop.catalog.products.models import (
    Category,
    Product,
    ProductCard,
    ProductState,
    StoryPart,
    StoryText,
    Variant,
    WholesaleStep,
)
from shop.catalog.products.product_cards import refresh_card, refresh_cooperative
from shop.core.database.engine import Database
from shop.core.database.schema import table_of
from shop.core.database.settings_by_date import Policy
from shop.core.values import clock
from shop.core.values.money import Rupiah
from shop.people.cooperatives.models import BookYear, Closing, Cooperative, Member
from shop.shipping.rates.models import CourierService, OwnDelivery, Rate, RateCard
from shop.storefront.sellers.queries import SHOWN
from shop.web.page_cache.triggers import names
from tests.factories import NOON, make_member
from tests.storefront.home.test_pages import COFFEE, GAYO
from tests.support.engines import PAGES
from tests.support.inside import shop_app
from tests.support.statements import statements
from tests.support.visitor import Visitor

BESIDE = "kopi-arabika-gayo-bubuk-halus-tubruk"
"""Of the same cooperative: its page offers the coffee for the same parcel."""
PATHS = (
    "/",
    "/?dekat=Aceh",
    "/produk",
    "/produk?kategori=minuman/kopi",
    "/produk?tersedia=1&urut=termurah",
    "/koperasi",
    f"/koperasi/{GAYO}",
    f"/produk/{COFFEE}",
    f"/produk/{BESIDE}",
    f"/cerita/{COFFEE}",
)
ALL_PATHS = (*PATHS, *(f"/en{path}" for path in ("/", "/produk", f"/produk/{COFFEE}")))
Act = Callable[[Session, int, int], None]
"""Changes something of a product, or of its cooperative."""


@pytest.fixture
def ready(market: Database, var_dir: Path) -> Iterator[Visitor]:
    """A visitor of a process that keeps its pages, beside the one of ``pages`` that keeps none."""
    url = market.url.render_as_string(hide_password=False)
    with shop_app(url, var_dir, PAGES_KEPT_MB="6") as app:
        visitor = app.test_client()
        assert isinstance(visitor, Visitor)
        yield visitor


def coffee(market: Database) -> tuple[int, int]:
    """The coffee and its cooperative, by id."""
    wanted = select(ProductCard.product_id, ProductCard.cooperative_id)
    with market.reading() as session:
        product, seller = session.execute(wanted.where(ProductCard.slug == COFFEE)).one()
        return product, seller


def price(session: Session, product: int, _seller: int) -> None:
    for variant in session.scalars(select(Variant.id).where(Variant.product_id == product)):
        set_price(session, variant, Rupiah(123_500))


def few_left(session: Session, product: int, _seller: int) -> None:
    packs = dict(
        session.execute(
            select(StockItem.variant_id, StockItem.on_hand - StockItem.reserved - 1)
            .join(Variant, Variant.id == StockItem.variant_id)
            .where(Variant.product_id == product)
        ).all()
    )
    wanted = {variant: count for variant, count in packs.items() if count > 0}
    reserve(session, packs_by_variant=wanted, holder="few", until=NOON + timedelta(days=1))


def none_left(session: Session, product: int, _seller: int) -> None:
    session.execute(
        update(StockItem)
        .where(StockItem.variant_id.in_(select(Variant.id).where(Variant.product_id == product)))
        .values(reserved=StockItem.on_hand)
    )


def new_pack(session: Session, product: int, seller: int) -> None:
    """A pack with stock appears on goods that were sold out; their card stays as it is."""
    first = session.scalars(select(Variant).where(Variant.product_id == product)).first()
    assert first is not None
    columns = {
        column.key: getattr(first, column.key)
        for column in table_of(Variant).columns
        if column.key != "id"
    }
    made = session.scalar(
        insert(Variant)
        .values(columns | {"sku": "BARU", "name": "baru", "option": "baru"})
        .returning(Variant.id)
    )
    session.execute(
        insert(StockItem).values(variant_id=made, cooperative_id=seller, on_hand=7, reserved=0)
    )


def name(session: Session, product: int, _seller: int) -> None:
    session.get_one(Product, product).name = "Kopi Bernama Baru"
    refresh_card(session, product)


def english(session: Session, product: int, _seller: int) -> None:
    session.get_one(Product, product).description_en = "Told anew."


def hidden(session: Session, product: int, _seller: int) -> None:
    session.get_one(Product, product).state = ProductState.HIDDEN
    refresh_card(session, product)


def shown(session: Session, product: int, _seller: int) -> None:
    session.get_one(Product, product).state = ProductState.PUBLISHED
    refresh_card(session, product)


def best_sold(session: Session, product: int, _seller: int) -> None:
    session.get_one(Product, product).popularity = 9_999
    refresh_card(session, product)


def label(session: Session, product: int, _seller: int) -> None:
    session.get_one(PackFacts, product).ingredients = "100% biji kopi dari kebun lain"


def stays_home(session: Session, product: int, _seller: int) -> None:
    """No parcel takes it any more: its neighbours stop to offer it."""
    session.get_one(PackFacts, product).send_limit = SendLimit.FROZEN_LOCAL


def travels_again(session: Session, product: int, _seller: int) -> None:
    session.get_one(PackFacts, product).send_limit = None


def permit(session: Session, product: int, _seller: int) -> None:
    session.execute(update(Permit).where(Permit.product_id == product).values(claim=Claim.CLAIMED))


def halal(session: Session, product: int, _seller: int) -> None:
    found = session.get_one(Halal, product)
    found.state, found.number = HalalState.APPLIED, None


def told(session: Session, product: int, _seller: int) -> None:
    session.merge(StoryText(product_id=product, part=StoryPart.HOW, text="Disangrai pagi hari."))


def wholesale(session: Session, product: int, _seller: int) -> None:
    session.merge(WholesaleStep(product_id=product, least_packs=40, unit_price=50_000))


def renamed(session: Session, _product: int, seller: int) -> None:
    session.get_one(Cooperative, seller).short_name = "Bernama Baru"
    refresh_cooperative(session, seller)


def maker(session: Session, product: int, _seller: int) -> None:
    key = session.get_one(Product, product).member_id
    session.get_one(Member, key).business_name = "Sangrai Baru"


def closing(session: Session, _product: int, seller: int) -> None:
    today = clock.day_in(clock.HOME_ZONE, clock.now())
    session.add(
        Closing(
            cooperative_id=seller,
            last_sending=today,
            reopens=today + timedelta(days=9),
            planned_at=clock.now(),
        )
    )


def meeting(session: Session, _product: int, seller: int) -> None:
    session.execute(
        update(BookYear)
        .where(BookYear.cooperative_id == seller)
        .values(surplus=1_234_567, meeting_on=date(2026, 2, 1))
    )


def courier(session: Session, _product: int, seller: int) -> None:
    session.merge(
        CourierService(
            code="uji",
            courier="Uji",
            name="Uji",
            divisor=6_000,
            tolerance_grams=300,
            least_grams=1_000,
        )
    )
    card = RateCard(
        cooperative_id=seller,
        service_code="uji",
        since=date(2026, 1, 1),
        divisor=6_000,
        tolerance_grams=300,
        least_grams=1_000,
    )
    session.add(card)
    session.flush()
    rate = {"area_code": "32", "days_least": 1, "days_most": 2, "by_air": False}
    session.add(Rate(card_id=card.id, price_per_kg=7_700, **rate))


def cheaper(session: Session, _product: int, seller: int) -> None:
    cards = select(RateCard.id).where(RateCard.cooperative_id == seller)
    session.execute(update(Rate).where(Rate.card_id.in_(cards)).values(price_per_kg=6_600))


def round_of_its_own(session: Session, _product: int, seller: int) -> None:
    session.execute(
        update(OwnDelivery).where(OwnDelivery.cooperative_id == seller).values(fee=5_500)
    )


def fees(session: Session, _product: int, _seller: int) -> None:
    session.add(Policy(name="transfer_cost_bp", since=date(2026, 1, 1), value=321))
    session.add(Policy(name="card_cost_bp", since=date(2026, 1, 1), value=432))


def category(session: Session, _product: int, _seller: int) -> None:
    session.execute(update(Category).values(position=Category.position + 1))


def suspended(session: Session, _product: int, seller: int) -> None:
    session.get_one(Cooperative, seller).suspended_at = NOON
    refresh_cooperative(session, seller)


ACTS: tuple[Act, ...] = (
    *(courier, price, few_left, none_left, new_pack, name, english, hidden, shown, best_sold),
    *(
        label,
        stays_home,
        travels_again,
        permit,
        halal,
        told,
        wholesale,
        renamed,
        maker,
        closing,
        meeting,
    ),
    *(cheaper, round_of_its_own, fees, category, suspended),
)


def test_whatever_changes_every_page_is_right_at_the_next_request(
    market: Database, ready: Visitor, pages: Visitor
) -> None:
    product, seller = coffee(market)
    seen: dict[str, str] = {}
    for act in ACTS:
        # Through other connections than the pages': as another process does.
        with market.writing() as session:
            act(session, product, seller)
        changed = False
        for page in ALL_PATHS:
            kept, made = ready.get(page), pages.get(page)
            assert (kept.status_code, kept.text) == (made.status_code, made.text), (act, page)
            changed |= seen.get(page) != made.text
            seen[page] = made.text
        assert changed or act in (round_of_its_own, category), f"{act} changes no page at all"


@pytest.mark.parametrize(
    "act",
    [price, few_left, none_left, name, hidden, stays_home, suspended],
    ids=lambda act: act.__name__,
)
@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_page_is_dropped_when_goods_for_the_same_parcel_change(
    market: Database, ready: Visitor, act: Act
) -> None:
    product, seller = coffee(market)
    with market.writing() as session:
        courier(session, product, seller)
    before = ready.get(f"/produk/{BESIDE}").text
    assert f'href="/produk/{COFFEE}"' in before
    with market.writing() as session:
        act(session, product, seller)
    after = ready.get(f"/produk/{BESIDE}").text
    assert after != before
    assert (f'href="/produk/{COFFEE}"' in after) == (act in (price, few_left, name))


def test_a_page_is_made_once_and_then_asked_for(
    market: Database, ready: Visitor, var_dir: Path
) -> None:
    first = ready.get("/produk", headers={"Accept-Encoding": "gzip"})
    app_database = ready.application.extensions["lumbung"].database
    with statements(app_database) as asked:
        again = ready.get("/produk", headers={"Accept-Encoding": "gzip"})
        etag = again.headers["ETag"]
        known = ready.get("/produk", headers={"Accept-Encoding": "gzip", "If-None-Match": etag})
        plain = ready.get("/produk", headers={"Accept-Encoding": "identity"})
    assert again.data == first.data
    assert dict(again.headers) == dict(first.headers)
    assert (known.status_code, known.data) == (304, b"")
    assert known.headers["ETag"] == etag
    assert "Content-Encoding" not in plain.headers
    assert not asked, "the page itself is stored, however it travels"
    ready.set_cookie("lumbung_hemat", "1")
    own = ready.get("/produk")
    assert own.headers["Cache-Control"] == "private, no-store"
    assert own.data != plain.data


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("odd", ["*", "GZIP", "xgzip", "gzip;Q=0", "gzip ;q=0"])
def test_nobody_gets_a_page_that_was_packed_for_somebody_else(ready: Visitor, odd: str) -> None:
    first = ready.get("/koperasi", headers={"Accept-Encoding": odd})
    for understood in ("", "gzip"):
        answer = ready.get("/koperasi", headers={"Accept-Encoding": understood})
        assert answer.headers.get("Content-Encoding", "") == understood
    # Nor is what was kept for these given to whoever asked so.
    again = ready.get("/koperasi", headers={"Accept-Encoding": odd})
    assert again.headers.get("Content-Encoding") == first.headers.get("Content-Encoding")


@pytest.mark.only_on("sqlite", because=PAGES)
def test_no_page_outlives_its_hour_or_what_is_typed(ready: Visitor) -> None:
    database = ready.application.extensions["lumbung"].database

    def made(path: str) -> bool:
        with statements(database) as asked:
            ready.get(path)
        return bool(asked)

    with time_machine.travel(NOON, tick=False) as now:
        assert made("/koperasi")
        assert not made("/koperasi")
        now.shift(timedelta(hours=1))
        assert made("/koperasi")
        long = "/produk?setelah=" + "y" * 300
        for typed in ("/produk?q=kopi", f"/produk/{COFFEE}?ke=Bandung", long):
            assert made(typed)
            assert made(typed)


def test_every_trigger_stands_at_the_newest_revision(db: Database) -> None:
    from sqlalchemy import text

    listed = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if db.is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with db.reading() as session:
        assert names() <= set(session.scalars(text(listed)))


def test_a_cooperatives_page_names_the_maker_who_goes_on_with_goods_it_does_not_show(
    market: Database, ready: Visitor
) -> None:
    many = select(ProductCard.cooperative_id).group_by(ProductCard.cooperative_id)
    with market.reading() as session:
        key = session.scalars(many.having(func.count() > SHOWN)).first()
        seller = session.get_one(Cooperative, key)
        goods = session.execute(
            select(ProductCard.product_id, ProductCard.slug).where(
                ProductCard.cooperative_id == seller.id
            )
        ).all()
    other = make_member(market, seller)
    with market.writing() as session:
        session.get_one(Member, other.id).business_name = "Sangrai Penerus"
    page = ready.get(f"/koperasi/{seller.slug}").text
    assert "Sangrai Penerus" not in page
    unseen = next(product for product, slug in goods if f'href="/produk/{slug}"' not in page)
    with market.writing() as session:
        session.get_one(Product, unseen).member_id = other.id
    assert "Sangrai Penerus" in ready.get(f"/koperasi/{seller.slug}").text
