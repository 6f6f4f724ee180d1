"""Where couriers let anybody look a tracking number up."""

PAGES = {
    "jne": "https://www.jne.co.id/tracking-package",
    "j&t": "https://jet.co.id/track",
    "jnt": "https://jet.co.id/track",
    "sicepat": "https://www.sicepat.com/checkAwb",
    "pos": "https://www.posindonesia.co.id/id/tracking",
    "anteraja": "https://anteraja.id/tracking",
    "tiki": "https://www.tiki.id/id/track",
    "ninja": "https://www.ninjaxpress.co/id-id/tracking",
    "id express": "https://idexpress.com/lacak-paket",
    "lion": "https://lionparcel.com/track/stt",
    "wahana": "https://www.wahana.com",
}
"""By how the courier's name begins; the number is typed there, none takes it in an address."""


def tracking_page(courier: str | None) -> str | None:
    """The page of a courier that a desk named, however it wrote the name; None: not known."""
    name = " ".join((courier or "").lower().split())
    return next((page for start, page in PAGES.items() if name.startswith(start)), None)
