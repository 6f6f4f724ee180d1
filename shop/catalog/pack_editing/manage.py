"""The pack of one product, for its maker: label, measures, papers, batches and the score."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.catalog.pack_editing.actions import (
    Measures,
    measures_of,
    packs_of,
    write_batch,
    write_pack,
)
from shop.catalog.pack_editing.forms import BatchForm, PackForm
from shop.catalog.packaging.actions import NewHalal, NewPack, NewPermit, pack_of
from shop.catalog.packaging.allergens import allergens_named, read_allergens, write_allergens
from shop.catalog.packaging.batches import batches_of, broken_lately
from shop.catalog.packaging.errors import BatchKnown
from shop.catalog.packaging.label_rules import (
    RULE_SETS,
    LabelFacts,
    duty_day,
    goods_of,
    missing_for,
    missing_requirements,
    origin_named,
)
from shop.catalog.packaging.measures import Net
from shop.catalog.packaging.permit_numbers import read_pirt
from shop.catalog.packaging.rules import HalalState, PermitKind, Seal, SendLimit, Technique
from shop.catalog.packaging.words import (
    duty_sentence,
    fact_words,
    fault_word,
    gain_word,
    guides_for,
    missing_sentence,
    paper_word,
    tip_sentence,
)
from shop.catalog.permits.expiring_batches import expiring
from shop.catalog.permits.queries import papers_of_product
from shop.catalog.products.edit_context import ProductToEdit
from shop.catalog.products.guards import product_editor, product_to_edit
from shop.catalog.products.label_facts import label_facts, score_of
from shop.core.database.settings_by_date import coming, settings_on
from shop.core.values import clock
from shop.core.values.clock import day_in
from shop.core.values.units import Grams, Millimetres
from shop.people.cooperatives.guards import all_memberships, current_membership, member
from shop.shipping.quotes.queries import weight_rules
from shop.shipping.rates.rules import CM, Unit, billable_weight, load_of, lower_box
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.rendering.template_filters import written_weight

bp = Blueprint("catalog_packaging", __name__)

RULE = "/lapak/produk/<sku>/kemasan"


@bp.get(RULE)
@open_to(product_editor())
def pack(sku: str) -> ResponseReturnValue:
    """What the label says, what it lacks, and what would bring most."""
    label, now, size = _as_it_stands()
    form = PackForm(label.goods, _typed(now, size), one_size=size is not None)
    return _page(label, form)


@bp.post(RULE)
@open_to(product_editor())
def save(sku: str) -> ResponseReturnValue:
    """Write the label down."""
    label, before, size = _as_it_stands()
    form = PackForm(label.goods, _typed(before, size), one_size=size is not None)
    if not form.validate():
        return _page(label, form), 422
    product, now = product_to_edit(), clock.now()
    database().write(
        lambda session: write_pack(
            session,
            product,
            _pack(form, pack_of(session, product.product_id)),
            _measures(form),
            now=now,
        )
    )
    return redirect_with_flash(f"{product.here}/kemasan", _("Kemasan dan izin tersimpan."))


@bp.post(f"{RULE}/kode")
@open_to(product_editor())
def made(sku: str) -> ResponseReturnValue:
    """Write down a batch."""
    product, now = product_to_edit(), clock.now()
    label, before, size = _as_it_stands()
    with database().reading() as session:
        packs = packs_of(session, product.product_id)
    form = _batch_form(packs)
    chosen = {sku: variant_id for variant_id, sku, _name in packs}
    if form.validate() and packs:
        wanted = form.pilihan.data if "pilihan" in form else packs[0][1]
        try:
            batch = database().write(
                lambda session: write_batch(
                    session,
                    product,
                    chosen[wanted],
                    code=form.kode.data or "",
                    produced_on=form.dibuat.data,  # type: ignore[arg-type]  # it is required
                    last_day=form.sampai.data,
                    now=now,
                )
            )
        except BatchKnown:
            form.kode.errors = [
                _("Kode ini sudah ada untuk barang yang sama. Tulis kode lain, misalnya akhiran B.")
            ]
        else:
            said = _("Kode produksi %(code)s tercatat.", code=batch.code)
            if batch.best_before:
                said += " " + _("Baik sebelum %(day)s.", day=batch.best_before)
            return redirect_with_flash(f"{product.here}/kemasan", said)
    pack_form = PackForm(label.goods, _typed(before, size), one_size=size is not None)
    return _page(label, pack_form, form), 422


@bp.get("/lapak/kedaluwarsa")
@open_to(member())
def expiring_here() -> ResponseReturnValue:
    """The member's own batches near their last day."""
    mine, after = current_membership(), request.args.get("setelah")
    with database().reading() as session:
        page = expiring(
            session, day_in(mine.zone, clock.now()), member_id=mine.member_id, after=after
        )
    return render_template(
        "catalog/pack_editing/kedaluwarsa_saya.html",
        page=page,
        is_first=after is None,
        mine=mine,
        memberships=all_memberships(),
    )


