"""Everybody is told once: by mail where one is known, else by a colleague's hand."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.core.values.errors import NotFound
from shop.people.accounts.models import Contact
from shop.people.accounts.queries import reaches
from shop.services.outbox import mailer, notices, worker
from shop.services.outbox.actions import mark_sent_by_hand, notify
from shop.services.outbox.models import JobState, Notice, NoticeState, OutboxJob
from shop.services.outbox.queries import count_by_hand, notices_by_hand
from tests.support.statements import statements

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where mails land; notices of the kind ``order_arrived`` can be described."""

    def describe(_session: Session, given: Sequence[Notice]) -> Mapping[int, Mapping[str, object]]:
        return {
            one.id: {
                "number": f"GYO-26-{one.order_id:06d}",
                "cooperative": "Koperasi Gayo",
                "link": "http://localhost/pembelian/abc",
            }
            for one in given
        }

    monkeypatch.setattr(notices, "_describers", {"order_arrived": describe})
    monkeypatch.setattr(notices, "_finders", [reaches])
    monkeypatch.setattr(worker, "_periodic", {})
    kept = list(mailer._installed)
    mailer.install(
        smtp_url=None,
        mail_from="Lumbung <kabar@lumbung.example>",
        public_url="http://localhost",
        folder=tmp_path / "outbox",
    )
    yield tmp_path / "outbox"
    mailer._installed[:] = kept


def _contact(db: Database, email: str | None, phone: str | None = "+6284000090010") -> int:
    with db.writing() as session:
        contact = Contact(name="Sari", email=email, phone=phone, created_at=NOON)
        session.add(contact)
        session.flush()
        return contact.id


def _notify(db: Database, contact_id: int, key: str = "arrived:1", order_id: int = 1) -> bool:
    with db.writing() as session:
        return notify(
            session,
            key=key,
            kind="order_arrived",
            contact_id=contact_id,
            cooperative_id=7,
            order_id=order_id,
            now=NOON,
        )


def _states(db: Database) -> list[NoticeState]:
    with db.reading() as session:
        return list(session.scalars(select(Notice.state).order_by(Notice.id)))


