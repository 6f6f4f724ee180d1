"""Telling people what happened: by mail, or through a person's hand over WhatsApp (rule R26).

This room knows neither people nor orders. The rooms above say whom a contact's id means
(``finds_contacts``) and what a kind of notice is about (``describes``).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.core.formats.indonesia import wa_link
from shop.services.outbox.actions import (
    DIGEST_JOB,
    NOTICE_JOB,
    begin_sending,
    collect,
    leave_by_hand,
    mark_digest_sent,
    mark_sent,
    take_back,
)
from shop.services.outbox.errors import AddressRefused, AnswerLost, MailUnavailable, NoWords
from shop.services.outbox.mailer import post
from shop.services.outbox.message_templates import NoticeWords, passages, words
from shop.services.outbox.models import Notice, NoticeState
from shop.services.outbox.notice_kinds import can_be_digested
from shop.services.outbox.queries import collected
from shop.services.outbox.worker import handles
from shop.web.i18n.language import HOME

LIST = "/akun/pemberitahuan"
SETTINGS = f"{LIST}/surat"
"""Where a person's list stands, and where they say how mail comes; pages of ``accounts``."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How a person is greeted and reached."""

    name: str
    email: str | None
    phone: str | None
    language: str | None = None
    """What their account says; None: they have none."""
    person_id: int | None = None
    """In whose list in the shop it stands; None: they have no account."""
    digest_zone: str | None = None
    """They want one mail a day, in the morning of this zone; None: each by itself."""


@dataclass(frozen=True, slots=True)
class ManualNotice:
    """One line of the list "kirim lewat WhatsApp"."""

    notice_id: int
    kind: str
    name: str
    phone: str | None
    subject: str
    text: str
    language: str
    """The reader's, in which subject and text stand."""
    created_at: datetime

    @property
    def whatsapp_url(self) -> str | None:
        """A link that opens WhatsApp with the text ready; None without a number."""
        return None if self.phone is None else wa_link(self.phone, self.text)


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a person's list in the shop."""

    notice_id: int
    subject: str
    summary: str
    """What happened, in its first lines."""
    created_at: datetime
    is_unread: bool


FindContacts = Callable[[Session, Sequence[int]], Mapping[int, Reach]]
Describe = Callable[[Session, Sequence[Notice]], Mapping[int, Mapping[str, object]]]

_finders: list[FindContacts] = []
_describers: dict[str, Describe] = {}


def finds_contacts(find: FindContacts) -> FindContacts:
    """Say how contacts are looked up; ids that are unknown or erased are left out."""
    _finders[:] = [find]
    return find


def describes(*kinds: str) -> Callable[[Describe], Describe]:
    """Say what notices of some kinds are about.

    The function gets all notices of a page at once, so that a list costs the same statements
    however long it is, and returns by notice id the facts that ``templates/notices/<kind>.txt``
    asks for, and ``language``: what a reader speaks who has no account to say so.
    """

    def register(describe: Describe) -> Describe:
        for kind in kinds:
            _describers[kind] = describe
        return describe

    return register


def contacts(session: Session, contact_ids: Sequence[int]) -> Mapping[int, Reach]:
    """Whom these ids mean."""
    return _finders[0](session, contact_ids)


def worded(
    session: Session,
    notices: Sequence[Notice],
    reaches: Mapping[int, Reach],
    language: str | None = None,
) -> dict[int, NoticeWords]:
    """The words of notices by id; those nobody can describe are left out.

    :param language: of the page that shows them; None: each reader's own.
    """
    facts: dict[int, Mapping[str, object]] = {}
    for describe in dict.fromkeys(_describers[n.kind] for n in notices if n.kind in _describers):
        mine = [n for n in notices if _describers.get(n.kind) is describe]
        facts.update(describe(session, mine))
    found = {}
    for notice in notices:
        reach = reaches.get(notice.contact_id)
        if reach is not None and notice.id in facts:
            known = dict(facts[notice.id])
            usual = known.pop("language", HOME)
            tongue = language or reach.language or str(usual)
            found[notice.id] = words(notice.kind, name=reach.name, language=tongue, **known)
    return found


def by_hand(session: Session, notices: Sequence[Notice]) -> tuple[ManualNotice, ...]:
    """Lines of the list "kirim lewat WhatsApp", in the order of ``notices``."""
    reaches = contacts(session, [notice.contact_id for notice in notices])
    texts = worded(session, notices, reaches)
    return tuple(
        ManualNotice(
            notice_id=notice.id,
            kind=notice.kind,
            name=reaches[notice.contact_id].name,
            phone=reaches[notice.contact_id].phone,
            subject=texts[notice.id].subject,
            text=texts[notice.id].whatsapp_text,
            language=texts[notice.id].language,
            created_at=notice.created_at,
        )
        for notice in notices
        if notice.id in texts
    )


