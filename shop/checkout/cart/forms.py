"""What people type into a cart: counts, line by line."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from flask_babel import gettext as _

from shop.checkout.cart.errors import (
    BelowMinimum,
    CannotHoldThat,
    ExceedsStock,
    NotForSale,
    SoldOut,
)
from shop.checkout.cart.rules import Line, LineChanges, check_count
from shop.core.values.errors import InvalidInput
from shop.core.values.text import MAX_PACKS, InvalidCount, parse_count
from shop.web.rendering.forms import count_sentence

MAX_ID = 2**62


def read_variant(typed: str) -> int | None:
    """The variant a button names; None for anything that no button of ours says."""
    try:
        return parse_count(typed, maximum=MAX_ID)
    except InvalidInput:
        return None


class Aside(StrEnum):
    """What a button says about goods for later; its value is the button's name."""

    KEEP = "nanti"
    BACK = "ambil"
    DROP = "buang"


def read_aside(posted: Mapping[str, str]) -> tuple[int, Aside] | None:
    """Which goods are put aside, brought back or forgotten; None: no such button was pressed."""
    for act in Aside:
        variant_id = read_variant(posted.get(act.value, ""))
        if variant_id is not None:
            return variant_id, act
    return None


def read_changes(posted: Mapping[str, str], lines: Sequence[Line]) -> LineChanges:
    """Counts from ``jml-<variant>`` and the buttons kurang, tambah, hapus and setuju.

    Fields of lines that do not lie in the cart (any more) are passed over.
    """
    changes = LineChanges(accepts="setuju" in posted)
    less, more = (read_variant(posted.get(name, "")) for name in ("kurang", "tambah"))
    removed = read_variant(posted.get("hapus", ""))
    for line in lines:
        key = line.variant_id
        if key == removed:
            changes.removed = key
            continue
        typed = posted.get(f"jml-{key}", str(line.packs))
        changes.typed[key] = typed
        step = (key == more) - (key == less)
        try:
            packs = parse_count(typed) + step
            if packs != line.packs:
                check_count(line.goods, packs)
                changes.packs[key] = packs
        except InvalidCount:
            changes.refused[key] = count_sentence(line.minimum, min(line.left or 1, MAX_PACKS))
        except (NotForSale, CannotHoldThat) as refusal:
            changes.refused[key] = refusal_words(refusal)
    return changes


def refusal_words(refusal: NotForSale | CannotHoldThat) -> str:
    """Why a cart cannot hold that, and what it could hold."""
    match refusal:
        case SoldOut():
            words = _("Habis. Belum ada yang bisa dibeli.")
        case BelowMinimum(minimum=minimum):
            words = _("Dijual paling sedikit %(least)s sekali pesan.", least=minimum)
        case ExceedsStock(left=left, inside=0):
            words = _("Tersisa %(left)s. Tulis %(left)s atau kurang.", left=left)
        case ExceedsStock(left=left, inside=inside):
            words = _(
                "Tersisa %(left)s, dan %(inside)s sudah ada di keranjang Anda.",
                left=left,
                inside=inside,
            )
        case _:
            words = _("Barang ini sudah tidak dijual.")
    return str(words)


def removed_words(lines: Sequence[Line], changes: LineChanges) -> str | None:
    """What to say after a line was taken out."""
    for line in lines:
        if line.variant_id == changes.removed and line.goods:
            return str(_("%(name)s dikeluarkan dari keranjang.", name=line.goods.name))
    return None
