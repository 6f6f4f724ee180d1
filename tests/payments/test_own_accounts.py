"""A cooperative's own account: who may add and verify it, who pays there, who confirms (R1)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event, Thread
from time import sleep

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.actions import give_operator_right
from shop.accounts.models import OperatorRight, Person
from shop.accounts.passwords import hash_password
from shop.checkout.money_in import confirm_money
from shop.cooperatives.models import Cooperative
from shop.cooperatives.rules import Role
from shop.core.database import Database
from shop.orders.models import Order, OrderState, Purchase
from shop.payments import own_accounts
from shop.payments.errors import AccountInUse, NoSuchAccount, OwnAccount
from shop.payments.models import Payee, PayeeKind, Payment, PaymentState, Receipt, Refund
from shop.payouts.due import due_by_cooperative
from shop.refunds.destinations import name_destination
from shop.refunds.paying import send
from shop.refunds.queries import contact_of
from shop.web.csrf import SIGN_IN_COOKIE
from tests.checkout.conftest import Market, make_market
from tests.checkout.shopping import pay_data, stand_at_checkout
from tests.factories import NOON, Goods, make_contact, make_person, make_seat
from tests.factories import place as place_with
from tests.fulfilment.paid import books, broken
from tests.refunds.giving import bring, finish, give
from tests.support.customer import Customer, InProcess
from tests.support.databases import Engine
from tests.support.entering import sign_in
from tests.support.vectors import VECTORS

SECRET = "tiga kata rahasia"
TODAY = "2026-11-23"
STATIC: str = VECTORS["qris"]["statis"]


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOON + timedelta(hours=1), tick=True):
        yield


@pytest.fixture
def market(db: Database) -> Market:
    return make_market(db)


@pytest.fixture
def account(db: Database, market: Market) -> int:
    """Gayo's own account, verified, where its shoppers pay."""
    return make_own(db, market.gayo)


def make_own(db: Database, goods: Goods) -> int:
    mine = goods.cooperative.id
    with db.writing() as session:
        payee = own_accounts.add_account(
            session,
            cooperative_id=mine,
            kind=PayeeKind.BANK,
            provider="BRI",
            number="001234567890",
            holder=goods.cooperative.name,
            person_id=1,
            now=NOON,
        )
        own_accounts.verify_account(session, payee.id, person_id=2, now=NOON)
        own_accounts.take_payments(
            session, payee.id, cooperative_id=mine, is_on=True, person_id=1, now=NOON
        )
        return payee.id


def seated(app: Flask, db: Database, cooperative: Cooperative, role: Role) -> Customer:
    person = make_person(db, role.value, f"{role.value}@{cooperative.code.lower()}.example")
    make_seat(db, cooperative, person, role)
    return entered(app, db, person)


def entered(app: Flask, db: Database, person: Person) -> Customer:
    hashed = hash_password(SECRET)
    with db.writing() as session:
        session.get_one(Person, person.id).password_hash = hashed
    return Customer(InProcess(app), {SIGN_IN_COOKIE: sign_in(app.test_client(), db, person)})


def operator(app: Flask, db: Database) -> Customer:
    person = make_person(db, "Dewi", "operator@lumbung.example")
    with db.writing() as session:
        give_operator_right(session, person.id, OperatorRight.CONFIRM_MONEY, NOON)
    return entered(app, db, person)


def bought(app: Flask, db: Database, packs: dict[Goods, int]) -> Payment:
    """A purchase by transfer, placed at the checkout; its bill."""
    sari = Customer(InProcess(app))
    page = stand_at_checkout(sari, packs)
    sari.send("/checkout", pay_data(page, cara="transfer"))
    with db.reading() as session:
        return session.scalars(select(Payment).order_by(Payment.id.desc()).limit(1)).one()


def number_of(db: Database, payment: Payment) -> str:
    with db.reading() as session:
        wanted = select(Order.number).where(Order.purchase_id == payment.purchase_id)
        return session.scalars(wanted).one()


