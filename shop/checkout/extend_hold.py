"""How long a purchase holds its packs while its card page is open."""

from collections.abc import Mapping
from datetime import timedelta

from shop.core import policy
from shop.payments.models import Method


def hold_for(method: Method, figures: Mapping[str, int], *, one_piece: bool) -> timedelta:
    """How long goods are held for a purchase that is to be paid this way."""
    if method is Method.CARD:
        return policy.minutes(figures["card_hold_minutes"])
    return policy.minutes(
        figures["hold_one_piece_minutes" if one_piece else "hold_transfer_minutes"]
    )
