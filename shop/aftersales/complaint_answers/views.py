"""*Keluhan*: a shopper says what is wrong, follows it, and may ask the operator once."""

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, Flask, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.aftersales.complaint_answers import (
    page_extensions,
    refunds,
    replacements,
)
from shop.aftersales.complaints import actions, photos, queries, words
from shop.aftersales.complaints.errors import NoSuchComplaint, TooManyPhotos
from shop.aftersales.complaints.forms import PHOTO, AppealForm, ComplaintForm
from shop.aftersales.complaints.models import Actor, Complaint
from shop.aftersales.complaints.rules import MAX_PHOTOS, State
from shop.aftersales.refunds.events import on_decided
from shop.checkout.purchases.guards import own_order
from shop.core.values import clock
from shop.core.values.codes import new_code
from shop.core.values.errors import RuleBroken
from shop.core.values.text import read_id
from shop.fulfilment.orders.events import on_parcel_arrived
from shop.payments.bills.queries import is_held
from shop.people.sign_in.guards import current_person
from shop.sales.orders.models import Order
from shop.sales.orders.page_extensions import told_beside
from shop.sales.orders.shopper_orders import OrderView
from shop.services.media.errors import EmptyPhoto, PhotoRefused
from shop.services.media.photo_uploads import as_photo, read_photo, refusal_words
from shop.web.http.access import anyone, open_to, takes_files
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.security.rate_limits import RateLimitExceeded, hit, visitor_address

bp = Blueprint("complaints", __name__)
T = TypeVar("T")

LINE = "/pesanan/<number>/keluhan/<int(max=999):position>"
FIELD, DROP = "foto", "buang"
TRIES, HOUR = 20, 3_600  # seconds
"""Forms of one household in an hour; a photo costs processor time."""


def init_app(_app: Flask, _settings: object) -> None:
    """Tell on the pages of orders, and hear of second looks and second parcels."""
    if page_extensions.tell not in told_beside:
        told_beside.append(page_extensions.tell)
    if refunds.hear_second not in on_decided:
        on_decided.append(refunds.hear_second)
    if replacements.hear_parcel not in on_parcel_arrived:
        on_parcel_arrived.append(replacements.hear_parcel)


@bp.get("/pesanan/<number>/keluhan")
@open_to(anyone)
def choose(number: str) -> ResponseReturnValue:
    """Which of the goods it is about."""
    part = own_order(number)
    with database().reading() as session:
        lines = queries.lines_of(session, part.id)
        told = queries.stories(session, [part.id]).get(part.id, ())
    return render_template(
        "aftersales/complaint_answers/pilih.html",
        part=part,
        lines=lines,
        told={one.line.position: one for one in told},
        words=words,
    )


@bp.get(LINE)
@open_to(anyone)
def one(number: str, position: int) -> ResponseReturnValue:
    """The form, or what became of the complaint."""
    return _page(own_order(number), position)


@bp.post(LINE)
@open_to(anyone)
@takes_files
def file(number: str, position: int) -> ResponseReturnValue:
    """Complain of packs of one line; what was typed and sent stays when something is wrong."""
    part = own_order(number)
    with database().reading() as session:
        line = queries.line_at(session, part.id, position)
        held = is_held(session, part.id)
    try:
        hit("complaint", visitor_address(), TRIES, HOUR)
    except RateLimitExceeded as limit:
        return _too_many(part, position, ComplaintForm(line), limit)
    form = ComplaintForm(line)
    draft = form.draft or new_code()
    form.berkas.data = draft
    problem = _keep_photos(part, draft)
    if not form.validate() or problem:
        return _page(part, position, form, problem=problem), 422
    person = current_person()
    try:
        _on_order(
            number,
            lambda session, order: actions.file(
                session,
                order,
                line_id=line.line_id,
                packs=form.packs,
                wrong=form.wrong,
                wished=form.wished,
                words=form.cerita.data or "",
                draft=draft,
                person_id=person.id if person else None,
                now=clock.now(),
            ),
        )
    except RuleBroken as refusal:
        said = words.refusal_words(refusal, part.seller.zone)
        return _page(part, position, form, note=said), 422
    said = _("Keluhan Anda sampai ke koperasi.")
    if held:
        said = _("Keluhan Anda sampai ke koperasi. Uang pesanan ini ditahan sampai beres.")
    return redirect_with_flash(_here(number, position), said)


@bp.post(f"{LINE}/tarik")
@open_to(anyone)
def withdraw(number: str, position: int) -> ResponseReturnValue:
    """Think otherwise."""
    person = current_person()
    return _step(
        number,
        position,
        lambda session, _order, complaint: actions.withdraw(
            session,
            complaint,
            person_id=person.id if person else None,
            now=clock.now(),
        ),
        _("Keluhan ditarik."),
    )


@bp.post(f"{LINE}/banding")
@open_to(anyone)
def appeal(number: str, position: int) -> ResponseReturnValue:
    """Ask the operator, once."""
    part, form, person = own_order(number), AppealForm(), current_person()
    if not form.validate():
        return _page(part, position, appeal_form=form), 422
    return _step(
        number,
        position,
        lambda session, order, complaint: actions.appeal(
            session,
            order,
            complaint,
            words=form.banding.data or "",
            person_id=person.id if person else None,
            now=clock.now(),
        ),
        _("Diteruskan ke Lumbung. Putusannya kami kabarkan."),
    )


