"""The desk looks at papers: what waits, what ends soon, and that its word reaches the card."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from shop.catalog.packaging.actions import NewHalal, NewPack, NewPermit
from shop.catalog.packaging.models import Permit
from shop.catalog.packaging.rules import Claim, HalalState, PermitKind
from shop.catalog.products.models import Product, ProductCard
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.core.values.clock import HOME_ZONE, day_in
from shop.people.cooperatives.models import Cooperative
from shop.people.cooperatives.rules import Role
from shop.services.audit.models import AuditEvent
from tests.catalog.conftest import AddGoods
from tests.factories import make_cooperative, make_person, make_seat
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

NUMBER = "2063205010072-29"
CERTIFICATE = "ID11110000090010224"
HERE = "/kelola/koperasi-gyo/izin"


def pack(number: str = NUMBER, **more: object) -> NewPack:
    facts: dict[str, object] = {
        "net_content": 200,
        "net_unit": "g",
        "halal": NewHalal(state=HalalState.CERTIFIED, number=CERTIFICATE),
        "permits": (NewPermit(kind=PermitKind.PIRT, number=number),),
    }
    return NewPack(**{**facts, **more})  # type: ignore[arg-type]  # plain values by name


@pytest.fixture
def wati(db: Database, client: Visitor, gayo: Cooperative) -> Visitor:
    person = make_person(db, "Bu Wati")
    make_seat(db, gayo, person, Role.MANAJER)
    sign_in(client, db, person)
    return client


def sku_of(db: Database, product_id: int) -> str:
    with db.reading() as session:
        return session.get_one(Product, product_id).sku


def decision(number: str = NUMBER, **more: str) -> dict[str, str]:
    kind = "halal" if number.startswith("ID") else "pirt"
    sent = {"jenis": kind, "nomor": number, "status": "claimed", "putusan": "cocok", "alasan": ""}
    return {**sent, **more}


def card(db: Database, product_id: int) -> ProductCard:
    with db.reading() as session:
        return session.get_one(ProductCard, product_id)


def test_a_number_waits_until_a_manager_has_seen_its_paper(
    db: Database, wati: Visitor, add: AddGoods
) -> None:
    product_id = add(pack=pack())
    sku = sku_of(db, product_id)
    page = wati.get(HERE).text
    assert Markup.of(page).faults == []
    assert NUMBER in page
    assert CERTIFICATE in page
    assert "Menunggu diperiksa (2)" in page
    assert card(db, product_id).permit_checked == ""
    for number in (NUMBER, CERTIFICATE):
        answer = wati.post(f"/kelola/koperasi-gyo/produk/{sku}/izin", data=decision(number))
        assert answer.status_code == 303
    shown = card(db, product_id)
    assert (shown.permit_checked, shown.halal_checked) == ("P-IRT", True)
    checked = wati.get(f"{HERE}?lihat=sudah").text
    assert Markup.of(checked).faults == []
    assert "Bu Wati" in checked
    with db.reading() as session:
        events = session.execute(
            select(AuditEvent.action, AuditEvent.after)
            .where(AuditEvent.subject == f"product:{product_id}")
            .order_by(AuditEvent.id)
        ).all()
    assert [tuple(event) for event in events] == [
        ("permit.checked", {"kind": "pirt"}),
        ("halal.checked", {"kind": "halal"}),
    ]


def test_a_refusal_needs_its_reason_and_takes_the_badge(
    db: Database, wati: Visitor, add: AddGoods
) -> None:
    checked = NewPermit(kind=PermitKind.PIRT, number=NUMBER, claim=Claim.CHECKED)
    product_id = add(pack=pack(permits=(checked,)))
    address = f"/kelola/koperasi-gyo/produk/{sku_of(db, product_id)}/izin"
    assert card(db, product_id).permit_checked == "P-IRT"
    refused = wati.post(address, data=decision(status="checked", putusan="tolak"))
    assert refused.status_code == 422
    assert Markup.of(refused.text).faults == []
    assert "Pilih alasannya, supaya pembuat tahu" in refused.text
    assert 'href="#alasan"' in refused.text
    answer = wati.post(
        address, data=decision(status="checked", putusan="tolak", alasan="nomor-lain")
    )
    assert answer.status_code == 303
    assert card(db, product_id).permit_checked == ""
    page = wati.get(f"{HERE}?lihat=lewat").text
    assert "nomornya lain dari yang di dokumen" in page


def test_the_second_decision_about_one_paper_changes_nothing(
    db: Database, wati: Visitor, add: AddGoods
) -> None:
    product_id = add(pack=pack())
    address = f"/kelola/koperasi-gyo/produk/{sku_of(db, product_id)}/izin"
    assert wati.post(address, data=decision()).status_code == 303
    late = wati.post(address, data=decision(putusan="tolak", alasan="nomor-lain"))
    assert late.status_code == 303
    assert "sudah diputus orang lain" in wati.get(HERE).text
    with db.reading() as session:
        assert session.scalars(select(Permit.claim)).all() == [Claim.CHECKED]


@pytest.mark.parametrize(
    "sent",
    [
        {"nomor": "2063205010072-28"},
        {"jenis": "md"},
        {"jenis": "halal"},
        {"jenis": ""},
        {"nomor": "%_'"},
    ],
)
def test_a_paper_that_is_not_there_is_not_found(
    db: Database, wati: Visitor, add: AddGoods, sent: dict[str, str]
) -> None:
    address = f"/kelola/koperasi-gyo/produk/{sku_of(db, add(pack=pack()))}/izin"
    assert wati.post(address, data=decision(**sent)).status_code == 404


@pytest.mark.parametrize("sent", [{"status": "?"}, {"putusan": "?"}, {"putusan": "", "status": ""}])
def test_a_made_up_decision_decides_nothing(
    db: Database, wati: Visitor, add: AddGoods, sent: dict[str, str]
) -> None:
    address = f"/kelola/koperasi-gyo/produk/{sku_of(db, add(pack=pack()))}/izin"
    assert wati.post(address, data=decision(**sent)).status_code in (303, 422)
    with db.reading() as session:
        assert session.scalars(select(Permit.claim)).all() == [Claim.CLAIMED]


def test_another_cooperatives_paper_does_not_exist(
    db: Database, client: Visitor, add: AddGoods
) -> None:
    made, kintamani = make_person(db, "Pak Made"), make_cooperative(db, "KTM", "Koperasi Kintamani")
    make_seat(db, kintamani, made, Role.MANAJER)
    sku = sku_of(db, add(pack=pack()))
    sign_in(client, db, made)
    address = f"/kelola/{kintamani.slug}/produk/{sku}/izin"
    assert client.post(address, data=decision()).status_code == 404
    assert client.get(HERE).status_code == 404
    assert NUMBER not in client.get(f"/kelola/{kintamani.slug}/izin").text


@pytest.mark.parametrize(("role", "looks"), [(Role.PENGAWAS, 200), (Role.PENGEMAS, 200)])
def test_only_who_runs_the_desk_decides(
    db: Database, client: Visitor, gayo: Cooperative, add: AddGoods, role: Role, looks: int
) -> None:
    person = make_person(db, "Joko")
    make_seat(db, gayo, person, role)
    sku = sku_of(db, add(pack=pack()))
    sign_in(client, db, person)
    page = client.get(HERE)
    assert page.status_code == looks
    assert "Dokumen diperiksa" not in page.text
    answer = client.post(f"/kelola/koperasi-gyo/produk/{sku}/izin", data=decision())
    assert answer.status_code == 403


def test_what_ends_soon_stands_first_and_pages_do_not_repeat_it(
    db: Database, wati: Visitor, add: AddGoods
) -> None:
    soon = day_in(HOME_ZONE, clock.now()) + timedelta(days=40)
    for number in range(33):
        permit = NewPermit(
            kind=PermitKind.MD,
            number=f"6990901337{number:02d}",
            valid_until=soon + timedelta(days=number // 5),
        )
        add(sku=str(number), pack=NewPack(permits=(permit,)))
    first = wati.get(f"{HERE}?lihat=segera").text
    assert Markup.of(first).faults == []
    found = re.search(r'href="([^"]*setelah=[^"]*)"', first)
    assert found is not None
    second = wati.get(found[1].replace("&amp;", "&")).text
    numbers = [re.findall(r"6990901337\d\d(?=</span>)", page) for page in (first, second)]
    assert len(numbers[0]) == 30
    assert len(set(numbers[0]) | set(numbers[1])) == 33
    for odd in ("x", "bukan", "a" * 500):
        assert wati.get(f"{HERE}?lihat=segera&setelah={odd}").status_code == 200


def test_many_papers_cost_as_much_as_two(db: Database, wati: Visitor, add: AddGoods) -> None:
    costs = []
    for number in range(20):
        add(sku=str(number), pack=pack())
        if number in (1, 19):
            with statements(db) as seen:
                assert wati.get(HERE).status_code == 200
            costs.append(len(seen))
    assert costs[0] == costs[1]
