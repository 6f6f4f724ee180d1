"""A maker lists goods in three parts; a manager weighs, approves, or sends back."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageFilter
from sqlalchemy import delete, func, select, update

from shop.accounts.models import Person
from shop.audit.models import AuditEvent
from shop.catalog.actions import plant_categories
from shop.catalog.listing import Starting, start
from shop.catalog.listing_queries import count_waiting, waiting
from shop.catalog.models import (
    Category,
    Listing,
    ListingState,
    PhotoView,
    Product,
    ProductCard,
    ProductPhoto,
    ProductState,
    Variant,
)
from shop.catalog.photos import add
from shop.cooperatives.models import Cooperative, Member
from shop.cooperatives.rules import Role
from shop.core.database import Database
from shop.core.policy import Policy
from shop.media.models import Photo
from shop.outbox.models import Notice
from shop.packaging.duty import LABEL, Strictness
from shop.packaging.models import PackFacts
from tests.factories import DAY, NOON, make_cooperative, make_member, make_person, make_seat
from tests.media.test_guidance import market_stall
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup

NEW = "/lapak/produk/baru"
ANSWERS = {
    "nama": "Keripik Tempe Daun Jeruk",
    "harga": "28.000",
    "stok": "40",
    "kemas": "kantong",
    "bersih": "250",
    "tahan": "150",
    "tempat": "ruang",
}
WEIGHED = {"berat": "275", "panjang": "22", "lebar": "15", "tinggi": "7"}


def photo(colour: str = "goldenrod", side: int = 800) -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (side, side), colour).save(file, "JPEG")
    file.seek(0)
    return file


def jpeg(picture: Image.Image) -> BytesIO:
    file = BytesIO()
    picture.save(file, "JPEG", quality=90)
    file.seek(0)
    return file


def with_photo(**more: Any) -> dict[str, Any]:
    return {**ANSWERS, "foto_depan": (photo(), "IMG_001.jpg"), **more}


@pytest.fixture
def place(db: Database) -> Cooperative:
    with db.writing() as session:
        plant_categories(session)
    return make_cooperative(db)


@pytest.fixture
def asih(db: Database) -> Person:
    return make_person(db, "Bu Asih")


@pytest.fixture
def maker(db: Database, place: Cooperative, asih: Person) -> Member:
    return make_member(db, place, asih)


@pytest.fixture
def stall(db: Database, client: Visitor, maker: Member, asih: Person) -> Visitor:
    """Bu Asih's browser."""
    sign_in(client, db, asih)
    return client


@pytest.fixture
def wati(db: Database, place: Cooperative, app: Any) -> Visitor:
    """The manager's browser."""
    person = make_person(db, "Bu Wati")
    make_seat(db, place, person, Role.MANAJER)
    browser: Visitor = app.test_client()
    sign_in(browser, db, person)
    return browser


def only(db: Database) -> tuple[Product, Listing]:
    with db.reading() as session:
        product, listing = session.execute(
            select(Product, Listing).join(Listing, Listing.product_id == Product.id)
        ).one()
        return product, listing


def sent(stall: Visitor, db: Database) -> str:
    """Bu Asih sends her goods; gives their SKU."""
    answer = stall.post(NEW, data=with_photo(kirim="1"))
    assert answer.status_code == 303, answer.text
    product, listing = only(db)
    assert listing.state is ListingState.SUBMITTED
    return product.sku


def kept_photos(db: Database) -> list[int]:
    with db.reading() as session:
        return list(session.scalars(select(ProductPhoto.photo_id)))


def queue(sku: str) -> str:
    return f"/kelola/koperasi-gyo/produk/setuju/{sku}"


def version(db: Database) -> str:
    return str(only(db)[1].version)


