"""Telling people what happened: by mail, or through a person's hand over WhatsApp (rule R26).

This room knows neither people nor orders. The rooms above say whom a contact's id means
(``finds_contacts``) and what a kind of notice is about (``describes``).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.database import Database
from shop.core.indonesia import wa_link
from shop.outbox.actions import NOTICE_JOB, leave_by_hand, mark_sent
from shop.outbox.errors import NoWords
from shop.outbox.letters import NoticeWords, words
from shop.outbox.mail import post
from shop.outbox.models import Notice, NoticeState
from shop.outbox.worker import handles
from shop.web.language import HOME


@dataclass(frozen=True, slots=True)
class Reach:
    """How a person is greeted and reached."""

    name: str
    email: str | None
    phone: str | None
    language: str | None = None
    """What their account says; None: they have none."""


@dataclass(frozen=True, slots=True)
class ByHand:
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
    session: Session, notices: Sequence[Notice], reaches: Mapping[int, Reach]
) -> dict[int, NoticeWords]:
    """The words of notices by id; those nobody can describe are left out."""
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
            language = reach.language or str(usual)
            found[notice.id] = words(notice.kind, name=reach.name, language=language, **known)
    return found


def by_hand(session: Session, notices: Sequence[Notice]) -> tuple[ByHand, ...]:
    """Lines of the list "kirim lewat WhatsApp", in the order of ``notices``."""
    reaches = contacts(session, [notice.contact_id for notice in notices])
    texts = worded(session, notices, reaches)
    return tuple(
        ByHand(
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


@handles(NOTICE_JOB)
def send_notice(db: Database, payload: dict[str, Any], now: datetime) -> None:
    """Send one notice by mail, or put it on the list of those sent by hand."""
    with db.reading() as session:
        notice = session.scalar(select(Notice).where(Notice.key == payload["key"]))
        if notice is None or notice.state != NoticeState.WAITING:
            return  # told already, perhaps by a worker that was killed right after
        reaches = contacts(session, [notice.contact_id])
        reach = reaches.get(notice.contact_id)
        letter = None
        if reach is not None:
            letter = worded(session, [notice], reaches).get(notice.id)
            if letter is None:
                raise NoWords(notice.kind)
    if reach is not None and reach.email is not None and letter is not None:
        # The network: no transaction is open.
        post().send(
            to=reach.email, subject=letter.subject, body=letter.body, key=f"notice:{notice.key}"
        )
    with db.writing() as session:
        if reach is None or reach.email is not None:
            mark_sent(session, notice.id, now)
        else:
            leave_by_hand(session, notice.id)
