"""The page of one order at the desk, and doing one step of it: shared by all its forms."""

from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.core.formats.indonesia import wa_link
from shop.core.values import clock
from shop.core.values.codes import read_order_number
from shop.core.values.money import format_rupiah
from shop.fulfilment.board import answer_words, words
from shop.fulfilment.board.forms import (
    BoxForm,
    CashForm,
    EndForm,
    PickupCashForm,
    PickupForm,
    ReceiverCashForm,
    ReceiverForm,
    ReturnForm,
    accept_form,
    return_form,
)
from shop.fulfilment.board.order_detail import OrderDetail, sheet
from shop.fulfilment.board.order_history import packs_of
from shop.fulfilment.collecting.errors import UnfitGoods
from shop.fulfilment.collecting.words import unfit_words
from shop.fulfilment.order_desk import parcel_words
from shop.fulfilment.order_desk.parcel_forms import (
    PartForm,
    WhichForm,
    failed_form,
    part_form,
    resend_form,
    which_form,
)
from shop.fulfilment.orders.errors import BankDecides, GoesWhole, WrongWay
from shop.fulfilment.orders.queries import order_to_work_on, state_of
from shop.fulfilment.orders.rules import (
    FOR_CALLING_OFF,
    FOR_REFUSING,
    FOR_REFUSING_CASH,
    rights_of,
    stage_of,
)
from shop.payments.cash.errors import CashMoved, NotConfirmed, WrongCash
from shop.people.cooperatives.guards import current_desk
from shop.people.cooperatives.rules import RUNS, Role
from shop.sales.orders.errors import AlreadyMoved, MoveRefused, NoSuchOrder, TooManyPacks
from shop.sales.orders.models import Order, OrderState
from shop.sales.orders.page_extensions import PageExtension, beside_orders, merge_timeline
from shop.sales.orders.rules import DeliveryKind
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.i18n.language import written_in
from shop.web.rendering.forms import OneOfSeveral

T = TypeVar("T")
Work = Callable[[Session, Order], T]

CALLED_OFF_FROM = (OrderState.ACCEPTED, OrderState.READY)


def step(
    found: OrderDetail,
    work: Work[T],
    to: tuple[OrderState, ...],
    said: str,
    then: Callable[[T], None] | None = None,
) -> ResponseReturnValue:
    """Do one step; a second click finds it done, a step that is late changes nothing.

    :param to: where the step leads: an order that is there already is no fault.
    """
    place = current_desk()
    address = f"/kelola/{place.slug}/pesanan/{found.number}"
    try:
        done = database().write(
            lambda session: work(
                session, order_to_work_on(session, place.cooperative_id, found.number)
            )
        )
    except BankDecides:
        return page_of(sheet_of(found.number), note=answer_words.bank_decides_words()), 409
    except GoesWhole:
        return page_of(sheet_of(found.number), note=parcel_words.goes_whole_words()), 409
    except NotConfirmed:
        return page_of(sheet_of(found.number), note=answer_words.not_confirmed_words()), 409
    except UnfitGoods as refusal:
        page = page_of(sheet_of(found.number), note=unfit_words(refusal), sets_aside=True)
        return page, 409
    except (MoveRefused, AlreadyMoved, WrongWay, CashMoved, TooManyPacks):
        with database().reading() as session:
            state = state_of(session, place.cooperative_id, found.number)
        if state in to:
            return redirect_with_flash(address, _("Sudah tercatat sebelumnya."))
        note = answer_words.moved_words(state, found.kind)
        return page_of(sheet_of(found.number), note=note), 409
    if then is not None:
        then(done)
    return redirect_with_flash(address, said)


def sheet_of(number: str) -> OrderDetail:
    """The order of this desk that an address names.

    :raises NoSuchOrder: for another cooperative's too.
    """
    place = current_desk()
    wanted = read_order_number(number)
    if wanted != number:
        raise NoSuchOrder(number)  # one address for each order
    with database().reading() as session:
        return sheet(session, place.cooperative_id, number, rights_of(place.roles))


def refuse_form(found: OrderDetail, sent: Mapping[str, OneOfSeveral]) -> ResponseReturnValue:
    """The same page again, with what was typed and what is wrong with it."""
    return page_of(found, sent), 422


def page_of(
    found: OrderDetail,
    sent: Mapping[str, OneOfSeveral] | None = None,
    note: str = "",
    *,
    sets_aside: bool = False,
) -> str:
    """The order's page, with the form that was sent as it was sent.

    :param sets_aside: whether packs that must not be sold can be taken out of it.
    """
    place = current_desk()
    forms = {**_fresh(found), **(sent or {})}
    with database().reading() as session:
        told = beside_orders(session, [found.number], at_desk=True).get(
            found.number, PageExtension()
        )
    return render_template(
        "fulfilment/order_desk/pesanan.html",
        order=found,
        forms=forms,
        sent=next(iter(sent.values())) if sent else None,
        note_words=note,
        sets_aside=sets_aside,
        beside=told,
        woven=merge_timeline,
        words=words,
        parcel_words=parcel_words,
        stage=stage_of(found.state),
        rights=rights_of(place.roles),
        sees_money=place.may(*RUNS, Role.BENDAHARA, Role.PENGAWAS),
        can_be_called_off=found.state in CALLED_OFF_FROM,
        whatsapp=_whatsapp(found, place.name),
        now=clock.now(),
        zone=place.zone,
        here=f"/kelola/{place.slug}/pesanan",
    )