def test_a_listing_goes_from_a_phone_over_the_manager_into_the_shop(
    db: Database, stall: Visitor, wati: Visitor
) -> None:
    assert Markup.of(stall.get(NEW).text).faults == []
    sku = sent(stall, db)
    waiting = stall.get(f"/lapak/produk/{sku}")
    assert Markup.of(waiting.text).faults == []
    assert "Giliran pengurus" in waiting.text
    for path in ("", "/setuju", f"/setuju/{sku}"):
        page = wati.get(f"/kelola/koperasi-gyo/produk{path}")
        assert (page.status_code, Markup.of(page.text).faults) == (200, [])
    assert "perkiraan" in wati.get(queue(sku)).text
    answer = wati.post(queue(sku), data={**WEIGHED, "versi": version(db)})
    assert answer.status_code == 303
    product, listing = only(db)
    assert (product.state, listing.is_estimated) == (ProductState.PUBLISHED, False)
    with db.reading() as session:
        pack = session.scalars(select(Variant)).one()
        assert (pack.gross_grams, pack.length_mm, pack.width_mm) == (275, 220, 150)
        assert session.scalars(select(ProductCard.name)).one() == ANSWERS["nama"]
        assert session.scalars(select(ProductCard.category_path)).one().endswith("keripik-kerupuk")
        assert session.scalars(select(Notice.kind)).all() == ["product_approved"]
    overview = stall.get(f"/lapak/produk/{sku}")
    assert Markup.of(overview.text).faults == []
    for said in ("Di toko sekarang", "Rp28.000", "<b>40</b>", "Nilai kemasan", 'class="light"'):
        assert said in overview.text


def test_every_part_is_kept_and_the_form_goes_on_where_it_was_left(
    db: Database, stall: Visitor
) -> None:
    first = stall.post(NEW, data={"foto_depan": (photo(), "a.jpg"), "simpan": "1"})
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


def test_a_file_that_is_no_photo_is_refused_and_the_others_stay(
    db: Database, stall: Visitor
) -> None:
    sent_files = with_photo(
        foto_label=(BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "../\u202egpj.svg"),
        foto_isi=(photo(side=300), "kecil.jpg"),
    )
    answer = stall.post(NEW, data={**sent_files, "simpan": "1"})
    assert answer.status_code == 422
    assert "Ini bukan foto" in answer.text
    assert "Sisi pendeknya 300 px, perlu 600 px." in answer.text
    assert [mark in answer.text for mark in ("foto_depan-e", "foto_label-e", "foto_isi-e")] == [
        False,
        True,
        True,
    ]
    assert len(kept_photos(db)) == 1


def test_each_slot_shows_how_to_take_it_and_then_the_light_and_the_tip_of_its_photo(
    db: Database, stall: Visitor
) -> None:
    empty = stall.get(NEW).text
    assert ("Dekat jendela" in empty, 'class="light"' in empty) == (True, False)
    # An example is drawn in each of the three slots.
    assert empty.count('viewBox="0 0 72 56"') == 3

    # Sent too early: the page that comes back tells at once how the photos look.
    files = {
        "foto_depan": (jpeg(market_stall()), "a.jpg"),
        "foto_label": (jpeg(market_stall().filter(ImageFilter.GaussianBlur(14))), "b.jpg"),
    }
    answer = stall.post(NEW, data={**files, "kirim": "1"})
    assert answer.status_code == 422
    page = Markup.of(answer.text)
    assert page.faults == []
    said = {
        slot: " ".join(page.all("div", id=f"foto_{slot}-h")[0].text.split())
        for slot in ("depan", "label", "isi")
    }
    assert said["depan"] == "Bagus Mirip dengan foto lain di produk ini. Cukup satu."
    assert said["label"].startswith("Sebaiknya diulang Kurang tajam.")
    assert said["isi"].startswith("Tuang sedikit")
    assert answer.text.count('viewBox="0 0 72 56"') == 2  # the tip's, and the empty slot's

    # The draft shows the same when it is opened again.
    later = stall.get(f"/lapak/produk/{only(db)[0].sku}/isi").text
    assert ("Kurang tajam." in later, later.count('class="light"')) == (True, 2)


