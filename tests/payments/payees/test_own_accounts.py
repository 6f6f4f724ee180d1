"""A cooperative's own account: who may add, verify and close it, and how a shopper comes to it."""

from threading import Event, Thread
from time import sleep

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.payments.bills.errors import AccountInUse, NoSuchAccount, OwnAccount
from shop.payments.bills.models import Payee, PayeeKind, Payment
from shop.payments.payees import actions as payees
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import OperatorRight
from shop.people.cooperatives.rules import Role
from tests.checkout.conftest import Market
from tests.checkout.shopping import pay_data, stand_at_checkout
from tests.factories import NOON, make_contact, make_person
from tests.factories import place as place_with
from tests.payments.owned import SECRET, bought, home, make_own, operator, seated
from tests.support.customer import Customer, InProcess
from tests.support.engines import PAGES, Engine
from tests.support.entering import sign_in
from tests.support.vectors import VECTORS

STATIC: str = VECTORS["qris"]["statis"]

pytestmark = pytest.mark.usefixtures("noon")


@pytest.mark.only_on("sqlite", because=PAGES)
def test_from_a_typed_account_to_a_shopper_who_pays_there(
    app: Flask, db: Database, market: Market
) -> None:
    wati = seated(app, db, market.gayo.cooperative, Role.BENDAHARA)
    wati.go(home(market.gayo, "rekening"))
    typed = {"bank": "BRI", "nomor": "0012-3456-7890", "pemilik": "Koperasi Gayo"}
    page = wati.press("Tambah rekening", {**typed, "sandi": "bukan ini"})
    assert page.status == 422
    assert "Sandi sekarang belum cocok." in page.words
    page = wati.press("Tambah rekening", {**typed, "nomor": "12-34", "sandi": SECRET})
    assert (page.status, "5 sampai 20 angka" in page.words) == (422, True)
    page = wati.press("Tambah rekening", {**typed, "sandi": SECRET})
    assert "Menunggu diperiksa operator" in page.words
    assert "Terima pembayaran di sini" not in page.words

    dewi = operator(app, db)
    assert "001234567890" in dewi.go("/operator/rekening").words
    assert "Semua sudah diperiksa" in dewi.press("Benar milik koperasi").words
    wati.go(home(market.gayo, "rekening"))
    page = wati.press("Terima pembayaran di sini", {"sandi": SECRET})
    assert "Pembeli membayar ke sini" in page.words

    sari = Customer(InProcess(app))
    page = stand_at_checkout(sari, {market.gayo: 2})
    assert "Langsung ke rekening BRI a.n. Koperasi Gayo." in page.words
    assert "Uang ditahan" not in page.words
    page = sari.send("/checkout", pay_data(page, cara="transfer"))
    assert "001234567890" in page.words
    assert "Uang ditahan" not in page.words
    assert "bendahara koperasi mencocokkannya" in page.words


def test_the_same_account_twice_is_one_and_starts_no_new_wait(db: Database, market: Market) -> None:
    first = make_own(db, market.gayo)
    mine = market.gayo.cooperative
    with db.writing() as session:
        again = payees.add_account(
            session,
            cooperative_id=mine.id,
            kind=PayeeKind.BANK,
            provider="BRI",
            number="001234567890",
            holder=mine.name,
            person_id=1,
            now=NOON,
        )
        assert again.id == first
        assert again.verified_at == NOON


@pytest.mark.parametrize("keeps", [True, False], ids=["kept", "control"])
def test_an_account_is_not_closed_under_a_bill_that_is_being_written(
    db: Database, market: Market, account: int, engine: Engine, *, keeps: bool
) -> None:
    """The control writes its bill without a hand on the account: on PostgreSQL it is closed then.

    SQLite has one writer at a time, so whoever closes comes before or after all of it.
    """
    looked = Event()
    answers: list[str] = []

    def place(session: Session) -> None:
        if keeps:
            assert payees.lock_open_payee(session, account)
        looked.set()
        sleep(0.5)  # whoever closes has its moment
        place_with(session, {market.gayo: 1}, contact_id=contact_id, payee_id=account)

    def close() -> None:
        looked.wait(10)
        try:
            db.write(
                lambda session: payees.close_account(
                    session,
                    account,
                    cooperative_id=market.gayo.cooperative.id,
                    person_id=1,
                    now=NOON,
                )
            )
            answers.append("closed")
        except AccountInUse:
            answers.append("in use")

    contact_id = make_contact(db)
    closing = Thread(target=close)
    closing.start()
    db.write(place)
    closing.join()
    assert answers == ["in use" if keeps or engine == "sqlite" else "closed"]


