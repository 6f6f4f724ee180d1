"""What the pages of both sides share: show a thread, take a message, hand out a photo."""

from dataclasses import dataclass

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.aftersales.conversations import actions, queries
from shop.aftersales.conversations.errors import ConversationClosed, NoSuchConversation
from shop.aftersales.conversations.forms import MessageForm
from shop.aftersales.conversations.queries import Subject
from shop.aftersales.conversations.rules import Side
from shop.core.values import clock
from shop.services.media.photo_uploads import as_photo
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.security.rate_limits import Limit, RateLimitExceeded, hit_all

TRIES = {
    Side.SHOPPER: Limit("message:shopper", 20, 3_600),
    Side.DESK: Limit("message:desk", 200, 3_600),
}
"""Messages of one person, or of one household of guests, in an hour."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation as one side has it before their eyes."""

    subject: Subject
    side: Side
    address: str
    template: str
    writer: str
    """Whose messages are counted."""
    author_id: int | None
    zone: str
    back: str
    """The page of what it is about."""
    may_write: bool = True


def show(talk: Talk) -> ResponseReturnValue:
    """The page; what is new on it counts as seen from now on."""
    with database().reading() as session:
        thread = queries.thread(session, talk.subject)
    newest = thread.unseen(talk.side) if thread is not None else 0
    # Looking is what makes it seen, so a GET writes here; who may not write has seen nothing.
    if thread is not None and newest and talk.may_write and request.method == "GET":
        conversation_id = thread.id
        database().write(
            lambda session: actions.see(
                session,
                conversation_id,
                talk.side,
                newest=newest,
                now=clock.now(),
                person_id=talk.author_id,
            )
        )
    return _page(talk, thread, MessageForm())


def take(talk: Talk) -> ResponseReturnValue:
    """Add what was typed, once, and come back to the page."""
    form = MessageForm()
    try:
        hit_all((TRIES[talk.side], talk.writer))
    except RateLimitExceeded as limit:
        said = _(
            "Terlalu banyak pesan dalam satu jam. Coba lagi %(n)s menit lagi;"
            " tulisan Anda masih ada di bawah.",
            n=limit.wait_minutes,
        )
        answer = make_response(_again(talk, form, said), 429)
        answer.headers["Retry-After"] = str(limit.wait_seconds)
        return answer
    if not form.validate():
        return _again(talk, form), 422
    try:
        database().write(
            lambda session: actions.write(
                session,
                talk.subject,
                talk.side,
                text=form.pesan.data or "",
                key=form.key(talk.side),
                photos=form.photos,
                author_id=talk.author_id,
                now=clock.now(),
            )
        )
    except ConversationClosed:
        return _again(talk, form), 409
    return redirect_with_flash(f"{talk.address}#tulis", _("Pesan terkirim."))


def photo(subject: Subject, photo_id: int) -> ResponseReturnValue:
    """A photo of this conversation; of another one there is none."""
    with database().reading() as session:
        found = queries.photo_of(session, subject, photo_id)
    if found is None:
        raise NoSuchConversation(str(photo_id))
    return as_photo(found)


def _again(talk: Talk, form: MessageForm, said: str = "") -> str:
    with database().reading() as session:
        return _page(talk, queries.thread(session, talk.subject), form, said)


def _page(talk: Talk, thread: queries.Thread | None, form: MessageForm, said: str = "") -> str:
    return render_template(
        talk.template, talk=talk, thread=thread, form=form, limit_words=said, Side=Side
    )
