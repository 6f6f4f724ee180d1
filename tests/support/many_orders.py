"""A cooperative with years of trade behind it: whole tables of orders at a time."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select

from shop.core.database.engine import Database
from shop.core.database.schema import Base, table_of
from shop.core.values.codes import new_code, order_number
from shop.people.accounts.models import Contact
from shop.sales.orders.models import Order, OrderLine, OrderState, Parcel, Purchase
from shop.sales.orders.rules import DeliveryKind
from shop.shipping.places.models import Address
from tests.factories import NOON, Goods

CHUNK = 2_000
NAMES = ("Dewi", "Rahma", "Budi", "Sari", "Agus", "Putri", "Joko", "Lestari", "Wahyu", "Ningsih")
PLACES = ("Bekasi", "Bandung", "Sleman", "Bangli", "Cilacap")
OPEN = (OrderState.NEW, OrderState.ACCEPTED, OrderState.READY, OrderState.ON_THE_WAY)
KINDS = (DeliveryKind.COURIER, DeliveryKind.COURIER, DeliveryKind.OWN, DeliveryKind.PICKUP)


def fill(db: Database, goods: Goods, *, done: int, opened: int) -> None:
    """So many orders of two lines that are over, and after them so many that are at work."""
    with db.reading() as session:
        first = {
            model: (session.scalar(select(func.max(model.id))) or 0) + 1
            for model in (Contact, Address, Purchase, Order, OrderLine, Parcel)
        }
    with db.writing() as session:
        for begin in range(0, done + opened, CHUNK):
            numbers = range(begin, min(begin + CHUNK, done + opened))
            rows: dict[type[Base], list[dict[str, Any]]] = {model: [] for model in first}
            for number in numbers:
                for model, row in _rows(goods, number, number - done, done, first):
                    rows[model].append(row)
            for model, found in rows.items():
                if found:
                    session.execute(insert(table_of(model)), found)


def _rows(
    goods: Goods, number: int, place: int, done: int, first: dict[Any, int]
) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    is_open = place >= 0
    state = OPEN[place % len(OPEN)] if is_open else OrderState.DONE
    if not is_open and number % 20 == 0:
        state = OrderState.CANCELLED
    kind = KINDS[(number // len(OPEN)) % len(KINDS)]
    # The past in order, a few minutes apart; what is open came in these days.
    at = NOON - (timedelta(hours=place % 70) if is_open else timedelta(minutes=9 * (done - number)))
    ids = {model: start + number for model, start in first.items()}
    name = f"{NAMES[number % 10]} {NAMES[(number // 10) % 10]} {number}"
    yield (
        Contact,
        {"id": ids[Contact], "name": name, "phone": f"+62812{number:08d}", "created_at": at},
    )
    yield (
        Address,
        {
            "id": ids[Address],
            "contact_id": ids[Contact],
            "street": f"Jl. Melati {number}",
            "village_code": "32.75.08.1001",
            "village": "Jatiwaringin",
            "district": "Pondok Gede",
            "regency": f"Kota {PLACES[number % 5]}",
            "province": "Jawa Barat",
            "postcode": "17411",
            "created_at": at,
        },
    )
    sent = kind is not DeliveryKind.PICKUP
    yield (
        Purchase,
        {
            "id": ids[Purchase],
            "code": new_code(),
            "checkout_token": new_code(),
            "contact_id": ids[Contact],
            "address_id": ids[Address] if sent else None,
            "viewer_hash": "0" * 64,
            "language": "id",
            "goods_total": 90_000,
            "delivery_total": 12_000,
            "discount_total": 0,
            "orders_total": 102_000,
            "hold_until": at,
            "placed_at": at,
            "settled_at": at,
        },
    )
    code = goods.cooperative.code
    was = [one is state for one in OPEN].index(True) if is_open else len(OPEN)
    yield (
        Order,
        {
            "id": ids[Order],
            "number": order_number(code, 2026, 100_000 + ids[Order]),
            "purchase_id": ids[Purchase],
            "cooperative_id": goods.cooperative.id,
            "position": 1,
            "state": state,
            "delivery_kind": kind,
            "delivery_name": "JNE Reguler",
            "scale_grams": 400,
            "billable_grams": 1000,
            "pickup_code": None if sent else str(100_000 + number % 900_000),
            "goods_total": 90_000,
            "delivery_fee": 12_000,
            "discount_total": 0,
            "total": 102_000,
            "refunded": 0,
            "placed_at": at,
            "paid_at": at,
            "accept_by": at + timedelta(days=2),
            "ship_by": at + timedelta(days=4) if was >= 1 else None,
            "accepted_at": at if was >= 1 else None,
            "ready_at": at if was >= 2 else None,
            "handed_over_at": at if was >= 3 else None,
            "arrived_at": at if was >= 4 else None,
            "ended_at": at if was >= 4 else None,
        },
    )
    for line in (0, 1):
        packs = 1 + line
        yield (
            OrderLine,
            {
                "id": first[OrderLine] + 2 * number + line,
                "order_id": ids[Order],
                "position": line + 1,
                "variant_id": goods.variant_id,
                "product_id": goods.product_id,
                "member_id": goods.member_id,
                "name": goods.name,
                "variant_name": ("halus", "kasar")[line],
                "sku": goods.sku,
                "net_label": "200 g",
                "unit_price": 30_000,
                "packs": packs,
                "goods_total": 30_000 * packs,
                "discount": 0,
                "unit_grams": 250,
                "length_mm": 100,
                "width_mm": 80,
                "height_mm": 60,
                "contribution_bp": 800,
                "member_share": 27_000 * packs,
                "fee_bp": 200,
                "fee": 600 * packs,
                "tax_base": 30_000 * packs,
                "ppn": 0,
                "pph22": 0,
                "fee_ppn": 0,
                "parts": {},
                "accepted": packs if was >= 1 else 0,
                "packed": packs if was >= 2 else 0,
                "shipped": packs if was >= 3 else 0,
                "delivered": packs if was >= 4 else 0,
                "returned": 0,
                "refunded": 0,
            },
        )
    if was >= 3 and sent:
        yield (
            Parcel,
            {
                "id": ids[Parcel],
                "order_id": ids[Order],
                "courier": "JNE Reguler",
                "tracking_number": f"JP{ids[Order]:010d}",
                "handed_over_at": at,
            },
        )
