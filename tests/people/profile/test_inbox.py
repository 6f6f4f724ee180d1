"""*Pemberitahuan*: what a person was told stands in one list, once, new until they read it."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.people.accounts.actions import create_contact, create_person
from shop.people.accounts.models import Person
from shop.people.profile.actions import choose_mail
from shop.services.outbox import worker
from shop.services.outbox.actions import notify
from shop.services.outbox.models import Notice, NoticeState
from tests.factories import make_cooperative, make_goods, make_payee, place
from tests.people.conftest import PASSWORD, SARI, Mailbox
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
LIST = "/akun/pemberitahuan"
GAYO = 1


@pytest.fixture
def joko(app: Flask, db: Database) -> Person:
    """The stranger, with an account of his own."""
    with db.writing() as session:
        return create_person(
            session,
            name="Joko",
            phone="+6281234567890",
            email=None,
            password=PASSWORD,
            now=clock.now(),
        )


def tell(db: Database, person: Person, count: int = 1, first: int = 0) -> None:
    """Tell somebody again and again that their cooperative sells again."""
    with db.writing() as session:
        for n in range(first, first + count):
            notify(
                session,
                key=f"resumed:{GAYO}:{n}:{person.id}",
                kind="cooperative_resumed",
                contact_id=person.contact_id,
                cooperative_id=GAYO,
                now=clock.now(),
            )
    while worker.run_once(db, clock.now()):
        pass


def states(db: Database) -> list[NoticeState]:
    """How far the notices are, in order."""
    with db.reading() as session:
        return list(session.scalars(select(Notice.state).order_by(Notice.id)))


@pytest.fixture(autouse=True)
def gayo(db: Database, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cooperative that all notices are about; nothing periodic runs meanwhile."""
    monkeypatch.setattr(worker, "_periodic", {})
    assert make_cooperative(db).id == GAYO


def test_the_list_says_what_happened_and_counts_what_is_new(
    client: Visitor, db: Database, sari: Person
) -> None:
    tell(db, sari, 3)
    sign_in(client, db, sari)
    page = client.get(LIST)
    assert page.text.count("Koperasi Gayo boleh berjualan lagi") >= 3
    assert '<span class="count">3</span>' in client.get("/").text
    client.post(LIST, data={"sampai": "2"})
    assert '<span class="count">1</span>' in client.get("/").text


def test_opening_a_notice_marks_it_and_leads_to_its_page(
    client: Visitor, db: Database, sari: Person
) -> None:
    tell(db, sari, 2)
    sign_in(client, db, sari)
    for _ in range(2):  # twice is as good as once
        answer = client.post(f"{LIST}/buka", data={"kabar": "1"})
        assert answer.location == "/kelola/koperasi-gyo"
    assert '<span class="count">1</span>' in client.get(LIST).text


@pytest.mark.parametrize("typed", ["1", "0", "-1", "x", "9" * 30, "\x00", "١"])
def test_nobody_opens_or_reads_what_others_were_told(
    client: Visitor, db: Database, sari: Person, joko: Person, typed: str
) -> None:
    tell(db, sari)
    sign_in(client, db, joko)
    assert "boleh berjualan lagi" not in client.get(LIST).text
    assert client.post(f"{LIST}/buka", data={"kabar": typed}).status_code == 404
    client.post(LIST, data={"sampai": typed})
    with db.reading() as session:
        assert session.scalar(select(Notice.read_at)) is None


def test_what_came_after_the_page_was_opened_stays_new(
    client: Visitor, db: Database, sari: Person
) -> None:
    tell(db, sari, 2)
    sign_in(client, db, sari)
    (until,) = re.findall(r'name="sampai" value="(\d+)"', client.get(LIST).text)
    tell(db, sari, 1, first=2)
    client.post(LIST, data={"sampai": until})
    assert '<span class="count">1</span>' in client.get(LIST).text


def test_a_long_list_is_paged_and_costs_the_same_statements(
    client: Visitor, db: Database, sari: Person
) -> None:
    sign_in(client, db, sari)

    def cost(address: str) -> int:
        with statements(db) as found:
            assert client.get(address).status_code == 200
        return len(found)

    empty = cost("/")
    tell(db, sari, 2)
    few = cost(LIST)
    tell(db, sari, 28, first=2)
    assert cost(LIST) == few
    assert cost("/") == empty  # the badge is asked beside the person
    page = client.get(LIST).text
    assert page.count('name="kabar"') == 24
    (further,) = re.findall(r'href="(/akun/pemberitahuan\?setelah=[^"]+)"', page)
    assert client.get(further).text.count('name="kabar"') == 6


