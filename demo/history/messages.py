"""What shoppers and cooperatives of the demo wrote to each other in the last days."""

from datetime import datetime, timedelta

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from shop.aftersales.conversations.actions import write
from shop.aftersales.conversations.queries import Subject, subject_of_order, subject_of_product
from shop.aftersales.conversations.rules import Side
from shop.catalog.products.models import Product
from shop.people.accounts.models import Person
from shop.sales.orders.models import Order, Purchase
from shop.sales.orders.rules import OrderState
from shop.services.outbox.actions import NOTICE_JOB
from shop.services.outbox.models import JobState, Notice, NoticeState, OutboxJob

ASKER = "sari@pembeli.example"
GOODS = "nasi-megono-kering-tabur"

ON_THE_WAY = (
    (Side.SHOPPER, 5, "Bu, paketnya sudah sampai mana ya? Saya di rumah sampai jam lima sore."),
    (Side.DESK, 4, "Sudah dibawa kurir tadi pagi, Kak. Biasanya sampai besok siang."),
    (Side.SHOPPER, 3, "Baik, terima kasih. Kalau saya tidak ada, titip ke tetangga sebelah saja."),
    (Side.DESK, 2, "Siap, sudah kami sampaikan ke kurirnya."),
)
BEFORE_BUYING = (
    (Side.SHOPPER, 1, "Tahan berapa lama setelah dibuka? Mau saya bawa untuk oleh-oleh ke Medan."),
)
"""Who wrote how many hours ago what."""


def load_talk(session: Session, now: datetime) -> None:
    """One conversation that is answered, one that waits; the second time adds nothing."""
    order_id = session.scalar(
        select(Order.id)
        .where(Order.state == OrderState.ON_THE_WAY)
        .order_by(Order.id.desc())
        .limit(1)
    )
    if order_id is not None:
        _say(session, subject_of_order(session, order_id), ON_THE_WAY, now)
    asker = session.scalar(select(Person).where(Person.email_login == ASKER))
    slug = session.scalar(select(Product.slug).where(Product.slug == GOODS))
    if asker is None or slug is None:
        return
    subject = subject_of_product(session, slug, contact_id=asker.contact_id, person_id=asker.id)
    if subject is not None:
        _say(session, subject, BEFORE_BUYING, now)


def _say(
    session: Session, subject: Subject, lines: tuple[tuple[Side, int, str], ...], now: datetime
) -> None:
    for number, (side, hours, text) in enumerate(lines):
        at = now - timedelta(hours=hours)
        write(session, subject, side, text=text, key=f"demo:{number}", now=at)


FRESH = timedelta(hours=20)
"""What is younger is left to the worker, and to the lists "kirim lewat WhatsApp"."""


READ = timedelta(days=3)
"""What is older was read by whoever has an account."""


def settle_letters(session: Session, today: datetime) -> None:
    """Note that the letters of the past were sent when they were written, and to whose list."""
    until = today - FRESH
    own = select(func.min(Person.id)).where(Person.contact_id == Notice.contact_id)
    bought = select(func.min(Purchase.person_id)).where(Purchase.contact_id == Notice.contact_id)
    session.execute(
        update(Notice)
        .where(Notice.state == NoticeState.WAITING, Notice.created_at < until)
        .values(
            state=NoticeState.SENT,
            sent_at=Notice.created_at,
            person_id=func.coalesce(own.scalar_subquery(), bought.scalar_subquery()),
            read_at=case((Notice.created_at < today - READ, Notice.created_at)),
        )
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(OutboxJob)
        .where(OutboxJob.kind == NOTICE_JOB, OutboxJob.state == JobState.WAITING)
        .where(OutboxJob.created_at < until)
        .values(state=JobState.DONE, done_at=OutboxJob.created_at)
        .execution_options(synchronize_session=False)
    )
