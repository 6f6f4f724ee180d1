"""A maker lists goods in three parts, and each part is kept."""

import pytest
from sqlalchemy import func, select

from shop.catalog.products.models import Listing, ListingState, Product, Variant
from shop.core.database.engine import Database
from shop.people.cooperatives.models import Cooperative
from shop.services.audit.models import AuditEvent
from tests.catalog.listed import ANSWERS, NEW, flat_photo, only, sent, with_photo
from tests.factories import make_member
from tests.support.engines import PAGES
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)


def test_every_part_is_kept_and_the_form_goes_on_where_it_was_left(
    db: Database, stall: Visitor
) -> None:
    first = stall.post(NEW, data={"foto_depan": (flat_photo(), "a.jpg"), "simpan": "1"})
    address = first.headers["Location"]
    assert address.endswith("/isi")
    stall.post(address, data={"nama": "Keripik Tempe", "harga": "28rb", "simpan": "1"})
    page = stall.get(address)
    assert Markup.of(page.text).faults == []
    assert 'value="Keripik Tempe"' in page.text
    assert 'value="28.000"' in page.text
    assert "shot--err" in page.text  # plain gold, so it gets a red light
    assert "Keripik Tempe" in stall.get(NEW).text  # the way back to it
    assert only(db)[1].state is ListingState.WRITING


def test_beside_the_form_stands_the_card_as_shoppers_will_see_it(
    db: Database, stall: Visitor
) -> None:
    address = stall.post(NEW, data=with_photo(simpan="1")).headers["Location"]
    page = Markup.of(stall.get(address).text)
    assert page.faults == []
    (preview,) = [one for one in page.all("ul") if "inert" in one.attrs]
    for said in (ANSWERS["nama"], "Gayo", "250 g", "5 bulan", "Suhu ruang", "Rp28.000"):
        assert said in preview.text
    # What is not understood is not shown: the card stays as it was kept.
    wrong = stall.post(address, data={**ANSWERS, "bersih": "banyak" * 99, "simpan": "1"})
    assert wrong.status_code == 422
    (preview,) = [one for one in Markup.of(wrong.text).all("ul") if "inert" in one.attrs]
    assert ("250 g" in preview.text, "banyak" in preview.text) == (True, False)


def test_why_it_is_not_in_the_shop_leads_to_where_it_is_mended(
    db: Database, stall: Visitor
) -> None:
    stall.post(NEW, data={"nama": "Keripik", "simpan": "1"})
    here = f"/lapak/produk/{only(db)[0].sku}"
    links = {one.attrs["href"] for one in Markup.of(stall.get(here).text).all("a")}
    assert {f"{here}/isi#harga-nama", f"{here}/foto", f"{here}/isi#kemasan"} <= links


def test_what_the_member_receives_stands_under_the_price(stall: Visitor) -> None:
    address = stall.post(NEW, data={"harga": "25.000", "simpan": "1"}).headers["Location"]
    # 8 % stay with Koperasi Gayo.
    assert "Rp23.000 per bungkus" in stall.get(address).text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *(("harga", text) for text in ("10.5", "12,500", "0", "-1", "Rp", "9999999999999", "x")),
        *(("stok", text) for text in ("-1", "1.5", "dua")),
        *(("bersih", text) for text in ("0", "-5", "banyak", "1,5")),
        ("sku", "../x"),
        ("sku", "baru"),
    ],
)
def test_a_wrong_answer_is_named_beside_its_field_and_the_rest_is_kept(
    db: Database, stall: Visitor, field: str, typed: str
) -> None:
    answer = stall.post(NEW, data=with_photo(**{field: typed, "kirim": "1"}))
    assert answer.status_code == 422
    assert Markup.of(answer.text).faults == []
    assert f'id="{field}-e"' in answer.text
    assert f'value="{typed}"' in answer.text
    assert "shot--err" in answer.text  # the photo need not be sent again
    product, listing = only(db)
    assert product.name == ANSWERS["nama"]
    assert listing.state is ListingState.WRITING