@pytest.mark.only_on("sqlite", because=PAGES)
def test_an_answer_that_nobody_knows_refuses_no_account(
    app: Flask, db: Database, market: Market
) -> None:
    with db.writing() as session:
        payee = payees.add_account(
            session,
            cooperative_id=market.gayo.cooperative.id,
            kind=PayeeKind.BANK,
            provider="BRI",
            number="001234567890",
            holder="Koperasi Gayo",
            person_id=1,
            now=NOON,
        )
        payee_id = payee.id
    rini = make_person(db, "Rini", "rini@lumbung.example")
    with db.writing() as session:
        give_operator_right(session, rini.id, OperatorRight.CONFIRM_MONEY, now=NOON)
    client = app.test_client()
    sign_in(client, db, rini)
    for answer in ({}, {"jawaban": "entah"}):
        assert client.post(f"/operator/rekening/{payee_id}", data=answer).status_code == 404
    with db.reading() as session:
        assert session.get_one(Payee, payee_id).closed_at is None


def test_who_adds_an_account_never_verifies_it(db: Database, market: Market) -> None:
    with db.writing() as session:
        payee = payees.add_account(
            session,
            cooperative_id=market.gayo.cooperative.id,
            kind=PayeeKind.BANK,
            provider="BRI",
            number="123456",
            holder="Koperasi Gayo",
            person_id=5,
            now=NOON,
        )
        with pytest.raises(OwnAccount):
            payees.verify_account(session, payee.id, person_id=5, now=NOON)
        payees.verify_account(session, payee.id, person_id=6, now=NOON)
        with pytest.raises(NoSuchAccount):
            payees.refuse_account(session, payee.id, person_id=6, now=NOON)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_an_account_that_a_shopper_was_told_stays_open(
    app: Flask, db: Database, market: Market, account: int
) -> None:
    bought(app, db, {market.gayo: 1})
    mine = market.gayo.cooperative.id
    with db.writing() as session:
        with pytest.raises(AccountInUse):
            payees.close_account(session, account, cooperative_id=mine, person_id=1, now=NOON)
        with pytest.raises(NoSuchAccount):
            payees.close_account(
                session,
                account,
                cooperative_id=market.kintamani.cooperative.id,
                person_id=1,
                now=NOON,
            )
        assert session.get_one(Payee, account).closed_at is None


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_code_of_its_own_is_read_first_and_shown_to_its_shoppers(
    app: Flask, db: Database, market: Market
) -> None:
    named = {"nama": "Koperasi Contoh Demo", "nmid": "ID1020000000001", "sandi": SECRET}
    wati = seated(app, db, market.gayo.cooperative, Role.KETUA)
    wati.go(home(market.gayo, "rekening"))
    page = wati.press("Tambah QRIS", {"kode": STATIC[:-1] + "0", **named})
    assert page.status == 422
    assert "Kodenya tidak lengkap atau berubah." in page.words
    page = wati.press("Tambah QRIS", {"kode": STATIC, **named})
    assert "Menunggu diperiksa operator" in page.words
    with db.writing() as session:
        mine = market.gayo.cooperative.id
        (payee,) = payees.accounts_of_cooperative(session, mine)
        payees.verify_account(session, payee.id, person_id=2, now=NOON)
        payees.take_payments(
            session, payee.id, cooperative_id=mine, is_on=True, person_id=1, now=NOON
        )
    sari = Customer(InProcess(app))
    page = stand_at_checkout(sari, {market.gayo: 1})
    assert "QRIS" in page.words
    page = sari.send("/checkout", pay_data(page, cara="qris"))
    assert "Uang ditahan" not in page.words
    with db.reading() as session:
        assert session.scalars(select(Payment.payee_id)).one() == payee.id
