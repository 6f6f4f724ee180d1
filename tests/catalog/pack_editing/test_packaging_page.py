"""The pack of one product: what its maker writes, what is wrong with it, what it brings."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from shop.catalog.packaging.actions import NewHalal, NewPack, NewPermit
from shop.catalog.packaging.label_rules import missing_for
from shop.catalog.packaging.models import Batch, Halal, PackFacts, Permit
from shop.catalog.packaging.rules import Claim, HalalState, PermitKind, Technique
from shop.catalog.products.label_facts import label_facts
from shop.catalog.products.models import Product, ProductCard, Variant
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.core.values.clock import HOME_ZONE, day_in
from shop.people.cooperatives.models import Cooperative, Member
from shop.people.cooperatives.rules import Role
from tests.catalog.conftest import AddGoods, new_variant
from tests.factories import make_person, make_seat
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

Typed = Callable[..., dict[str, str]]
WHOLE = {
    "isi_bersih": "250 gr",
    "berat": "265",
    "panjang": "23",
    "lebar": "14,5",
    "tinggi": "7",
    "jenis": "Standing pouch foil, zipper",
    "bahan_kemasan": "PET/AL",
    "segel": "seal-panas",
    "kirim": "",
    "isi_karton": "24",
    "berat_karton": "6400",
    "tahan": "60",
    "simpan": "Suhu ruang, tempat kering, tutup rapat",
    "setelah_dibuka": "Habiskan dalam 7 hari",
    "komposisi": "kopi, susu bubuk",
    "alergen": "susu",
    "mpig": "",
    "izin_jenis": "pirt",
    "izin_nomor": "P-IRT 2063205010072-29",
    "izin_sampai": "",
    "halal": "bersertifikat",
    "halal_nomor": "ID32110000123450624",
}


@pytest.fixture
def wati(db: Database, client: Visitor, gayo: Cooperative) -> Visitor:
    person = make_person(db, "Bu Wati")
    make_seat(db, gayo, person, Role.MANAJER)
    sign_in(client, db, person)
    return client


def page_of(db: Database, product_id: int) -> str:
    with db.reading() as session:
        return f"/lapak/produk/{session.get_one(Product, product_id).sku}/kemasan".replace(
            " ", "%20"
        )


def test_what_is_written_stands_on_label_and_card(
    db: Database, wati: Visitor, add: AddGoods
) -> None:
    product_id = add(sku="K1")
    address = page_of(db, product_id)
    before = wati.get(address)
    assert before.status_code == 200
    assert Markup.of(before.text).faults == []
    assert wati.post(address, data=WHOLE).status_code == 303
    with db.reading() as session:
        facts, halal = session.get_one(PackFacts, product_id), session.get_one(Halal, product_id)
        permit = session.query(Permit).one()
        variant = session.query(Variant).filter_by(product_id=product_id).one()
        card = session.get_one(ProductCard, product_id)
    assert (facts.net_content, facts.net_unit, facts.allergens) == (250, "g", "susu")
    assert (permit.number, permit.claim) == ("2063205010072-29", Claim.CLAIMED)
    assert (halal.state, halal.number) == (HalalState.CERTIFIED, "ID32110000123450624")
    assert (variant.gross_grams, variant.length_mm, variant.width_mm, variant.height_mm) == (
        265,
        230,
        145,
        70,
    )
    assert (card.net, card.storage, card.permit_checked) == ("250 g", "Suhu ruang", "")
    after = wati.get(address).text
    assert Markup.of(after).faults == []
    assert "Diaku pembuat" in after
    assert 'value="250 g"' in after
    assert 'value="14,5"' in after


@pytest.mark.parametrize(
    ("typed", "where", "said"),
    [
        ({"berat": "200"}, "berat", "kurang dari isi bersihnya, 250 g"),
        ({"berat": "50001"}, "berat", "Paling berat 50 kg"),
        ({"berat": "0"}, "berat", "Tulis angka bulat"),
        ({"lebar": "", "tinggi": ""}, "lebar", "Isi ketiganya"),
        ({"panjang": "200,1"}, "panjang", "Paling panjang 200 cm"),
        ({"panjang": "0"}, "panjang", "misalnya 23 atau 23,5"),
        ({"panjang": "2,35"}, "panjang", "misalnya 23 atau 23,5"),
        ({"isi_bersih": "250"}, "isi_bersih", "misalnya 250 g"),
        ({"isi_bersih": "1 botol"}, "isi_bersih", "misalnya 250 g"),
        ({"izin_nomor": "20632050100729"}, "izin_nomor", "P-IRT punya 15 angka"),
        ({"izin_nomor": "20632050100729"}, "izin_nomor", "yang ini 14 angka"),
        ({"izin_nomor": "9063205010072-29"}, "izin_nomor", "yang pertama 1 sampai 8"),
        ({"izin_jenis": "md"}, "izin_nomor", "Contoh: 206090206350742"),
        ({"izin_jenis": ""}, "izin_jenis", "Pilih jenis izinnya"),
        ({"simpan": "Beku -18 °C"}, "izin_jenis", "P-IRT tidak berlaku untuk makanan beku"),
        ({"jenis": "Retort pouch"}, "izin_jenis", "P-IRT tidak berlaku"),
        ({"halal_nomor": "KH32110000123450624"}, "halal_nomor", "Nomor KH adalah nomor ketetapan"),
        ({"halal_nomor": "ID3211000012345062"}, "halal_nomor", "ID dan 17 angka"),
        ({"halal_nomor": ""}, "halal_nomor", "atau pilih"),
        ({"komposisi": "daging babi"}, "halal", "Komposisinya menyebut babi"),
        ({"segel": "lem"}, "segel", "Pilih salah satu"),
        ({"alergen": "batu"}, "alergen", ""),
        ({"tahan": "dua"}, "tahan", "Tulis angka bulat"),
        ({"izin_sampai": "31-02-2027"}, "izin_sampai", "Tulis tanggalnya"),
        ({"komposisi": "x" * 2001}, "komposisi", "Terlalu panjang"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_all_else_stays(
    db: Database, wati: Visitor, add: AddGoods, typed: dict[str, str], where: str, said: str
) -> None:
    product_id = add(sku="K1")
    page = wati.post(page_of(db, product_id), data={**WHOLE, **typed})
    assert page.status_code == 422
    assert Markup.of(page.text).faults == []
    assert f'href="#{where}"' in page.text
    assert said in page.text
    assert "Habiskan dalam 7 hari" in page.text
    with db.reading() as session:
        assert session.get_one(PackFacts, product_id).net_content == 200


def test_a_gross_weight_below_the_net_is_kept_when_somebody_is_sure(
    db: Database, wati: Visitor, add: AddGoods
) -> None:
    address = page_of(db, add(sku="K1"))
    asked = wati.post(address, data={**WHOLE, "berat": "200"})
    assert 'name="yakin"' in asked.text
    assert wati.post(address, data={**WHOLE, "berat": "200", "yakin": "y"}).status_code == 303


def test_a_checked_number_stays_checked_when_something_else_changes(
    db: Database, wati: Visitor, add: AddGoods
) -> None:
    pack = NewPack(
        permits=(NewPermit(kind=PermitKind.PIRT, number="2063205010072-29", claim=Claim.CHECKED),),
        halal=NewHalal(
            state=HalalState.CERTIFIED, number="ID32110000123450624", claim=Claim.CHECKED
        ),
    )
    product_id = add(sku="K1", pack=pack)
    assert wati.post(page_of(db, product_id), data=WHOLE).status_code == 303
    with db.reading() as session:
        card = session.get_one(ProductCard, product_id)
    assert (card.permit_checked, card.halal_checked) == ("P-IRT", True)
    changed = {**WHOLE, "izin_nomor": "2063205010072-30"}
    assert wati.post(page_of(db, product_id), data=changed).status_code == 303
    with db.reading() as session:
        card = session.get_one(ProductCard, product_id)
    assert (card.permit_checked, card.halal_checked) == ("", True)


def test_batik_is_asked_for_its_technique_and_not_for_a_permit(
    db: Database, wati: Visitor, add: AddGoods
) -> None:
    product_id = add(sku="K1", category_path="batik-tenun/batik")
    page = wati.get(page_of(db, product_id)).text
    assert Markup.of(page).faults == []
    assert 'name="teknik"' in page
    assert 'name="izin_nomor"' not in page
    sent = {
        "isi_bersih": "1 lembar",
        "komposisi": "100% katun",
        "perawatan": "Cuci dengan tangan",
        "teknik": "printing",
    }
    assert wati.post(page_of(db, product_id), data=sent).status_code == 303
    with db.reading() as session:
        facts = session.get_one(PackFacts, product_id)
        label = label_facts(session, product_id, day_in(HOME_ZONE, clock.now()))
    assert facts.technique is Technique.PRINTED
    assert label is not None
    assert missing_for(label) == ()


def test_options_of_different_weight_are_measured_elsewhere(
    db: Database, wati: Visitor, add: AddGoods
) -> None:
    product_id = add(
        sku="K1",
        choice_name="ukuran",
        variants=(new_variant(name="S", grams=100), new_variant(name="L", grams=200)),
    )
    page = wati.get(page_of(db, product_id)).text
    assert 'name="berat"' not in page
    assert wati.post(page_of(db, product_id), data=WHOLE).status_code == 303
    with db.reading() as session:
        grams = [row.gross_grams for row in session.query(Variant).order_by(Variant.position)]
    assert grams == [100, 200]


def test_a_name_of_origin_and_a_forgotten_allergen_are_noticed(
    db: Database, wati: Visitor, add: AddGoods
) -> None:
    product_id = add("Kopi Arabika Gayo", sku="K1", pack=NewPack(ingredients="kopi, susu"))
    page = wati.get(page_of(db, product_id)).text
    assert "Gayo adalah nama asal yang dilindungi" in page
    assert "mengandung susu" in page


def test_a_batch_gets_its_last_day_and_stands_on_the_label(
    db: Database, wati: Visitor, add: AddGoods
) -> None:
    product_id = add(sku="K1", pack=NewPack(shelf_life_days=60))
    address = page_of(db, product_id) + "/kode"
    today = day_in(HOME_ZONE, clock.now())
    sent = {"kode": "GYO261102A", "dibuat": str(today)}
    assert wati.post(address, data=sent).status_code == 303
    page = wati.get(page_of(db, product_id)).text
    assert "GYO261102A" in page
    assert (today + timedelta(days=60)).strftime("%d-%m-%Y") in page
    again = wati.post(address, data=sent)
    assert again.status_code == 422
    assert "Kode ini sudah ada" in again.text
    early = wati.post(address, data={**sent, "kode": "B", "sampai": str(today - timedelta(days=1))})
    assert early.status_code == 422
    assert "sebelum tanggal dibuat" in early.text
    assert Markup.of(early.text).faults == []
    late = wati.post(address, data={"kode": "C", "dibuat": str(today + timedelta(days=1))})
    assert "belum tiba" in late.text
    with db.reading() as session:
        assert session.query(Batch).count() == 1


def test_a_batch_belongs_to_one_option(db: Database, wati: Visitor, add: AddGoods) -> None:
    product_id = add(
        sku="K1",
        choice_name="giling",
        variants=(new_variant(name="biji"), new_variant(name="halus")),
    )
    address = page_of(db, product_id) + "/kode"
    today = str(day_in(HOME_ZONE, clock.now()))
    page = wati.get(page_of(db, product_id)).text
    options = re.findall(r'<option value="(K1[^"]*|SKU[^"]*)"', page)
    assert len(options) == 2
    for option in options:
        sent = {"kode": "SAMA", "dibuat": today, "pilihan": option}
        assert wati.post(address, data=sent).status_code == 303
    wrong = wati.post(address, data={"kode": "X", "dibuat": today, "pilihan": "lain"})
    assert wrong.status_code == 422
    with db.reading() as session:
        assert session.query(Batch).count() == 2


def test_the_maker_sees_what_expires_of_hers_alone(
    db: Database, client: Visitor, maker: Member, add: AddGoods
) -> None:
    asih = make_person(db, "Bu Asih")
    with db.writing() as session:
        session.get_one(Member, maker.id).person_id = asih.id
    with db.reading() as session:
        place = session.get_one(Cooperative, maker.cooperative_id)
    make_seat(db, place, asih, Role.ANGGOTA)
    sign_in(client, db, asih)
    product_id = add(sku="K1", pack=NewPack(shelf_life_days=10))
    today = str(day_in(HOME_ZONE, clock.now()))
    sent = {"kode": "MILIKKU", "dibuat": today}
    assert client.post(page_of(db, product_id) + "/kode", data=sent).status_code == 303
    page = client.get("/lapak/kedaluwarsa")
    assert page.status_code == 200
    assert Markup.of(page.text).faults == []
    assert "MILIKKU" in page.text
    assert client.get("/kelola/koperasi-gyo/kedaluwarsa").status_code in (403, 404)
