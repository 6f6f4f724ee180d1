"""Writing the amount into a QRIS code is its owner's choice, made beside its caution (0201)."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.payments.bills.actions import add_payee
from shop.payments.bills.models import Payee, PayeeKind
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import OperatorRight, Person
from shop.people.accounts.passwords import hash_password
from shop.people.cooperatives.models import Cooperative
from shop.people.cooperatives.rules import Role
from shop.services.audit.models import AuditEvent
from tests.factories import NOON, make_cooperative, make_person, make_seat
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.vectors import VECTORS
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

STATIC: str = VECTORS["qris"]["statis"]
SECRET = "tiga kata rahasia"
OWN = {"nama": "Koperasi Contoh Demo", "nmid": "ID1020000000001"}


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=True):
        yield


@pytest.fixture
def gayo(db: Database) -> Cooperative:
    return make_cooperative(db)


def code_of(db: Database, cooperative_id: int | None, *, verified: bool = True) -> int:
    with db.writing() as session:
        return add_payee(
            session,
            kind=PayeeKind.QRIS,
            provider="QRIS",
            number="ID1020000000001",
            holder="KOPERASI CONTOH DEMO",
            verified_at=NOON if verified else None,
            cooperative_id=cooperative_id,
            qris=STATIC,
        ).id


def is_on(db: Database, payee_id: int) -> bool:
    with db.reading() as session:
        return session.get_one(Payee, payee_id).qris_with_amount


def enter(app: Flask, db: Database, person: Person) -> Visitor:
    hashed = hash_password(SECRET)
    with db.writing() as session:
        session.get_one(Person, person.id).password_hash = hashed
    client = app.test_client()
    assert isinstance(client, Visitor)
    sign_in(client, db, person)
    return client


@pytest.fixture
def treasurer(app: Flask, db: Database, gayo: Cooperative) -> Visitor:
    person = make_person(db, "Bu Wati", "wati@gyo.example")
    make_seat(db, gayo, person, Role.BENDAHARA)
    return enter(app, db, person)


@pytest.fixture
def operator(app: Flask, db: Database) -> Visitor:
    person = make_person(db, "Dewi", "dewi@lumbung.example")
    with db.writing() as session:
        give_operator_right(session, person.id, OperatorRight.CONFIRM_MONEY, NOON)
    return enter(app, db, person)


def test_a_cooperative_turns_it_on_and_off_with_its_password(
    db: Database, treasurer: Visitor, gayo: Cooperative
) -> None:
    payee_id, here = code_of(db, gayo.id), f"/kelola/{gayo.slug}/rekening"
    page = treasurer.get(here).get_data(as_text=True)
    assert "penyedia QRIS belum mengesahkannya" in page
    wrong = treasurer.post(f"{here}/{payee_id}", data={"ubah": "jumlah", "sandi": "bukan ini"})
    assert wrong.status_code == 422
    assert not is_on(db, payee_id)
    for change, stands in (("jumlah", True), ("jumlah", True), ("ketik", False)):
        answer = treasurer.post(f"{here}/{payee_id}", data={"ubah": change, "sandi": SECRET})
        assert answer.status_code == 303
        assert is_on(db, payee_id) is stands
    with db.reading() as session:
        acts = session.scalars(select(AuditEvent.action)).all()
    assert acts.count("account.amount_in_code") == 3


def test_the_operator_does_the_same_for_the_own_code(db: Database, operator: Visitor) -> None:
    payee_id, here = code_of(db, None), "/operator/rekening"
    assert "QRIS Lumbung" in operator.get(here).get_data(as_text=True)
    wrong = operator.post(f"{here}/{payee_id}/jumlah", data={"ubah": "jumlah", "sandi": ""})
    assert wrong.status_code == 422
    assert "Tulis sandi Anda" in wrong.get_data(as_text=True)
    sent = {"ubah": "jumlah", "sandi": SECRET}
    assert operator.post(f"{here}/{payee_id}/jumlah", data=sent).status_code == 303
    assert is_on(db, payee_id)


def test_anothers_code_a_bank_account_and_an_unchecked_code_are_not_touched(
    db: Database, treasurer: Visitor, operator: Visitor, gayo: Cooperative
) -> None:
    other = make_cooperative(db, "KPS", "Koperasi Kintamani")
    theirs, mine = code_of(db, other.id), code_of(db, gayo.id)
    new, operators = code_of(db, gayo.id, verified=False), code_of(db, None)
    sent = {"ubah": "jumlah", "sandi": SECRET}
    here = f"/kelola/{gayo.slug}/rekening"
    for payee_id in (theirs, new, operators, 10**15):
        assert treasurer.post(f"{here}/{payee_id}", data=sent).status_code == 404
    for payee_id in (theirs, mine, 10**15):
        assert operator.post(f"/operator/rekening/{payee_id}/jumlah", data=sent).status_code == 404
    odd = {"ubah": "semua", "sandi": SECRET}
    assert operator.post(f"/operator/rekening/{operators}/jumlah", data=odd).status_code == 404
    with db.reading() as session:
        assert not any(session.scalars(select(Payee.qris_with_amount)))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"nama": "Toko Lain"}, "Kode ini milik"),
        ({"nmid": "ID9990000000009"}, "Kode ini milik"),
        ({"nama": ""}, "Tulis nama usaha"),
        ({"kode": STATIC[:-4] + "0000"}, "tidak lengkap atau berubah"),
        ({"kode": VECTORS["qris"]["dinamis"]}, "hanya untuk satu pembayaran"),
        ({"kode": "bukan kode"}, "bukan kode QRIS rupiah"),
        ({"kode": ""}, "Tempel isi kodenya"),
    ],
)
def test_a_code_of_another_merchant_or_a_broken_one_gets_a_sentence(
    db: Database, treasurer: Visitor, gayo: Cooperative, changed: dict[str, str], words: str
) -> None:
    sent = {"kode": STATIC, "sandi": SECRET, **OWN, **changed}
    answer = treasurer.post(f"/kelola/{gayo.slug}/rekening/qris", data=sent)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert words in page
    if "nama" not in changed:
        assert 'value="Koperasi Contoh Demo"' in page
    with db.reading() as session:
        assert session.scalars(select(Payee)).all() == []


def test_the_own_code_is_written_down_for_the_operator_to_look_at(
    db: Database, treasurer: Visitor, gayo: Cooperative
) -> None:
    sent = {"kode": STATIC, "sandi": SECRET, **OWN}
    assert treasurer.post(f"/kelola/{gayo.slug}/rekening/qris", data=sent).status_code == 303
    with db.reading() as session:
        payee = session.scalars(select(Payee)).one()
    assert (payee.holder, payee.verified_at) == ("KOPERASI CONTOH DEMO", None)