def _mails(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.eml")) if folder.is_dir() else []


def test_who_has_an_e_mail_is_mailed_once(db: Database, folder: Path) -> None:
    contact_id = _contact(db, "sari@pembeli.example")
    assert _notify(db, contact_id)
    assert not _notify(db, contact_id)
    worker.run_once(db, NOON)
    worker.run_once(db, NOON)
    (file,) = _mails(folder)
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert letter["To"] == "sari@pembeli.example"
    assert letter["Subject"] == "Pesanan GYO-26-000001 sudah tiba"
    body = letter.get_body(("plain",))
    assert body is not None
    assert "Halo Sari," in body.get_content()
    assert _states(db) == [NoticeState.SENT]


@pytest.mark.parametrize(
    ("account", "purchase", "subject"),
    [
        (None, "en", "Order GYO-26-000001 has arrived"),
        ("id", "en", "Pesanan GYO-26-000001 sudah tiba"),
        ("en", "id", "Order GYO-26-000001 has arrived"),
        (None, None, "Pesanan GYO-26-000001 sudah tiba"),
    ],
)
def test_an_account_says_the_language_of_letters_and_a_guests_purchase_does(
    db: Database,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    account: str | None,
    purchase: str | None,
    subject: str,
) -> None:
    contact_id = _contact(db, "sari@pembeli.example")
    told = notices._describers["order_arrived"]

    def describe(session: Session, given: Sequence[Notice]) -> Mapping[int, Mapping[str, object]]:
        said = {"language": purchase} if purchase else {}
        return {key: {**facts, **said} for key, facts in told(session, given).items()}

    def reach(_session: Session, ids: Sequence[int]) -> Mapping[int, notices.Reach]:
        return {one: notices.Reach("Sari", "sari@pembeli.example", None, account) for one in ids}

    monkeypatch.setattr(notices, "_describers", {"order_arrived": describe})
    monkeypatch.setattr(notices, "_finders", [reach])
    _notify(db, contact_id)
    worker.run_once(db, NOON)
    (file,) = _mails(folder)
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["Subject"] == subject


def test_a_worker_killed_right_after_sending_leaves_one_mail(db: Database, folder: Path) -> None:
    _notify(db, _contact(db, "sari@pembeli.example"))
    worker.run_once(db, NOON)
    with db.writing() as session:  # as if the last commit had never come
        session.scalars(select(Notice)).one().state = NoticeState.WAITING
        job = session.scalars(select(OutboxJob)).one()
        job.state, job.lease_until = JobState.WAITING, None
    worker.run_once(db, NOON)
    assert len(_mails(folder)) == 1
    assert _states(db) == [NoticeState.SENT]


def test_who_has_only_a_number_stands_on_the_list_with_a_ready_text(
    db: Database, folder: Path
) -> None:
    _notify(db, _contact(db, None))
    worker.run_once(db, NOON)
    assert _mails(folder) == []
    with db.reading() as session:
        page = notices_by_hand(session, 7)
        (line,) = notices.by_hand(session, page.rows)
        assert count_by_hand(session, 7) == 1
        assert count_by_hand(session, 8) == count_by_hand(session, None) == 0
    address, _, text = (line.whatsapp_url or "").partition("?text=")
    assert address == "https://wa.me/6284000090010"
    assert unquote(text).startswith("Halo Sari,\n\nPesanan GYO-26-000001")


def test_a_tick_counts_once_and_only_on_the_own_list(db: Database, folder: Path) -> None:
    _notify(db, _contact(db, None))
    worker.run_once(db, NOON)
    with db.reading() as session:
        (one,) = notices_by_hand(session, 7).rows
    with pytest.raises(NotFound), db.writing() as session:
        mark_sent_by_hand(session, 8, {one.id}, person_id=1, now=NOON)
    for expected in (1, 0):
        with db.writing() as session:
            count = mark_sent_by_hand(session, 7, {one.id}, person_id=1, now=NOON)
        assert count == expected
    assert _states(db) == [NoticeState.SENT]


def test_one_foreign_notice_among_own_ones_ticks_none(db: Database, folder: Path) -> None:
    _notify(db, _contact(db, None))
    worker.run_once(db, NOON)
    with db.reading() as session:
        (one,) = notices_by_hand(session, 7).rows
    with pytest.raises(NotFound), db.writing() as session:
        mark_sent_by_hand(session, 7, {one.id, one.id + 1}, person_id=1, now=NOON)
    assert _states(db) == [NoticeState.BY_HAND]


def test_who_was_erased_is_not_told_any_more(db: Database, folder: Path) -> None:
    contact_id = _contact(db, "sari@pembeli.example")
    _notify(db, contact_id)
    with db.writing() as session:
        contact = session.get(Contact, contact_id)
        assert contact is not None
        contact.erased_at = NOON
    worker.run_once(db, NOON)
    assert _mails(folder) == []
    assert _states(db) == [NoticeState.SENT]


def test_a_kind_without_words_waits(
    db: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "_describers", {})
    _notify(db, _contact(db, None))
    worker.run_once(db, NOON)
    assert _states(db) == [NoticeState.WAITING]
    with db.reading() as session:
        assert session.scalar(select(OutboxJob.fault)) == "NoWords"


def test_the_list_costs_the_same_statements_for_two_and_for_twenty(
    db: Database, folder: Path
) -> None:
    contact_id = _contact(db, None)

    def count() -> int:
        with statements(db) as found, db.reading() as session:
            assert notices.by_hand(session, notices_by_hand(session, 7).rows)
        return len(found)

    for n in range(2):
        _notify(db, contact_id, f"arrived:{n}", n)
    worker.run_once(db, NOON)
    few = count()
    for n in range(2, 20):
        _notify(db, contact_id, f"arrived:{n}", n)
    while worker.run_once(db, NOON):
        pass
    assert count() == few