def _as_it_stands() -> tuple[LabelFacts, NewPack, Measures | None]:
    product = product_to_edit()
    with database().reading() as session:
        label = label_facts(session, product.product_id, day_in(product.desk.zone, clock.now()))
        assert label is not None  # the guard has found the product
        return label, pack_of(session, product.product_id), measures_of(session, product.product_id)


def _batch_form(packs: list[tuple[int, str, str]]) -> BatchForm:
    product = product_to_edit()
    choices = [(sku, name or sku) for _id, sku, name in packs]
    return BatchForm(choices, day_in(product.desk.zone, clock.now()))


def _typed(pack: NewPack, size: Measures | None) -> dict[str, Any]:
    """What the form shows when nobody has typed yet."""
    permit = pack.permits[0] if pack.permits else None
    net = Net(pack.net_content, pack.net_unit) if pack.net_content and pack.net_unit else None
    return {
        "isi_bersih": net,
        "berat": size.grams if size else None,
        "panjang": size.length_mm if size else None,
        "lebar": size.width_mm if size else None,
        "tinggi": size.height_mm if size else None,
        "jenis": pack.pack_type or "",
        "bahan_kemasan": pack.pack_material or "",
        "segel": pack.seal or "",
        "pecah": pack.is_fragile,
        "kirim": pack.send_limit or "",
        "isi_karton": pack.carton_packs,
        "berat_karton": pack.carton_grams,
        "tahan": pack.shelf_life_days,
        "simpan": pack.storage or "",
        "setelah_dibuka": pack.after_opening or "",
        "komposisi": pack.ingredients or "",
        "alergen": list(read_allergens(pack.allergens)),
        "cara_pakai": pack.directions or "",
        "perawatan": pack.care or "",
        "teknik": pack.technique or "",
        "mpig": pack.origin_member or "",
        "izin_jenis": permit.kind.value if permit else "",
        "izin_nomor": permit.number or "" if permit else "",
        "izin_sampai": permit.valid_until if permit else None,
        "halal": pack.halal.state.value if pack.halal else "",
        "halal_nomor": pack.halal.number or "" if pack.halal else "",
    }


def _pack(form: PackForm, before: NewPack) -> NewPack:
    """What was typed, over what stood there: fields that were not asked for stay."""
    said = {field.name: field.data for field in form}
    net = said["isi_bersih"]
    now = replace(
        before,
        net_content=net.content if net else None,
        net_unit=net.unit if net else None,
        pack_type=said["jenis"],
        pack_material=said["bahan_kemasan"],
        seal=Seal(said["segel"]) if said["segel"] else None,
        is_fragile=bool(said["pecah"]),
        send_limit=SendLimit(said["kirim"]) if said["kirim"] else None,
        carton_packs=said["isi_karton"],
        carton_grams=said["berat_karton"],
        storage=said["simpan"],
        ingredients=said["komposisi"],
        origin_member=said["mpig"],
        shelf_life_days=said.get("tahan", before.shelf_life_days),
        after_opening=said.get("setelah_dibuka", before.after_opening),
        allergens=write_allergens(said["alergen"]) if "alergen" in said else before.allergens,
        directions=said.get("cara_pakai", before.directions),
        care=said.get("perawatan", before.care),
    )
    if "teknik" in said:
        now = replace(now, technique=Technique(said["teknik"]) if said["teknik"] else None)
    if said.get("halal"):
        state = HalalState(said["halal"])
        number = said["halal_nomor"] if state is HalalState.CERTIFIED else None
        now = replace(now, halal=NewHalal(state=state, number=number))
    if "izin_jenis" in said:
        now = replace(now, permits=_permits(said, before))
    return now


