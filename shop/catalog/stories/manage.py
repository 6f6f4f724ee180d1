"""Telling the story of goods, in the workspace of the product."""

from collections.abc import Mapping

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.catalog.products.errors import StoryWithoutOpening
from shop.catalog.products.guards import product_editor, product_to_edit
from shop.catalog.products.models import StoryPart
from shop.catalog.products.words import STORY_HEADINGS
from shop.catalog.stories.actions import Story, story_of, write_story
from shop.core.formats.markdown import Lost, lost
from shop.core.values import clock
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.rendering.forms import LongText, ShopForm

bp = Blueprint("catalog_story", __name__)

MAX_OPENING_LENGTH = 400
MAX_PART_LENGTH = 1_500
"""Letters: a part is read on a phone, and cleaning a text costs more than its length."""


def _part(part: StoryPart, hint: str) -> LongText:
    return LongText(_l(STORY_HEADINGS[part]), max_length=MAX_PART_LENGTH, description=hint)


class StoryForm(ShopForm):
    """An opening, and a part for each question; only the opening is needed."""

    pembuka = LongText(
        _l("Pembuka"),
        max_length=MAX_OPENING_LENGTH,
        description=_l("Satu atau dua kalimat. Ini yang tampil di halaman produk."),
        render_kw={"required": True},
    )
    siapa = _part(
        StoryPart.WHO, _l("Misalnya: Ibu Maisarah dan dua anaknya, di dapur belakang rumah.")
    )
    di_mana = _part(
        StoryPart.WHERE, _l("Misalnya: Desa Pantan Terong, 1.400 m di atas Danau Laut Tawar.")
    )
    sejak = _part(StoryPart.SINCE, _l("Misalnya: sejak 1998, resep dari nenek."))
    bagaimana = _part(
        StoryPart.HOW, _l("Misalnya: dijemur selang sepuluh hari, disangrai tiap Selasa.")
    )
    dengan_apa = _part(StoryPart.WITH, _l("Bahan dan alatnya, dan dari mana datangnya."))
    beda = _part(StoryPart.DIFFERENCE, _l("Apa yang tidak ada pada barang serupa?"))
    perubahan = _part(
        StoryPart.CHANGE, _l("Misalnya: tiap 10 bungkus, satu hari kerja untuk tetangga.")
    )

    def told(self) -> Story:
        """What was typed, as a story."""
        parts = {part: self[_name(part)].data or "" for part in StoryPart}
        return Story(self.pembuka.data or "", {key: text for key, text in parts.items() if text})


def _name(part: StoryPart) -> str:
    return part.value.replace("-", "_")


@bp.get("/lapak/produk/<sku>/cerita")
@open_to(product_editor())
def story(sku: str) -> ResponseReturnValue:
    """The story as it is told now, to be told better."""
    product = product_to_edit()
    with database().reading() as session:
        told = story_of(session, product.product_id)
    parts: Mapping[str, str] = {_name(part): text for part, text in told.parts.items()}
    return _page(StoryForm(pembuka=told.opening, **parts))


@bp.post("/lapak/produk/<sku>/cerita")
@open_to(product_editor())
def write(sku: str) -> ResponseReturnValue:
    """Keep what was told."""
    product, form = product_to_edit(), StoryForm()
    if not form.validate():
        return _page(form), 422
    told = form.told()
    try:
        with database().writing() as session:
            write_story(session, product, told, now=clock.now())
    except StoryWithoutOpening:
        form.pembuka.errors = [
            _("Tulis pembukanya dulu, satu atau dua kalimat. Bagian lain menyambung dari situ.")
        ]
        return _page(form), 422
    said = _("Ceritanya sudah dihapus.") if told.is_empty else _("Ceritanya sudah disimpan.")
    return redirect_with_flash(f"{product.here}/cerita", said)


def _page(form: StoryForm) -> str:
    return render_template(
        "catalog/stories/cerita.html",
        product=product_to_edit(),
        form=form,
        parts=[form[_name(part)] for part in StoryPart],
        is_told=bool(form.pembuka.data),
        unseen={field.name: _unseen(field.data or "") for field in form},
    )


def _unseen(text: str) -> list[str]:
    """Sentences about what readers of a part will not see; none of a text that is refused."""
    if len(text) > MAX_PART_LENGTH:
        return []
    gone = lost(text)
    sentences = {
        Lost.MARKUP: _("Kode HTML tampil sebagai tulisan biasa. Hapus kalau tidak dimaksud."),
        Lost.PICTURE: _("Gambar dari tempat lain tidak tampil. Kirim fotonya di bagian Foto."),
        Lost.LINK: _(
            "Tautan itu tidak bisa dibuka pembeli. Pakai alamat yang dimulai dengan https://."
        ),
    }
    return [sentence for loss, sentence in sentences.items() if loss in gone]
