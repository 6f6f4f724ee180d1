"""Rows that tests start from: cooperatives, people, goods, purchases. Plain values in, rows out.

Each opens its own transaction, so that a test reads as what happened one after the other.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from unittest.mock import patch

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, selectinload

from shop.catalog.inventory import actions as inventory
from shop.catalog.inventory import holds
from shop.catalog.inventory.queries import Shelf, shelves
from shop.catalog.products.models import Category, Product, ProductState, Variant
from shop.catalog.products.product_cards import refresh_card
from shop.core.database.engine import Database
from shop.core.values import codes
from shop.core.values.money import Rupiah
from shop.payments.bills.actions import Opened, open_payment
from shop.payments.bills.models import Method, Payee, PayeeKind
from shop.people.accounts.models import Contact, Person
from shop.people.cooperatives.models import Cooperative, Member, Role, Seat
from shop.sales.orders.actions import OrderDraft, PurchaseDraft, create_purchase
from shop.sales.orders.models import Purchase
from shop.sales.orders.rules import DeliveryKind, LineDraft, QuoteSnapshot
from shop.shipping.places.models import Region
from shop.shipping.places.rules import folded_name

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
"""Monday, twelve o'clock in Jakarta."""
DAY = timedelta(days=1)
PICKUP = QuoteSnapshot(
    kind=DeliveryKind.PICKUP,
    name="Ambil sendiri",
    fee=Rupiah(0),
    scale_grams=500,
    billable_grams=500,
    place="Gudang koperasi, Senin–Jumat 08.00–16.00",
)

FIRST_NUMBER = 100
"""What a test makes is numbered from here on. Lower numbers are in databases that tests copy."""
_numbers = count(FIRST_NUMBER)


@contextmanager
def numbered_from_one() -> Iterator[None]:
    """Number what the block makes from 1 on: for a database that is made once and then copied.

    Another process made it, perhaps, so its numbers must be none that this one gives out later.
    """
    with patch(f"{__name__}._numbers", count(1)):
        yield
        assert next(_numbers) <= FIRST_NUMBER, "more was made than there are numbers for"


@dataclass(frozen=True)
class Goods:
    """A variant on its shelf, with what an order line needs of it."""

    variant_id: int
    product_id: int
    member_id: int
    cooperative: Cooperative
    price: int
    name: str = "Kopi Gayo"
    sku: str = field(default="GYO-001")

    def line(self, packs: int) -> LineDraft:
        """So many packs as they are sold."""
        return LineDraft(
            variant_id=self.variant_id,
            product_id=self.product_id,
            member_id=self.member_id,
            name=self.name,
            sku=self.sku,
            unit_price=Rupiah(self.price),
            packs=packs,
            unit_grams=250,
            length_mm=200,
            width_mm=100,
            height_mm=60,
        )


@dataclass(frozen=True)
class Placed:
    """A purchase that waits for its money."""

    purchase_id: int
    code: str
    payment_id: int
    payment_code: str
    amount: int
    orders_total: int
    order_ids: tuple[int, ...]
    numbers: tuple[str, ...]


def make_contact(db: Database, name: str = "Sari", email: str | None = None) -> int:
    """Somebody with a name and a phone; their contact's id."""
    with db.writing() as session:
        contact = Contact(
            name=name,
            phone=f"+62840{next(_numbers):08d}",
            email=email,
            created_at=NOON,
        )
        session.add(contact)
        session.flush()
        return contact.id


def make_person(db: Database, name: str = "Sari", email: str | None = None) -> Person:
    """Somebody who could sign in, without a password."""
    contact_id = make_contact(db, name, email)
    with db.writing() as session:
        person = Person(contact_id=contact_id, email_login=email, created_at=NOON)
        session.add(person)
        session.flush()
        return person