def test_a_better_photo_takes_the_place_in_its_slot_and_the_old_one_keeps_its_day(
    db: Database, stall: Visitor
) -> None:
    address = stall.post(NEW, data={"foto_depan": (photo(), "a.jpg")}).headers["Location"]
    with db.writing() as session:
        session.execute(update(Photo).values(kept_at=NOON - 9 * DAY))
    stall.post(address, data={"foto_depan": (photo("teal"), "b.jpg")})
    with db.reading() as session:
        shown = session.scalars(select(ProductPhoto.photo_id)).one()
        old = session.scalars(select(Photo).where(Photo.id != shown)).one()
    assert old.kept_at > NOON - DAY


def test_the_ninth_photo_of_the_form_is_refused_beside_its_slot(
    db: Database, stall: Visitor
) -> None:
    address = stall.post(NEW, data={"foto_depan": (photo(), "a.jpg")}).headers["Location"]
    with db.writing() as session:
        product_id = session.scalars(select(Product.id)).one()
        for number in range(2, 9):
            kept = Photo(key=f"aa/{number}", side=800, bytes=1, kept_at=NOON)
            session.add(kept)
            session.flush()
            add(session, product_id, kept.id, PhotoView.OTHER)
    answer = stall.post(address, data={"foto_isi": (photo("teal"), "b.jpg"), "nama": "Kopi"})
    assert (answer.status_code, "Sudah ada 8 foto." in answer.text) == (422, True)
    assert only(db)[0].name == "Kopi"


def test_a_draft_may_be_sent_half_filled_by_any_browser(stall: Visitor) -> None:
    # Otherwise the browser itself asks for every field before it keeps the first photo.
    form = next(one for one in Markup.of(stall.get(NEW).text).all("form") if "enctype" in one.attrs)
    assert "novalidate" in form.attrs


def test_a_photo_whose_old_copy_is_just_swept_away_is_asked_for_again(
    db: Database, stall: Visitor
) -> None:
    address = stall.post(NEW, data={"foto_depan": (photo(), "a.jpg")}).headers["Location"]
    with db.writing() as session:
        session.execute(delete(ProductPhoto))
        session.execute(update(Photo).values(leaving_at=NOON))
    answer = stall.post(address, data={**with_photo(), "kirim": "1"})
    assert (answer.status_code, 'id="foto_depan-e"' in answer.text) == (422, True)
    assert only(db)[0].name == ANSWERS["nama"]


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


def test_a_listing_sent_back_says_why_and_can_be_sent_again(
    db: Database, stall: Visitor, wati: Visitor
) -> None:
    sku = sent(stall, db)
    empty = wati.post(f"{queue(sku)}/kembalikan", data={"alasan": " ", "versi": version(db)})
    assert (empty.status_code, 'id="alasan-e"' in empty.text) == (422, True)
    reason = "Fotonya gelap, tolong <b>foto lagi</b>."
    wati.post(f"{queue(sku)}/kembalikan", data={"alasan": reason, "versi": version(db)})
    for path in ("", "/isi"):
        page = stall.get(f"/lapak/produk/{sku}{path}").text
        assert Markup.of(page).faults == []
        assert "Fotonya gelap" in page
        assert "<b>foto lagi</b>" not in page
    again = stall.post(f"/lapak/produk/{sku}/isi", data={**ANSWERS, "kirim": "1"})
    assert again.status_code == 303
    assert only(db)[1].state is ListingState.SUBMITTED


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"berat": "200"}, "berat"),
        ({"berat": "60000"}, "berat"),
        ({"berat": ""}, "berat"),
        ({"lebar": "", "tinggi": ""}, "lebar"),
        ({"panjang": "201"}, "panjang"),
    ],
)
def test_a_weight_or_size_that_cannot_be_is_not_confirmed(
    db: Database, stall: Visitor, wati: Visitor, typed: dict[str, str], field: str
) -> None:
    sku = sent(stall, db)
    answer = wati.post(queue(sku), data={**WEIGHED, **typed, "versi": version(db)})
    assert (answer.status_code, f'id="{field}-e"' in answer.text) == (422, True)
    assert Markup.of(answer.text).faults == []
    assert only(db)[0].state is ProductState.DRAFT


