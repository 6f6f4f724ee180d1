"""The log keeps every act, and nobody can change it."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from shop.core.database.engine import Database
from shop.services.audit.actions import purge_network_addresses, record
from shop.services.audit.models import AuditEvent, AuditOrigin
from tests.factories import NOON


def _record(db: Database, address: str | None = "203.0.113.9") -> None:
    with db.writing() as session:
        record(
            session,
            action="stock.adjusted",
            subject="variant:17",
            actor_id=4,
            cooperative_id=2,
            before={"on_hand": 5},
            after={"on_hand": 3},
            address=address,
            now=NOON,
        )


def test_an_act_is_kept_with_who_where_before_and_after(db: Database) -> None:
    _record(db)
    with db.reading() as session:
        event, origin = session.execute(select(AuditEvent, AuditOrigin).join(AuditOrigin)).one()
    assert (event.at, event.actor_id, event.cooperative_id) == (NOON, 4, 2)
    assert (event.action, event.subject) == ("stock.adjusted", "variant:17")
    assert (event.before, event.after) == ({"on_hand": 5}, {"on_hand": 3})
    assert origin.address == "203.0.113.9"


def test_an_act_that_is_undone_leaves_no_line(db: Database) -> None:
    def act_and_break() -> None:
        with db.writing() as session:
            record(session, action="a", subject="b", actor_id=None, now=NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act_and_break()
    with db.reading() as session:
        assert session.scalars(select(AuditEvent)).all() == []


@pytest.mark.parametrize("change", [update(AuditEvent).values(actor_id=9), delete(AuditEvent)])
def test_a_line_can_neither_be_changed_nor_taken_out(db: Database, change: object) -> None:
    _record(db)
    with pytest.raises(DBAPIError, match="only grows"), db.writing() as session:
        session.execute(change)  # type: ignore[call-overload]  # one of two kinds of statement


def test_an_address_is_forgotten_after_half_a_year_while_the_line_stays(db: Database) -> None:
    _record(db)
    _record(db)
    for days, expected in ((179, "203.0.113.9"), (181, None)):
        with db.writing() as session:
            purge_network_addresses(session, NOON + timedelta(days=days))
        with db.reading() as session:
            assert session.scalars(select(AuditOrigin.address)).one() == expected  # one for both
    _record(db)
    with db.reading() as session:
        assert len(session.scalars(select(AuditEvent)).all()) == 3
        assert len(session.scalars(select(AuditOrigin)).all()) == 2
