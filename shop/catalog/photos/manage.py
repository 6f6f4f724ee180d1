"""The photos of one product: sending, arranging, cutting, taking away."""

from collections.abc import Callable, Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from shop.catalog.photos import actions as photos
from shop.catalog.photos.actions import MAX_PHOTOS, ShownPhoto, photos_of
from shop.catalog.photos.forms import (
    ACCEPT,
    SLOTS,
    Taken,
    replaced_name,
    slot_name,
    take_in,
    tip_words,
)
from shop.catalog.products.edit_context import record_edit
from shop.catalog.products.errors import TooManyPhotos
from shop.catalog.products.guards import product_editor, product_to_edit
from shop.catalog.products.models import PhotoView
from shop.core.values import clock
from shop.core.values.errors import NotFound
from shop.services.media.actions import keep
from shop.services.media.errors import PhotoLeaving, PhotoNotFound
from shop.services.media.models import Photo
from shop.services.media.photo_uploads import photo_refusal_words, storage
from shop.services.media.rules import Centre, whole_name
from shop.web.http.access import open_to, takes_files
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("catalog_photos", __name__)

ADDRESS = "/lapak/produk/<sku>/foto"
THIRDS = (167, 500, 833)
"""Nine points to choose a centre from: the middle of each ninth of the photo."""
MAX_KEY_LENGTH = 40


@bp.get(ADDRESS)
@open_to(product_editor())
def shown(sku: str) -> ResponseReturnValue:
    """The photos of a product, each with its light, and the slots that are still empty."""
    return _page(Taken())


@bp.post(ADDRESS)
@open_to(product_editor())
@takes_files
def send(sku: str) -> ResponseReturnValue:
    """Take in what was chosen; what could not be read stands beside its field."""
    product, now = product_to_edit(), clock.now()
    chosen = [(view, one) for view in SLOTS for one in request.files.getlist(slot_name(view))]
    taken, count = take_in(chosen), 0
    for view, photo in taken.photos:
        old = request.form.get(replaced_name(view), "")[:MAX_KEY_LENGTH]

        def show(session: Session, kept: Photo, view: PhotoView = view, old: str = old) -> None:
            if old:
                photos.exchange(session, product.product_id, old, kept.id, now=now)
            else:
                photos.add(session, product.product_id, kept.id, view)
            done = "photo_replaced" if old else "photo_added"
            record_edit(session, product, done, now=now, after={"photo": kept.id})

        try:
            keep(database(), storage(), photo, show, now=now)
            count += 1
        except TooManyPhotos as full:
            said = _("Sudah ada %(most)s foto. Hapus satu dulu.", most=full.maximum)
            taken.refused.setdefault(slot_name(view), []).append(said)
        except PhotoNotFound:
            said = _("Foto yang mau diganti sudah tidak ada. Pilih filenya sekali lagi.")
            taken.refused.setdefault(slot_name(view), []).append(said)
        except PhotoLeaving as refusal:
            taken.refused.setdefault(slot_name(view), []).append(photo_refusal_words(refusal))
    if taken.refused:
        return _page(taken, count), 422
    if not count:
        return redirect_with_flash(
            f"{product.here}/foto", _("Belum ada foto yang dipilih."), "warn"
        )
    return redirect_with_flash(f"{product.here}/foto", _said_of(count))


@bp.post(f"{ADDRESS}/atur")
@open_to(product_editor())
def arrange(sku: str) -> ResponseReturnValue:
    """Move one photo, make it the cover, say what it shows, cut it anew, or take it away."""
    product, now = product_to_edit(), clock.now()
    key, what = request.form.get("foto", "")[:MAX_KEY_LENGTH], request.form.get("buat", "")
    work = _work(product.product_id, key, what)
    if work is None:
        # The Enter key presses the form's first button, which changes nothing.
        return redirect_with_flash(f"{product.here}/foto")

    def change(session: Session) -> None:
        work(session)
        record_edit(session, product, f"photo_{DONE[what][0]}", now=now)

    database().write(change)
    return redirect_with_flash(f"{product.here}/foto", str(DONE[what][1]))


