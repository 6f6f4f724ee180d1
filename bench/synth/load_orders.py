"""Loading invented orders: whole tables at a time, so that books, shelves and numbers agree."""

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import islice

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from bench.synth.order_rows import NUMBERED, Trade
from bench.synth.orders import MAX_WARES, Shop, Ware, purchases
from bench.synth.seller_rows import places
from shop.catalog.inventory.models import StockItem
from shop.catalog.products.models import Product, ProductState, Variant
from shop.core.database import settings_by_date
from shop.core.database.bulk_insert import advance_sequence, bulk_insert, make_room, next_id
from shop.core.database.engine import Database
from shop.core.database.schema import table_of
from shop.core.values.clock import HOME_ZONE, day_in
from shop.payments.bills.models import Payee, PayeeKind
from shop.payments.ledger.models import LedgerAccount, LedgerEntry
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import OrderCounter
from shop.shipping.rates.models import PickupPlace

CHUNK = 2_000
"""Purchases a transaction."""
VILLAGES = 500
"""In how many of them the shoppers live."""
Progress = Callable[[int, int], None]
"""Told how many of how many orders are there."""


def load_orders(
    database: Database,
    orders: int,
    seed: int,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> None:
    """Invent a year of orders and load them, in many transactions.

    Goods have to stand there, invented ones or others.
    """
    with database.writing() as session:
        payee_id = _payee(session, now)
    with database.reading() as session:
        wares, on_hand = _wares(session)
        counted = {
            (row.cooperative_id, row.year): row.last
            for row in session.execute(select(*table_of(OrderCounter).columns))
        }
        accounts = select(LedgerAccount.code, LedgerAccount.id)
        trade = Trade(
            seed=seed,
            homes=places(VILLAGES),
            figures=settings_by_date.settings_on(session, day_in(HOME_ZONE, now)),
            payee_id=payee_id,
            accounts=dict(session.execute(accounts).all()),
            first={model: next_id(session, model) for model in NUMBERED},
            counted=counted,
            on_hand=on_hand,
        )
    before, done = dict(counted), 0
    coming = purchases(wares, orders, seed, now)
    while chunk := list(islice(coming, CHUNK)):
        with database.writing() as session:
            make_room(session)
            for model, rows in trade.tables(chunk).items():
                bulk_insert(session, model, rows)
            # The seal is where the database itself counts each entry.
            session.execute(
                update(LedgerEntry).where(LedgerEntry.sealed.is_(False)).values(sealed=True)
            )
            _keep_counters(session, before, counted)
        before = dict(counted)
        done += sum(len(bought.parts) for bought in chunk)
        if progress is not None:
            progress(done, orders)
    with database.writing() as session:
        advance_sequence(session, NUMBERED)


def _wares(session: Session) -> tuple[list[Ware], dict[int, int]]:
    """What sells best, and how many packs of each stand on the shelf."""
    place = select(PickupPlace.name).where(PickupPlace.cooperative_id == Cooperative.id).limit(1)
    shops = {
        row.id: Shop(row.id, row.code, row.zone, row.contribution_bp, row.is_pkp, row.place or "")
        for row in session.execute(
            select(
                Cooperative.id,
                Cooperative.code,
                Cooperative.zone,
                Cooperative.contribution_bp,
                Cooperative.is_pkp,
                place.scalar_subquery().label("place"),
            )
        )
    }
    found = session.execute(
        select(Product, Variant, StockItem.on_hand)
        .join(Variant, Variant.product_id == Product.id)
        .join(StockItem, StockItem.variant_id == Variant.id)
        .where(Product.state == ProductState.PUBLISHED)
        .order_by(Product.popularity.desc(), Variant.id)
        .limit(MAX_WARES)
    ).all()
    wares = [
        Ware(
            variant_id=variant.id,
            product_id=product.id,
            member_id=product.member_id,
            shop=shops[product.cooperative_id],
            name=product.name,
            variant_name=variant.name,
            sku=variant.sku,
            price=variant.price,
            grams=variant.gross_grams,
            sides=(variant.length_mm, variant.width_mm, variant.height_mm),
            sold=product.popularity,
        )
        for product, variant, _on_hand in found
    ]
    return wares, {variant.id: on_hand for _product, variant, on_hand in found}


def _payee(session: Session, now: datetime) -> int:
    """The operator's bank account, which invented shoppers pay into."""
    known = session.scalar(
        select(Payee.id)
        .where(Payee.kind == PayeeKind.BANK, Payee.cooperative_id.is_(None))
        .order_by(Payee.id)
    )
    if known is not None:
        return known
    payee = Payee(
        kind=PayeeKind.BANK,
        provider="Bank Contoh",
        number="0000000001",
        holder="Lumbung",
        verified_at=now,
    )
    session.add(payee)
    session.flush()
    return payee.id


def _keep_counters(
    session: Session, before: Mapping[tuple[int, int], int], now: Mapping[tuple[int, int], int]
) -> None:
    """Let the next order of each cooperative get the next number."""
    new = [key for key in now if key not in before]
    bulk_insert(
        session,
        OrderCounter,
        [{"cooperative_id": key[0], "year": key[1], "last": now[key]} for key in new],
    )
    moved = [key for key in before if now[key] != before[key]]
    if moved:
        table = table_of(OrderCounter)
        session.connection().execute(
            update(table)
            .where(table.c.cooperative_id == bindparam("whose"), table.c.year == bindparam("of"))
            .values(last=bindparam("count")),
            [{"whose": key[0], "of": key[1], "count": now[key]} for key in moved],
        )
