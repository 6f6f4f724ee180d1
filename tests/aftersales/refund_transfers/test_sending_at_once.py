"""Several people write down one transfer at once: it is sent once, and without the lock twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.aftersales.refund_transfers import actions as refund_transfers
from shop.aftersales.refund_transfers.destinations import name_destination
from shop.aftersales.refunds.errors import NothingToGiveBack, RefundsChanged
from shop.aftersales.refunds.queries import contact_of
from shop.core.database.engine import Database
from shop.payments.bills.models import (
    Refund,
    RefundDestination,
    RefundState,
    RefundTransfer,
    TransferState,
)
from tests.aftersales.giving import bring, give
from tests.factories import NOON, make_goods, make_person
from tests.fulfilment.paid import books, broken, make_paid


@pytest.fixture
def destination(db: Database) -> int:
    """Where 45,000 wait to go."""
    kopi = make_goods(db, price=45_000, on_hand=50)
    placed = make_paid(db, {kopi: 2})
    bring(db, placed.numbers[0])
    give(db, placed.numbers[0], 1)
    with db.writing() as session:
        name_destination(
            session,
            purchase_id=placed.purchase_id,
            contact_id=contact_of(session, placed.purchase_id),
            provider="BRI",
            number="001234567890",
            holder="Sari Dewi",
            now=NOON,
        )
        return session.scalars(select(Refund.destination_id)).one() or 0


def at_once(db: Database, destination: int, people: list[int]) -> int:
    """Each writes down a transfer of their own; how many went through."""
    together = Barrier(len(people))

    def send(person_id: int) -> bool:
        together.wait()
        try:
            db.write(
                lambda session: refund_transfers.send(
                    session,
                    cooperative_id=None,
                    destination_id=destination,
                    seen=45_000,
                    reference=f"TRX-{person_id}",
                    person_id=person_id,
                    now=NOON,
                )
            )
        except RefundsChanged:
            return False
        return True

    with ThreadPoolExecutor(len(people)) as hands:
        return sum(hands.map(send, people))


def test_of_five_people_who_send_at_once_one_does(db: Database, destination: int) -> None:
    people = [make_person(db, f"Kasir {number}").id for number in range(5)]
    assert at_once(db, destination, people) == 1
    with db.reading() as session:
        assert session.scalars(select(RefundTransfer.state)).all() == [TransferState.PAID]
        assert session.scalars(select(Refund.state)).all() == [RefundState.DONE]
    assert "refund_due" not in books(db)
    assert broken(db) == {}


def test_without_looking_again_each_of_them_would(
    db: Database, destination: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: what waits is what somebody saw before, and nobody asks whether it still is."""
    people = [make_person(db, f"Kasir {number}").id for number in range(2)]
    monkeypatch.setattr(refund_transfers, "BY_HAND", Refund.id > 0)
    assert at_once(db, destination, people) == 2
    with db.reading() as session:
        sent = session.scalar(select(func.sum(RefundTransfer.amount)))
    assert sent == 2 * 45_000


def test_a_destination_is_not_changed_under_who_is_sending(db: Database, destination: int) -> None:
    person = make_person(db, "Kasir").id
    assert at_once(db, destination, [person]) == 1

    def change(session: Session) -> None:
        purchase_id = session.scalars(select(RefundDestination.purchase_id)).one()
        name_destination(
            session,
            purchase_id=purchase_id,
            contact_id=contact_of(session, purchase_id),
            provider="DANA",
            number="081200000000",
            holder="Joko",
            now=NOON,
        )

    with pytest.raises(NothingToGiveBack):
        db.write(change)
    with db.reading() as session:
        assert session.scalars(select(Refund.destination_id)).one() == destination
