"""*Percakapan* at the desk: who waits for an answer, and answering."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from shop.aftersales.conversations import thread_pages
from shop.aftersales.conversations.errors import NoSuchConversation
from shop.aftersales.conversations.queries import (
    Subject,
    conversations_at_desk,
    count_unanswered,
    order_of_desk,
    subject_of,
    subject_of_order,
)
from shop.aftersales.conversations.rules import Side
from shop.aftersales.conversations.thread_pages import Talk
from shop.core.database.pagination import read_cursor
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import RUNS
from shop.web.http.access import open_to, takes_files
from shop.web.http.app_state import database

bp = Blueprint("conversations_manage", __name__)

ID = f"<int(max={2**63 - 1}):conversation_id>"
PHOTO = f"foto/<int(max={2**63 - 1}):photo_id>"


@bp.get("/kelola/<slug>/percakapan")
@open_to(desk(*RUNS))
def waiting(slug: str) -> ResponseReturnValue:
    """Who wrote, those without an answer first; in a fixed number of statements."""
    place = current_desk()
    after = read_cursor(request.args.get("setelah"), (int, int))
    with database().reading() as session:
        page = conversations_at_desk(
            session, place.cooperative_id, (int(after[0]), int(after[1])) if after else None
        )
        count = count_unanswered(session, place.cooperative_id)
    return render_template(
        "aftersales/conversations/daftar.html",
        page=page,
        count=count,
        is_first=after is None,
        zone=place.zone,
        here=f"/kelola/{slug}",
    )


@bp.get("/kelola/<slug>/pesanan/<number>/percakapan")
@open_to(desk(*RUNS))
def about_order(slug: str, number: str) -> ResponseReturnValue:
    """What was written about an order of this cooperative."""
    return thread_pages.show(_order(slug, number))


@bp.post("/kelola/<slug>/pesanan/<number>/percakapan")
@open_to(desk(*RUNS))
@takes_files
def write_about_order(slug: str, number: str) -> ResponseReturnValue:
    """Answer, or write first."""
    return thread_pages.take(_order(slug, number))


@bp.get(f"/kelola/<slug>/pesanan/<number>/percakapan/{PHOTO}")
@open_to(desk(*RUNS))
def photo_about_order(slug: str, number: str, photo_id: int) -> ResponseReturnValue:
    """A photo that was sent about it."""
    return thread_pages.photo(_order(slug, number).subject, photo_id)


@bp.get(f"/kelola/<slug>/percakapan/{ID}")
@open_to(desk(*RUNS))
def about_product(slug: str, conversation_id: int) -> ResponseReturnValue:
    """What somebody asked about goods of this cooperative."""
    return thread_pages.show(_product(slug, conversation_id))


@bp.post(f"/kelola/<slug>/percakapan/{ID}")
@open_to(desk(*RUNS))
@takes_files
def write_about_product(slug: str, conversation_id: int) -> ResponseReturnValue:
    """Answer it."""
    return thread_pages.take(_product(slug, conversation_id))


@bp.get(f"/kelola/<slug>/percakapan/{ID}/{PHOTO}")
@open_to(desk(*RUNS))
def photo_about_product(slug: str, conversation_id: int, photo_id: int) -> ResponseReturnValue:
    """A photo that was sent about them."""
    return thread_pages.photo(_product(slug, conversation_id).subject, photo_id)


def _order(slug: str, number: str) -> Talk:
    with database().reading() as session:
        order_id = order_of_desk(session, current_desk().cooperative_id, number)
        if order_id is None:
            raise NoSuchConversation(number)
        subject = subject_of_order(session, order_id)
    here = f"/kelola/{slug}/pesanan/{number}"
    return _talk(subject, f"{here}/percakapan", here)


def _product(slug: str, conversation_id: int) -> Talk:
    with database().reading() as session:
        subject = subject_of(session, current_desk().cooperative_id, conversation_id)
    if subject is None:
        raise NoSuchConversation(str(conversation_id))
    here = f"/kelola/{slug}/percakapan"
    return _talk(subject, f"{here}/{conversation_id}", here)


def _talk(subject: Subject, address: str, back: str) -> Talk:
    place = current_desk()
    return Talk(
        subject=subject,
        side=Side.DESK,
        address=address,
        template="aftersales/conversations/meja.html",
        writer=str(place.person_id),
        author_id=place.person_id,
        zone=place.zone,
        back=back,
        may_write=place.may(*RUNS),
    )