def _whatsapp(found: OrderDetail, cooperative: str) -> str | None:
    """A link that opens WhatsApp with a greeting; None where the phone is not shown."""
    if found.phone is None:
        return None
    with written_in(found.reads):
        if found.cash is not None and found.cash.waits_for_yes:
            return wa_link(found.phone, _cash_question(found, cooperative))
        greeting = _(
            "Halo %(name)s, ini %(cooperative)s tentang pesanan %(number)s.",
            name=found.who,
            cooperative=cooperative,
            number=found.number,
        )
    return wa_link(found.phone, greeting)


def _cash_question(found: OrderDetail, cooperative: str) -> str:
    assert found.cash is not None  # only such an order is asked about
    goods = ", ".join(f"{line.packs}x {line.name}" for line in found.lines)
    return str(
        _(
            "Halo %(name)s, ini %(cooperative)s. Kami menerima pesanan %(number)s: %(goods)s."
            " Bayarnya tunai %(sum)s saat paket Anda terima. Kami kemas kalau Anda balas YA."
            " Kalau tidak jadi, balas BATAL.",
            name=found.who,
            cooperative=cooperative,
            number=found.number,
            goods=goods,
            sum=format_rupiah(found.cash.asked),
        )
    )


def pickup_form(found: OrderDetail, *, is_sent: bool = True) -> PickupForm:
    """The form of the counter, with the cash where it is paid there."""
    return (PickupCashForm if found.takes_cash else PickupForm)(is_sent=is_sent)


def receiver_form(found: OrderDetail, *, is_sent: bool = True) -> ReceiverForm:
    """The form of the door, with the cash where it is paid there."""
    return (ReceiverCashForm if found.takes_cash else ReceiverForm)(is_sent=is_sent)


def send_form(found: OrderDetail, *, is_sent: bool = True) -> PartForm:
    """The form of a parcel that leaves: what lies in it, and who takes it."""
    to_courier = found.kind is DeliveryKind.COURIER
    defaults = {"kurir": found.way} if to_courier else {}
    place = len(found.parcels) + 1
    return part_form(found.lines, to_courier=to_courier, place=place, is_sent=is_sent, **defaults)


def back_form(found: OrderDetail, *, is_sent: bool = True) -> ReturnForm:
    """The form of what came back."""
    return return_form(found.lines, packs_of(found.failed), found.reason, is_sent=is_sent)


def replacing_form(found: OrderDetail, *, is_sent: bool = True) -> WhichForm:
    """The form of a parcel that goes in another's place; what arrived and is missed too."""
    lost = [*found.under_way, *found.failed]
    there = [one for one in found.parcels if one.arrived_at and not one.extra]
    to_courier = found.kind is DeliveryKind.COURIER
    return resend_form(lost or there, to_courier=to_courier, is_sent=is_sent)


def _fresh(found: OrderDetail) -> dict[str, OneOfSeveral]:
    """The forms that nobody has sent."""
    new_reasons = FOR_REFUSING_CASH if found.cash else FOR_REFUSING
    reasons = new_reasons if found.state is OrderState.NEW else FOR_CALLING_OFF
    return {
        "accept": accept_form(found.lines, is_sent=False),
        "end": EndForm(reasons, is_sent=False),
        "box": BoxForm(is_sent=False),
        "send": send_form(found, is_sent=False),
        "pickup": pickup_form(found, is_sent=False),
        "receiver": receiver_form(found, is_sent=False),
        "arrived": which_form(found.under_way, "tiba", is_sent=False),
        "fail": failed_form(found.under_way, is_sent=False),
        "again": which_form(found.failed, "lagi", is_sent=False),
        "back": back_form(found, is_sent=False),
        "resend": replacing_form(found, is_sent=False),
    }


def warn_of_same(same: tuple[str, ...]) -> None:
    """Other orders carry the number that was typed: worth a look, and no fault."""
    if same:
        others = ", ".join(same)
        flash(_("Nomor resi yang sama ada di %(others)s. Periksa lagi.", others=others), "warn")


def taken(form: OneOfSeveral) -> int | None:
    """What was counted, where the form asks for it."""
    return cast("int | None", form.tunai.data) if isinstance(form, CashForm) else None


def wrong_cash(
    found: OrderDetail, name: str, form: OneOfSeveral, refusal: WrongCash
) -> ResponseReturnValue:
    """Another amount than was asked: the parcel stays where it is."""
    if isinstance(form, CashForm):
        form.tunai.errors = [answer_words.wrong_cash_words(refusal.asked)]
        return refuse_form(found, {name: form})
    # The page was opened before anybody knew that cash is asked.
    return page_of(sheet_of(found.number), note=answer_words.wrong_cash_words(refusal.asked)), 409