def test_who_is_not_signed_in_sees_no_bell(client: Visitor, db: Database) -> None:
    assert LIST not in client.get("/").text
    assert client.get(LIST).status_code == 303


def test_the_list_speaks_the_language_of_the_page(
    client: Visitor, db: Database, sari: Person
) -> None:
    tell(db, sari)
    sign_in(client, db, sari)
    page = client.get(f"/en{LIST}").text
    assert "may sell again" in page
    answer = client.post(f"/en{LIST}/buka", data={"kabar": "1"})
    assert answer.location == "/kelola/koperasi-gyo"


def test_who_wants_one_mail_a_day_gets_one_in_the_morning_of_their_zone(
    client: Visitor, db: Database, sari: Person, mailbox: Mailbox
) -> None:
    sign_in(client, db, sari)
    page = client.post(f"{LIST}/surat", data={"surat": "Asia/Jayapura"}, follow_redirects=True)
    assert "Pilihan surel sudah disimpan." in page.text
    with time_machine.travel(NOON, tick=False):  # 14.00 in Jayapura
        tell(db, sari, 3)
        assert states(db) == [NoticeState.COLLECTED] * 3
        assert mailbox.letters() == []
    with time_machine.travel(NOON + timedelta(hours=17, minutes=59), tick=False):
        assert mailbox.letters() == []
        tell(db, sari, 1, first=3)  # too late for this morning
    with time_machine.travel(NOON + timedelta(hours=18), tick=False):
        ((to, subject, body),) = mailbox.letters()
    assert (to, subject) == (SARI, "3 kabar dari Lumbung")
    assert body.count("- Koperasi Gayo boleh berjualan lagi") == 3
    assert states(db) == [NoticeState.SENT] * 3 + [NoticeState.COLLECTED]
    (file,) = mailbox.folder.glob("digest-*.eml")
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert letter["List-Unsubscribe"] == "<http://localhost/akun/pemberitahuan/surat>"


def test_what_cannot_wait_comes_at_once_also_to_who_wants_one_mail_a_day(
    db: Database, sari: Person, mailbox: Mailbox
) -> None:
    with db.writing() as session:
        choose_mail(session, sari.id, "Asia/Jakarta")
        notify(
            session,
            key=f"suspended:{GAYO}:1:{sari.id}",
            kind="cooperative_suspended",
            contact_id=sari.contact_id,
            cooperative_id=GAYO,
            now=clock.now(),
        )
    assert [subject for _to, subject, _body in mailbox.letters()] != []


@pytest.mark.parametrize("typed", ["", "harian", "Asia/Tokyo", "\x00", "x" * 500])
def test_a_way_of_mail_that_is_not_offered_is_refused_in_words(
    client: Visitor, db: Database, sari: Person, typed: str
) -> None:
    sign_in(client, db, sari)
    page = client.post(f"{LIST}/surat", data={"surat": typed})
    assert page.status_code == 422
    assert "Pilih salah satu cara menerima surel." in page.text


def test_who_bought_with_an_account_is_mailed_there_and_reads_it_there(
    client: Visitor, db: Database, sari: Person, mailbox: Mailbox
) -> None:
    """The purchase itself knows a name and a number only (rule R26)."""
    with db.writing() as session:
        receiver = create_contact(
            session, name="Bu Tini", phone="+6281200001111", email=None, now=NOON
        )
    goods, payee = make_goods(db, make_cooperative(db)), make_payee(db)
    with db.writing() as session:
        purchase, _bill = place(
            session, {goods: 1}, contact_id=receiver, payee_id=payee, person_id=sari.id
        )
        notify(
            session,
            key=f"purchase-paid:{purchase.id}:1",
            kind="purchase_paid",
            contact_id=receiver,
            purchase_id=purchase.id,
            now=NOON,
        )
    ((to, _subject, body),) = mailbox.letters()
    assert to == SARI
    assert body.startswith("Halo Sari,")
    sign_in(client, db, sari)
    assert "sudah kami terima" in client.get(LIST).text
