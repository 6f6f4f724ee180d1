"""A member of two cooperatives stays with the one that was chosen."""

import re

import pytest

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.people.cooperatives.models import Cooperative, Member
from shop.people.cooperatives.rules import Role
from tests.factories import NOON, make_cooperative, make_member, make_person, make_seat
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

MENU = re.compile(r'href="(/lapak[^"]*)"')


def join(db: Database, cooperative: Cooperative, person_id: int) -> None:
    member = make_member(db, cooperative)
    with db.writing() as session:
        session.get_one(Member, member.id).person_id = person_id


@pytest.mark.parametrize("page", ["", "/produk", "/siapkan", "/pendapatan"])
def test_the_menu_leads_on_in_the_cooperative_that_was_chosen(
    client: Visitor, db: Database, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    person = make_person(db, "Bu Ani")
    gayo = make_cooperative(db)
    kintamani = make_cooperative(db, "KPS", "Koperasi Kintamani")
    for cooperative in (gayo, kintamani):
        join(db, cooperative, person.id)
        make_seat(db, cooperative, person, Role.ANGGOTA)
    sign_in(client, db, person)
    for one in (gayo, kintamani):
        seen = client.get(f"/lapak{page}?koperasi={one.slug}").text
        menu = seen[seen.index('id="menu"') : seen.index("<main")]
        assert set(MENU.findall(menu)) == {
            f"/lapak{part}?koperasi={one.slug}"
            for part in ("", "/produk", "/siapkan", "/pendapatan")
        }