def in_the_shop(session: Session, notices: Sequence[Notice], language: str) -> tuple[Told, ...]:
    """Lines of a person's list, in the language of the page and the order of ``notices``."""
    texts = worded(
        session, notices, contacts(session, [one.contact_id for one in notices]), language
    )
    return tuple(
        Told(
            notice_id=notice.id,
            subject=texts[notice.id].subject,
            summary=_summary(texts[notice.id].text),
            created_at=notice.created_at,
            is_unread=notice.read_at is None,
        )
        for notice in notices
        if notice.id in texts
    )


def _summary(text: str) -> str:
    first = next((piece for piece in passages(text) if piece.shape == "text"), None)
    return " ".join(first.lines) if first else ""


@handles(NOTICE_JOB)
def send_notice(db: Database, payload: dict[str, Any], now: datetime) -> None:
    """Send one notice by mail, keep it for the morning, or put it on the list of those by hand.

    What is about to happen is written down before it does, so that after a crash nobody has to
    guess; where the server's answer is lost, the very same mail goes out again (record 0340).
    """
    with db.reading() as session:
        notice = session.scalar(select(Notice).where(Notice.key == payload["key"]))
        if notice is None or notice.state not in (NoticeState.WAITING, NoticeState.SENDING):
            return  # told already, perhaps by a worker that was killed right after
        reaches = contacts(session, [notice.contact_id])
        reach = reaches.get(notice.contact_id)
        letter = None
        if reach is not None:
            letter = worded(session, [notice], reaches).get(notice.id)
            if letter is None:
                raise NoWords(notice.kind)
    if reach is None or letter is None:
        with db.writing() as session:
            mark_sent(session, notice.id, now)
        return
    with db.writing() as session:
        if reach.email is None:
            leave_by_hand(session, notice.id, reach.person_id)
            return
        daily = _digest_of(notice, reach)
        if daily is not None:
            collect(session, notice.id, daily[0], zone=daily[1], now=now)
            return
        if not begin_sending(session, notice.id, reach.person_id):
            return
    try:
        # The network: no transaction is open.
        post().send(
            to=reach.email,
            subject=letter.subject,
            body=letter.body,
            html=letter.html,
            key=f"notice:{notice.key}",
            at=notice.created_at,
        )
    except AddressRefused:
        with db.writing() as session:
            leave_by_hand(session, notice.id)
    except AnswerLost:
        raise
    except MailUnavailable:
        with db.writing() as session:
            take_back(session, notice.id)
        raise
    else:
        with db.writing() as session:
            mark_sent(session, notice.id, now)


@handles(DIGEST_JOB)
def send_digest(db: Database, payload: dict[str, Any], now: datetime) -> None:
    """Send what a person's day brought as one mail; always the same notices under one key."""
    person_id, day = int(payload["person_id"]), date.fromisoformat(payload["day"])
    with db.reading() as session:
        kept = collected(session, person_id, day)
        reaches = contacts(session, [notice.contact_id for notice in kept])
        texts = worded(session, kept, reaches)
        reach = next((reaches[one.contact_id] for one in reversed(kept) if one.id in texts), None)
    told = [notice for notice in kept if notice.id in texts]
    if reach is None:
        return
    if reach.email is not None:
        letter = _daily(reach, [texts[one.id] for one in told])
        try:
            post().send(
                to=reach.email,
                subject=letter.subject,
                body=letter.body,
                html=letter.html,
                key=f"digest:{person_id}:{day.isoformat()}",
                at=kept[-1].created_at,
                settings=post().link(SETTINGS),
            )
        except AddressRefused:
            reach = None
    with db.writing() as session:
        if reach is not None and reach.email is not None:
            mark_digest_sent(session, [notice.id for notice in told], now)
        else:
            for notice in told:
                leave_by_hand(session, notice.id)


def _digest_of(notice: Notice, reach: Reach) -> tuple[int, str] | None:
    """Whose daily mail it may stand in, and of which zone's morning; None: it goes by itself."""
    # Once the server may have it, it is told by itself or not at all.
    if notice.state is not NoticeState.WAITING or not can_be_digested(notice.kind):
        return None
    if reach.person_id is None or reach.digest_zone is None:
        return None
    return reach.person_id, reach.digest_zone


def _daily(reach: Reach, letters: Sequence[NoticeWords]) -> NoticeWords:
    return words(
        "digest",
        name=reach.name,
        language=reach.language or HOME,
        lines=[letter.subject for letter in letters],
        link=post().link(LIST),
        settings_link=post().link(SETTINGS),
    )
