"""Who may enter a desk: the own cooperative's people by their role, and nobody else."""

from collections.abc import Mapping
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.people.accounts.actions import give_operator_right
from shop.people.accounts.models import OperatorRight, Person, RecoveryToken
from shop.people.cooperatives.actions import add_member, end_seat, seat
from shop.people.cooperatives.models import Cooperative, MemberPin, Role, Seat
from shop.services.audit.models import AuditEvent
from shop.services.outbox.actions import leave_by_hand, notify
from shop.services.outbox.models import Notice, NoticeState
from shop.web.http import app_state
from tests.factories import NOON, make_contact, make_cooperative, make_member, make_person
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

ANONYMOUS, SHOPPER, OPERATOR, FOREIGN = "anonymous", "shopper", "operator", "foreign manager"
EVERYBODY = (ANONYMOUS, SHOPPER, OPERATOR, FOREIGN, *(role.value for role in Role))
KETUA, BENDAHARA, MANAJER, PENGEMAS, PENGAWAS, ANGGOTA = (role.value for role in Role)


class Market(NamedTuple):
    """Koperasi Gayo with one person in each role, and Koperasi Kintamani beside it."""

    gayo: Cooperative
    kintamani: Cooperative
    people: Mapping[str, Person]
    member_code: str
    notice_id: int
    operator_notice_id: int


@pytest.fixture
def market(app: Flask, db: Database) -> Market:
    gayo = make_cooperative(db)
    kintamani = make_cooperative(db, "KTM", "Koperasi Kintamani")
    people = {
        who: make_person(db, who, f"{who.replace(' ', '-')}@gayo.example")
        for who in EVERYBODY
        if who != ANONYMOUS
    }
    lost = make_person(db, "Bu Anisah", "ani@gayo.example")
    contact_id = make_contact(db, "Tamu")
    with db.writing() as session:
        for role in Role:
            seat(session, gayo.id, people[role.value].id, role, NOON)
        seat(session, kintamani.id, people[FOREIGN].id, Role.MANAJER, NOON)
        for right in OperatorRight:
            give_operator_right(session, people[OPERATOR].id, right, NOON)
        member = add_member(
            session,
            cooperative_id=gayo.id,
            code="GYO-M90",
            number="2020.090",
            contact_id=lost.contact_id,
            joined_on=NOON.date(),
            person_id=lost.id,
            now=NOON,
        )
        ids = []
        for key, cooperative_id in (("gayo", gayo.id), ("operator", None)):
            notify(
                session,
                key=key,
                kind="order_arrived",
                contact_id=contact_id,
                cooperative_id=cooperative_id,
                now=NOON,
            )
            notice = session.scalars(select(Notice).where(Notice.key == key)).one()
            leave_by_hand(session, notice.id)
            ids.append(notice.id)
        return Market(gayo, kintamani, people, member.code, ids[0], ids[1])


def _visitor(app: Flask, db: Database, market: Market, who: str) -> Visitor:
    visitor: Visitor = app.test_client()  # type: ignore[assignment]  # conftest sets the class
    if who != ANONYMOUS:
        sign_in(visitor, db, market.people[who])
    return visitor


RUN = {KETUA, MANAJER}
LOOK = {
    "/kelola/{gayo}": RUN | {BENDAHARA, PENGEMAS, PENGAWAS},
    "/kelola/{gayo}/anggota": RUN | {BENDAHARA, PENGAWAS},
    "/kelola/{gayo}/anggota/{member}": RUN | {BENDAHARA, PENGAWAS},
    "/kelola/{gayo}/kabar": RUN | {PENGAWAS},
    "/operator": {OPERATOR},
    "/operator/kabar": {OPERATOR},
}
CHANGE = {
    "/kelola/{gayo}/anggota/{member}/pin": RUN,
    "/kelola/{gayo}/anggota/{member}/kode": RUN,
    "/kelola/{gayo}/kabar": RUN,
    "/operator/kabar": {OPERATOR},
}


def _path(market: Market, path: str) -> str:
    return path.format(gayo=market.gayo.slug, member=market.member_code)


