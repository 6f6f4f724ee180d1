"""Decisions about money in, without a database."""

from collections.abc import Sequence

from shop.core.money import Rupiah, allocate


def divide_cost(
    parts: Sequence[tuple[int, int]], cost: int, *, delivery_is_ours: bool
) -> tuple[tuple[Rupiah, Rupiah], ...]:
    """What each order bears of the cost of its payment, and what of it the platform takes over.

    :param parts: goods after discount and delivery fee of each order, in the order of their ids.
    :param delivery_is_ours: whether the cost on the delivery part is the platform's (rule R21).
    :return: for each order the cooperative's and the platform's rupiah; together they are the
        order's share of the cost, and all shares together the cost.
    """
    shares = allocate(cost, [goods + delivery for goods, delivery in parts])
    if not delivery_is_ours:
        return tuple((share, Rupiah(0)) for share in shares)
    divided = []
    for share, (goods, delivery) in zip(shares, parts, strict=True):
        of_goods, of_delivery = allocate(share, (goods, delivery)) if share else (share, share)
        divided.append((of_goods, of_delivery))
    return tuple(divided)
