"""What the label of a product can say, read from where its facts stand."""

from datetime import date

from shop.catalog.packaging.actions import NewHalal, NewPack, NewPermit
from shop.catalog.packaging.batches import BatchOnLabel
from shop.catalog.packaging.label_rules import Fact, LabelFacts, missing_for
from shop.catalog.packaging.rules import Claim, HalalState, PermitKind
from shop.catalog.products.label_facts import label_facts, labels_of, score_of, with_batch
from shop.core.database.engine import Database
from tests.catalog.conftest import AddGoods
from tests.support.statements import statements

TODAY = date(2026, 11, 23)
PACK = NewPack(
    net_content=200,
    net_unit="g",
    shelf_life_days=60,
    storage="Suhu ruang",
    pack_type="Standing pouch foil, zipper",
    ingredients="100% kopi",
    allergens="telur, gandum",
    halal=NewHalal(state=HalalState.CERTIFIED, number="ID11110000090010224"),
    permits=(NewPermit(kind=PermitKind.PIRT, number="2063205010072-29"),),
)


def label(db: Database, product_id: int, today: date = TODAY) -> LabelFacts:
    with db.reading() as session:
        found = label_facts(session, product_id, today)
    assert found is not None
    return found


def test_a_label_says_whose_goods_they_are_and_what_is_in_them(db: Database, add: AddGoods) -> None:
    found = label(db, add(pack=PACK))
    assert (found.name, found.net, found.allergens) == ("Kopi Gayo", "200 g", ("gandum", "telur"))
    assert found.village
    assert found.postcode
    assert [permit.number for permit in found.permits] == ["2063205010072-29"]
    assert missing_for(found) == (Fact.BATCH, Fact.EXPIRY)


def test_a_label_of_a_batch_says_its_code_and_last_day(db: Database, add: AddGoods) -> None:
    batch = BatchOnLabel(1, 1, "GYO261102A", date(2026, 11, 2), date(2027, 1, 1), "01-01-2027")
    found = with_batch(label(db, add(pack=PACK)), batch)
    assert (found.batch_code, found.best_before) == ("GYO261102A", "01-01-2027")
    assert missing_for(found) == ()


def test_a_permit_that_lapsed_stands_on_no_label(db: Database, add: AddGoods) -> None:
    found = label(db, add(pack=PACK), date(2030, 1, 1))
    assert found.permits == ()
    assert Fact.PERMIT in missing_for(found)


def test_a_draft_without_any_fact_still_has_a_label(db: Database, add: AddGoods) -> None:
    found = label(db, add(pack=NewPack(), shown=False))
    assert (found.net, found.halal, found.permits) == ("", None, ())
    with db.reading() as session:
        assert label_facts(session, 10**6, TODAY) is None
        assert score_of(session, found).points == 0


def test_the_score_counts_what_stands_on_the_label(db: Database, add: AddGoods) -> None:
    found = label(db, add(pack=PACK))
    with db.reading() as session:
        now = score_of(session, found)
    assert now.points == 100 - 20 - 15 - 12
    assert [gain.fact for gain in now.gains] == ["front_photo", "label_photo", "contents_photo"]


def test_labels_of_many_goods_cost_as_much_as_of_one(db: Database, add: AddGoods) -> None:
    several = [add(sku=str(number), pack=PACK) for number in range(6)]
    costs = []
    for wanted in (several[:1], several):
        with db.reading() as session, statements(db) as seen:
            assert set(labels_of(session, wanted, TODAY)) == set(wanted)
        costs.append(len(seen))
    assert costs[0] == costs[1]


def test_a_number_that_was_refused_stands_on_no_label(db: Database, add: AddGoods) -> None:
    refused = NewPermit(kind=PermitKind.PIRT, number="2063205010072-29", claim=Claim.REFUSED)
    assert label(db, add(pack=NewPack(permits=(refused,)))).permits == ()