def _refusal(path: str, who: str) -> int:
    """A stranger's page is 404, a colleague without the right gets 403."""
    if who == ANONYMOUS:
        return 303
    is_colleague = who not in (SHOPPER, OPERATOR, FOREIGN)
    return 403 if path.startswith("/kelola") and is_colleague else 404


@pytest.mark.parametrize("path", LOOK)
def test_pages_open_for_their_roles_alone(
    app: Flask, db: Database, market: Market, path: str
) -> None:
    for who in EVERYBODY:
        answer = _visitor(app, db, market, who).get(_path(market, path))
        if who in LOOK[path]:
            assert answer.status_code in (200, 303), who
            assert "/masuk" not in answer.headers.get("Location", ""), who
        else:
            assert answer.status_code == _refusal(path, who), who
            assert "Bu Anisah" not in answer.text
            if who == ANONYMOUS:
                assert answer.headers["Location"].startswith("/masuk?lanjut=")


@pytest.mark.parametrize("path", CHANGE)
def test_nothing_changes_under_a_hand_without_the_right(
    app: Flask, db: Database, market: Market, path: str
) -> None:
    notice = market.operator_notice_id if "operator" in path else market.notice_id

    def state() -> tuple[object, ...]:
        with db.reading() as session:
            return (
                session.scalar(select(Notice.state).where(Notice.id == notice)),
                len(session.scalars(select(RecoveryToken.id)).all()),
                len(session.scalars(select(MemberPin.person_id)).all()),
            )

    before = state()
    for who in EVERYBODY:
        if who not in CHANGE[path]:
            answer = _visitor(app, db, market, who).post(
                _path(market, path), data={"kabar": str(notice)}
            )
            assert answer.status_code == _refusal(path, who), who
            assert state() == before, who
    who = min(CHANGE[path])
    answer = _visitor(app, db, market, who).post(_path(market, path), data={"kabar": str(notice)})
    assert answer.status_code == 303
    assert state() != before


def test_an_ended_seat_is_refused_at_the_next_request(
    client: Visitor, db: Database, market: Market
) -> None:
    manager = market.people[MANAJER]
    sign_in(client, db, manager)
    page = f"/kelola/{market.gayo.slug}/anggota"
    assert client.get(page).status_code == 200
    with db.writing() as session:
        assert end_seat(session, market.gayo.id, manager.id, Role.MANAJER, clock.now())
    assert client.get(page).status_code == 404
    with db.reading() as session:
        assert session.scalars(select(Seat.ended_at).where(Seat.person_id == manager.id)).one()


def test_extra_fields_give_no_role(client: Visitor, db: Database, market: Market) -> None:
    sign_in(client, db, market.people[PENGEMAS])
    answer = client.post(
        f"/kelola/{market.gayo.slug}/kabar",
        data={"kabar": str(market.notice_id), "role": "ketua", "cooperative_id": "1"},
    )
    assert answer.status_code == 403


def test_a_foreign_notice_in_the_form_ticks_nothing(
    client: Visitor, db: Database, market: Market
) -> None:
    sign_in(client, db, market.people[FOREIGN])
    page = f"/kelola/{market.kintamani.slug}/kabar"
    for typed in (str(market.notice_id), str(market.operator_notice_id), "9" * 400, "x", "-1", "١"):
        assert client.post(page, data={"kabar": typed}).status_code == 404
    with db.reading() as session:
        assert set(session.scalars(select(Notice.state))) == {NoticeState.BY_HAND}


def test_a_member_of_another_cooperative_is_unknown_here(
    client: Visitor, db: Database, market: Market
) -> None:
    sign_in(client, db, market.people[FOREIGN])
    home = f"/kelola/{market.kintamani.slug}/anggota/{market.member_code}"
    assert client.get(home).status_code == 404
    assert client.post(f"{home}/kode").status_code == 404
    with db.reading() as session:
        assert session.scalars(select(RecoveryToken.id)).all() == []


