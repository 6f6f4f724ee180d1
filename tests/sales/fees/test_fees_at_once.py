"""One fee set by several presses at once: the last one counts, and the log tells them in turn."""

import threading
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.core.database.settings_by_date import Policy
from shop.sales.fees import actions
from shop.services.audit.models import AuditEvent
from tests.sales.fees.test_fees import TODAY, fee
from tests.support.at_once import together
from tests.support.engines import ONE_WRITER

PATIENCE = 20
"""Seconds after which a test that hangs fails instead."""


def rows(db: Database) -> list[int]:
    with db.reading() as session:
        wanted = select(Policy.value).where(Policy.name == "platform_fee_bp")
        return list(session.scalars(wanted.where(Policy.since == TODAY)))


def test_a_fee_set_six_times_at_once_is_one_fee_and_six_lines_in_the_log(db: Database) -> None:
    wanted = [200, 250, 300, 350, 400, 450]
    results = together(*(partial(fee, db, bp) for bp in wanted))
    assert results == [None] * 6, [repr(one) for one in results]
    with db.reading() as session:
        told = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    after = [one.after["fee_bp"] for one in told if one.after]
    assert sorted(after) == wanted
    assert [one.before and one.before["fee_bp"] for one in told] == [None, *after[:-1]]
    assert rows(db) == after[-1:]


@pytest.mark.only_on("postgresql", because=ONE_WRITER)
def test_without_turns_the_second_press_breaks_off(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: SQLite has one writer at a time, PostgreSQL needs the turn."""
    both_looked = threading.Barrier(2)
    merge = Session.merge

    def no_turn(_session: object, _subject: str) -> None:
        """Whoever comes goes on."""

    def merge_and_wait(session: Session, row: Policy) -> Policy:
        found = merge(session, row)
        both_looked.wait(PATIENCE)
        return found

    monkeypatch.setattr(actions, "advisory_lock", no_turn)
    monkeypatch.setattr(Session, "merge", merge_and_wait)
    results = together(partial(fee, db, 200), partial(fee, db, 400))
    assert [type(one) for one in results if one is not None] == [IntegrityError]
    assert len(rows(db)) == 1
