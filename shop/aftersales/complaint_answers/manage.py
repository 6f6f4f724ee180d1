"""*Keluhan* at a cooperative's desk: what waits, and the answer to each."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.aftersales.complaint_answers import refunds, replacements
from shop.aftersales.complaints import actions, photos, queries, words
from shop.aftersales.complaints.errors import NoSuchComplaint
from shop.aftersales.complaints.forms import PHOTO, TILL, GoodsForm, MoneyForm, RefuseForm, SendForm
from shop.aftersales.complaints.models import Complaint
from shop.aftersales.complaints.rules import RefusalReason, State, delivery_goes_back
from shop.aftersales.refunds.errors import TooMuchDelivery
from shop.aftersales.refunds.queries import delivery_left, order_at
from shop.catalog.inventory.queries import available
from shop.core.values import clock
from shop.core.values.codes import read_order_number
from shop.core.values.errors import RuleBroken
from shop.core.values.money import format_rupiah
from shop.fulfilment.orders.queries import lines_to_work_on, order_to_work_on
from shop.payments.bills.models import Refund
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import RUNS
from shop.sales.orders.errors import NoSuchOrder
from shop.sales.orders.models import Order
from shop.sales.orders.rules import DeliveryKind
from shop.services.media.photo_uploads import as_photo
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.rendering.forms import OneOfSeveral

bp = Blueprint("complaints_manage", __name__)

LISTS = "/kelola/<slug>/keluhan"
ORDER = "/kelola/<slug>/pesanan/<number>/keluhan"
ONE = f"{ORDER}/<int(max=999):position>"
OVER = "sudah"

Work = Callable[[Session, Order, Complaint], str]
"""Does a step and says what was done."""


@bp.get(LISTS)
@open_to(desk(*RUNS))
def listing(slug: str) -> ResponseReturnValue:
    """What waits for an answer, the most urgent first, and what is over."""
    is_over = request.args.get("lihat") == OVER
    with database().reading() as session:
        page = queries.of_cooperative(
            session,
            current_desk().cooperative_id,
            is_over=is_over,
            after=request.args.get("setelah"),
        )
        days = queries.figures_on(session, clock.now())["complaint_answer_working_days"]
    place = current_desk()
    return render_template(
        "aftersales/complaint_answers/daftar.html",
        page=page,
        days=days,
        is_over=is_over,
        words=words,
        now=clock.now(),
        zone=place.zone,
        here=f"/kelola/{place.slug}",
    )


@bp.get(ONE)
@open_to(desk(*RUNS))
def one(slug: str, number: str, position: int) -> ResponseReturnValue:
    """What the shopper says, with photos, and the ways to answer."""
    return _page(number, position)


@bp.post(f"{ONE}/uang")
@open_to(desk(*RUNS))
def give(slug: str, number: str, position: int) -> ResponseReturnValue:
    """Give the price of packs back."""
    form = MoneyForm(_story(number, position), delivery=0)
    if not form.validate():
        return _page(number, position, {"uang": form}), 422

    def work(session: Session, order: Order, complaint: Complaint) -> str:
        given = refunds.give_money(
            session,
            order,
            complaint,
            packs=form.packs,
            delivery=form.delivery,
            till_pays=form.tanggung.data == TILL,
            refusal=form.refusal,
            words=form.pesan.data or "",
            person_id=current_desk().person_id,
            now=clock.now(),
        )
        amount = format_rupiah(given.amount)
        if isinstance(given, Refund):
            return str(_("%(amount)s dikembalikan ke pembeli.", amount=amount))
        return str(_("Dicatat. Orang kedua perlu menyetujui %(amount)s.", amount=amount))

    return _step(number, position, work, {"uang": form})


@bp.post(f"{ONE}/barang")
@open_to(desk(*RUNS))
def promise(slug: str, number: str, position: int) -> ResponseReturnValue:
    """Send packs after: they are held on the shelf from now on."""
    form = GoodsForm()
    _story(number, position)
    if not form.validate():
        return _page(number, position, {"barang": form}), 422

    def work(session: Session, order: Order, complaint: Complaint) -> str:
        replacements.reserve_replacement(
            session,
            order,
            complaint,
            words=form.pesan.data or "",
            person_id=current_desk().person_id,
            now=clock.now(),
        )
        return str(_("Dicatat. Barangnya disisihkan; tinggal dikirim."))

    return _step(number, position, work, {"barang": form})


@bp.post(f"{ONE}/kirim")
@open_to(desk(*RUNS))
def send(slug: str, number: str, position: int) -> ResponseReturnValue:
    """The second parcel leaves."""
    _story(number, position)
    with database().reading() as session:
        kind = order_at(session, current_desk().cooperative_id, number).delivery_kind
    form = SendForm() if kind is DeliveryKind.COURIER else OneOfSeveral()
    if not form.validate():
        return _page(number, position, {"kirim": form}), 422

    def work(session: Session, order: Order, complaint: Complaint) -> str:
        replacements.send(
            session,
            order,
            complaint,
            tracking=form.resi.data or "" if isinstance(form, SendForm) else "",
            courier=form.kurir.data or "" if isinstance(form, SendForm) else "",
            person_id=current_desk().person_id,
            now=clock.now(),
        )
        return str(_("Dicatat. Pembeli dikabari."))

    return _step(number, position, work, {"kirim": form})


@bp.post(f"{ONE}/tolak")
@open_to(desk(*RUNS))
def refuse(slug: str, number: str, position: int) -> ResponseReturnValue:
    """Grant nothing, with a reason and a sentence."""
    form = RefuseForm()
    _story(number, position)
    if not form.validate():
        return _page(number, position, {"tolak": form}), 422

    def work(session: Session, order: Order, complaint: Complaint) -> str:
        actions.refuse(
            session,
            order,
            complaint,
            reason=RefusalReason(form.alasan.data),
            words=form.pesan.data or "",
            person_id=current_desk().person_id,
            now=clock.now(),
        )
        return str(_("Dicatat. Pembeli bisa minta keputusan Lumbung satu kali."))

    return _step(number, position, work, {"tolak": form})


@bp.get(f"{ONE}/{PHOTO}")
@open_to(desk(*RUNS))
def photo(slug: str, number: str, position: int, photo_id: int) -> ResponseReturnValue:
    """A photo of what is wrong."""
    story = _story(number, position)
    with database().reading() as session:
        found = photos.photo_of_complaint(session, story.order_id, photo_id)
    if found is None:
        raise NoSuchComplaint(str(photo_id))
    return as_photo(found)


def _step(
    number: str, position: int, work: Work, sent: dict[str, OneOfSeveral]
) -> ResponseReturnValue:
    """Do one step; one that is late changes nothing, one that cannot be is told on the page."""
    place = current_desk()

    def do(session: Session) -> str:
        order = order_to_work_on(session, place.cooperative_id, number)
        return work(session, order, queries.complaint_at(session, order.id, position))

    try:
        said = database().write(do)
    except TooMuchDelivery as refusal:
        form = sent["uang"]
        assert isinstance(form, MoneyForm)  # no other form names delivery
        form.say_too_much(refusal.left)
        return _page(number, position, sent), 422
    except RuleBroken as refusal:
        note = words.refusal_words(refusal, place.zone)
        return _page(number, position, sent, note=note), 409
    return redirect_with_flash(f"/kelola/{place.slug}/pesanan/{number}/keluhan/{position}", said)


def _story(number: str, position: int) -> queries.Story:
    """The complaint of this desk that an address names.

    :raises NoSuchOrder, NoSuchComplaint: for another cooperative's too.
    """
    if read_order_number(number) != number:
        raise NoSuchOrder(number)  # one address for each order
    with database().reading() as session:
        order = order_at(session, current_desk().cooperative_id, number)
        found = queries.story_at(session, order.id, position)
    if found is None:
        raise NoSuchComplaint(f"{number}:{position}")
    return found


def _page(
    number: str,
    position: int,
    sent: dict[str, OneOfSeveral] | None = None,
    note: str = "",
) -> str:
    place, story = current_desk(), _story(number, position)
    with database().reading() as session:
        order = order_at(session, place.cooperative_id, number)
        lines = lines_to_work_on(session, order.id)
        left = delivery_left(session, order)
        free = available(session, [story.line.variant_id]).get(story.line.variant_id, 0)
        back = delivery_goes_back(lines, story.line.line_id, story.left, left) if story.left else 0
        complaint = queries.complaint_at(session, order.id, position)
        amount = refunds.amount_of(session, order, complaint)
    forms: dict[str, Any] = {
        "uang": MoneyForm(story, delivery=back, is_sent=False),
        "barang": GoodsForm(is_sent=False),
        "tolak": RefuseForm(is_sent=False),
        "kirim": SendForm(is_sent=False, kurir=order.delivery_name),
        **(sent or {}),
    }
    for key in ("uang", "barang", "tolak"):  # three of them have a field of this name
        said = forms[key].pesan
        said.id = said.label.field_id = f"pesan-{key}"
    return render_template(
        "aftersales/complaint_answers/meja.html",
        number=number,
        story=story,
        forms=forms,
        sent=next(iter(sent.values())) if sent else None,
        note_words=note,
        free=free,
        delivery_left=left,
        amount=amount,
        by_courier=order.delivery_kind is DeliveryKind.COURIER,
        is_open=story.state is State.OPEN and not story.waits_for_second,
        words=words,
        zone=place.zone,
        order_page=f"/kelola/{place.slug}/pesanan/{number}",
        list_page=f"/kelola/{place.slug}/keluhan",
        here=f"/kelola/{place.slug}/pesanan/{number}/keluhan/{position}",
    )
