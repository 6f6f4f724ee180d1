"""The operator pays cooperatives on *Pencairan*, and each reads on *Keuangan* what came and why."""

import urllib.parse

import pytest
from flask import Flask

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.finance.payouts.amounts_due import due_by_cooperative
from shop.finance.payouts.bank_file import Transfer, bank_file
from shop.finance.payouts.queries import batches, held_orders, received
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import OperatorRight, Person
from shop.people.cooperatives.models import Cooperative, Role
from shop.web.security.csrf import SIGN_IN_COOKIE
from tests.factories import NOON, Goods, make_cooperative, make_person, make_seat
from tests.finance.payouts.owed import LATER, broken, make_owed, make_seller
from tests.support.customer import Answer, Customer, InProcess
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements

LIST = "/operator/pencairan"


@pytest.fixture(autouse=True)
def a_week_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_seller(db)


@pytest.fixture
def operator(app: Flask, db: Database) -> Customer:
    person = make_person(db, "Operator")
    with db.writing() as session:
        give_operator_right(session, person.id, OperatorRight.OPERATE, NOON)
    return entered(app, db, person)


def entered(app: Flask, db: Database, person: Person) -> Customer:
    """Somebody who is signed in."""
    secret = sign_in(app.test_client(), db, person)
    return Customer(InProcess(app), {SIGN_IN_COOKIE: secret})


def follow(customer: Customer, words: str) -> Answer:
    """Follow the link of this page that says so."""
    link = next(link for link in customer.page.markup.all("a") if words in link.text)
    return customer.go(
        urllib.parse.urljoin(customer.page.path, link.attrs["href"]).partition("#")[0]
    )


def grant(db: Database, cooperative: Cooperative, role: Role) -> Person:
    """Somebody with a role in a cooperative."""
    person = make_person(db, role.value)
    make_seat(db, cooperative, person, role)
    return person


@pytest.mark.only_on("sqlite", because=PAGES)
def test_from_due_to_paid_and_what_the_cooperative_reads(
    app: Flask, db: Database, kopi: Goods, operator: Customer
) -> None:
    (number,) = make_owed(db, kopi)
    assert "Rp99.300" in operator.go(LIST).words
    page = operator.press("Susun daftar")
    assert "Menunggu persetujuan" in page.words
    assert number in page.words
    page = operator.press("Setujui")
    sheet = operator.go(f"{page.path}/bank.csv").text.splitlines()
    assert sheet[1].startswith("1;Bank Contoh;77")
    assert ";99300;Lumbung GYO " in sheet[1]
    operator.go(page.path)
    page = follow(operator, "Sudah dikirim bank")
    page = operator.press("Catat dibayar", {"referensi": ""})
    assert page.status == 422
    assert "Salin nomor referensi" in page.words
    page = operator.press("Catat dibayar", {"referensi": "TRX1", "tanggal": "2027-01-01"})
    assert page.status == 422
    assert "Pilih hari ini atau sebelumnya." in page.words
    assert 'value="TRX1"' in page.text
    page = operator.press("Catat dibayar", {"referensi": "TRX1", "tanggal": "2026-11-30"})
    assert "Dicatat dibayar dengan referensi TRX1." in page.words

    wati = grant(db, kopi.cooperative, Role.BENDAHARA)
    own = entered(app, db, wati).go(f"/kelola/{kopi.cooperative.slug}/keuangan")
    assert "referensi TRX1" in own.words
    assert "Rp99.300" in own.words

    operator.go(page.path)
    page = operator.press("Catat gagal")
    assert "Dicatat gagal." in page.words
    assert "Rp99.300" in operator.go(LIST).words
    assert broken(db) == {}


@pytest.mark.only_on("sqlite", because=PAGES)
def test_who_may_not_know_the_money_does_not_see_it(app: Flask, db: Database, kopi: Goods) -> None:
    page = f"/kelola/{kopi.cooperative.slug}/keuangan"
    packer = entered(app, db, grant(db, kopi.cooperative, Role.PENGEMAS))
    assert packer.go(page).status == 403
    supervisor = entered(app, db, grant(db, kopi.cooperative, Role.PENGAWAS))
    assert supervisor.go(page).status == 200
    made = entered(app, db, grant(db, make_cooperative(db, "KTM", "Kintamani"), Role.KETUA))
    assert made.go(page).status == 404
    assert made.go(LIST).status == 404


@pytest.mark.only_on("sqlite", because=PAGES)
def test_before_anybody_agreed_there_is_no_file_for_the_bank(
    db: Database, kopi: Goods, operator: Customer
) -> None:
    make_owed(db, kopi)
    operator.go(LIST)
    page = operator.press("Susun daftar")
    assert operator.go(f"{page.path}/bank.csv").status == 409


def test_the_bank_file_holds_whole_rupiah_and_no_formula() -> None:
    evil = Transfer("=Bank", "0012;3", '+CMD|"calc"\n=1', 99_300, "@x")
    heading, line, _end = bank_file([evil]).decode("utf-8-sig").split("\r\n")
    assert heading == "no;bank;rekening;atas_nama;jumlah;berita"
    assert line == '1;\'=Bank;"0012;3";"\'+CMD|""calc"" =1";99300;\'@x'


def test_the_lists_cost_the_same_statements_for_two_orders_and_for_twenty(
    db: Database, kopi: Goods
) -> None:
    costs = []
    for more in (2, 18):
        for _ in range(more):
            make_owed(db, kopi)
        with statements(db) as asked, db.reading() as session:
            due_by_cooperative(session, LATER)
            batches(session, None)
            received(session, kopi.cooperative.id)
            held_orders(session, kopi.cooperative.id)
        costs.append(len(asked))
    assert costs[0] == costs[1]