def test_the_manager_confirms_or_changes_the_guessed_category(
    db: Database, stall: Visitor, wati: Visitor
) -> None:
    sku = sent(stall, db)
    assert only(db)[1].is_category_guessed
    form = Markup.of(wati.get(queue(sku)).text)
    chosen = [one.attrs["value"] for one in form.all("option") if "selected" in one.attrs]
    assert chosen == ["makanan-olahan/keripik-kerupuk"]
    typed = {**WEIGHED, "versi": version(db), "kategori": "ada/saja"}
    refused = wati.post(queue(sku), data=typed)
    assert (refused.status_code, 'id="kategori-e"' in refused.text) == (422, True)
    assert 'value="275"' in refused.text
    assert wati.post(queue(sku), data={**typed, "kategori": "kerajinan"}).status_code == 303
    assert not only(db)[1].is_category_guessed
    with db.reading() as session:
        assert session.scalars(select(ProductCard.category_path)).one() == "kerajinan"
        assert session.scalars(select(PackFacts.is_food)).one() is False
    # What was confirmed is not guessed anew when the maker writes the name otherwise.
    stall.post(f"/lapak/produk/{sku}/isi", data={**ANSWERS, "nama": "Kopi Robusta", "simpan": "1"})
    with db.reading() as session:
        path = select(Category.path).join(Product, Product.category_id == Category.id)
        assert session.scalars(path).one() == "kerajinan"


def test_an_approval_that_the_operators_switch_blocks_says_what_to_do(
    db: Database, stall: Visitor, wati: Visitor
) -> None:
    sku = sent(stall, db)
    with db.writing() as session:
        session.merge(Policy(name=LABEL, since=date(2020, 1, 1), value=int(Strictness.BLOCK)))
    answer = wati.post(queue(sku), data={**WEIGHED, "versi": version(db)})
    assert (answer.status_code, Markup.of(answer.text).faults) == (422, [])
    assert "Labelnya belum memenuhi yang wajib" in answer.text
    assert 'value="275"' in answer.text
    assert only(db)[0].state is ProductState.DRAFT


def test_an_approval_of_what_was_edited_meanwhile_is_asked_again(
    db: Database, stall: Visitor, wati: Visitor
) -> None:
    sku = sent(stall, db)
    seen = version(db)
    stall.post(f"/lapak/produk/{sku}/isi", data={"nama": "Keripik Lain", "simpan": "1"})
    answer = wati.post(queue(sku), data={**WEIGHED, "versi": seen})
    assert answer.headers["Location"].endswith(queue(sku))
    assert only(db)[0].state is ProductState.DRAFT
    assert wati.post(queue(sku), data={**WEIGHED, "versi": version(db)}).status_code == 303
    assert only(db)[0].state is ProductState.PUBLISHED


def test_a_makers_change_of_what_was_confirmed_is_looked_at_again_while_it_sells(
    db: Database, stall: Visitor, wati: Visitor
) -> None:
    sku = sent(stall, db)
    wati.post(queue(sku), data={**WEIGHED, "versi": version(db)})
    address = f"/lapak/produk/{sku}/isi"
    stall.post(address, data={"harga": "30.000", "simpan": "1"})
    assert only(db)[1].state is ListingState.APPROVED
    stall.post(address, data={"nama": "Keripik Tempe Pedas", "simpan": "1"})
    product, listing = only(db)
    assert (product.state, listing.state) == (ProductState.PUBLISHED, ListingState.CHANGED)
    with db.reading() as session:
        card = session.execute(select(ProductCard.name, ProductCard.price)).one()
        assert tuple(card) == ("Keripik Tempe Pedas", 30_000)
        assert session.scalars(select(Variant.gross_grams)).one() == 275