def home(goods: Goods, path: str) -> str:
    return f"/kelola/{goods.cooperative.slug}/{path}"


def pay(db: Database, payment: Payment, mine: int, person_id: int = 9) -> None:
    with db.writing() as session:
        confirm_money(
            session,
            payment_code=payment.code,
            cooperative_id=mine,
            amount=payment.amount,
            received_on=NOON.date(),
            source_key=f"form:{person_id}",
            person_id=person_id,
            now=NOON,
        )


def test_from_a_typed_account_to_a_shopper_who_pays_there(
    app: Flask, db: Database, market: Market
) -> None:
    wati = seated(app, db, market.gayo.cooperative, Role.BENDAHARA)
    wati.go(home(market.gayo, "rekening"))
    typed = {"bank": "BRI", "nomor": "0012-3456-7890", "pemilik": "Koperasi Gayo"}
    page = wati.press("Tambah rekening", {**typed, "sandi": "bukan ini"})
    assert page.status == 422
    assert "Sandi sekarang belum cocok." in page.words
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


def test_several_cooperatives_are_paid_at_the_operators(
    app: Flask, db: Database, market: Market, account: int
) -> None:
    assert bought(app, db, {market.gayo: 1}).payee_id == account
    several = bought(app, db, {market.gayo: 1, market.kintamani: 1})
    assert several.payee_id != account
    assert bought(app, db, {market.kintamani: 1}).payee_id == several.payee_id


def test_its_treasurer_confirms_and_nobody_elses_finds_the_bill(
    app: Flask, db: Database, market: Market, account: int
) -> None:
    payment = bought(app, db, {market.gayo: 2})
    made = seated(app, db, market.kintamani.cooperative, Role.BENDAHARA)
    assert made.go(home(market.gayo, "uang-masuk")).status == 404
    assert made.go(home(market.kintamani, f"uang-masuk/{payment.code}")).status == 404
    assert operator(app, db).go(f"/operator/uang-masuk/{payment.code}").status == 404
    ketua = seated(app, db, market.gayo.cooperative, Role.MANAJER)
    assert ketua.go(home(market.gayo, f"uang-masuk/{payment.code}")).status == 403

    wati = seated(app, db, market.gayo.cooperative, Role.BENDAHARA)
    assert payment.code in wati.go(home(market.gayo, "uang-masuk")).text
    wati.go(home(market.gayo, f"uang-masuk/{payment.code}"))
    page = wati.press("Catat", {"jumlah": str(payment.amount), "tanggal": TODAY})
    assert "Lunas. Pesanan sudah diteruskan ke koperasi." in page.text
    assert broken(db) == {}


def test_what_it_owes_is_the_fee_and_the_next_payout_nets_it(
    app: Flask, db: Database, market: Market, account: int
) -> None:
    mine = market.gayo.cooperative.id
    payment = bought(app, db, {market.gayo: 2})
    pay(db, payment, mine)
    bring(db, number_of(db, payment))
    finish(db)
    stands = books(db)
    # 3 % of Rp90.000; the code lies on the account and goes back with a wholly cancelled purchase.
    assert stands["cooperative_due"] == 2_700
    assert stands["fee_income"] == -2_700
    assert stands["cash_drawer"] == 82_800
    assert stands["bank"] == payment.unique_code == -stands["unique_code"]
    with db.reading() as session:
        (due,) = due_by_cooperative(session, NOON + timedelta(days=9), mine)
    assert due.amount == -2_700
    assert broken(db) == {}


