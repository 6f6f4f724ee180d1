"""What pages call complaints, their states, and why something is not possible."""

from flask_babel import gettext as _

from shop.aftersales.complaints.errors import (
    AlreadyAnswered,
    AlreadyComplained,
    AppealOver,
    CountNotAsked,
    MoreThanBought,
    NoGoodsLeft,
    NothingToComplainOf,
    PaidBackMeanwhile,
    RemedyNotAllowed,
    SecondLooks,
    TooManyPhotos,
    WindowOver,
)
from shop.aftersales.complaints.models import Actor
from shop.aftersales.complaints.queries import EventView, Story
from shop.aftersales.complaints.rules import ComplaintReason, RefusalReason, RequestedRemedy, State
from shop.aftersales.refunds.words import refusal_words as refund_refusal_words
from shop.core.values.errors import RuleBroken
from shop.web.rendering.template_filters import written_moment


def wrong_word(wrong: ComplaintReason) -> str:
    """What is wrong."""
    return str(
        {
            ComplaintReason.BROKEN: _("Rusak, pecah atau bocor"),
            ComplaintReason.MISSING: _("Isi paket kurang"),
            ComplaintReason.WRONG_GOODS: _("Barangnya lain dari yang dipesan"),
            ComplaintReason.SPOILED: _("Basi, berjamur atau lewat tanggal"),
            ComplaintReason.NOT_AS_SAID: _("Tidak sesuai keterangan di toko"),
        }[wrong]
    )


def remedy_word(wished: RequestedRemedy) -> str:
    """What the shopper would like."""
    return str(
        {
            RequestedRemedy.REFUND: _("Uang kembali"),
            RequestedRemedy.EXCHANGE: _("Ganti dengan barang yang sama"),
            RequestedRemedy.REST: _("Kirim yang kurang"),
        }[wished]
    )


def no_word(code: str | None) -> str:
    """Why less was granted."""
    return str(
        {
            RefusalReason.AS_SAID.value: _("Barangnya sesuai keterangan"),
            RefusalReason.NOT_SHOWN.value: _("Kerusakannya tidak terlihat di foto"),
            RefusalReason.USED_UP.value: _("Barangnya sudah dipakai habis"),
            RefusalReason.NOT_OURS.value: _("Bukan barang dari koperasi kami"),
            RefusalReason.SETTLED.value: _("Sudah diselesaikan dengan cara lain"),
        }.get(code or "", "")
    )


def state_word(state: State) -> str:
    """Where a complaint stands."""
    return str(
        {
            State.OPEN: _("Menunggu jawaban koperasi"),
            State.PROMISED: _("Pengganti disiapkan"),
            State.SENT: _("Pengganti di jalan"),
            State.ANSWERED: _("Dijawab koperasi"),
            State.APPEALED: _("Menunggu keputusan Lumbung"),
            State.GRANTED: _("Selesai, dikabulkan"),
            State.DECLINED: _("Selesai, tidak dikabulkan"),
            State.WITHDRAWN: _("Ditarik pembeli"),
        }[state]
    )


def state_scheme(state: State) -> str:
    """In which colour it stands; the word is always there too."""
    if state in (State.OPEN, State.APPEALED):
        return "warn"
    return {State.GRANTED: "ok", State.DECLINED: "err", State.WITHDRAWN: ""}.get(state, "info")


def step_word(event: EventView, story: Story) -> str:
    """A step of a complaint, for the timeline."""
    if event.to_state is State.OPEN:
        return str(_("Keluhan: %(wrong)s", wrong=wrong_word(story.wrong)))
    if event.to_state is State.ANSWERED:
        return str(
            _("Dikabulkan sebagian: %(n)s bungkus", n=event.packs)
            if event.packs
            else _("Keluhan ditolak koperasi")
        )
    if event.to_state is State.GRANTED and event.is_refund:
        return str(_("Keluhan dikabulkan: uang kembali untuk %(n)s bungkus", n=event.packs))
    if event.to_state is State.GRANTED and event.packs:
        return str(_("Barang pengganti diterima"))
    return str(
        {
            State.PROMISED: _("Koperasi menyiapkan barang pengganti"),
            State.SENT: _("Barang pengganti dikirim"),
            State.APPEALED: _("Diteruskan ke Lumbung"),
            State.GRANTED: _("Keluhan selesai"),
            State.DECLINED: _("Keluhan selesai tanpa ganti"),
            State.WITHDRAWN: _("Keluhan ditarik"),
        }[event.to_state]
    )


