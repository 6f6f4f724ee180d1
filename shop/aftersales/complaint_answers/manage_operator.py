"""*Keluhan* at the operator's desk: what the two sides do not agree about, decided for good."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.aftersales.complaint_answers import refunds
from shop.aftersales.complaints import photos, queries, words
from shop.aftersales.complaints.errors import NoSuchComplaint
from shop.aftersales.complaints.forms import PHOTO, TILL, DecideForm
from shop.aftersales.complaints.rules import State
from shop.core.values import clock
from shop.core.values.codes import read_order_number
from shop.core.values.errors import RuleBroken
from shop.core.values.money import format_rupiah
from shop.people.accounts.models import OperatorRight
from shop.people.sign_in.guards import current_person, operator
from shop.sales.orders.models import Order
from shop.services.media.photo_uploads import as_photo
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("complaints_market", __name__)

operates = operator(OperatorRight.OPERATE)
ONE = "/operator/keluhan/<number>/<int(max=999):position>"


@bp.get("/operator/keluhan")
@open_to(operates)
def listing() -> ResponseReturnValue:
    """What waits for a decision, and what was decided lately."""
    with database().reading() as session:
        waiting, decided = queries.for_operator(session)
    return render_template(
        "aftersales/complaint_answers/operator.html", waiting=waiting, decided=decided, words=words
    )


@bp.get(ONE)
@open_to(operates)
def one(number: str, position: int) -> ResponseReturnValue:
    """What both sides say, with photos, and the decision."""
    return _page(number, position)


@bp.post(ONE)
@open_to(operates)
def decide(number: str, position: int) -> ResponseReturnValue:
    """Decide; nobody can be asked afterwards."""
    story, _zone = _found(number, position)
    form = DecideForm(story)
    if story.state is not State.APPEALED:
        return _page(number, position, note=_("Keluhan ini tidak menunggu putusan.")), 409
    if not form.validate():
        return _page(number, position, form), 422
    person = current_person()
    assert person is not None  # the guard let somebody in
    person_id = person.id

    def work(session: Session) -> str:
        order = session.scalars(select(Order).where(Order.number == number).with_for_update()).one()
        refund = refunds.decide(
            session,
            order,
            queries.complaint_at(session, order.id, position),
            packs=form.packs,
            till_pays=form.tanggung.data == TILL,
            words=form.pesan.data or "",
            person_id=person_id,
            now=clock.now(),
        )
        if refund is None:
            return str(_("Diputuskan: tidak ada lagi yang kembali."))
        amount = format_rupiah(refund.amount)
        return str(_("Diputuskan: %(amount)s kembali ke pembeli.", amount=amount))

    try:
        said = database().write(work)
    except RuleBroken as refusal:
        note = words.refusal_words(refusal, clock.HOME_ZONE)
        return _page(number, position, form, note), 409
    return redirect_with_flash(f"/operator/keluhan/{number}/{position}", said)


@bp.get(f"{ONE}/{PHOTO}")
@open_to(operates)
def photo(number: str, position: int, photo_id: int) -> ResponseReturnValue:
    """A photo of what is wrong."""
    story, _zone = _found(number, position)
    with database().reading() as session:
        found = photos.photo_of_complaint(session, story.order_id, photo_id)
    if found is None:
        raise NoSuchComplaint(str(photo_id))
    return as_photo(found)


def _found(number: str, position: int) -> tuple[queries.Story, str]:
    if read_order_number(number) != number:
        raise NoSuchComplaint(number)  # one address for each order
    with database().reading() as session:
        order, cooperative, _code = queries.order_for_operator(session, number)
        story = queries.story_at(session, order.id, position)
        zone = cooperative.zone
    if story is None:
        raise NoSuchComplaint(f"{number}:{position}")
    return story, zone


def _page(number: str, position: int, form: DecideForm | None = None, note: str = "") -> str:
    story, zone = _found(number, position)
    with database().reading() as session:
        order, cooperative, code = queries.order_for_operator(session, number)
        complaint = queries.complaint_at(session, order.id, position)
        amount = refunds.amount_of(session, order, complaint)
    return render_template(
        "aftersales/complaint_answers/putusan.html",
        number=number,
        story=story,
        cooperative=cooperative,
        code=code,
        total=order.total,
        refunded=order.refunded,
        amount=amount,
        form=form or DecideForm(story),
        note_words=note,
        decides=story.state is State.APPEALED,
        words=words,
        zone=zone,
        here=f"/operator/keluhan/{number}/{position}",
    )
