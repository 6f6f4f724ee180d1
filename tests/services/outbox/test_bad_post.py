"""Everybody is told once, whatever the mail server does and whenever a worker is killed.

``NOTICES=1000 pytest tests/services/outbox/test_bad_post.py`` runs the whole number.
"""

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.core.values.codes import new_secret
from shop.people.accounts.models import Contact
from shop.people.accounts.queries import reaches
from shop.services.outbox import mailer as mail
from shop.services.outbox import notices, worker
from shop.services.outbox.actions import fall_back_to_whatsapp, notify
from shop.services.outbox.errors import AddressRefused, AnswerLost, MailUnavailable
from shop.services.outbox.models import JobState, Notice, NoticeState, OutboxJob
from shop.services.outbox.rules import MAX_ATTEMPTS
from tests.support.bad_post import BadPost, Mood, bad_post, by_chance
from tests.support.effort import effort
from tests.support.engines import FLOW

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
NOTICES = effort("NOTICES", short=16, soak=1_000)
FASTER = 60
"""How much faster the workers' clock goes: a lease of a minute is a second here."""
SENDER = "Lumbung <kabar@lumbung.example>"


def _describe(_session: Session, given: Sequence[Notice]) -> Mapping[int, Mapping[str, object]]:
    return {
        one.id: {
            "number": f"GYO-26-{one.order_id:06d}",
            "cooperative": "Koperasi Gayo",
            "link": "http://localhost/pembelian/abc",
        }
        for one in given
    }


def _set_up(smtp_url: str) -> None:
    notices._describers.clear()
    notices._describers["order_arrived"] = _describe
    notices._finders[:] = [reaches]
    worker._periodic.clear()
    mail.CONNECT_SECONDS = mail.READ_SECONDS = 0.3  # type: ignore[assignment]
    mail.install(smtp_url=smtp_url, mail_from=SENDER, public_url="http://localhost", folder=Path())


def _work(url: str, smtp_url: str, began: float, *, with_lasting_names: bool = True) -> None:
    """A worker process that goes on until it is killed."""
    _set_up(smtp_url)
    if not with_lasting_names:
        mail.mail_name = lambda key: f"{key[:0]}{new_secret()}"  # the control
    db = Database(url)
    while True:
        now = NOON + timedelta(seconds=(time.time() - began) * FASTER)
        if worker.run_once(db, now) == 0:
            time.sleep(0.02)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    kept = dict(notices._describers), list(notices._finders), dict(worker._periodic)
    installed, waits = list(mail._installed), (mail.CONNECT_SECONDS, mail.READ_SECONDS)
    yield
    notices._describers.clear()
    notices._describers.update(kept[0])
    notices._finders[:] = kept[1]
    worker._periodic.update(kept[2])
    mail._installed[:] = installed
    mail.CONNECT_SECONDS, mail.READ_SECONDS = waits


def _promise(db: Database, count: int) -> None:
    """Promise news to as many people, each with an address of their own."""
    with db.writing() as session:
        for n in range(count):
            contact = Contact(name=f"Sari {n}", email=f"sari{n}@pembeli.example", created_at=NOON)
            session.add(contact)
            session.flush()
            for _ in range(2):  # the event comes twice, as events do
                notify(
                    session,
                    key=f"arrived:{n}:{contact.id}",
                    kind="order_arrived",
                    contact_id=contact.id,
                    order_id=n,
                    now=NOON,
                )


def _waiting(db: Database) -> int:
    with db.reading() as session:
        waiting = select(func.count()).select_from(OutboxJob)
        return session.scalar(waiting.where(OutboxJob.state == JobState.WAITING)) or 0


def _states(db: Database) -> set[NoticeState]:
    with db.reading() as session:
        return set(session.scalars(select(Notice.state)))