def actor_word(actor: Actor) -> str:
    """Who took a step."""
    return str(
        {
            Actor.SHOPPER: _("oleh pembeli"),
            Actor.COOPERATIVE: _("oleh koperasi"),
            Actor.OPERATOR: _("oleh Lumbung"),
            Actor.SHOP: _("otomatis"),
        }[actor]
    )


def steps_of(story: Story, zone: str) -> list[tuple[str, str, str]]:
    """The steps of a complaint for a timeline: word, when and by whom, how far."""
    steps = []
    for event in story.events:
        is_last = event is story.events[-1]
        state = "now" if is_last and not story.is_over else "done"
        if is_last and story.state in (State.DECLINED, State.WITHDRAWN):
            state = "ended"
        line = f"{written_moment(event.at, zone)} {actor_word(event.actor)}"
        steps.append((step_word(event, story), line, state))
    return steps


def refusal_words(refusal: RuleBroken, zone: str) -> str:
    """Why something is not possible, and what would be."""
    said: str | None = None
    match refusal:
        case WindowOver() if refusal.until is not None:
            said = str(
                _(
                    "Waktu mengeluh untuk pesanan ini sudah lewat (%(until)s)."
                    " Hubungi koperasinya langsung.",
                    until=written_moment(refusal.until, zone),
                )
            )
        case WindowOver():
            said = str(_("Untuk pesanan ini keluhan tidak bisa diterima lagi."))
        case AlreadyComplained():
            said = str(_("Barang ini sudah Anda keluhkan. Ikuti keluhannya di halaman ini."))
        case MoreThanBought():
            said = str(
                _(
                    "Yang bisa dikeluhkan %(left)s bungkus: yang tiba, dikurangi yang uangnya"
                    " sudah kembali.",
                    left=refusal.left,
                )
            )
        case NothingToComplainOf():
            said = str(
                _("Barang ini belum tiba, atau uangnya sudah kembali. Tidak ada yang dikeluhkan.")
            )
        case RemedyNotAllowed():
            said = str(
                _(
                    "Pilih yang cocok: yang kurang bisa dikirim atau uangnya kembali; yang rusak"
                    " atau salah bisa diganti atau uangnya kembali."
                )
            )
        case TooManyPhotos():
            said = str(
                _(
                    "Paling banyak %(most)s foto. Yang pertama sudah tersimpan.",
                    most=refusal.maximum,
                )
            )
        case AppealOver():
            said = str(_("Waktu untuk minta keputusan Lumbung sudah lewat."))
    return said or _answer_words(refusal) or refund_refusal_words(refusal)


def _answer_words(refusal: RuleBroken) -> str | None:
    """Why a complaint cannot be answered so."""
    said: str | None = None
    match refusal:
        case AlreadyAnswered():
            said = str(_("Keluhan ini sudah dijawab atau ditarik. Lihat keadaannya sekarang."))
        case SecondLooks():
            said = str(
                _(
                    "Orang kedua di koperasi sedang memeriksa uang kembali untuk keluhan ini."
                    " Tunggu jawabannya dulu."
                )
            )
        case NoGoodsLeft():
            said = str(
                _(
                    "Di rak tinggal %(left)s bungkus yang bebas. Tambah stoknya dulu, atau"
                    " kembalikan uangnya.",
                    left=refusal.left,
                )
            )
        case PaidBackMeanwhile():
            said = str(
                _(
                    "Uang untuk barang ini sudah kembali: yang masih bisa diganti %(left)s bungkus,"
                    " kurang dari yang dikeluhkan. Jangan kirim penggantinya; jawab dengan cara"
                    " lain, atau biarkan Lumbung memutuskan.",
                    left=refusal.left,
                )
            )
        case CountNotAsked():
            said = str(_("Tulis 1 sampai %(most)s bungkus.", most=refusal.maximum))
    return said