def make_cooperative(
    db: Database,
    code: str = "GYO",
    name: str = "Koperasi Gayo",
    *,
    zone: str = "Asia/Jakarta",
    contribution_bp: int = 800,
    is_pkp: bool = False,
) -> Cooperative:
    """A cooperative; the same code twice is the same one."""
    with db.writing() as session:
        found = session.scalars(select(Cooperative).where(Cooperative.code == code)).one_or_none()
        if found is not None:
            return found
        cooperative = Cooperative(
            code=code,
            slug=f"koperasi-{code.lower()}",
            name=name,
            short_name=name.removeprefix("Koperasi "),
            kind="produsen",
            village_code="11.04.01.2001",
            province="Aceh",
            regency="Aceh Tengah",
            district="Lut Tawar",
            village="Takengon",
            postcode="24511",
            street="Jalan Kopi 1",
            zone=zone,
            reported_members=10,
            principal_saving=100_000,
            mandatory_saving=10_000,
            contribution_bp=contribution_bp,
            is_pkp=is_pkp,
            dye="soga",
            motif="kerawang",
            story="",
            description_en="",
            created_at=NOON,
        )
        session.add(cooperative)
        session.flush()
        return cooperative


def make_seat(db: Database, cooperative: Cooperative, person: Person, role: Role) -> None:
    """Give a person a role in a cooperative."""
    with db.writing() as session:
        session.add(Seat(cooperative_id=cooperative.id, person_id=person.id, role=role, since=NOON))


def make_member(
    db: Database, cooperative: Cooperative, person: Person | None = None, *, seated: bool = True
) -> Member:
    """A member who makes things; with an account when a person is given."""
    number = next(_numbers)
    contact_id = person.contact_id if person else make_contact(db, f"Anggota {number}")
    if person and seated:
        make_seat(db, cooperative, person, Role.ANGGOTA)
    with db.writing() as session:
        member = Member(
            cooperative_id=cooperative.id,
            code=f"{cooperative.code}-M{number}",
            number=str(number),
            contact_id=contact_id,
            person_id=person.id if person else None,
            joined_on=date(2020, 1, 1),
        )
        session.add(member)
        session.flush()
        return member


def make_goods(
    db: Database,
    cooperative: Cooperative | None = None,
    *,
    price: int = 45_000,
    on_hand: int = 5,
    name: str = "Kopi Gayo",
    maker: Person | None = None,
    seated: bool = True,
) -> Goods:
    """A published product with its card, one variant and packs on its shelf.

    :param maker: whose account makes it; None: a member without one.
    """
    cooperative = cooperative or make_cooperative(db)
    member = make_member(db, cooperative, maker, seated=seated)
    sku = f"{cooperative.code}-{next(_numbers):03d}"
    with db.writing() as session:
        product = Product(
            cooperative_id=cooperative.id,
            member_id=member.id,
            category_id=_category(session),
            sku=sku,
            slug=sku.lower(),
            name=name,
            state=ProductState.PUBLISHED,
            published_at=NOON,
        )
        session.add(product)
        session.flush()
        variant = Variant(
            product_id=product.id,
            position=1,
            sku=sku,
            price=price,
            gross_grams=250,
            length_mm=200,
            width_mm=100,
            height_mm=60,
        )
        session.add(variant)
        session.flush()
        inventory.open_shelf(
            session,
            variant_id=variant.id,
            cooperative_id=cooperative.id,
            on_hand=on_hand,
            now=NOON,
        )
        refresh_card(session, product.id, today=NOON.date())
        return Goods(variant.id, product.id, member.id, cooperative, price, name, sku)


def make_payee(db: Database) -> int:
    """The operator's bank account; the same one every time."""
    with db.writing() as session:
        found = session.scalar(
            select(Payee.id).where(Payee.kind == PayeeKind.BANK, Payee.cooperative_id.is_(None))
        )
        if found is not None:
            return found
        payee = Payee(
            kind=PayeeKind.BANK,
            provider="Bank Contoh",
            number="0012345678",
            holder="Lumbung",
            verified_at=NOON,
        )
        session.add(payee)
        session.flush()
        return payee.id


def quote(fee: int, kind: DeliveryKind = DeliveryKind.COURIER) -> QuoteSnapshot:
    """A delivery for that much."""
    if kind is DeliveryKind.PICKUP:
        return PICKUP
    return QuoteSnapshot(
        kind=kind,
        name="Kurir reguler" if kind is DeliveryKind.COURIER else "Diantar koperasi",
        fee=Rupiah(fee),
        scale_grams=500,
        billable_grams=1_000,
        rate_code="uji",
        days_least=2,
        days_most=4,
    )