def test_packs_that_were_weighed_one_by_one_keep_their_weights(
    db: Database, stall: Visitor, wati: Visitor
) -> None:
    sku = sent(stall, db)
    with db.writing() as session:
        first = session.scalars(select(Variant)).one()
        session.add(
            Variant(
                product_id=first.product_id,
                position=2,
                sku="GYO-001-B",
                name="besar",
                price=50_000,
                gross_grams=1_100,
                length_mm=300,
                width_mm=200,
                height_mm=100,
            )
        )
    stall.post(f"/lapak/produk/{sku}/isi", data={"nama": "Keripik Tempe", "simpan": "1"})
    wati.post(queue(sku), data={**WEIGHED, "versi": version(db)})
    assert only(db)[0].state is ProductState.PUBLISHED
    with db.reading() as session:
        grams = session.scalars(select(Variant.gross_grams).order_by(Variant.position)).all()
    assert grams[1] == 1_100


def test_a_manager_lists_for_a_member_without_a_phone_and_the_log_says_so(
    db: Database, place: Cooperative, wati: Visitor
) -> None:
    quiet = make_member(db, place)
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


def test_another_cooperatives_member_or_listing_is_unknown(
    db: Database, stall: Visitor, wati: Visitor
) -> None:
    sku = sent(stall, db)
    foreign = make_member(db, make_cooperative(db, "KIN"))
    begun = wati.post("/kelola/koperasi-gyo/produk/baru", data={"anggota": foreign.code})
    assert begun.status_code == 404
    made = make_person(db, "Pak Made")
    make_seat(db, make_cooperative(db, "KIN"), made, Role.MANAJER)
    sign_in(wati, db, made)
    assert wati.get(f"/kelola/koperasi-kin/produk/setuju/{sku}").status_code == 404
    assert wati.get(queue(sku)).status_code == 404
    assert stall.get(queue(sku)).status_code in (403, 404)


def test_a_listing_sent_twice_is_one(db: Database, stall: Visitor) -> None:
    sku = sent(stall, db)
    again = stall.post(f"/lapak/produk/{sku}/isi", data={**ANSWERS, "kirim": "1"})
    assert again.status_code == 303
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Listing)) == 1


def test_the_queue_costs_the_same_with_two_and_with_twenty_listings(
    db: Database, place: Cooperative, maker: Member, asih: Person
) -> None:
    def wait(count: int) -> None:
        with db.writing() as session:
            for _number in range(count):
                who = Starting(place.id, place.code, maker.id, asih.id, is_own=True)
                sku = start(session, who, now=NOON)
                product_id = session.scalars(select(Product.id).where(Product.sku == sku)).one()
                listing = session.get_one(Listing, product_id)
                listing.state, listing.submitted_at = ListingState.SUBMITTED, NOON

    def cost() -> int:
        with statements(db) as told, db.reading() as session:
            page = waiting(session, place.id)
            count_waiting(session, place.id)
            assert page.rows
        return len(told)

    wait(2)
    few = cost()
    wait(18)
    assert cost() == few
    wait(5)
    with db.reading() as session:
        first = waiting(session, place.id)
        rest = waiting(session, place.id, first.next_cursor)
    assert (len(first.rows), len(rest.rows)) == (20, 5)
    assert not {row.sku for row in first.rows} & {row.sku for row in rest.rows}


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


def test_a_makers_new_size_of_approved_goods_is_looked_at_again(
    db: Database, stall: Visitor, wati: Visitor
) -> None:
    sku = sent(stall, db)
    wati.post(queue(sku), data={**WEIGHED, "versi": version(db)})
    size = {"isi_bersih": "250 g", "berat": "275", "panjang": "22", "lebar": "15", "tinggi": "9"}
    assert stall.post(f"/lapak/produk/{sku}/kemasan", data=size).status_code == 303
    product, listing = only(db)
    assert (product.state, listing.state) == (ProductState.PUBLISHED, ListingState.CHANGED)
    assert "ditulis tangan" in wati.get(queue(sku)).text
