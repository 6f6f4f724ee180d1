"""A market in the middle of a day: carts, unpaid bills, and orders at every stage of one desk.

Sweeps over all pages and all forms look at it, so that no page is tested while it is empty.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from shop.aftersales.complaints import actions as complaints
from shop.aftersales.complaints.rules import RefusalReason
from shop.aftersales.conversations.models import Conversation
from shop.checkout.confirmation.statement_matching import keep_statement
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.finance.payouts import actions as payouts
from shop.finance.payouts.models import Payout
from shop.fulfilment.deadlines.completion import complete_due_orders
from shop.fulfilment.order_steps import actions
from shop.fulfilment.orders.rules import Reason
from shop.payments.bills.models import Payment, PaymentOrder
from shop.payments.bills.queries import accounts_to_read
from shop.payments.cards.models import Dispute, DisputePart, DisputeState
from shop.payments.transfers.bank_statements import LineFault, Statement, StatementLine
from shop.people.accounts.models import OperatorSeat, Person
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, Purchase
from shop.shipping.places.models import BookEntry
from shop.shipping.rates.models import OwnDelivery, PickupPlace
from tests.aftersales.complaining import file, on_complaint
from tests.fulfilment.paid import Desk
from tests.support.customer import Customer, InProcess
from tests.support.databases import Recipe, Templates
from tests.support.engines import Engine
from tests.support.inside import shop_app
from tests.support.trade import AT_HOME, confirm_money, pay, sign_in, stand_at_the_till
from tests.support.whole_market import TRADED, on_engine, pictures_for, whole_market_recipe

DESK = "canting-pesisir-rahayu"
GOODS = "nasi-megono-kering-tabur"
MANAGER = "pengelola@pkl.koperasi.example"
MEMBER = "pkl-m10@anggota.example"
OPERATOR = "operator@lumbung.example"
TREASURER = "bendahara@pkl.koperasi.example"
SARI = "sari@pembeli.example"
STAGES = {
    "new": "pickup",
    "accepted": "courier",
    "ready_pickup": "pickup",
    "ready_courier": "courier",
    "ready_own": "own",
    "on_the_way": "courier",
    "on_the_way_own": "own",
    "arrived": "own",
    "complained": "own",
    "answered": "own",
    "appealed": "own",
    "done": "pickup",
    "refused": "courier",
}
"""Where the orders of the desk stand, and how their parcels go."""
COMPLAINTS = ("complained", "answered", "appealed")
"""Orders that somebody complains of: nobody answered yet, refused, before the operator."""


@dataclass(frozen=True)
class BusyDay:
    """Where to find what happened."""

    database_url: str = ""
    media_url: str = ""
    unpaid: str = ""
    """Code of a purchase that waits for its money."""
    paid: str = ""
    """Code of a purchase from three cooperatives whose money is there."""
    bill: str = ""
    """Code of the bill that is not paid yet."""
    payout: str = ""
    """Code of the operator's batch of payouts; the desk's one is paid."""
    member_payout: str = ""
    """Code of the desk's batch for its members, which waits for somebody to agree."""
    statement: str = ""
    """Code of a bank's list that waits for a yes."""
    dispute: int = 0
    """A dispute over the paid purchase that its bank has not decided, by id."""
    own_bill: str = ""
    """Code of a bill to the desk's own account that is not paid yet."""
    own_statement: str = ""
    """Code of a list of that account that waits for a yes."""
    question: int = 0
    """What Sari asked the desk about its goods, by id."""
    address: str = ""
    """Code of the first address in Sari's book."""
    own_round: int = 0
    pickup_place: int = 0
    """A round and a pick-up place of the desk, by id."""
    orders: dict[str, str] = field(default_factory=dict)
    """Numbers of the desk's orders, by what STAGES calls them, the ``unpaid`` one and the one that
    came by ``chat``."""
    pockets: dict[str, dict[str, str]] = field(default_factory=dict)
    """Cookies of the ``guest`` with a full cart, of ``sari``, the ``manager``, the ``treasurer``,
    the ``member`` who makes the goods, and the ``operator``."""


@contextmanager
def busy_day(templates: Templates, engine: Engine, folder: Path) -> Iterator[BusyDay]:
    """A busy market of this test's own."""
    notes = templates.house / "busy_day.json"

    def trade(url: str) -> None:
        db = Database(url)
        with shop_app(url, templates.house / "busy_day") as app:
            notes.write_text(json.dumps(asdict(_trade(InProcess(app), db))))
        db.dispose()

    traded = Recipe("busy_day", trade, whole_market_recipe(templates, "sqlite"))
    day = on_engine(templates, engine, traded)
    with templates.copy(engine, day.name, day.build, day.base) as url:
        told = json.loads(notes.read_text())
        media = pictures_for(templates, folder)
        yield BusyDay(**{**told, "database_url": url, "media_url": media})


