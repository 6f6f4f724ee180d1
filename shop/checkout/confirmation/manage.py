"""*Uang masuk*: who looks after an account reads the bank and types what came (rules R1, R4).

The same pages stand at the operator's desk and at that of a cooperative with an account of its
own; each sees its own accounts only.
"""

import re
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from shop.checkout.confirmation import actions as money_in
from shop.checkout.confirmation import underpayments
from shop.checkout.confirmation.actions import Allowance, Confirmation, Outcome
from shop.checkout.confirmation.forms import ConfirmForm, ReceiptForm, UnknownForm
from shop.core.database import settings_by_date
from shop.core.values import clock
from shop.core.values.money import format_rupiah
from shop.payments.bills.errors import NoSuchPayment, OwnPurchase, ReceiptUsed, WrongAmount
from shop.payments.bills.queries import accounts_to_read
from shop.payments.transfers.queries import bill, unrecognised, waiting
from shop.payments.transfers.transfer_proofs import photo_of, proofs_of
from shop.people.accounts.models import OperatorRight
from shop.people.cooperatives.guards import (
    acting_person_id,
    desk_cooperative_id,
    desk_path,
    operator_or_desk,
)
from shop.people.cooperatives.rules import Role
from shop.services.media.photo_uploads import as_photo
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash, render_invalid

SOURCE_KEY = re.compile(r"[A-Za-z0-9:._-]{1,100}")
bp = Blueprint("checkout_manage", __name__)
PATH = "/uang-masuk"
confirms_money = operator_or_desk(OperatorRight.CONFIRM_MONEY, Role.BENDAHARA)


@bp.get(f"/operator{PATH}")
@bp.get(f"/kelola/<slug>{PATH}")
@open_to(confirms_money)
def money_in_list(slug: str = "") -> ResponseReturnValue:
    """Transfers that wait for their money, and money that nobody knows."""
    return render_template("checkout/confirmation/uang_masuk.html", **_lists(_unknown_form()))


@bp.post(f"/operator{PATH}")
@bp.post(f"/kelola/<slug>{PATH}")
@open_to(confirms_money)
def record_unknown(slug: str = "") -> ResponseReturnValue:
    """Write down money that fits no bill."""
    form = _unknown_form()
    if not form.validate():
        return render_invalid("checkout/confirmation/uang_masuk.html", **_lists(form))
    try:
        database().write(
            lambda session: money_in.record_unknown(
                session,
                payee_id=form.account.chosen.id,
                amount=form.seen_amount,
                received_on=form.seen_on,
                source_key=form.source_key,
                person_id=acting_person_id(),
                now=clock.now(),
            )
        )
    except ReceiptUsed as used:
        _say_used(form, used)
        return render_invalid("checkout/confirmation/uang_masuk.html", **_lists(form))
    return redirect_with_flash(desk_path(PATH), _("Dicatat sebagai belum dikenali."))


@bp.get(f"/operator{PATH}/<code>")
@bp.get(f"/kelola/<slug>{PATH}/<code>")
@open_to(confirms_money)
def money_in_bill(code: str, slug: str = "") -> ResponseReturnValue:
    """One bill: what was asked, what came, and the form for what comes now."""
    return render_template(
        "checkout/confirmation/uang_masuk_tagihan.html", form=ConfirmForm(), **_bill(code)
    )


@bp.post(f"/operator{PATH}/<code>")
@bp.post(f"/kelola/<slug>{PATH}/<code>")
@open_to(confirms_money)
def confirm(code: str, slug: str = "") -> ResponseReturnValue:
    """Record what was typed; the bill is settled when it is what was asked."""
    form = ConfirmForm()
    if not form.validate():
        return render_invalid("checkout/confirmation/uang_masuk_tagihan.html", form, **_bill(code))
    try:
        confirmation = database().write(
            lambda session: money_in.confirm_money(
                session,
                payment_code=code,
                cooperative_id=desk_cooperative_id(),
                amount=form.seen_amount,
                received_on=form.seen_on,
                source_key=form.source_key,
                allowance=form.allowed,
                person_id=acting_person_id(),
                now=clock.now(),
            )
        )
    except OwnPurchase:
        return _say_own(code)
    except ReceiptUsed as used:
        _say_used(form, used)
        return render_invalid("checkout/confirmation/uang_masuk_tagihan.html", form, **_bill(code))
    return _answer(code, confirmation)


