"""A cooperative hands its members what came for them, once: by transfer or for a signed slip."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from flask import Flask

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.finance.payouts import actions
from shop.finance.payouts.amounts_due import DueToMember, due_to_members
from shop.finance.payouts.errors import NoSuchBatch, NothingDue
from shop.finance.payouts.models import PayoutBatch
from shop.people.cooperatives.models import Role
from tests.factories import Goods, make_cooperative, make_goods, make_person
from tests.finance.payouts.owed import (
    LATER,
    approved,
    broken,
    make_account,
    make_owed,
    make_seller,
    pay,
    payouts_of,
)
from tests.finance.payouts.test_pages import entered, follow, grant
from tests.fulfilment.paid import books
from tests.support.engines import PAGES


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_seller(db)


def to_members(db: Database, goods: Goods) -> tuple[DueToMember, ...]:
    with db.reading() as session:
        return due_to_members(session, goods.cooperative.id)


def send(db: Database) -> None:
    """The operator pays every cooperative."""
    batch, _first, who = approved(db)
    for payout in payouts_of(db, batch):
        pay(db, batch, payout, who)


def put_together(db: Database, goods: Goods, who: int) -> PayoutBatch:
    return db.write(
        partial(
            actions.prepare_members, cooperative_id=goods.cooperative.id, now=LATER, person_id=who
        )
    )


def hand_on(db: Database, goods: Goods, batch: PayoutBatch, who: int) -> bool:
    """Agree to a batch and hand its payout to the maker of these goods over."""
    mine = goods.cooperative.id
    # By name "Anggota 100" comes before "Anggota 99".
    own = [one for one in payouts_of(db, batch) if one.member_id == goods.member_id]
    agree = partial(actions.approve, code=batch.code, now=LATER, person_id=who, cooperative_id=mine)
    db.write(agree)
    return db.write(
        partial(
            actions.mark_paid,
            batch_code=batch.code,
            payout_code=own[0].code,
            reference="KW-1",
            paid_on=LATER.date(),
            now=LATER,
            person_id=who,
            cooperative_id=mine,
        )
    )


def test_nothing_is_handed_on_before_it_came(db: Database, kopi: Goods) -> None:
    make_owed(db, kopi)
    assert to_members(db, kopi) == ()
    with pytest.raises(NothingDue):
        put_together(db, kopi, make_person(db).id)


def test_each_member_gets_their_share_of_what_came(db: Database, kopi: Goods) -> None:
    kain = make_goods(db, kopi.cooperative, price=10_000, on_hand=9)
    make_owed(db, kopi)
    make_owed(db, kain)
    send(db)
    assert {one.member_id: one.amount for one in to_members(db, kopi)} == {
        kopi.member_id: 82_800,
        kain.member_id: 18_400,
    }
    who = make_person(db).id
    batch = put_together(db, kopi, who)
    assert batch.total == 101_200
    with pytest.raises(NothingDue):
        put_together(db, kopi, who)
    assert hand_on(db, kopi, batch, who)
    stands = books(db)
    assert f"member_due:{kopi.member_id}" not in stands
    assert stands["cash_drawer"] == 18_400
    assert stands[f"member_due:{kain.member_id}"] == -18_400
    assert broken(db) == {}


def test_what_a_member_did_not_get_after_all_is_theirs_again(db: Database, kopi: Goods) -> None:
    make_owed(db, kopi)
    send(db)
    before, who = books(db), make_person(db).id
    batch = put_together(db, kopi, who)
    hand_on(db, kopi, batch, who)
    db.write(
        partial(
            actions.mark_failed,
            batch_code=batch.code,
            payout_code=payouts_of(db, batch)[0].code,
            now=LATER,
            person_id=who,
            cooperative_id=kopi.cooperative.id,
        )
    )
    assert books(db) == before
    assert [one.amount for one in to_members(db, kopi)] == [82_800]
    assert broken(db) == {}


def test_anothers_batch_does_not_exist(db: Database, kopi: Goods) -> None:
    kain = make_goods(db, make_cooperative(db, "KTM", "Koperasi Kintamani"), on_hand=9)
    make_account(db, kain)
    make_owed(db, kopi)
    send(db)
    who = make_person(db).id
    batch = put_together(db, kopi, who)
    with pytest.raises(NoSuchBatch):
        hand_on(db, kain, batch, who)


def test_two_who_put_together_at_once_have_no_share_twice(db: Database, kopi: Goods) -> None:
    make_owed(db, kopi)
    send(db)
    who, together = make_person(db).id, Barrier(2)

    def try_it(_turn: int) -> bool:
        together.wait()
        try:
            put_together(db, kopi, who)
        except NothingDue:
            return False
        return True

    with ThreadPoolExecutor(2) as hands:
        assert sum(hands.map(try_it, range(2))) == 1
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_the_treasurer_pays_and_the_member_reads_it(
    app: Flask, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)
    maker = make_person(db, "Ibu Sri")
    kopi = make_goods(db, maker=maker, on_hand=9)
    make_account(db, kopi)
    make_owed(db, kopi)
    send(db)
    treasurer = entered(app, db, grant(db, kopi.cooperative, Role.BENDAHARA))
    assert "Ibu Sri" in treasurer.go(f"/kelola/{kopi.cooperative.slug}/keuangan").words
    treasurer.press("Susun daftar")
    page = treasurer.press("Setujui")
    assert "tanda tangan" in page.words
    follow(treasurer, "Sudah dibayarkan")
    page = treasurer.press("Catat dibayar", {"referensi": "KW-7", "tanggal": "2026-11-30"})
    assert "Dicatat dibayar dengan referensi KW-7." in page.words
    own = entered(app, db, maker).go("/lapak/pendapatan")
    assert "referensi KW-7" in own.words
    assert "Sudah dibayarkanRp82.800" in own.words
    looks = entered(app, db, grant(db, kopi.cooperative, Role.PENGAWAS))
    assert "Catat gagal" not in looks.go(page.path).words
