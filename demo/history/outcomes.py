"""What a fate means at the desk: how many packs are sent, why not all, what comes back."""

from collections.abc import Collection

from demo.history.plan import Fate, Part
from demo.history.schedule import Verb
from shop.fulfilment.orders.rules import Reason


def first_packs(part: Part) -> list[int]:
    """Packs of each item that are there at once, where the others follow."""
    wanted = [item.packs for item in part.basket.items]
    return [*wanted[:-1], wanted[-1] // 2]


def sent_packs(part: Part) -> list[int]:
    """Packs of each item that the cooperative says it can send."""
    wanted = [item.packs for item in part.basket.items]
    if part.fate is Fate.ASKED:
        return first_packs(part)
    if part.fate is not Fate.SHORT:
        return wanted
    if max(wanted) > 1:
        maximum = wanted.index(max(wanted))
        return [packs - (place == maximum) for place, packs in enumerate(wanted)]
    return [*wanted[:-1], 0] if len(wanted) > 1 else wanted


def short_reason(purchase: int) -> Reason:
    """Why fewer are sent: gone from the shelf, or not made yet."""
    return Reason.SHORT if purchase % 2 else Reason.NOT_MADE


def refuse_reason(purchase: int) -> Reason:
    """Why nothing is sent."""
    return (Reason.NOT_MADE, Reason.CLOSED, Reason.CANNOT_SEND)[purchase % 3]


def fail_reason(purchase: int, part: Part) -> Reason:
    """Why a parcel was not handed over."""
    if part.fate is Fate.RETURNED_BROKEN:
        return Reason.BROKEN_ON_THE_WAY
    return (Reason.NOBODY_THERE, Reason.WRONG_ADDRESS, Reason.NOT_TAKEN)[purchase % 3]


def fit_packs(part: Part) -> list[int]:
    """Packs of each item that come back fit to be sold."""
    broken = part.fate is Fate.RETURNED_BROKEN
    return [packs - broken for packs in sent_packs(part)]


def gone_packs(purchase: int, part: Part, done: Collection[Verb]) -> list[int]:
    """Packs of each item that the shelf is short of after these steps."""
    wanted = [item.packs for item in part.basket.items]
    if Verb.REFUSE in done or Verb.CALL_OFF in done:
        return [0] * len(wanted)
    if Verb.TAKE_BACK in done:
        return [sent - fit for sent, fit in zip(sent_packs(part), fit_packs(part), strict=True)]
    if Verb.ACCEPT in done and not short_reason(purchase).packs_are_gone:
        return sent_packs(part)
    return wanted