def _permits(said: dict[str, Any], before: NewPack) -> tuple[NewPermit, ...]:
    """The permit of the form before those that the form does not show."""
    others = before.permits[1:]
    if not said["izin_jenis"]:
        return others
    kind = PermitKind(said["izin_jenis"])
    until = said["izin_sampai"]
    if kind is PermitKind.PIRT:  # its number tells the year, whatever was typed
        until = None
    return (NewPermit(kind=kind, number=said["izin_nomor"] or None, valid_until=until), *others)


def _measures(form: PackForm) -> Measures | None:
    if "berat" not in form:
        return None
    said = {field.name: field.data for field in form}
    return Measures(said["berat"], said["panjang"], said["lebar"], said["tinggi"])


def _lower_box_words(session: Session, product: ProductToEdit, today: date) -> str:
    """What a lower box saves of the courier's weight; empty where its size is not what costs."""
    size = measures_of(session, product.product_id)
    if size is None:
        return ""
    length, width, height = (
        Millimetres(side or 0) for side in (size.length_mm, size.width_mm, size.height_mm)
    )
    unit = Unit(1, Grams(size.grams or 0), length, width, height)
    for service, rule in weight_rules(session, product.cooperative_id, today):
        lower = lower_box(unit, rule)
        if lower is not None:
            return str(
                _(
                    "%(service)s menagih %(billed)s untuk satu bungkus karena kotaknya makan"
                    " tempat. Kalau tingginya paling banyak %(height)s cm, ditagih %(less)s.",
                    service=service,
                    billed=written_weight(billable_weight(load_of([unit]), rule)),
                    height=lower.height // CM,
                    less=written_weight(lower.billable),
                )
            )
    return ""


def _page(label: LabelFacts, form: PackForm, batch: BatchForm | None = None) -> str:
    product = product_to_edit()
    today = day_in(product.desk.zone, clock.now())
    with database().reading() as session:
        packs = packs_of(session, product.product_id)
        batches = batches_of(session, [variant_id for variant_id, _sku, _name in packs])
        score = score_of(session, label)
        broken = broken_lately(session, product.product_id, clock.now())
        lower = _lower_box_words(session, product, today)
        known = settings_on(session, today)
        duties = [
            duty_sentence(name, known[name], duty_day(known), coming(session, name, today))
            for name in missing_requirements(label, known, today)
        ]
        papers = papers_of_product(
            session,
            product.cooperative_id,
            product.product_id,
            today,
        )
    pirt = [read_pirt(permit.number) for permit in label.permits if permit.kind is PermitKind.PIRT]
    return render_template(
        "catalog/pack_editing/kemasan.html",
        product=product,
        label=label,
        form=form,
        batch=batch or _batch_form(packs),
        batches=batches[:10],
        options={variant_id: name for variant_id, _sku, name in packs},
        score=score,
        duties=duties,
        lower_box=lower,
        missing=[missing_sentence(fact) for fact in missing_for(label)],
        papers=papers,
        is_group_unknown=any(one is not None and not one.is_group_known for one in pirt),
        forgotten=[
            fact_words(name)
            for name in allergens_named(label.ingredients)
            if name not in label.allergens
        ]
        if "alergen" in form
        else [],
        origin=origin_named(label.name),
        broken=broken,
        tips=[tip_sentence(tip) for tip in RULE_SETS[goods_of(label.category_path)].tips],
        guides=guides_for(label.category_path),
        may_edit=product.may_edit,
        gain_word=gain_word,
        fault_word=fault_word,
        paper_word=paper_word,
    )