def test_a_refund_after_the_end_is_paid_by_the_cooperative_itself(
    app: Flask, db: Database, market: Market, account: int
) -> None:
    mine = market.gayo.cooperative.id
    payment = bought(app, db, {market.gayo: 2})
    pay(db, payment, mine)
    number = number_of(db, payment)
    bring(db, number)
    finish(db)
    give(db, number, 1)
    with db.writing() as session:
        purchase = session.get_one(Purchase, payment.purchase_id)
        name_destination(
            session,
            purchase_id=purchase.id,
            contact_id=contact_of(session, purchase.id),
            provider="BCA",
            number="12345678",
            holder="Sari Dewi",
            now=NOON,
        )
        send(
            session,
            cooperative_id=mine,
            destination_id=session.scalars(select(Refund.destination_id)).one() or 0,
            seen=45_000,
            reference="TRX-1",
            person_id=9,
            now=NOON,
        )
    stands = books(db)
    # One pack stays sold: its member's share, its fee; the platform gave the other's back.
    assert stands["fee_income"] == -1_350
    assert stands["bank"] == payment.unique_code
    assert "refund_due" not in stands
    with db.reading() as session:
        (due,) = due_by_cooperative(session, NOON + timedelta(days=9), mine)
    assert due.amount == -1_350
    assert broken(db) == {}


def test_two_who_confirm_at_once_settle_it_once(
    app: Flask, db: Database, market: Market, account: int
) -> None:
    mine = market.gayo.cooperative.id
    payment = bought(app, db, {market.gayo: 2})
    together = Barrier(3)

    def confirm(person_id: int) -> None:
        together.wait()
        pay(db, payment, mine, person_id)

    with ThreadPoolExecutor(3) as hands:
        list(hands.map(confirm, range(3)))
    with db.reading() as session:
        assert session.get_one(Payment, payment.id).state is PaymentState.PAID
        assert session.scalars(select(Order.state)).all() == [OrderState.NEW]
        assert len(session.scalars(select(Receipt.id)).all()) == 3
    # What came twice waits as *belum dikenali*; nothing was settled twice.
    assert books(db)["unrecognised"] == -2 * payment.amount
    assert broken(db) == {}


def test_the_same_account_twice_is_one_and_starts_no_new_wait(db: Database, market: Market) -> None:
    first = make_own(db, market.gayo)
    mine = market.gayo.cooperative
    with db.writing() as session:
        again = own_accounts.add_account(
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
            assert own_accounts.keep_open(session, account)
        looked.set()
        sleep(0.5)  # whoever closes has its moment
        place_with(session, {market.gayo: 1}, contact_id=contact_id, payee_id=account)

    def close() -> None:
        looked.wait(10)
        try:
            db.write(
                lambda session: own_accounts.close_account(
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


def test_an_answer_that_nobody_knows_refuses_no_account(
    app: Flask, db: Database, market: Market
) -> None:
    with db.writing() as session:
        payee = own_accounts.add_account(
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
        payee = own_accounts.add_account(
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
            own_accounts.verify_account(session, payee.id, person_id=5, now=NOON)
        own_accounts.verify_account(session, payee.id, person_id=6, now=NOON)
        with pytest.raises(NoSuchAccount):
            own_accounts.refuse_account(session, payee.id, person_id=6, now=NOON)


def test_an_account_that_a_shopper_was_told_stays_open(
    app: Flask, db: Database, market: Market, account: int
) -> None:
    bought(app, db, {market.gayo: 1})
    mine = market.gayo.cooperative.id
    with db.writing() as session:
        with pytest.raises(AccountInUse):
            own_accounts.close_account(session, account, cooperative_id=mine, person_id=1, now=NOON)
        with pytest.raises(NoSuchAccount):
            own_accounts.close_account(
                session,
                account,
                cooperative_id=market.kintamani.cooperative.id,
                person_id=1,
                now=NOON,
            )
        assert session.get_one(Payee, account).closed_at is None


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
        (payee,) = own_accounts.accounts_of_cooperative(session, mine)
        own_accounts.verify_account(session, payee.id, person_id=2, now=NOON)
        own_accounts.take_payments(
            session, payee.id, cooperative_id=mine, is_on=True, person_id=1, now=NOON
        )
    sari = Customer(InProcess(app))
    page = stand_at_checkout(sari, {market.gayo: 1})
    assert "QRIS" in page.words
    page = sari.send("/checkout", pay_data(page, cara="qris"))
    assert "Uang ditahan" not in page.words
    with db.reading() as session:
        assert session.scalars(select(Payment.payee_id)).one() == payee.id