def _trade(line: InProcess, db: Database) -> BusyDay:
    operator = Customer(line)
    sign_in(operator, OPERATOR)
    orders: dict[str, str] = {}
    rahma = Customer(line)
    for number, (stage, way) in enumerate(STAGES.items()):
        buyer = rahma if stage in ("arrived", "answered") else Customer(line)
        stand_at_the_till(
            buyer, GOODS, ways=[way], name=f"Rahma {number}", phone=f"0812340000{number:02d}"
        )
        orders[stage] = _bought(db, pay(buyer))[0]
        confirm_money(operator, orders[stage], _asked(buyer))
    guest, sari, manager = Customer(line), Customer(line), Customer(line)
    stand_at_the_till(guest, GOODS)
    unpaid = pay(guest)
    orders["unpaid"] = _bought(db, unpaid)[0]
    stand_at_the_till(guest, *TRADED, ways=["courier", "own", "pickup"])
    paid = pay(guest)
    confirm_money(operator, _bought(db, paid)[0], _asked(guest))
    sign_in(sari, SARI)
    stand_at_the_till(sari, GOODS)
    pay(sari)
    for full in (guest, sari):
        stand_at_the_till(full, *TRADED, ways=["courier", "own", "pickup"])
    sari.go("/akun/alamat/baru")
    sari.press("Simpan alamat", {"nama": "Sari", "wa": "0812 3456 7890", **AT_HOME})
    _ask(sari, f"/produk/{GOODS}/tanya")
    _ask(guest, f"/pesanan/{orders['unpaid']}/percakapan")
    sign_in(manager, MANAGER)
    orders["chat"] = _typed(manager)
    member = Customer(line)
    sign_in(member, MEMBER)
    _work(db, orders)
    with db.reading() as session:
        bill = session.scalars(
            select(Payment.code)
            .join(PaymentOrder, PaymentOrder.payment_id == Payment.id)
            .join(Order, Order.id == PaymentOrder.order_id)
            .where(Order.number == orders["unpaid"])
        ).one()
        address = session.scalars(
            select(BookEntry.code)
            .join(Person, Person.id == BookEntry.person_id)
            .where(Person.email_login == SARI, BookEntry.is_main)
        ).one()
        own_round, pickup_place = (
            session.scalars(
                select(kind.id)
                .join(Cooperative, Cooperative.id == kind.cooperative_id)
                .where(Cooperative.slug == DESK)
                .order_by(kind.id)
            ).first()
            for kind in (OwnDelivery, PickupPlace)
        )
        question = session.scalars(
            select(Conversation.id).where(Conversation.product_id.is_not(None))
        ).one()
    payout, member_payout = _pay_out(db)
    statement = _send_statement(db, None)
    own_bill, own_statement = _pay_the_desk(line, db)
    treasurer = Customer(line)
    sign_in(treasurer, TREASURER)
    people = {
        "guest": guest,
        "rahma": rahma,
        "sari": sari,
        "manager": manager,
        "treasurer": treasurer,
        "member": member,
        "operator": operator,
    }
    pockets = {name: person.cookies for name, person in people.items()}
    return BusyDay(
        unpaid=unpaid,
        paid=paid,
        bill=bill,
        payout=payout,
        member_payout=member_payout,
        statement=statement,
        dispute=_dispute(db, paid),
        own_bill=own_bill,
        own_statement=own_statement,
        question=question,
        address=address,
        own_round=own_round or 0,
        pickup_place=pickup_place or 0,
        orders=orders,
        pockets=pockets,
    )


def _ask(shopper: Customer, address: str) -> None:
    """Write a first message."""
    shopper.go(address)
    page = shopper.press("Kirim pesan", {"pesan": "Apakah bisa dikirim hari Sabtu?"})
    assert "Apakah bisa dikirim hari Sabtu?" in page.words


def _typed(manager: Customer) -> str:
    """Somebody orders in a chat, and the manager types it."""
    manager.go(f"/kelola/{DESK}/pesanan/chat")
    goods = {"baris-0-barang": "nasi megono", "baris-0-jumlah": "1"}
    manager.press("Lihat totalnya", {**goods, "nama": "Bu Ratna", "wa": "0812 3400 0098"})
    manager.press("Buat pesanan")
    return manager.page.path.rpartition("/")[2]


def _pay_the_desk(line: InProcess, db: Database) -> tuple[str, str]:
    """Somebody is asked to pay straight to the desk, and its treasurer sends a list."""
    with db.writing() as session:
        mine = session.scalars(select(Cooperative.id).filter_by(slug=DESK)).one()
        own = accounts_to_read(session, mine)[0]
        own.takes_payments = True
    buyer = Customer(line)
    stand_at_the_till(buyer, GOODS, ways=["pickup"], name="Bu Ani", phone="081234000099")
    code = pay(buyer)
    with db.reading() as session:
        bill = session.scalars(
            select(Payment.code)
            .join(Purchase, Purchase.id == Payment.purchase_id)
            .where(Purchase.code == code)
        ).one()
    return bill, _send_statement(db, mine)