@bp.get(f"/operator{PATH}/<code>/bukti/<int(max={2**63 - 1}):proof_id>")
@bp.get(f"/kelola/<slug>{PATH}/<code>/bukti/<int(max={2**63 - 1}):proof_id>")
@open_to(confirms_money)
def proof(code: str, proof_id: int, slug: str = "") -> ResponseReturnValue:
    """A photo that the shopper sent, for who compares it with the bank."""
    with database().reading() as session:
        found = bill(session, code, cooperative_id=desk_cooperative_id())
        photo = photo_of(session, found.waiting.id, proof_id)
    if photo is None:
        raise NoSuchPayment(code)
    return as_photo(photo)


@bp.post(f"/operator{PATH}/<code>/selisih")
@bp.post(f"/kelola/<slug>{PATH}/<code>/selisih")
@open_to(confirms_money)
def allow_difference(code: str, slug: str = "") -> ResponseReturnValue:
    """Let a small difference go, with its reason."""
    allowance = _allowance()
    back = _at(code)
    if allowance is None or allowance is Allowance.RETURN_REST:
        return redirect_with_flash(back, _("Pilih dulu alasan selisihnya."), "err")
    try:
        confirmation = database().write(
            lambda session: money_in.allow_difference(
                session,
                payment_code=code,
                cooperative_id=desk_cooperative_id(),
                allowance=allowance,
                person_id=acting_person_id(),
                now=clock.now(),
            )
        )
    except OwnPurchase:
        return _say_own(code)
    except WrongAmount:
        maximum = format_rupiah(_rounding())
        too_much = _("Selisihnya lebih dari %(most)s, belum dapat dilunaskan.", most=maximum)
        return redirect_with_flash(back, too_much, "err")
    return _answer(code, confirmation)


@bp.post(f"/operator{PATH}/<code>/pakai")
@bp.post(f"/kelola/<slug>{PATH}/<code>/pakai")
@open_to(confirms_money)
def use_receipt(code: str, slug: str = "") -> ResponseReturnValue:
    """Let money that nobody knew count for this bill."""
    try:
        confirmation = database().write(
            lambda session: money_in.use_receipt(
                session,
                payment_code=code,
                cooperative_id=desk_cooperative_id(),
                source_key=_source_key(),
                allowance=_allowance(),
                person_id=acting_person_id(),
                now=clock.now(),
            )
        )
    except OwnPurchase:
        return _say_own(code)
    return _answer(code, confirmation)


@bp.post(f"/operator{PATH}/<code>/kembalikan")
@bp.post(f"/kelola/<slug>{PATH}/<code>/kembalikan")
@open_to(confirms_money)
def give_back(code: str, slug: str = "") -> ResponseReturnValue:
    """Promise money back that came on top of a paid bill."""
    try:
        amount = database().write(
            lambda session: money_in.give_back(
                session,
                payment_code=code,
                cooperative_id=desk_cooperative_id(),
                source_key=_source_key(),
                person_id=acting_person_id(),
                now=clock.now(),
            )
        )
    except OwnPurchase:
        return _say_own(code)
    return _say_returned(code, amount)


@bp.post(f"/operator{PATH}/<code>/kurang")
@bp.post(f"/kelola/<slug>{PATH}/<code>/kurang")
@open_to(confirms_money)
def give_short_back(code: str, slug: str = "") -> ResponseReturnValue:
    """Promise back what came for a bill that was never paid."""
    try:
        amount = database().write(
            lambda session: underpayments.send_short_back(
                session,
                payment_code=code,
                cooperative_id=desk_cooperative_id(),
                person_id=acting_person_id(),
                now=clock.now(),
            )
        )
    except OwnPurchase:
        return _say_own(code)
    return _say_returned(code, amount)


@bp.post(f"/operator{PATH}/<code>/batal")
@bp.post(f"/kelola/<slug>{PATH}/<code>/batal")
@open_to(confirms_money)
def take_back(code: str, slug: str = "") -> ResponseReturnValue:
    """Take a wrongly typed receipt out of count."""
    done = database().write(
        lambda session: money_in.take_back(
            session,
            source_key=_source_key(),
            cooperative_id=desk_cooperative_id(),
            person_id=acting_person_id(),
            now=clock.now(),
        )
    )
    back = _at(code)
    if done:
        return redirect_with_flash(back, _("Catatan dibatalkan. Ketik lagi jumlah yang benar."))
    return redirect_with_flash(
        back, _("Uang ini sudah melunasi tagihan, jadi tidak dapat dibatalkan."), "err"
    )


def _at(code: str) -> str:
    """The address of a bill."""
    return desk_path(f"{PATH}/{code}")


