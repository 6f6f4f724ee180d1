"""Numbers of permits and certificates: how each register writes them, and what they tell."""

import re
from dataclasses import dataclass
from datetime import date

from shop.catalog.packaging.rules import PermitKind, is_frozen

_PLAIN = {
    PermitKind.MD: re.compile(r"\d{12}|\d{15}"),
    PermitKind.ML: re.compile(r"\d{12}|\d{15}"),
    PermitKind.NA: re.compile(r"N[A-E]\d{11}|\d{11}"),
    PermitKind.TR: re.compile(r"\d{9}"),
    PermitKind.SD: re.compile(r"\d{9}"),
    PermitKind.PSAT: re.compile(r"\d{8,20}"),
}
_PREFIXES = {
    PermitKind.PIRT: re.compile(r"(P[ -]?IRT)?(NO)?:?"),
    PermitKind.MD: re.compile(r"(BPOM)?(RI)?(MD)?"),
    PermitKind.ML: re.compile(r"(BPOM)?(RI)?(ML)?"),
    PermitKind.NA: re.compile(r"(BPOM)?(RI)?"),
    PermitKind.TR: re.compile(r"(BPOM)?(RI)?(TR)?"),
    PermitKind.SD: re.compile(r"(BPOM)?(RI)?(SD)?"),
    PermitKind.PSAT: re.compile(r"(PSAT)?(PDUK|PDIN|PL|PD)?"),
}
MAX_LENGTH = 60
"""No register writes longer ones; what is longer is not looked at."""


def _bare(number: str) -> str:
    return re.sub(r"[\s.\-/]", "", number.upper())[: MAX_LENGTH + 1]


@dataclass(frozen=True)
class Pirt:
    """A P-IRT number taken apart."""

    pack: str
    """1 glass, 2 plastic, 3 carton or paper, 4 can, 5 foil, 6 other, 7 composite, 8 double."""
    group: str
    """Group of food, ``01`` to ``15``."""
    region: str
    """Province and regency, four digits."""
    product: str
    producer: str
    ends: int
    """The year in which it ends."""

    @property
    def number(self) -> str:
        """As labels write it, ``2063205010072-29``."""
        head = f"{self.pack}{self.group}{self.region}{self.product}{self.producer}"
        return f"{head}-{self.ends % 100:02d}"

    @property
    def is_group_known(self) -> bool:
        """Whether a public list names the group. The lists differ, so it is never an error."""
        return "01" <= self.group <= "15"

    @property
    def last_day(self) -> date:
        """The last day of its last year."""
        return date(self.ends, 12, 31)


def read_pirt(text: str) -> Pirt | None:
    """A P-IRT number however it is typed; None if it is none: 15 digits, the first 1 to 8."""
    digits = _PREFIXES[PermitKind.PIRT].sub("", _bare(text), count=1)
    found = re.fullmatch(r"([1-8])(\d{2})(\d{4})(\d{2})(\d{4})(\d{2})", digits, re.ASCII)
    if found is None:
        return None
    pack, group, region, product, producer, year = found.groups()
    return Pirt(pack, group, region, product, producer, 2000 + int(year))


def permit_number(kind: PermitKind, text: str) -> str | None:
    """The number as it is shown beside its kind's name; None if its form is wrong for this kind.

    Cosmetics keep their letters, as ``NA`` and ``NB`` are different parts of one register; who
    types none means ``NA``.
    """
    if kind is PermitKind.PIRT:
        pirt = read_pirt(text)
        return pirt.number if pirt else None
    bare = _PREFIXES[kind].sub("", _bare(text), count=1)
    if not bare.isascii() or not _PLAIN[kind].fullmatch(bare):
        return None
    return f"NA{bare}" if kind is PermitKind.NA and bare.isdigit() else bare


def permit_ends(kind: PermitKind, number: str | None) -> date | None:
    """The last day that the number itself tells: only P-IRT carries its last year."""
    pirt = read_pirt(number) if kind is PermitKind.PIRT and number else None
    return pirt.last_day if pirt else None


def halal_number(text: str) -> str | None:
    """``ID`` and 17 digits, as the register writes it; None if it is none.

    ``KH…`` is the number of the fatwa, not of the certificate.
    """
    bare = _bare(text)
    return bare if re.fullmatch(r"ID\d{17}", bare, re.ASCII) else None


def needs_md(pack_type: str | None, storage: str | None) -> bool:
    """Whether home industry may not make it: sterilised in its pouch, pasteurised, or frozen."""
    treated = re.search(r"\b(retort|sterilisasi|pasteurisasi)\b", pack_type or "", re.IGNORECASE)
    return bool(treated) or is_frozen(storage)
