"""Who can sign in at the demo market. The password is public: none of this starts in production."""

from demo.market.csv_lists import rows

PASSWORD = "lumbung-demo"  # noqa: S105 - printed at every start of the demo
OPERATOR = "operator@lumbung.example"
OPERATORS = ((OPERATOR, "Operator Lumbung"), ("keuangan@lumbung.example", "Keuangan Lumbung"))
"""Two: large payouts need a second person."""
SHOPPERS = (
    ("sari@pembeli.example", "Sari Wulandari", "+628400009001"),
    ("budi@pembeli.example", "Budi Hartono", "+628400009002"),
)
OFFICES = (("pengelola", "manajer"), ("bendahara", "bendahara"), ("pengawas", "pengawas"))
"""First part of the e-mail, and the role that sits behind it."""


def office_mail(office: str, code: str) -> str:
    """``pengelola@gyo.koperasi.example``."""
    return f"{office}@{code.lower()}.koperasi.example"


def member_mail(code: str) -> str:
    """``gyo-m01@anggota.example``."""
    return f"{code.lower()}@anggota.example"


def lines() -> list[str]:
    """The accounts as a command prints them."""
    codes = [row["kode"].lower() for row in rows("cooperatives")]
    first = codes[0]
    return [
        f"operator      {', '.join(mail for mail, _ in OPERATORS)}",
        f"manager       {office_mail('pengelola', first)}",
        f"treasurer     {office_mail('bendahara', first)}",
        f"supervisor    {office_mail('pengawas', first)}",
        f"member        {first}-m01@anggota.example",
        f"shoppers      {', '.join(mail for mail, _, _ in SHOPPERS)}",
        f"cooperatives  {' '.join(codes)}",
        f"password      {PASSWORD}   (for all of them)",
    ]