def test_no_desk_code_opens_an_officers_account(
    client: Visitor, db: Database, market: Market
) -> None:
    treasurer = market.people[BENDAHARA]
    with db.writing() as session:
        add_member(
            session,
            cooperative_id=market.gayo.id,
            code="GYO-M91",
            number="2020.091",
            contact_id=treasurer.contact_id,
            joined_on=NOON.date(),
            person_id=treasurer.id,
            now=NOON,
        )
    sign_in(client, db, market.people[MANAJER])
    home = f"/kelola/{market.gayo.slug}/anggota/GYO-M91"
    assert "/kode" not in client.get(home).text
    assert client.post(f"{home}/kode").status_code == 409
    with db.reading() as session:
        assert session.scalars(select(RecoveryToken.id)).all() == []


def test_handing_out_a_code_is_in_the_log_with_who_and_where(
    client: Visitor, db: Database, market: Market
) -> None:
    manager = market.people[MANAJER]
    sign_in(client, db, manager)
    client.post(f"/kelola/{market.gayo.slug}/anggota/{market.member_code}/kode")
    with db.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "recovery.desk-code-issued")
        ).one()
    assert (event.actor_id, event.cooperative_id) == (manager.id, market.gayo.id)
    assert event.origin_id is not None


def test_who_sits_at_one_desk_goes_there_and_who_sits_at_two_chooses(
    client: Visitor, db: Database, market: Market
) -> None:
    manager = market.people[FOREIGN]
    sign_in(client, db, manager)
    assert client.get("/kelola").headers["Location"] == f"/kelola/{market.kintamani.slug}"
    with db.writing() as session:
        seat(session, market.gayo.id, manager.id, Role.KETUA, clock.now())
    page = client.get("/kelola")
    assert page.status_code == 200
    assert page.text.index("Koperasi Gayo") < page.text.index("Koperasi Kintamani")


@pytest.mark.parametrize("who", [SHOPPER, ANGGOTA])
def test_who_has_no_desk_finds_none(
    client: Visitor, db: Database, market: Market, who: str
) -> None:
    sign_in(client, db, market.people[who])
    assert client.get("/kelola").status_code == 404


def test_the_account_page_shows_the_way_to_the_desk(
    client: Visitor, db: Database, market: Market
) -> None:
    sign_in(client, db, market.people[MANAJER])
    assert f'href="/kelola/{market.gayo.slug}"' in client.get("/akun").text
    sign_in(client, db, market.people[OPERATOR])
    assert 'href="/operator"' in client.get("/akun").text
    sign_in(client, db, market.people[SHOPPER])
    assert "/kelola" not in client.get("/akun").text


def test_the_register_is_paged_holds_own_members_only_and_costs_the_same_however_long(
    app: Flask, client: Visitor, db: Database, market: Market
) -> None:
    with app.app_context():
        asked = app_state.database()
    page = f"/kelola/{market.gayo.slug}/anggota"

    def count() -> int:
        with statements(asked) as found:
            assert client.get(page).status_code == 200
        return len(found)

    sign_in(client, db, market.people[KETUA])
    make_member(db, market.gayo)
    few = count()
    for _ in range(29):
        make_member(db, market.gayo)
    make_member(db, market.kintamani)
    assert count() == few
    first = client.get(page).text
    assert first.count("<tr>") == 1 + 24
    after = first.partition('href="?setelah=')[2].partition('"')[0]
    assert client.get(f"{page}?setelah={after}").text.count("<tr>") == 1 + 7
    assert client.get(f"{page}?setelah=x%00").status_code == 200


@pytest.mark.parametrize("path", ["/akun", "/operator"])
def test_a_page_knows_its_person_in_one_statement(
    app: Flask, client: Visitor, db: Database, market: Market, path: str
) -> None:
    with app.app_context():
        asked = app_state.database()
    sign_in(client, db, market.people[OPERATOR])
    with statements(asked) as found:
        assert client.get(path).status_code == 200
    assert sum("FROM sessions" in one for one in found) == 1
    assert sum("FROM people" in one or "operator_seats" in one for one in found) == 1
