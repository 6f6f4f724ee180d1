"""Why a parcel costs what it costs, and why a row of prices cannot be used, in words."""

from datetime import date

from shop.core.values.units import Grams
from shop.shipping.rates.rules import (
    GRAMS_PER_KG,
    Kind,
    Load,
    Quote,
    WeighedBy,
    WeightRule,
    weighed_by,
)
from shop.web.i18n.language import word as _
from shop.web.rendering.template_filters import written_span, written_weekday_short, written_weight


def weight_sentence(quote: Quote) -> str:
    """Why a courier charges this weight; nothing for what is handed over at home."""
    if quote.rule is None or quote.volumetric_grams is None:
        return ""
    # The space as grams counts the same as the volume it was read from.
    load = Load(quote.scale_grams, quote.volumetric_grams * quote.rule.divisor, frozenset())
    return weight_words(load, quote.rule, quote.billable_grams)


def weight_words(load: Load, rule: WeightRule, billable: Grams) -> str:
    """The scale, the space, the rounding or the minimum: whichever decided, in one sentence."""
    said = {
        "real": written_weight(load.grams),
        "billed": written_weight(billable),
        "space": written_weight(Grams(-(-load.volume // rule.divisor))),
        "free": written_weight(rule.tolerance),
    }
    match weighed_by(load, rule):
        case WeighedBy.MINIMUM:
            return _("Beratnya %(real)s; layanan ini menghitung paling sedikit %(billed)s.", **said)
        case WeighedBy.SPACE:
            return _(
                "Beratnya %(real)s, tetapi kotaknya makan tempat seperti %(space)s. Kurir"
                " memakai yang lebih besar: %(billed)s.",
                **said,
            )
    if load.grams == billable:
        return _("Beratnya %(real)s.", **said)
    if load.grams > billable:
        return _("Beratnya %(real)s. Lebih sampai %(free)s gratis: dihitung %(billed)s.", **said)
    if load.grams < GRAMS_PER_KG:
        return _("Beratnya %(real)s; kurir menghitung paling sedikit %(billed)s.", **said)
    return _("Beratnya %(real)s, dibulatkan ke atas jadi %(billed)s.", **said)


def arrival_words(kind: Kind, days: tuple[date, date] | None) -> str:
    """When a parcel comes, or from when on it can be fetched; nothing where nobody knows."""
    if days is None:
        return ""
    first, last = days
    if kind == "pickup":
        return _("bisa diambil mulai %(day)s", day=written_weekday_short(first))
    if first == last:
        return _("tiba %(day)s", day=written_weekday_short(first))
    return _("tiba %(days)s", days=written_span(first, last))
