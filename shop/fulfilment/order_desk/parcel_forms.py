"""What people at the desk type about one parcel of an order."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag

from shop.fulfilment.board.forms import CourierForm, EndForm
from shop.fulfilment.board.order_detail import SheetLine
from shop.fulfilment.board.order_history import DeskParcel
from shop.fulfilment.order_desk.parcel_words import nothing_words, parcel_name
from shop.fulfilment.orders.errors import WrongCount
from shop.fulfilment.orders.rules import FOR_FAILING
from shop.web.rendering.forms import CountField, HiddenLine, OneOfSeveral, count_sentence

ALL = ""


class PartForm(OneOfSeveral):
    """How many packs of each line lie in this parcel; all that is left until somebody counts."""

    lines: Sequence[SheetLine] = ()
    ke = HiddenLine()
    """Which parcel of the order this is: a second click finds another there."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Nothing leaves in an empty parcel."""
        is_fine = super().validate(extra_validators)
        if is_fine and self.lines and not any(self.packs().values()):
            self.count_of(self.lines[0]).errors = [nothing_words()]
            return False
        return is_fine

    def count_of(self, line: SheetLine) -> Any:
        """The field of a line's packs."""
        return self[f"paket-{line.position}"]

    def packs(self) -> dict[int, int]:
        """Packs of this parcel by line id; what nobody counted goes whole."""
        counted = {line.line_id: self.count_of(line).data for line in self.lines}
        return {
            line.line_id: line.left if counted[line.line_id] is None else counted[line.line_id]
            for line in self.lines
        }

    def say_too_many(self, refusal: WrongCount) -> None:
        """Tell of which line fewer are there by now."""
        for line in self.lines:
            if line.line_id == refusal.line_id:
                self.count_of(line).errors = [count_sentence(0, refusal.ordered)]

    @property
    def has_faults(self) -> bool:
        """Whether the part for counting has to stand open."""
        return any(self.count_of(line).errors for line in self.lines)


class CourierPartForm(CourierForm, PartForm):
    """Courier, number and what lies in it."""


def part_form(
    lines: Sequence[SheetLine], *, to_courier: bool, place: int, is_sent: bool, **defaults: Any
) -> PartForm:
    """The form of a parcel that leaves, for the lines of which something is packed and there.

    :param place: which parcel of its order it is, from 1.
    """
    there = tuple(line for line in lines if line.left)
    fields: dict[str, Any] = {"lines": there}
    for line in there:
        fields[f"paket-{line.position}"] = CountField(
            _("Dalam paket ini"),
            minimum=0,
            maximum=line.left,
            default=line.left,
            render_kw={"inputmode": "numeric", "autocomplete": "off", "size": 4},
        )
    base = CourierPartForm if to_courier else PartForm
    kind: type[PartForm] = type("PartForm", (base,), fields)
    return kind(is_sent=is_sent, ke=str(place), **defaults)


class WhichForm(OneOfSeveral):
    """Which of several parcels is meant."""

    paket = SelectField(_l("Paket yang mana"), choices=[], default=ALL)

    def offer(self, parcels: Iterable[DeskParcel], where: str, *, whole: bool = True) -> None:
        """Offer the parcels that a step may be about; one needs no question.

        :param whole: whether all of them together may be meant.
        """
        found = list(parcels)
        first = [SelectChoice(ALL, _("Semuanya"))] if whole else []
        self.paket.choices = [
            *first,
            *(SelectChoice(str(one.id), parcel_name(one)) for one in found),
        ]
        self.paket.id = f"paket-{where}"
        if whole and len(found) < 2:
            del self.paket

    @property
    def parcel_id(self) -> int | None:
        """The parcel that was chosen; None: all of them."""
        field = self._fields.get("paket")
        chosen = field.data if field else None
        return int(chosen) if chosen else None


def which_form(parcels: Sequence[DeskParcel], where: str, *, is_sent: bool) -> WhichForm:
    """The form of a step that one of several parcels, or all of them, take."""
    form = WhichForm(is_sent=is_sent)
    form.offer(parcels, where)
    return form


def failed_form(parcels: Sequence[DeskParcel], *, is_sent: bool) -> "FailedForm":
    """The form of what was not handed over."""
    form = FailedForm(is_sent=is_sent)
    form.offer(parcels, "gagal")
    return form


class FailedForm(EndForm, WhichForm):
    """A parcel was not handed over, with a reason."""

    def __init__(self, *, is_sent: bool = True) -> None:
        super().__init__(FOR_FAILING, is_sent=is_sent)
        self.alasan.id = "alasan-gagal"


class ResendForm(CourierForm, WhichForm):
    """Another parcel goes in place of one that is lost."""

    def __init__(self, *, is_sent: bool = True, **defaults: Any) -> None:
        super().__init__(is_sent=is_sent, **defaults)
        # The form of the next parcel may stand on the same page.
        self.kurir.id, self.resi.id = "kurir-ganti", "resi-ganti"


def resend_form(parcels: Sequence[DeskParcel], *, to_courier: bool, is_sent: bool) -> WhichForm:
    """The form of a parcel that goes in another's place."""
    if not to_courier:
        form = WhichForm(is_sent=is_sent)
    else:
        courier = parcels[-1].courier if parcels else None
        form = ResendForm(is_sent=is_sent, kurir=courier)
    form.offer(parcels, "ganti", whole=False)
    return form