def _unknown_form() -> UnknownForm:
    form = UnknownForm()
    with database().reading() as session:
        form.account.among(accounts_to_read(session, desk_cooperative_id()))
    return form


def _lists(form: UnknownForm) -> dict[str, Any]:
    typed = request.args.get("cari", "")[:60]
    text = "".join(sign for sign in typed if sign.isprintable())  # PostgreSQL refuses NUL
    after = request.args.get("setelah")
    with database().reading() as session:
        return {
            "bills": waiting(session, cooperative_id=desk_cooperative_id(), text=text, after=after),
            "unknown": unrecognised(session, cooperative_id=desk_cooperative_id()),
            "form": form,
            "here": desk_path(PATH),
            "text": text,
            "is_first": after is None,
        }


def _bill(code: str) -> dict[str, Any]:
    with database().reading() as session:
        found = bill(session, code, cooperative_id=desk_cooperative_id())
        return {
            "bill": found,
            "proofs": proofs_of(session, found.waiting.id),
            "unknown": unrecognised(session, cooperative_id=desk_cooperative_id()),
            "maximum": _rounding(session),
            "here": desk_path(PATH),
        }


def _rounding(session: Session | None = None) -> int:
    """Rupiah: the difference that may be let go today."""
    today = clock.day_in(clock.HOME_ZONE, clock.now())
    if session is not None:
        return settings_by_date.settings_on(session, today)["rounding_most"]
    with database().reading() as fresh:
        return settings_by_date.settings_on(fresh, today)["rounding_most"]


def _source_key() -> str:
    """Which receipt a button stands beside; anything else that was posted names none."""
    posted = request.form.get("catatan", "")
    if not SOURCE_KEY.fullmatch(posted):
        raise NoSuchPayment
    return posted


def _allowance() -> Allowance | None:
    try:
        return Allowance(request.form.get("selisih", ""))
    except ValueError:
        return None


def _say_returned(code: str, amount: int) -> ResponseReturnValue:
    back = _at(code)
    if not amount:
        return redirect_with_flash(
            back, _("Tidak ada lagi uang yang bisa dikembalikan dari sini."), "warn"
        )
    said = _("%(amount)s dicatat untuk dikembalikan ke pembeli.", amount=format_rupiah(amount))
    return redirect_with_flash(back, said)


def _say_own(code: str) -> ResponseReturnValue:
    said = _("Ini belanja Anda sendiri. Minta orang lain yang berhak untuk mencocokkannya.")
    return redirect_with_flash(_at(code), said, "err")


def _say_used(form: ReceiptForm, used: ReceiptUsed) -> None:
    form.amount.errors = [
        _(
            "Formulir ini sudah dikirim dengan %(amount)s. Buka lagi halamannya untuk mencatat"
            " uang lain.",
            amount=format_rupiah(used.amount),
        )
    ]


def _answer(code: str, confirmation: Confirmation) -> ResponseReturnValue:
    """Back to the bill, with what became of the money in words."""
    words, scheme = _words(confirmation)
    settlement = confirmation.settlement
    if settlement is not None and settlement.refunded_orders:
        count = len(settlement.refunded_orders)
        flash(
            ngettext(
                "Barang %(num)s pesanan sudah habis, jadi uangnya dikembalikan.",
                "Barang %(num)s pesanan sudah habis, jadi uangnya dikembalikan.",
                count,
            ),
            "warn",
        )
    return redirect_with_flash(_at(code), words, scheme)


def _words(confirmation: Confirmation) -> tuple[str, str]:
    difference = format_rupiah(abs(confirmation.difference))
    if confirmation.outcome is Outcome.SHORT:
        return _(
            "Kurang %(difference)s dari tagihan. Uang dicatat, pesanan belum dibayar.",
            difference=difference,
        ), "warn"
    if confirmation.outcome is Outcome.OVER:
        return _(
            "Lebih %(difference)s dari tagihan. Uang dicatat sebagai belum dikenali, pesanan"
            " belum dibayar.",
            difference=difference,
        ), "warn"
    if confirmation.outcome is Outcome.TWICE:
        return _("Tagihan ini sudah lunas. Uang dicatat sebagai belum dikenali."), "warn"
    if confirmation.outcome is Outcome.RETURNED:
        return _(
            "Belanja ini sudah dibayar dengan cara lain. Uangnya dicatat untuk dikembalikan."
        ), "warn"
    return _("Lunas. Pesanan sudah diteruskan ke koperasi."), "ok"
