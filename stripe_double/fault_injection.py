"""Switches of the double, and with them every way in which it can be made to misbehave.

A gateway that always answers at once and tells everything once, in order, tests nothing.
"""

import time
import zlib
from collections.abc import Mapping, Sequence

from stripe_double.errors import Refusal
from stripe_double.store import Store

HELD, SENT = "held", "sent"
PER_CENT = 100
OFF_BY = 100_000
"""Hundredths: Rp1.000 too little or too much."""

SWITCHES: Mapping[str, Sequence[str] | range] = {
    "delivery": (SENT, HELD),
    "refunds": ("succeeded", "pending"),
    # How events reach the shop: so many seconds late, so many times at the same instant, in
    # another order, and so many of a hundred never.
    "delay": range(61),
    "copies": range(1, 21),
    "order": ("kept", "shuffled"),
    "lost": range(PER_CENT + 1),
    # How a call is answered: well; 500 and nothing done; 500 although it was done. And how late.
    "answers": ("good", "refused", "forgotten"),
    "slow": range(31),
    # What a card brings beside what was asked.
    "amount": ("right", "short", "over"),
}
"""Positions by name; the first is how a double stands that nobody touched."""


def position(store: Store, name: str) -> str:
    """How a switch stands."""
    return store.switch(name, str(SWITCHES[name][0]))


def number(store: Store, name: str) -> int:
    """How far a switch is turned."""
    return int(position(store, name))


def turn(store: Store, given: Mapping[str, str]) -> dict[str, str]:
    """Set switches; how all of them stand then.

    :raises Refusal: for a switch or a position that there is not.
    """
    for name, value in given.items():
        if value not in map(str, SWITCHES.get(name, ())):
            raise Refusal(f"{name}={value}: no such position.", param=name)
        store.turn(name, value)
    return {name: position(store, name) for name in SWITCHES}


def is_lost(store: Store, event_id: str) -> bool:
    """Whether this event never reaches the shop; the same each time it is asked."""
    return zlib.crc32(event_id.encode()) % PER_CENT < number(store, "lost")


def hold_up(store: Store) -> None:
    """Let whoever asks wait for the answer."""
    time.sleep(number(store, "slow"))


def stumble(store: Store, answer: str) -> None:
    """:raises Refusal: 500, when calls are to be answered in this way."""
    if position(store, "answers") == answer:
        raise Refusal("An unknown error occurred.", kind="api_error", status=500)


def off_by(store: Store) -> int:
    """Hundredths that a card brings too much; below zero: too little."""
    return {"right": 0, "short": -OFF_BY, "over": OFF_BY}[position(store, "amount")]
