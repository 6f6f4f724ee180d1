"""Money leaves to the account that was agreed to, as long as it is still the one to pay to."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.finance.payouts import actions
from shop.finance.payouts.errors import AccountChanged
from shop.finance.payouts.models import BatchState, Payout, PayoutBatch, PayoutState
from shop.finance.payouts.queries import payouts_of, transfers_of
from shop.payments.bills.models import Payee
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import OperatorRight, Person
from shop.people.cooperatives.models import Cooperative
from shop.services.audit.models import AuditEvent
from tests.factories import NOON, Goods, make_cooperative, make_goods, make_person
from tests.finance.payouts.owed import (
    LATER,
    approved,
    broken,
    make_account,
    make_owed,
    make_seller,
    pay,
    prepared,
)
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor


def close(db: Database, goods: Goods) -> None:
    with db.writing() as session:
        account_of(session, goods).closed_at = LATER


def take_back_the_check(db: Database, goods: Goods) -> None:
    with db.writing() as session:
        account_of(session, goods).verified_at = None


def check_again(db: Database, goods: Goods) -> None:
    """Something of it changed, and it was looked at once more."""
    with db.writing() as session:
        account_of(session, goods).verified_at = LATER + timedelta(hours=1)


def add_another(db: Database, goods: Goods) -> None:
    make_account(db, goods, LATER + timedelta(hours=1))


def suspend(db: Database, goods: Goods) -> None:
    with db.writing() as session:
        session.get_one(Cooperative, goods.cooperative.id).suspended_at = LATER


CHANGES = (close, take_back_the_check, check_again, add_another, suspend)
Change = Callable[[Database, Goods], None]


def account_of(session: Session, goods: Goods) -> Payee:
    return session.scalars(select(Payee).where(Payee.cooperative_id == goods.cooperative.id)).one()


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_seller(db)


@pytest.mark.parametrize("change", CHANGES)
def test_after_agreeing_the_account_is_tested_again_at_paying(
    db: Database, kopi: Goods, change: Change
) -> None:
    make_owed(db, kopi)
    batch, payout, who = approved(db)
    change(db, kopi)
    with pytest.raises(AccountChanged) as changed:
        pay(db, batch, payout, who)
    assert changed.value.names == (kopi.cooperative.short_name,)
    with db.reading() as session:
        assert session.get_one(Payout, payout.id).state is PayoutState.WAITING
        assert transfers_of(session, session.get_one(PayoutBatch, batch.id)) == ()
    assert broken(db) == {}
    # It never left: its orders are due again, to whatever account stands then.
    fail = partial(
        actions.mark_failed, batch_code=batch.code, payout_code=payout.code, person_id=who
    )
    assert db.write(partial(fail, now=LATER))
    assert broken(db) == {}


@pytest.mark.parametrize("change", CHANGES)
def test_before_agreeing_it_is_tested_as_well(db: Database, kopi: Goods, change: Change) -> None:
    make_owed(db, kopi)
    batch, who = prepared(db), make_person(db).id
    change(db, kopi)
    with pytest.raises(AccountChanged):
        db.write(partial(actions.approve, code=batch.code, now=LATER, person_id=who))
    with db.reading() as session:
        assert session.get_one(PayoutBatch, batch.id).state is BatchState.PREPARED


def test_another_cooperatives_payout_is_not_held_up(db: Database, kopi: Goods) -> None:
    tenun = make_goods(db, make_cooperative(db, "KPS", "Koperasi Kintamani"), on_hand=50)
    make_account(db, tenun)
    make_owed(db, kopi, tenun)
    batch, _, who = approved(db)
    with db.reading() as session:
        rows = session.scalars(select(Payout).order_by(Payout.id)).all()
    mine = {row.cooperative_id: row for row in rows}
    close(db, kopi)
    assert pay(db, batch, mine[tenun.cooperative.id], who)
    with db.reading() as session:
        shown = payouts_of(session, session.get_one(PayoutBatch, batch.id))
    assert [one.account_changed for one in shown] == [True, False]


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_page_says_so_and_what_left_all_the_same_is_written_down(
    client: Visitor, db: Database, kopi: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)
    make_owed(db, kopi)
    batch, payout, who = approved(db)
    with db.writing() as session:
        give_operator_right(session, who, OperatorRight.OPERATE, NOON)
        person = session.get_one(Person, who)
    sign_in(client, db, person)
    close(db, kopi)
    here = f"/operator/pencairan/{batch.code}"
    page = client.get(f"{here}?catat={payout.code}").get_data(as_text=True)
    assert "ditutup atau diganti sejak daftar disusun" in page
    assert "Uangnya sudah terlanjur terkirim" in page
    assert kopi.cooperative.name not in client.get(f"{here}/bank.csv").get_data(as_text=True)
    typed = {"referensi": "TRX9", "tanggal": LATER.date().isoformat()}
    refused = client.post(f"{here}/{payout.code}/bayar", data=typed)
    assert refused.status_code == 422
    words = refused.get_data(as_text=True)
    assert "Jangan kirim" in words
    assert 'value="TRX9"' in words
    done = client.post(f"{here}/{payout.code}/bayar", data={**typed, "terlanjur": "y"})
    assert done.status_code == 303
    with db.reading() as session:
        assert session.get_one(Payout, payout.id).state is PayoutState.PAID
        noted = session.scalars(select(AuditEvent).where(AuditEvent.action == "payout.paid")).one()
    assert noted.after is not None
    assert noted.after["account_had_changed"] is True
    assert broken(db) == {}
