"""*Uang masuk*: the operator reads the bank, types what came, and orders start (rules R1, R4)."""

import re

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from shop.accounts.guards import current_person, operator
from shop.accounts.models import OperatorRight
from shop.checkout import money_in
from shop.checkout.money_forms import ConfirmForm, ReceiptForm
from shop.checkout.money_in import Allowance, Confirmation, Outcome
from shop.core import clock, policy
from shop.core.money import write_rupiah
from shop.payments.errors import NoSuchPayment, ReceiptUsed, WrongAmount
from shop.payments.models import PayeeKind
from shop.payments.queries import operator_payee
from shop.payments.worklist import bill, unrecognised, waiting
from shop.web import database
from shop.web.access import open_to
from shop.web.pages import lead_on, refused

bp = Blueprint("checkout_manage", __name__)

SOURCE_KEY = re.compile(r"[A-Za-z0-9:._-]{1,100}")
confirms_money = operator(OperatorRight.CONFIRM_MONEY)


@bp.get("/operator/uang-masuk")
@open_to(confirms_money)
def money_in_list() -> ResponseReturnValue:
    """Transfers that wait for their money, and money that nobody knows."""
    return render_template("checkout/uang_masuk.html", form=ReceiptForm(), **_lists())


@bp.post("/operator/uang-masuk")
@open_to(confirms_money)
def record_unknown() -> ResponseReturnValue:
    """Write down money that fits no bill."""
    form = ReceiptForm()
    if not form.validate():
        return refused("checkout/uang_masuk.html", form, **_lists())
    try:
        with database().writing() as session:
            payee = operator_payee(session, PayeeKind.BANK)
            if payee is None:
                raise NoSuchPayment("no account")
            money_in.record_unknown(
                session,
                payee_id=payee.id,
                amount=form.seen_amount,
                received_on=form.seen_on,
                source_key=form.source_key,
                person_id=_person_id(),
                now=clock.now(),
            )
    except ReceiptUsed as used:
        _say_used(form, used)
        return refused("checkout/uang_masuk.html", form, **_lists())
    return lead_on(url_for("checkout_manage.money_in_list"), _("Dicatat sebagai belum dikenali."))


@bp.get("/operator/uang-masuk/<code>")
@open_to(confirms_money)
def money_in_bill(code: str) -> ResponseReturnValue:
    """One bill: what was asked, what came, and the form for what comes now."""
    return render_template("checkout/uang_masuk_tagihan.html", form=ConfirmForm(), **_bill(code))


@bp.post("/operator/uang-masuk/<code>")
@open_to(confirms_money)
def confirm(code: str) -> ResponseReturnValue:
    """Record what was typed; the bill is settled when it is what was asked."""
    form = ConfirmForm()
    if not form.validate():
        return refused("checkout/uang_masuk_tagihan.html", form, **_bill(code))
    try:
        with database().writing() as session:
            confirmation = money_in.confirm_money(
                session,
                payment_code=code,
                amount=form.seen_amount,
                received_on=form.seen_on,
                source_key=form.source_key,
                allowance=form.allowed,
                person_id=_person_id(),
                now=clock.now(),
            )
    except ReceiptUsed as used:
        _say_used(form, used)
        return refused("checkout/uang_masuk_tagihan.html", form, **_bill(code))
    return _answer(code, confirmation)


@bp.post("/operator/uang-masuk/<code>/selisih")
@open_to(confirms_money)
def allow_difference(code: str) -> ResponseReturnValue:
    """Let a small difference go, with its reason."""
    allowance = _allowance()
    back = url_for("checkout_manage.money_in_bill", code=code)
    if allowance is None or allowance is Allowance.RETURN_REST:
        return lead_on(back, _("Pilih dulu alasan selisihnya."), "err")
    try:
        with database().writing() as session:
            confirmation = money_in.allow_difference(
                session,
                payment_code=code,
                allowance=allowance,
                person_id=_person_id(),
                now=clock.now(),
            )
    except WrongAmount:
        most = write_rupiah(_rounding())
        too_much = _("Selisihnya lebih dari %(most)s, belum dapat dilunaskan.", most=most)
        return lead_on(back, too_much, "err")
    return _answer(code, confirmation)


@bp.post("/operator/uang-masuk/<code>/pakai")
@open_to(confirms_money)
def use_receipt(code: str) -> ResponseReturnValue:
    """Let money that nobody knew count for this bill."""
    with database().writing() as session:
        confirmation = money_in.use_receipt(
            session,
            payment_code=code,
            source_key=_source_key(),
            allowance=_allowance(),
            person_id=_person_id(),
            now=clock.now(),
        )
    return _answer(code, confirmation)


@bp.post("/operator/uang-masuk/<code>/batal")
@open_to(confirms_money)
def take_back(code: str) -> ResponseReturnValue:
    """Take a wrongly typed receipt out of count."""
    with database().writing() as session:
        done = money_in.take_back(
            session,
            source_key=_source_key(),
            person_id=_person_id(),
            now=clock.now(),
        )
    back = url_for("checkout_manage.money_in_bill", code=code)
    if done:
        return lead_on(back, _("Catatan dibatalkan. Ketik lagi jumlah yang benar."))
    return lead_on(back, _("Uang ini sudah melunasi tagihan, jadi tidak dapat dibatalkan."), "err")


def _lists() -> dict[str, object]:
    typed = request.args.get("cari", "")[:60]
    text = "".join(sign for sign in typed if sign.isprintable())  # PostgreSQL refuses NUL
    after = request.args.get("setelah")
    with database().reading() as session:
        return {
            "bills": waiting(session, text=text, after=after),
            "unknown": unrecognised(session),
            "text": text,
            "is_first": after is None,
        }


def _bill(code: str) -> dict[str, object]:
    with database().reading() as session:
        return {
            "bill": bill(session, code),
            "unknown": unrecognised(session),
            "most": _rounding(session),
        }


def _rounding(session: Session | None = None) -> int:
    """Rupiah: the difference that may be let go today."""
    today = clock.day_in(clock.HOME_ZONE, clock.now())
    if session is not None:
        return policy.figures(session, today)["rounding_most"]
    with database().reading() as fresh:
        return policy.figures(fresh, today)["rounding_most"]


def _person_id() -> int:
    person = current_person()
    assert person is not None  # the guard let somebody in
    return person.id


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


def _say_used(form: ReceiptForm, used: ReceiptUsed) -> None:
    form.amount.errors = [
        _(
            "Formulir ini sudah dikirim dengan %(amount)s. Buka lagi halamannya untuk mencatat"
            " uang lain.",
            amount=write_rupiah(used.amount),
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
    return lead_on(url_for("checkout_manage.money_in_bill", code=code), words, scheme)


def _words(confirmation: Confirmation) -> tuple[str, str]:
    difference = write_rupiah(abs(confirmation.difference))
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
