"""The cooperatives of an invented market in their tables: homes, members, ways to send."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.synth.plan import Plan, Seller, person_name, sellers
from shop.catalog.products.rules import short_place
from shop.core.database.bulk_insert import bulk_insert, next_id
from shop.core.formats import indonesia
from shop.core.values.clock import HOME_ZONE, day_in
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Cooperative, Member
from shop.people.cooperatives.rules import USUAL_WEEKEND
from shop.shipping.rates.models import PickupPlace, Rate, RateCard

SERVICE = "jne-reg"
PRICE_A_KILO = 9_000
EAST = frozenset({"81", "82", "91", "92", "93", "94", "95", "96"})
MIDDLE = frozenset({"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"})


@dataclass(frozen=True, slots=True)
class Place:
    """A village that a cooperative can be at home in."""

    village_code: str
    province: str
    regency: str
    district: str
    village: str
    postcode: str

    @property
    def zone(self) -> str:
        """The zone of its clocks."""
        province = self.village_code[:2]
        if province in EAST:
            return "Asia/Jayapura"
        return "Asia/Makassar" if province in MIDDLE else "Asia/Jakarta"


@dataclass(frozen=True)
class Home:
    """A seller in the tables."""

    seller: Seller
    cooperative_id: int
    slug: str
    place: Place
    first_member: int


def load_sellers(session: Session, plan: Plan, now: datetime) -> list[Home]:
    """Write down who sells, and tell where each is at home."""
    today = day_in(HOME_ZONE, now)
    found = sellers(plan, session.scalars(select(Cooperative.code)).all())
    homes_at = places(len(found))
    first = next_id(session, Cooperative)
    member, contact = next_id(session, Member), next_id(session, Contact)
    homes: list[Home] = []
    contacts: list[dict[str, Any]] = []
    members: list[dict[str, Any]] = []
    for seller, place in zip(found, homes_at, strict=True):
        slug = f"{seller.short_name.lower().replace(' ', '-')}-{seller.code.lower()}"
        homes.append(Home(seller, first + seller.number, slug, place, member + len(members)))
        for count, business in enumerate(seller.makers):
            row = len(members)
            contacts.append(_contact(contact + row, person_name(plan.seed, row), now))
            members.append(_member(member + row, homes[-1], count, contact + row, business, today))
    bulk_insert(session, Cooperative, [_cooperative(home, now) for home in homes])
    bulk_insert(session, Contact, contacts)
    bulk_insert(session, Member, members)
    _load_ways(session, homes, today)
    return homes


def places(count: int) -> list[Place]:
    """So many villages, spread over the whole country."""
    names: dict[str, str] = {}
    villages: list[tuple[str, str, str]] = []
    for fact in indonesia.regions():
        if fact.postcode is None:
            names[fact.code] = fact.name
        else:
            villages.append((fact.code, fact.name, fact.postcode))
    found = []
    for number in range(count):
        code, name, postcode = villages[(number * 7_919) % len(villages)]
        found.append(
            Place(code, names[code[:2]], names[code[:5]], names[code[:8]], name[:60], postcode)
        )
    return found


def _cooperative(home: Home, now: datetime) -> dict[str, Any]:
    seller, place = home.seller, home.place
    return {
        "id": home.cooperative_id,
        "code": seller.code,
        "slug": home.slug,
        "name": f"Koperasi Produsen {seller.short_name}",
        "short_name": seller.short_name,
        "kind": "produsen",
        "registry_number": None,
        "legal_number": None,
        "founded_on": date(1990 + seller.number % 34, 1 + seller.number % 12, 5),
        "village_code": place.village_code,
        "province": place.province,
        "regency": place.regency[:60],
        "district": place.district[:60],
        "village": place.village,
        "postcode": place.postcode,
        "street": f"Jl. Koperasi No. {1 + seller.number % 90}",
        "zone": place.zone,
        "weekend": USUAL_WEEKEND,
        "phone": None,
        "email": None,
        "reported_members": seller.members,
        "principal_saving": 150_000,
        "mandatory_saving": 20_000,
        "contribution_bp": seller.contribution_bp,
        "is_pkp": False,
        "dye": seller.dye,
        "motif": seller.motif,
        "story": f"Anggota {seller.short_name} bekerja di {short_place(place.regency)} dan"
        " menjual lewat satu toko bersama.",
        "description_en": f"The members of {seller.short_name} sell through one shared shop.",
        "suspended_at": None,
        "suspension": None,
        "created_at": now,
    }


def _contact(key: int, name: str, now: datetime) -> dict[str, Any]:
    return {
        "id": key,
        "name": name,
        "phone": None,
        "email": None,
        "created_at": now,
        "erased_at": None,
    }


def _member(
    key: int, home: Home, count: int, contact_id: int, business: str, today: date
) -> dict[str, Any]:
    return {
        "id": key,
        "cooperative_id": home.cooperative_id,
        "code": f"{home.seller.code}-M{count + 1:02d}",
        "number": f"{today.year}.{count + 1:03d}",
        "contact_id": contact_id,
        "person_id": None,
        "business_name": business,
        "village_code": home.place.village_code,
        "district": home.place.district[:60],
        "village": home.place.village,
        "postcode": home.place.postcode,
        "joined_on": today,
        "has_nib": False,
    }


def _load_ways(session: Session, homes: Sequence[Home], today: date) -> None:
    """A courier to every province, and a place to fetch goods."""
    provinces = sorted({home.place.village_code[:2] for home in homes})
    card, place = next_id(session, RateCard), next_id(session, PickupPlace)
    bulk_insert(
        session,
        RateCard,
        [
            {
                "id": card + number,
                "cooperative_id": home.cooperative_id,
                "service_code": SERVICE,
                "since": today,
                "ends": None,
                "divisor": 6_000,
                "tolerance_grams": 300,
                "least_grams": 1_000,
                "free_from": None,
            }
            for number, home in enumerate(homes)
        ],
    )
    bulk_insert(
        session,
        Rate,
        [
            {
                "card_id": card + number,
                "area_code": province,
                "price_per_kg": PRICE_A_KILO + 1_500 * ((number + to) % 30),
                "days_least": 1 + (number + to) % 3,
                "days_most": 3 + (number + to) % 6,
                "by_air": False,
            }
            for number in range(len(homes))
            for to, province in enumerate(provinces)
        ],
    )
    bulk_insert(
        session,
        PickupPlace,
        [
            {
                "id": place + number,
                "cooperative_id": home.cooperative_id,
                "name": "Kantor koperasi",
                "address": f"Jl. Koperasi, {home.place.village}",
                "hours": "Senin–Jumat 08.00–16.00",
                "weekdays": "12345",
                "opens": time(8),
                "closes": time(16),
                "cut_off": time(12),
                "closed_at": None,
            }
            for number, home in enumerate(homes)
        ],
    )