def _told_by_two_mortal_workers(
    db: Database, post: BadPost, *, with_lasting_names: bool = True
) -> int:
    """Let two workers do all of it, killing one or the other again and again; how often."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    url, began = db.url.render_as_string(hide_password=False), time.time()
    die = random.Random(NOTICES)

    def start() -> BaseProcess:
        process = context.Process(
            target=_work,
            args=(url, post.url, began),
            kwargs={"with_lasting_names": with_lasting_names},
        )
        process.start()
        return process

    living, killed = [start(), start()], 0
    deadline = time.monotonic() + 60 + NOTICES
    try:
        while _waiting(db) and time.monotonic() < deadline:
            time.sleep(die.uniform(0.6, 2.0))
            if post.moods:  # else they would be killed before they have begun
                which = die.randrange(2)
                _kill(living[which])
                living[which] = start()
                killed += 1
    finally:
        for process in living:
            _kill(process)
    return killed


def _kill(process: BaseProcess) -> None:
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()


@pytest.mark.soak
def test_nobody_is_forgotten_and_nobody_told_twice(db: Database) -> None:
    _promise(db, NOTICES)
    with bad_post(by_chance(NOTICES)) as post:
        killed = _told_by_two_mortal_workers(db, post)
    mails = post.by_reader()
    assert len(mails) == NOTICES, "lost"
    assert _states(db) == {NoticeState.SENT}
    # A mail program shows one mail for each Message-ID; all copies of it are the same, too.
    assert [one for one in mails.values() if len({mail.message_id for mail in one}) > 1] == []
    assert [one for one in mails.values() if len({mail.whole for mail in one}) > 1] == []
    # A copy goes out only where the answer to the one before never reached its sender.
    copies = sum(len(one) - 1 for one in mails.values())
    untold = sum(not mail.is_told for mail in post.taken)
    print(
        f"\n{db.engine.dialect.name}: {NOTICES} notices, {len(post.moods)} talks, {killed} kills,"
        f" {untold} answers lost, {copies} copies on the wire"
    )
    assert copies <= untold + killed
    assert killed > 0


@pytest.mark.only_on("sqlite", because=FLOW)
def test_without_a_lasting_name_a_lost_answer_tells_twice(db: Database) -> None:
    """The control: with a new Message-ID each time, people read the same news twice."""
    _promise(db, 8)
    moods = iter([Mood.DROPS_AFTER] * 8)
    with bad_post(lambda: next(moods, Mood.GOOD)) as post:
        _told_by_two_mortal_workers(db, post, with_lasting_names=False)
    mails = post.by_reader()
    assert [one for one in mails.values() if len({mail.message_id for mail in one}) > 1] != []


@contextmanager
def _talking(mood: Mood) -> Iterator[BadPost]:
    with bad_post(lambda: mood) as post:
        _set_up(post.url)
        yield post


@pytest.mark.parametrize(
    ("mood", "error"),
    [
        (Mood.BUSY, MailUnavailable),
        (Mood.REFUSES, MailUnavailable),
        (Mood.HANGS, MailUnavailable),
        (Mood.DROPS_BEFORE, AnswerLost),
        (Mood.DROPS_AFTER, AnswerLost),
        (Mood.HANGS_AFTER, AnswerLost),
        (Mood.NOBODY, AddressRefused),
    ],
)
def test_what_a_server_does_is_told_apart(mood: Mood, error: type[Exception]) -> None:
    with _talking(mood), pytest.raises(error) as found:
        mail.post().send(to="sari@pembeli.example", subject="A", body="B\n", key="a", at=NOON)
    assert type(found.value) is error


def test_a_point_at_the_start_of_a_line_does_not_end_a_mail() -> None:
    with _talking(Mood.GOOD) as post:
        mail.post().send(
            to="sari@pembeli.example", subject="A", body="satu\n.\n..dua\n", key="a", at=NOON
        )
    assert b"satu\r\n.\r\n..dua\r\n" in post.taken[0].whole


@pytest.mark.parametrize(
    ("mood", "state"),
    [
        (Mood.BUSY, NoticeState.WAITING),
        (Mood.DROPS_AFTER, NoticeState.SENDING),
        (Mood.NOBODY, NoticeState.BY_HAND),
        (Mood.GOOD, NoticeState.SENT),
    ],
)
def test_a_notice_says_how_far_its_mail_came(db: Database, mood: Mood, state: NoticeState) -> None:
    _promise(db, 1)
    with _talking(mood):
        worker.run_once(db, NOON)
    assert _states(db) == {state}


def test_what_no_server_took_for_a_day_and_a_half_is_told_by_hand(db: Database) -> None:
    _promise(db, 2)
    with _talking(Mood.BUSY):
        now = NOON
        for _ in range(2 * MAX_ATTEMPTS):
            worker.run_once(db, now)
            now += timedelta(hours=7)
    assert _waiting(db) == 0
    assert _states(db) == {NoticeState.WAITING}
    with db.writing() as session:
        assert fall_back_to_whatsapp(session) == 2
    with db.writing() as session:
        assert fall_back_to_whatsapp(session) == 0
    assert _states(db) == {NoticeState.BY_HAND}


def test_a_server_that_whispers_holds_a_worker_no_longer_than_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One letter now and then keeps every single wait short; together they may take no more."""
    monkeypatch.setattr(mail, "MAX_SECONDS", 0.5)
    with _talking(Mood.HANGS):
        monkeypatch.setattr(mail, "READ_SECONDS", 30)
        began = time.monotonic()
        with pytest.raises(MailUnavailable):
            mail.post().send(to="sari@pembeli.example", subject="A", body="B", key="a", at=NOON)
    assert time.monotonic() - began < 5