@pytest.mark.parametrize("gap", [*ANSWERS, "foto_depan"])
def test_what_is_missing_is_asked_for_when_it_is_sent(
    db: Database, stall: Visitor, gap: str
) -> None:
    answers = with_photo(kirim="1")
    del answers[gap]
    answer = stall.post(NEW, data=answers)
    assert (answer.status_code, f'id="{gap}-e"' in answer.text) == (422, True)
    assert only(db)[1].state is ListingState.WRITING


def test_a_draft_may_be_sent_half_filled_by_any_browser(stall: Visitor) -> None:
    # Otherwise the browser itself asks for every field before it keeps the first photo.
    form = next(one for one in Markup.of(stall.get(NEW).text).all("form") if "enctype" in one.attrs)
    assert "novalidate" in form.attrs


def test_markup_in_a_name_is_text(db: Database, stall: Visitor) -> None:
    name = "Keripik <b>Tempe</b> & 'x'"
    address = stall.post(NEW, data={"nama": name, "simpan": "1"}).headers["Location"]
    page = stall.get(address).text
    assert Markup.of(page).faults == []
    assert "<b>Tempe</b>" not in page
    assert only(db)[0].name == name


def test_a_code_of_another_product_is_refused_with_the_way_to_it(
    db: Database, stall: Visitor
) -> None:
    stall.post(NEW, data={"nama": "Opak", "simpan": "1"})
    second = stall.post(NEW, data={"nama": "Emping", "simpan": "1"}).headers["Location"]
    answer = stall.post(second, data={"sku": "GYO-001", "nama": "Emping Jagung", "simpan": "1"})
    assert answer.status_code == 422
    assert 'href="/lapak/produk/GYO-001"' in answer.text
    with db.reading() as session:
        assert set(session.scalars(select(Product.name))) == {"Opak", "Emping Jagung"}


def test_a_manager_lists_for_a_member_without_a_phone_and_the_log_says_so(
    db: Database, gayo: Cooperative, wati: Visitor
) -> None:
    quiet = make_member(db, gayo)
    page = wati.get("/kelola/koperasi-gyo/produk/baru")
    assert Markup.of(page.text).faults == []
    begun = wati.post("/kelola/koperasi-gyo/produk/baru", data={"anggota": quiet.code})
    address = begun.headers["Location"]
    assert wati.post(address, data=with_photo(kirim="1")).status_code == 303
    product, _listing = only(db)
    assert product.member_id == quiet.id
    with db.reading() as session:
        lines = session.execute(
            select(AuditEvent.action, AuditEvent.after).where(AuditEvent.action.like("product.%"))
        ).all()
    assert {action for action, _after in lines} >= {"product.started", "product.submitted"}
    assert all(after["for_member"] == quiet.id for _action, after in lines)


def test_a_listing_sent_twice_is_one(db: Database, stall: Visitor) -> None:
    sku = sent(stall, db)
    again = stall.post(f"/lapak/produk/{sku}/isi", data={**ANSWERS, "kirim": "1"})
    assert again.status_code == 303
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Listing)) == 1


def test_what_the_maker_weighed_is_not_guessed_over(db: Database, stall: Visitor) -> None:
    sku = sent(stall, db)
    with db.reading() as session:
        guess = session.scalars(select(Variant)).one()
        assert guess.gross_grams not in (0, 290)
    size = {"isi_bersih": "250 g", "berat": "290", "panjang": "23", "lebar": "14", "tinggi": "6"}
    assert stall.post(f"/lapak/produk/{sku}/kemasan", data=size).status_code == 303
    assert only(db)[1].is_estimated is False
    stall.post(f"/lapak/produk/{sku}/isi", data={"nama": "Keripik Tempe Pedas", "simpan": "1"})
    with db.reading() as session:
        pack = session.scalars(select(Variant)).one()
        assert (pack.gross_grams, pack.length_mm, pack.height_mm) == (290, 230, 60)
    assert "Kiriman menurut Anda: 290 gram" in stall.get(f"/lapak/produk/{sku}/isi").text
