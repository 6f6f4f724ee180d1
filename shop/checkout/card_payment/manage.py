"""*Kartu*: what the card gateway told that a person has to look at, and money on its way back."""

from dataclasses import dataclass

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.checkout.card_payment.wrong_amounts import send_back
from shop.core.values import clock
from shop.payments.cards import actions as cards
from shop.payments.cards.models import AlertKind
from shop.payments.cards.queries import latest_events, open_alerts, refunds_on_their_way
from shop.people.accounts.models import OperatorRight
from shop.people.sign_in.guards import current_person, operator
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("card_manage", __name__)

confirms_money = operator(OperatorRight.CONFIRM_MONEY)

ALERT = f"/operator/kartu/<int(max={2**63 - 1}):alert_id>"
"""No table holds a larger number, and asking for one would be a fault instead of not found."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What an alert is called, and what to do."""

    title: str
    todo: str


@bp.get("/operator/kartu")
@open_to(confirms_money)
def worklist() -> ResponseReturnValue:
    """What waits for somebody, what is on its way back, what was told lately."""
    with database().reading() as session:
        return render_template(
            "checkout/card_payment/kartu.html",
            alerts=open_alerts(session),
            refunds=refunds_on_their_way(session),
            events=latest_events(session),
            advice=advice,
        )


@bp.post(ALERT)
@open_to(confirms_money)
def resolve(alert_id: int) -> ResponseReturnValue:
    """Somebody has seen to it."""
    person = current_person()
    assert person is not None  # the guard let somebody in
    done = database().write(
        lambda session: cards.resolve(session, alert_id, person_id=person.id, now=clock.now())
    )
    said = _("Dicatat sudah dibereskan.") if done else _("Baris ini sudah dibereskan.")
    return redirect_with_flash(url_for("card_manage.worklist"), said)


@bp.post(f"{ALERT}/kembalikan")
@open_to(confirms_money)
def give_back(alert_id: int) -> ResponseReturnValue:
    """Money of a wrong amount goes back to the card."""
    person = current_person()
    assert person is not None  # the guard let somebody in
    done = database().write(
        lambda session: send_back(session, alert_id, person_id=person.id, now=clock.now())
    )
    if done:
        said = _("Uangnya sedang dikembalikan ke kartu.")
        return redirect_with_flash(url_for("card_manage.worklist"), said)
    return redirect_with_flash(
        url_for("card_manage.worklist"), _("Baris ini sudah dibereskan."), "warn"
    )


def advice(kind: AlertKind, *, is_known: bool) -> Advice:
    """An alert in words.

    :param is_known: whether it is about a purchase of ours.
    """
    words = {
        AlertKind.UNKNOWN_PAGE: Advice(
            _("Pembayaran yang tidak punya belanja"),
            _(
                "Cari nomornya di penyedia kartu. Kalau bukan milik toko ini, biarkan; kalau uang"
                " pembeli kita, kembalikan dari sana."
            ),
        ),
        AlertKind.OTHER_ENVIRONMENT: Advice(
            _("Kabar dari lingkungan lain"),
            _(
                "Kunci uji dan kunci asli tertukar. Periksa STRIPE_SECRET_KEY dan alamat webhook"
                " di penyedia kartu; tidak ada pesanan yang berubah."
            ),
        ),
        AlertKind.WRONG_AMOUNT: Advice(
            _("Jumlahnya tidak cocok dengan tagihan"),
            _(
                "Uangnya dicatat sebagai belum dikenali dan pesanan belum dibayar. Kembalikan ke"
                " kartunya; pembeli bisa membayar lagi."
            ),
        ),
        AlertKind.WRONG_CURRENCY: Advice(
            _("Mata uang atau angkanya tidak wajar"),
            _(
                "Tagihan kita selalu rupiah bulat. Periksa di penyedia kartu, kembalikan uangnya"
                " dari sana; pesanan belum dibayar."
            ),
        ),
        AlertKind.REFUND_FAILED: Advice(
            _("Uang tidak bisa kembali ke kartu"),
            _(
                "Kartunya mungkin sudah ditutup. Hubungi pembelinya dan kembalikan lewat rekening;"
                " uangnya tetap tercatat sebagai utang kepada pembeli."
            ),
        ),
        AlertKind.REFUNDED_OUTSIDE: Advice(
            _("Dikembalikan dari luar toko"),
            _(
                "Sudah masuk buku sebagai uang kembali, dibagi ke pesanan yang dibayarnya. Kalau"
                " pesanannya tidak jadi dikirim, batalkan juga di meja koperasinya."
            )
            if is_known
            else _(
                "Belum masuk buku, karena tidak cocok dengan uang yang masih bisa kembali. Cari"
                " nomornya di penyedia kartu dan cocokkan dengan pesanannya."
            ),
        ),
        AlertKind.DISPUTE: Advice(
            _("Pembeli menyanggah pembayaran"),
            _(
                "Pilih pesanannya di Sengketa, unduh buktinya, dan kirim di halaman penyedia kartu"
                " sebelum batas waktunya. Uang pesanan itu menunggu sampai bank memutuskan."
            ),
        ),
    }
    return words[kind]
