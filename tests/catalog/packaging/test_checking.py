"""A manager looks at papers: one decides, the other is told; what is over lapses."""

import threading
from datetime import date

import pytest

from shop.catalog.packaging.actions import (
    NewHalal,
    NewPack,
    NewPermit,
    decide_halal,
    decide_permit,
    describe,
    lapse,
)
from shop.catalog.packaging.errors import ClaimMoved, ClaimNotFound, NothingToCheck
from shop.catalog.packaging.models import Halal, Permit
from shop.catalog.packaging.rules import Claim, HalalState, PaperFault, PermitKind
from shop.core.database.engine import Database
from tests.factories import NOON, make_person

NUMBER = "2063205010072-29"
CERTIFICATE = "ID11110000090010224"
TODAY = date(2026, 11, 23)


def claimed(db: Database, product_id: int = 7) -> int:
    """A product with a P-IRT number and a halal certificate; the permit's id."""
    pack = NewPack(
        halal=NewHalal(state=HalalState.CERTIFIED, number=CERTIFICATE),
        permits=(NewPermit(kind=PermitKind.PIRT, number=NUMBER),),
    )
    with db.writing() as session:
        describe(session, product_id, pack, now=NOON)
        return session.query(Permit).filter_by(product_id=product_id).one().id


def decide(
    db: Database,
    permit_id: int,
    person_id: int,
    fault: PaperFault | None = None,
    *,
    seen: str = NUMBER,
    was: Claim = Claim.CLAIMED,
    today: date = TODAY,
) -> int:
    with db.writing() as session:
        return decide_permit(
            session,
            permit_id,
            seen=seen,
            fault=fault,
            was=was,
            person_id=person_id,
            now=NOON,
            today=today,
        )


def permit(db: Database) -> Permit:
    with db.reading() as session:
        return session.query(Permit).one()


def test_a_manager_who_saw_the_paper_turns_a_claim_into_a_check(db: Database) -> None:
    wati, permit_id = make_person(db, "Bu Wati"), claimed(db)
    assert decide(db, permit_id, wati.id) == 7
    with db.writing() as session:
        decide_halal(
            session,
            7,
            seen=CERTIFICATE,
            fault=None,
            was=Claim.CLAIMED,
            person_id=wati.id,
            now=NOON,
        )
    found = permit(db)
    with db.reading() as session:
        halal = session.get_one(Halal, 7)
    assert (found.claim, found.checked_by_id, found.checked_at) == (Claim.CHECKED, wati.id, NOON)
    assert (halal.claim, halal.checked_by_id, halal.checked_at) == (Claim.CHECKED, wati.id, NOON)


def test_a_paper_that_is_not_right_is_refused_with_its_reason(db: Database) -> None:
    wati, permit_id = make_person(db, "Bu Wati"), claimed(db)
    decide(db, permit_id, wati.id, PaperFault.OTHER_NUMBER)
    found = permit(db)
    assert (found.claim, found.fault) == (Claim.REFUSED, PaperFault.OTHER_NUMBER)
    decide(db, permit_id, wati.id, was=Claim.REFUSED)
    found = permit(db)
    assert (found.claim, found.fault) == (Claim.CHECKED, None)


def test_the_second_manager_is_told_that_the_first_has_decided(db: Database) -> None:
    wati, made = make_person(db, "Bu Wati"), make_person(db, "Pak Made")
    permit_id = claimed(db)
    decide(db, permit_id, wati.id)
    with pytest.raises(ClaimMoved):
        decide(db, permit_id, made.id, PaperFault.UNREADABLE)
    assert permit(db).checked_by_id == wati.id


def test_nobody_checks_a_number_that_was_changed_meanwhile(db: Database) -> None:
    wati, permit_id = make_person(db, "Bu Wati"), claimed(db)
    with pytest.raises(ClaimMoved):
        decide(db, permit_id, wati.id, seen="2063205010072-27")
    assert permit(db).claim is Claim.CLAIMED


def _at_once(db: Database, permit_id: int, people: list[int], *, guarded: bool) -> int:
    """Both managers look at the same claim, then decide: how many of them are told "done"."""
    looked, done = threading.Barrier(2), []

    def manager(person_id: int, fault: PaperFault | None) -> None:
        with db.reading() as session:
            seen = session.get_one(Permit, permit_id)
        looked.wait(10)
        if guarded:
            try:
                decide(db, permit_id, person_id, fault, was=seen.claim)
            except ClaimMoved:
                return
        else:
            with db.writing() as session:
                row = session.get_one(Permit, permit_id)
                row.claim = Claim.REFUSED if fault else Claim.CHECKED
                row.checked_by_id = person_id
        done.append(person_id)

    threads = [
        threading.Thread(target=manager, args=(people[0], None)),
        threading.Thread(target=manager, args=(people[1], PaperFault.OTHER_GOODS)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return len(done)


def test_of_two_managers_at_once_one_decides(db: Database) -> None:
    people = [make_person(db, "Bu Wati").id, make_person(db, "Pak Made").id]
    assert _at_once(db, claimed(db), people, guarded=True) == 1


def test_control_without_the_guard_both_believe_that_they_decided(db: Database) -> None:
    people = [make_person(db, "Bu Wati").id, make_person(db, "Pak Made").id]
    assert _at_once(db, claimed(db), people, guarded=False) == 2


def test_a_paper_without_a_number_cannot_have_been_seen(db: Database) -> None:
    wati = make_person(db, "Bu Wati")
    pack = NewPack(
        halal=NewHalal(state=HalalState.APPLIED), permits=(NewPermit(kind=PermitKind.PIRT),)
    )
    with db.writing() as session:
        describe(session, 7, pack, now=NOON)
        permit_id = session.query(Permit).one().id
    with pytest.raises(NothingToCheck):
        decide(db, permit_id, wati.id)
    with pytest.raises(NothingToCheck), db.writing() as session:
        decide_halal(
            session, 7, seen="", fault=None, was=Claim.CLAIMED, person_id=wati.id, now=NOON
        )
    with pytest.raises(ClaimNotFound):
        decide(db, permit_id + 1, wati.id)


def test_a_permit_lapses_the_day_after_its_last(db: Database) -> None:
    wati, permit_id = make_person(db, "Bu Wati"), claimed(db)
    decide(db, permit_id, wati.id)
    with db.writing() as session:
        assert lapse(session, date(2029, 12, 31)) == ()
        assert lapse(session, date(2030, 1, 1)) == (7,)
        assert lapse(session, date(2030, 1, 1)) == ()
    assert permit(db).claim is Claim.LAPSED
    with pytest.raises(NothingToCheck):
        decide(db, permit_id, wati.id, was=Claim.LAPSED, today=date(2030, 1, 1))
