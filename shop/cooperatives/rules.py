"""Who may do what at a cooperative's desk."""

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
