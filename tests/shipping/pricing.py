"""The desk of *Ongkir*, its prices, and what a parcel pays by them."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO

from werkzeug.test import TestResponse

from shop.core.database.engine import Database
from shop.core.values.units import Grams
from shop.people.cooperatives.models import Cooperative
from shop.people.cooperatives.rules import Role
from shop.shipping.quotes.queries import quote_all
from shop.shipping.rates.rules import Quote, Unit
from tests.factories import make_person, make_seat
from tests.support.entering import sign_in
from tests.support.visitor import Visitor

HERE = "/kelola/koperasi-gyo/ongkir"
HEADING = "layanan;tujuan;nama_tujuan;harga_per_kg_idr;hari_paling_cepat;hari_paling_lama;jalur"
GOOD = (
    "jne-reg;32;Jawa Barat;12000;2;4;darat",
    "jne-reg;32.73;Kota Bandung;Rp10.000;1;3;darat",
    "jne-reg;31;DKI Jakarta;13rb;2;4;udara",
)
BOX = Unit(1, Grams(1_300), *([0] * 3))  # type: ignore[arg-type]  # no size
MONDAY = date(2026, 11, 23)


def enter(db: Database, client: Visitor, cooperative: Cooperative, role: Role) -> Visitor:
    """Bu Wati comes in, with this role."""
    person = make_person(db, "Bu Wati")
    make_seat(db, cooperative, person, role)
    sign_in(client, db, person)
    return client


def upload(wati: Visitor, rows: Sequence[str], day: str = "2026-11-23", **how: str) -> TestResponse:
    """A sheet of prices is sent in, to hold from a day on."""
    text = "\r\n".join((HEADING, *rows)).replace(";", how.get("parted", ";"))
    data = text.encode(how.get("encoding", "utf-8"))
    return wati.post(
        f"{HERE}/unggah",
        data={"mulai": day, "berkas": (BytesIO(data), "tarif.csv")},
        content_type="multipart/form-data",
    )


def ways(db: Database, cooperative: Cooperative, code: str, on: date) -> dict[str, int]:
    """What the box costs to an area on a day, by way."""
    with db.reading() as session:
        quotes: tuple[Quote, ...] = quote_all(session, {cooperative.id: [BOX]}, code, on=on)[
            cooperative.id
        ]
    return {quote.choice: quote.fee for quote in quotes}
