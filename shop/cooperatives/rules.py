"""Who may do what at a cooperative's desk, and how members sign in on a borrowed phone."""

import re
import secrets
from enum import StrEnum


class Role(StrEnum):
    """Who may do what in a cooperative (sekretaris is an office, not a right)."""

    KETUA = "ketua"
    BENDAHARA = "bendahara"
    MANAJER = "manajer"
    PENGEMAS = "pengemas"
    PENGAWAS = "pengawas"
    ANGGOTA = "anggota"


OFFICES = frozenset(set(Role) - {Role.ANGGOTA})
"""Everybody with a desk; a member sells and owns, and has no desk."""

RUNS = (Role.KETUA, Role.MANAJER)
"""Acts for the cooperative: orders, stock, messages, members."""
PACKS = (*RUNS, Role.PENGEMAS)
"""Also packs and hands over."""
KNOWS_MEMBERS = (*RUNS, Role.BENDAHARA)
"""Sees the member register; the treasurer pays them out."""


def may_enter(roles: frozenset[Role], wanted: tuple[Role, ...], *, only_looks: bool) -> bool:
    """Whether somebody with these roles may open a page of the desk.

    :param wanted: the roles a page names; none: every office.
    :param only_looks: the request changes nothing. The supervisor reads all and changes nothing.
    """
    if only_looks and Role.PENGAWAS in roles:
        return True
    return bool(roles & (set(wanted) or OFFICES - {Role.PENGAWAS}))


PIN_LENGTH = 6
MOST_PIN_TRIES = 10
"""Wrong ones in a row; then the PIN is dead until the desk makes a new one (rule R27)."""


def new_pin() -> str:
    """Six digits that nobody chose: a birthday is guessed first."""
    return f"{secrets.randbelow(10**PIN_LENGTH):0{PIN_LENGTH}d}"


def is_pin(typed: str) -> bool:
    """Whether it is six plain digits; nothing else is worth a try."""
    return re.fullmatch(r"[0-9]{6}", typed) is not None


def read_member_code(typed: str) -> str:
    """A member's code as the register writes it, however it was typed.

    >>> read_member_code(" gyo m01 ")
    'GYO-M01'
    """
    signs = re.sub(r"[^A-Z0-9]", "", typed.upper()[:40])
    return f"{signs[:3]}-{signs[3:12]}"
