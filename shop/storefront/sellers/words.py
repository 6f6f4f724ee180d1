"""Words of a cooperative's page."""

from shop.storefront.sellers.queries import SurplusDecision
from shop.web.i18n.language import ENGLISH, language
from shop.web.i18n.language import word as _


def surplus_shares(decision: SurplusDecision) -> list[tuple[str, int, str]]:
    """Into which parts the members' meeting divided the surplus, in basis points."""
    parts = [
        (_("Jasa usaha anggota"), decision.trade_bp, "c4"),
        (_("Jasa simpanan anggota"), decision.capital_bp, "c3"),
        (_("Dana cadangan"), decision.reserve_bp, "c1"),
        (_("Pendidikan"), decision.education_bp, "c6"),
        (_("Sosial"), decision.social_bp, "c5"),
        (_("Pengurus dan karyawan"), decision.officers_bp + decision.staff_bp, "c2"),
    ]
    return [part for part in parts if part[1]]


def written_share(basis_points: int) -> str:
    """Basis points as people read them: ``7,5%``.

    >>> written_share(750), written_share(1000)
    ('7,5%', '10%')
    """
    whole, rest = divmod(basis_points, 100)
    comma = "." if language() == ENGLISH else ","
    return f"{whole}{f'{comma}{rest:02d}'.rstrip('0') if rest else ''}%"