@bp.post(f"{ADDRESS}/potong")
@open_to(product_editor())
def cut(sku: str) -> ResponseReturnValue:
    """Cut a photo square around another of its nine points."""
    from shop.services.media import (
        image_processing,  # Pillow only where pixels are touched
    )

    product, now = product_to_edit(), clock.now()
    key = request.form.get("foto", "")[:MAX_KEY_LENGTH]
    centre = _read_centre(request.form.get("tengah", ""))
    with database().reading() as session:
        mine = photos_of(session, product.product_id, product.cooperative_id)
    if not any(one.key == key and one.centre for one in mine):
        raise NotFound
    if centre is None:
        return redirect_with_flash(
            f"{product.here}/foto", _("Pilih dulu bagian tengahnya."), "warn"
        )
    again = image_processing.cut_again(storage().get(whole_name(key)), centre)

    def show(session: Session, kept: Photo) -> None:
        photos.exchange(session, product.product_id, key, kept.id, now=now)
        record_edit(session, product, "photo_cut", now=now, after={"photo": kept.id})

    keep(database(), storage(), again, show, now=now)
    return redirect_with_flash(f"{product.here}/foto", _("Potongannya sudah digeser."))


DONE = {
    "sampul": ("made_cover", _l("Foto itu sekarang sampulnya.")),
    "naik": ("moved", _l("Urutannya sudah diubah.")),
    "turun": ("moved", _l("Urutannya sudah diubah.")),
    "pindah": ("moved", _l("Urutannya sudah diubah.")),
    "jenis": ("view_set", _l("Keterangan fotonya sudah diubah.")),
    "hapus": ("removed", _l("Fotonya sudah dihapus.")),
}


def _work(product_id: int, key: str, what: str) -> Callable[[Session], None] | None:
    """What a button asks for; None for one that is not ours."""
    if what == "jenis":
        view = request.form.get("jenis", "")
        if view not in list(PhotoView):
            raise NotFound
        return lambda session: photos.set_view(session, product_id, key, PhotoView(view))
    if what == "pindah":
        place = request.form.get("ke", "")
        if not (place.isascii() and place.isdecimal() and len(place) < 4):
            raise NotFound
        return lambda session: photos.move(session, product_id, key, int(place))
    now = clock.now()
    return {
        "sampul": lambda session: photos.move(session, product_id, key, 0),
        "naik": lambda session: photos.shift(session, product_id, key, -1),
        "turun": lambda session: photos.shift(session, product_id, key, 1),
        "hapus": lambda session: photos.remove(session, product_id, key, now=now),
    }.get(what)


def _read_centre(typed: str) -> Centre | None:
    across, _between, down = typed.partition("-")
    if across in map(str, THIRDS) and down in map(str, THIRDS):
        return Centre(int(across), int(down))
    return None


def _said_of(count: int) -> str:
    return str(ngettext("%(num)s foto masuk.", "%(num)s foto masuk.", count))


def _page(taken: Taken, count: int = 0) -> str:
    product = product_to_edit()
    with database().reading() as session:
        mine = photos_of(session, product.product_id, product.cooperative_id)
    first = {view: _first(mine, view) for view in SLOTS}
    return render_template(
        "catalog/photos/foto.html",
        product=product,
        photos=mine,
        first=first,
        refused=taken.refused,
        arrived=_said_of(count) if count else "",
        slots=SLOTS,
        slot_name=slot_name,
        replaced_name=replaced_name,
        accept=ACCEPT,
        maximum=MAX_PHOTOS,
        thirds=THIRDS,
        tip_words=tip_words,
        may_act=product.may_edit,
        here=f"{product.here}/foto",
    )


def _first(mine: Sequence[ShownPhoto], view: PhotoView) -> ShownPhoto | None:
    return next((one for one in mine if one.view is view), None)