def draft_of(
    packs: Mapping[Goods, int],
    *,
    contact_id: int,
    quotes: Mapping[int, QuoteSnapshot] | None = None,
    person_id: int | None = None,
    now: datetime = NOON,
) -> PurchaseDraft:
    """A purchase of these goods, one order for each cooperative, ready to be created.

    :param quotes: delivery by cooperative id; 12,000 by courier where nothing is said.
    """
    by_cooperative: dict[int, list[Goods]] = {}
    for goods in packs:
        by_cooperative.setdefault(goods.cooperative.id, []).append(goods)
    return PurchaseDraft(
        code=codes.new_code(),
        checkout_token=codes.new_code(),
        contact_id=contact_id,
        person_id=person_id,
        viewer_hash=codes.hash_token("sari"),
        hold_until=now + DAY,
        orders=tuple(
            OrderDraft(
                cooperative_id=cooperative_id,
                cooperative_code=part[0].cooperative.code,
                zone=part[0].cooperative.zone,
                contribution_bp=part[0].cooperative.contribution_bp,
                is_pkp=part[0].cooperative.is_pkp,
                quote=(quotes or {}).get(cooperative_id, quote(12_000)),
                lines=tuple(goods.line(packs[goods]) for goods in part),
            )
            for cooperative_id, part in by_cooperative.items()
        ),
    )


def place(
    session: Session,
    packs: Mapping[Goods, int],
    *,
    contact_id: int,
    payee_id: int,
    quotes: Mapping[int, QuoteSnapshot] | None = None,
    person_id: int | None = None,
    now: datetime = NOON,
) -> tuple[Purchase, Opened]:
    """Hold, write down and ask for money, as checkout does, without cart and page."""
    draft = draft_of(packs, contact_id=contact_id, quotes=quotes, person_id=person_id, now=now)
    holds.reserve(
        session,
        packs_by_variant={goods.variant_id: wanted for goods, wanted in packs.items()},
        holder=draft.code,
        until=draft.hold_until,
    )
    written = create_purchase(session, draft=draft, now=now)
    purchase = session.get_one(Purchase, written.id, options=[selectinload(Purchase.orders)])
    payment = open_payment(
        session,
        purchase_id=purchase.id,
        method=Method.TRANSFER,
        payee_id=payee_id,
        orders={order.id: order.total for order in purchase.orders},
        due_at=draft.hold_until,
        now=now,
    )
    return purchase, payment


def make_purchase(
    db: Database,
    packs: Mapping[Goods, int],
    *,
    quotes: Mapping[int, QuoteSnapshot] | None = None,
    person: Person | None = None,
    now: datetime = NOON,
) -> Placed:
    """A purchase by transfer that waits for its money."""
    contact_id = person.contact_id if person else make_contact(db)
    payee_id = make_payee(db)
    with db.writing() as session:
        purchase, payment = place(
            session,
            packs,
            contact_id=contact_id,
            payee_id=payee_id,
            quotes=quotes,
            person_id=person.id if person else None,
            now=now,
        )
        return Placed(
            purchase_id=purchase.id,
            code=purchase.code,
            payment_id=payment.id,
            payment_code=payment.code,
            amount=payment.amount,
            orders_total=purchase.orders_total,
            order_ids=tuple(order.id for order in purchase.orders),
            numbers=tuple(order.number for order in purchase.orders),
        )


def make_regions(session: Session, regions: Iterable[tuple[str, str]]) -> None:
    """Provinces, regencies and districts by code and name, each inside the one its code begins."""
    rows = [
        {
            "code": code,
            "name": name,
            "parent_code": code[:-3] or None,
            "folded": folded_name(name, code),
        }
        for code, name in regions
    ]
    session.execute(insert(Region), rows)


def shelf(db: Database, goods: Goods) -> Shelf:
    """What lies on the shelf of some goods."""
    with db.reading() as session:
        return shelves(session, [goods.variant_id])[goods.variant_id]


def _category(session: Session) -> int:
    found = session.scalar(select(Category.id).where(Category.path == "minuman/kopi"))
    if found is None:
        category = Category(path="minuman/kopi", name="Kopi")
        session.add(category)
        session.flush()
        found = category.id
    return found