def _send_statement(db: Database, cooperative_id: int | None) -> str:
    today = clock.day_in(clock.HOME_ZONE, clock.now())
    lines = (StatementLine(today, 125_000, "SETORAN TUNAI", 1),)
    with db.writing() as session:
        payee = accounts_to_read(session, cooperative_id)[0]
        return keep_statement(
            session,
            Statement("BRI", lines, (LineFault(3, "31/02/26", is_day=True),)),
            payee_id=payee.id,
            person_id=None,
            now=clock.now(),
        )


def _dispute(db: Database, purchase_code: str) -> int:
    """A bank asks about a purchase; which way it was paid makes no difference to the pages."""
    with db.writing() as session:
        payment = session.scalars(
            select(Payment)
            .join(Purchase, Purchase.id == Payment.purchase_id)
            .where(Purchase.code == purchase_code)
        ).one()
        orders = session.scalars(
            select(PaymentOrder).where(PaymentOrder.payment_id == payment.id)
        ).all()
        dispute = Dispute(
            dispute_ref="dp_busy_day",
            payment_id=payment.id,
            amount=sum(one.amount for one in orders),
            state=DisputeState.OPEN,
            respond_by=clock.now() + timedelta(days=7),
            opened_at=clock.now(),
        )
        session.add(dispute)
        session.flush()
        session.add_all(
            DisputePart(dispute_id=dispute.id, order_id=one.order_id, amount=one.amount)
            for one in orders
        )
        return dispute.id


def _work(db: Database, orders: dict[str, str]) -> None:
    """Take each order as far as its name says."""
    now = clock.now()
    with db.reading() as session:
        desk = Desk(db, session.scalars(select(Cooperative.id).filter_by(slug=DESK)).one())
    desk.accept_all(orders["accepted"], now)
    for stage in ("ready_pickup", "ready_courier", "ready_own"):
        desk.make_ready(orders[stage], now)
    desk.ship(orders["on_the_way"], now=now)
    for stage in ("on_the_way_own", "arrived", *COMPLAINTS):
        desk.make_ready(orders[stage], now)
        desk.do(orders[stage], lambda s, order: actions.own_delivery_out(s, order, now=now))
    for stage in ("arrived", *COMPLAINTS):
        desk.do(
            orders[stage],
            lambda s, order: actions.own_delivery_done(s, order, receiver="Bu Tini", now=now),
        )
    for stage in COMPLAINTS:
        file(db, orders[stage], now=now)
    for stage in ("answered", "appealed"):
        on_complaint(
            db,
            orders[stage],
            lambda s, order, one: complaints.refuse(
                s, order, one, reason=RefusalReason.NOT_SHOWN, words="Tidak terlihat.", now=now
            ),
        )
    on_complaint(
        db,
        orders["appealed"],
        lambda s, order, one: complaints.appeal(s, order, one, words="Lihat lagi.", now=now),
    )
    long_ago = now - timedelta(days=30)
    desk.make_ready(orders["done"], long_ago)
    desk.do(
        orders["done"],
        lambda s, order: actions.hand_over_pickup(
            s, order, code=order.pickup_code or "", now=long_ago
        ),
    )
    db.write(lambda session: complete_due_orders(session, now))
    desk.do(
        orders["refused"],
        lambda s, order: actions.refuse(s, order, reason=Reason.NOT_MADE, now=now),
    )


def _pay_out(db: Database) -> tuple[str, str]:
    """Pay the desk what is due to it, and put together what of it is its members'."""
    # The cooperatives' accounts are new on this day; a week later they may be paid to.
    later = clock.now() + timedelta(days=7)
    with db.writing() as session:
        who = session.scalars(select(OperatorSeat.person_id)).first() or 0
        desk_id = session.scalars(select(Cooperative.id).filter_by(slug=DESK)).one()
        batch = payouts.prepare(session, now=later)
        payouts.approve(session, batch.code, now=later, person_id=who)
        payout = session.scalars(select(Payout).where(Payout.cooperative_id == desk_id)).one()
        payouts.mark_paid(
            session,
            batch.code,
            payout.code,
            reference="TRX1",
            paid_on=clock.now().date(),
            now=later,
            person_id=who,
        )
        return batch.code, payouts.prepare_members(session, desk_id, now=later, person_id=who).code


def _bought(db: Database, code: str) -> list[str]:
    with db.reading() as session:
        return list(
            session.scalars(
                select(Order.number)
                .join(Purchase, Purchase.id == Order.purchase_id)
                .where(Purchase.code == code)
                .order_by(Order.position)
            )
        )


def _asked(buyer: Customer) -> str:
    """The amount as the purchase page writes it."""
    return buyer.page.markup.all("p", class_="price--l")[0].text.strip()
