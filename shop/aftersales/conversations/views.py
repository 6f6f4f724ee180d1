"""A shopper writes to a cooperative: about an order of theirs, or about goods."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.aftersales.conversations import thread_pages
from shop.aftersales.conversations.errors import NoSuchConversation
from shop.aftersales.conversations.queries import (
    conversations_of,
    subject_of_order,
    subject_of_product,
)
from shop.aftersales.conversations.rules import Side
from shop.aftersales.conversations.thread_pages import Talk
from shop.checkout.purchases.guards import own_order
from shop.core.database.pagination import read_cursor
from shop.core.values import clock
from shop.people.accounts import events
from shop.people.accounts.events import AccountLink
from shop.people.sign_in.guards import SignedIn, current_person, signed_in
from shop.web.http.access import anyone, open_to, takes_files
from shop.web.http.app_state import database
from shop.web.security.rate_limits import visitor_address

bp = Blueprint("conversations", __name__)

PHOTO = f"foto/<int(max={2**63 - 1}):photo_id>"


@bp.get("/pesanan/<number>/percakapan")
@open_to(anyone)
def about_order(number: str) -> ResponseReturnValue:
    """What was written about an order; for strangers there is no such order."""
    return thread_pages.show(_order(number))


@bp.post("/pesanan/<number>/percakapan")
@open_to(anyone)
@takes_files
def write_about_order(number: str) -> ResponseReturnValue:
    """Write about it."""
    return thread_pages.take(_order(number))


@bp.get(f"/pesanan/<number>/percakapan/{PHOTO}")
@open_to(anyone)
def photo_about_order(number: str, photo_id: int) -> ResponseReturnValue:
    """A photo that was sent about it."""
    return thread_pages.photo(_order(number).subject, photo_id)


@bp.get("/produk/<slug>/tanya")
@open_to(signed_in)
def about_product(slug: str) -> ResponseReturnValue:
    """What this person asked about goods."""
    return thread_pages.show(_product(slug))


@bp.post("/produk/<slug>/tanya")
@open_to(signed_in)
@takes_files
def write_about_product(slug: str) -> ResponseReturnValue:
    """Ask about them."""
    return thread_pages.take(_product(slug))


@bp.get(f"/produk/<slug>/tanya/{PHOTO}")
@open_to(signed_in)
def photo_about_product(slug: str, photo_id: int) -> ResponseReturnValue:
    """A photo that was sent about them."""
    return thread_pages.photo(_product(slug).subject, photo_id)


@bp.get("/akun/percakapan")
@open_to(signed_in)
def own() -> ResponseReturnValue:
    """All that the person wrote about, newest first."""
    before = read_cursor(request.args.get("setelah"), (int,))
    with database().reading() as session:
        page = conversations_of(session, _me().id, int(before[0]) if before else None)
    return render_template("aftersales/conversations/saya.html", page=page, is_first=before is None)


def _account_link(_session: Session, _person: SignedIn) -> list[AccountLink]:
    return [AccountLink("/akun/percakapan", "chat", _("Percakapan saya"))]


events.account_links.append(_account_link)


def _me() -> SignedIn:
    person = current_person()
    assert person is not None  # the guard let nobody else in
    return person


def _order(number: str) -> Talk:
    part, person = own_order(number), current_person()
    with database().reading() as session:
        subject = subject_of_order(session, part.id)
    return Talk(
        subject=subject,
        side=Side.SHOPPER,
        address=f"/pesanan/{number}/percakapan",
        template="aftersales/conversations/pembeli.html",
        writer=str(person.id) if person else visitor_address(),
        author_id=person.id if person else None,
        zone=part.seller.zone,
        back=f"/pesanan/{number}",
    )


def _product(slug: str) -> Talk:
    person = _me()
    with database().reading() as session:
        subject = subject_of_product(
            session, slug, contact_id=person.contact_id, person_id=person.id
        )
    if subject is None:
        raise NoSuchConversation(slug)
    return Talk(
        subject=subject,
        side=Side.SHOPPER,
        address=f"/produk/{slug}/tanya",
        template="aftersales/conversations/pembeli.html",
        writer=str(person.id),
        author_id=person.id,
        zone=clock.HOME_ZONE,
        back=f"/produk/{slug}",
    )
