"""Edit and approve, or two approvals, at the same moment: one counts and nobody is fooled."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from shop.catalog.listings.actions import Answers, Starting, save, start, submit
from shop.catalog.listings.approval import Seen, approve, send_back
from shop.catalog.packaging.measures import Net
from shop.catalog.packaging.weight_estimate import Measures, PackTile
from shop.catalog.products.actions import add_photo, publish, seed_categories
from shop.catalog.products.edit_context import ProductToEdit, product_for
from shop.catalog.products.errors import ListingMoved
from shop.catalog.products.models import Listing, ListingState, PhotoView, Product, ProductState
from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.core.values.units import Grams, Millimetres
from shop.people.cooperatives.rules import Role
from shop.services.audit.models import AuditEvent
from shop.services.media.models import Photo
from tests.factories import NOON, make_cooperative, make_member, make_person, make_seat
from tests.support.at_once import together

WEIGHED = Measures(Grams(275), Millimetres(220), Millimetres(150), Millimetres(70))
COMPLETE = Answers(
    name="Keripik Tempe",
    price=Rupiah(28_000),
    stock=40,
    net=Net(250, "g"),
    tile=PackTile.POUCH,
    keeps_days=150,
    storage="Suhu ruang",
)


@pytest.fixture
def waiting(db: Database) -> tuple[ProductToEdit, Seen]:
    """A listing that was sent, as its maker edits it and as a manager saw it."""
    place = make_cooperative(db)
    asih, wati = make_person(db, "Bu Asih"), make_person(db, "Bu Wati")
    maker = make_member(db, place, asih)
    make_seat(db, place, wati, Role.MANAJER)
    with db.writing() as session:
        seed_categories(session)
        who = Starting(place.id, place.code, maker.id, asih.id, is_own=True)
        sku = start(session, who, now=NOON)
        product = product_for(session, asih.id, sku)
        assert product is not None
        photo = Photo(key="ab/cdefghijklmnopqrstuvwxyz", side=800, bytes=1, kept_at=NOON)
        session.add(photo)
        session.flush()
        add_photo(session, product.product_id, photo.id, PhotoView.FRONT)
        save(session, product, COMPLETE, now=NOON)
        submit(session, product, now=NOON)
        version = session.get_one(Listing, product.product_id).version
    return product, Seen(product.product_id, place.id, version, wati.id)


def decide(db: Database, seen: Seen) -> Callable[[], object]:
    return lambda: db.write(lambda session: approve(session, seen, WEIGHED, now=NOON))


def edit(db: Database, product: ProductToEdit, name: str) -> Callable[[], object]:
    return lambda: db.write(lambda session: save(session, product, Answers(name=name), now=NOON))


def stands(db: Database, product: ProductToEdit) -> tuple[ProductState, ListingState, str]:
    with db.reading() as session:
        row = session.get_one(Product, product.product_id)
        return row.state, session.get_one(Listing, row.id).state, row.name


def decisions(db: Database) -> int:
    with db.reading() as session:
        return (
            session.scalar(select(func.count()).where(AuditEvent.action == "product.approved")) or 0
        )


def test_two_managers_at_once_are_one_approval(
    db: Database, waiting: tuple[ProductToEdit, Seen]
) -> None:
    product, seen = waiting
    results = together(*[decide(db, seen)] * 4)
    assert sorted(type(one).__name__ for one in results) == ["ListingMoved"] * 3 + ["NoneType"]
    assert decisions(db) == 1
    assert stands(db, product)[:2] == (ProductState.PUBLISHED, ListingState.APPROVED)


def test_approving_and_sending_back_at_once_is_one_decision(
    db: Database, waiting: tuple[ProductToEdit, Seen]
) -> None:
    product, seen = waiting
    results = together(
        decide(db, seen),
        lambda: db.write(lambda session: send_back(session, seen, "gelap", now=NOON)),
    )
    assert sum(isinstance(one, ListingMoved) for one in results) == 1
    assert stands(db, product)[:2] in (
        (ProductState.PUBLISHED, ListingState.APPROVED),
        (ProductState.DRAFT, ListingState.RETURNED),
    )


def test_what_is_approved_is_what_was_seen(
    db: Database, waiting: tuple[ProductToEdit, Seen]
) -> None:
    product, seen = waiting
    approved, edited = together(decide(db, seen), edit(db, product, "Keripik Lain"))
    assert edited is None
    state, listing, name = stands(db, product)
    assert name == "Keripik Lain"
    if isinstance(approved, ListingMoved):
        assert (state, listing) == (ProductState.DRAFT, ListingState.SUBMITTED)
    else:
        # Approved first, edited after: in the shop, and looked at again.
        assert (state, listing) == (ProductState.PUBLISHED, ListingState.CHANGED)


def test_without_the_version_an_approval_shows_what_nobody_saw(
    db: Database, waiting: tuple[ProductToEdit, Seen]
) -> None:
    """The control: an edit between look and approval slips by when only the state is asked."""
    product, seen = waiting
    edit(db, product, "Keripik Lain")()
    with pytest.raises(ListingMoved):
        decide(db, seen)()
    with db.writing() as session:
        now_there = session.get_one(Listing, product.product_id).version
    decide(db, replace(seen, version=now_there))()  # as if the page's version were not looked at
    assert stands(db, product) == (ProductState.PUBLISHED, ListingState.APPROVED, "Keripik Lain")


def test_without_the_test_inside_the_update_two_managers_both_believe_to_be_the_first(
    db: Database, waiting: tuple[ProductToEdit, Seen]
) -> None:
    """The control: look first and write after, and both looks find it waiting."""
    _product, seen = waiting

    def still_waits() -> bool:
        with db.reading() as session:
            row = session.get_one(Listing, seen.product_id)
            return row.state is ListingState.SUBMITTED and row.version == seen.version

    looks = [still_waits() for _manager in range(2)]
    taken = 0
    for found_it_waiting in looks:
        if found_it_waiting:
            with db.writing() as session:
                session.execute(
                    update(Listing)
                    .where(Listing.product_id == seen.product_id)
                    .values(state=ListingState.APPROVED)
                )
                publish(session, seen.product_id, now=NOON)
                taken += 1
    assert taken == 2


def test_makers_who_begin_at_once_get_different_codes(db: Database) -> None:
    place = make_cooperative(db)
    with db.writing() as session:
        seed_categories(session)
    asih = make_person(db, "Bu Asih")
    maker = make_member(db, place, asih)
    who = Starting(place.id, place.code, maker.id, asih.id, is_own=True)
    codes = together(*[lambda: db.write(lambda session: start(session, who, now=NOON))] * 6)
    assert len(set(codes)) == 6
    assert all(str(code).startswith("GYO-") for code in codes), codes
