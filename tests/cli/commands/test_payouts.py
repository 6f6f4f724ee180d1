"""``lumbung payouts prepare`` puts together what is due, once."""

from datetime import timedelta

import pytest

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.finance.payouts.models import BatchState, PayoutBatch
from shop.payments.bills.models import Payee
from tests.cli.conftest import Command
from tests.finance.payouts.owed import LATER, broken, make_owed, make_seller


def test_what_is_due_stands_in_one_batch_that_waits_for_a_person(
    run: Command, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)
    assert run("payouts", "prepare").output == "Nothing is due.\n"
    kopi = make_seller(db)
    make_owed(db, kopi)
    told = run("payouts", "prepare")
    assert told.exit_code == 0, told.output
    with db.reading() as session:
        batch = session.query(PayoutBatch).one()
    assert (batch.total, batch.state, batch.prepared_by_id) == (99_300, BatchState.PREPARED, None)
    assert f"Rp99.300 in batch {batch.code}" in told.output
    # Said again it is not put into another batch.
    assert run("payouts", "prepare").output == "Nothing is due.\n"
    assert broken(db) == {}


def test_an_account_that_changed_yesterday_waits(
    run: Command, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    kopi = make_seller(db)
    make_owed(db, kopi)
    monkeypatch.setattr(clock, "now", lambda: LATER)
    with db.writing() as session:
        for account in session.query(Payee).filter_by(cooperative_id=kopi.cooperative.id):
            account.verified_at = LATER - timedelta(hours=47)
    assert run("payouts", "prepare").output == "Nothing is due.\n"