@bp.post(f"{LINE}/diterima")
@open_to(anyone)
def received(number: str, position: int) -> ResponseReturnValue:
    """The packs that were sent after are here."""
    person = current_person()
    return _step(
        number,
        position,
        lambda session, order, complaint: replacements.arrived(
            session,
            order,
            complaint,
            actor=Actor.SHOPPER,
            person_id=person.id if person else None,
            now=clock.now(),
        ),
        _("Terima kasih. Keluhan ini selesai."),
    )


@bp.get(f"{LINE}/{PHOTO}")
@open_to(anyone)
def photo(number: str, position: int, photo_id: int) -> ResponseReturnValue:
    """A photo that was sent, for whom the order belongs to."""
    part = own_order(number)
    with database().reading() as session:
        queries.line_at(session, part.id, position)
        found = photos.photo_of_order(session, part.id, photo_id)
    if found is None:
        raise NoSuchComplaint(str(photo_id))
    return as_photo(found)


def _keep_photos(part: OrderView, draft: str) -> str:
    """Keep what came with the form, before anything is judged; what is wrong with it, in words."""
    wanted = (read_id(value) for value in request.form.getlist(DROP))
    dropped = [one for one in wanted if one is not None]
    read: list[bytes] = []
    problem = ""
    for upload in request.files.getlist(FIELD)[: MAX_PHOTOS + 1]:
        if not upload.filename:
            continue  # nothing was chosen
        try:
            read.append(read_photo(upload))
        except EmptyPhoto:
            problem = problem or _("Berkasnya kosong. Pilih fotonya lagi.")
        except PhotoRefused as refusal:
            problem = problem or refusal_words(refusal)
    if not read and not dropped:
        return problem

    def keep(session: Session, order: Order) -> str:
        photos.drop_drafts(session, order, draft, dropped)
        try:
            for one_photo in read:
                photos.keep_draft(session, order, draft, one_photo, now=clock.now())
        except TooManyPhotos as refusal:
            return words.refusal_words(refusal, part.seller.zone)
        return ""

    return _on_order(part.number, keep) or problem


def _too_many(
    part: OrderView, position: int, form: ComplaintForm, limit: RateLimitExceeded
) -> ResponseReturnValue:
    """The same page with what was typed; photos are read for nobody who sent too many forms."""
    said = _(
        "Terlalu banyak keluhan dari sambungan ini dalam satu jam. Kirim lagi %(n)s menit lagi;"
        " tulisan Anda masih ada di bawah, foto yang baru dipilih lagi nanti.",
        n=limit.wait_minutes,
    )
    answer = make_response(_page(part, position, form, note=said), 429)
    answer.headers["Retry-After"] = str(limit.wait_seconds)
    return answer


def _step(
    number: str,
    position: int,
    work: Callable[[Session, Order, Complaint], None],
    said: str,
) -> ResponseReturnValue:
    """One step of a complaint; a second click, or one that comes too late, changes nothing."""
    part = own_order(number)

    def do(session: Session, order: Order) -> None:
        work(session, order, queries.complaint_at(session, order.id, position))

    try:
        _on_order(number, do)
    except RuleBroken as refusal:
        words_of = words.refusal_words(refusal, part.seller.zone)
        return redirect_with_flash(_here(number, position), words_of, "warn")
    return redirect_with_flash(_here(number, position), said)


def _on_order(number: str, work: Callable[[Session, Order], T]) -> T:
    """Work in one transaction that holds the order's row."""

    def do(session: Session) -> T:
        order = session.scalars(select(Order).where(Order.number == number).with_for_update()).one()
        return work(session, order)

    return database().write(do)


def _page(
    part: OrderView,
    position: int,
    form: ComplaintForm | None = None,
    *,
    appeal_form: AppealForm | None = None,
    problem: str = "",
    note: str = "",
) -> str:
    now = clock.now()
    with database().reading() as session:
        line = queries.line_at(session, part.id, position)
        story = queries.story_at(session, part.id, position)
        until = page_extensions.filed_until(session, part.id, now)
        days = queries.figures_on(session, now)["complaint_answer_working_days"]
        held = is_held(session, part.id)
        form = form or ComplaintForm(line)
        kept = photos.drafts(session, part.id, form.draft) if form.draft else ()
    is_told = story is not None and story.state is not State.WITHDRAWN
    return render_template(
        "aftersales/complaint_answers/keluhan.html",
        part=part,
        line=line,
        story=story,
        is_told=is_told,
        form=form,
        appeal_form=appeal_form or AppealForm(),
        kept=kept,
        problem=problem,
        note_words=note,
        until=until,
        days=days,
        held=held,
        most_photos=MAX_PHOTOS,
        words=words,
        now=now,
        zone=part.seller.zone,
        mine=_here(part.number, position),
    )


def _here(number: str, position: int) -> str:
    return f"/pesanan/{number}/keluhan/{position}"
