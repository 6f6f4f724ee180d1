"""The 150 goods of the demo market, with their packs, permits and stock."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.market.csv_lists import parts, rows
from shop.catalog.inventory.actions import open_shelf
from shop.catalog.packaging.actions import NewHalal, NewPack, NewPermit
from shop.catalog.packaging.batches import add_batch
from shop.catalog.packaging.rules import Claim, HalalState, PermitKind, SendLimit
from shop.catalog.products.actions import (
    NewProduct,
    NewVariant,
    add_product,
    publish,
    seed_categories,
)
from shop.catalog.products.models import Product, Variant
from shop.catalog.products.rules import FOOD
from shop.core.values.money import Rupiah, allocate
from shop.people.cooperatives.models import Cooperative, Member

PERMITS = {
    "P-IRT": PermitKind.PIRT,
    "BPOM RI MD": PermitKind.MD,
    "BPOM NA": PermitKind.NA,
    "BPOM TR": PermitKind.TR,
}
CLAIMED_EACH = 10
"""Every tenth permit loads as claimed only, so that both sorts can be seen."""

PACKED_ON = date(2026, 11, 2)
"""When the example batches of the file were produced."""

ONE_PIECE_STOCK = 2
MINUTES_APART = 37


def load_goods(
    session: Session,
    *,
    now: datetime,
    opening: Mapping[tuple[str, int], int] = MappingProxyType({}),
) -> int:
    """Add the goods that are not there yet.

    :param opening: packs by SKU and option that lie on the shelves beside those of the file.
    :return: how many were added.
    """
    seed_categories(session)
    known = set(session.scalars(select(Product.sku)))
    cooperatives = {row.code: row.id for row in session.scalars(select(Cooperative))}
    members = {row.code: row.id for row in session.scalars(select(Member))}
    wholesale = _wholesale()
    added = 0
    for place, row in enumerate(rows("products")):
        if row["sku"] in known:
            continue
        product = add_product(
            session,
            _product(
                row,
                cooperatives[row["kode_koperasi"]],
                members[row["kode_anggota"]],
                place,
                wholesale.get(row["sku"], ()),
            ),
            now=now,
        )
        _stock(session, product, int(row["stok"]), opening, now)
        _first_batch(session, product, row["contoh_kode_produksi"], now)
        # Each a little later than the one before: "terbaru" then has an order of its own.
        publish(session, product.id, now=now - timedelta(minutes=MINUTES_APART * (150 - place)))
        added += 1
    return added


def _wholesale() -> dict[str, tuple[tuple[int, Rupiah], ...]]:
    """Wholesale steps by SKU."""
    steps: dict[str, list[tuple[int, Rupiah]]] = {}
    for row in rows("wholesale"):
        steps.setdefault(row["sku"], []).append((int(row["mulai"]), Rupiah(int(row["harga"]))))
    return {sku: tuple(pairs) for sku, pairs in steps.items()}


def _product(
    row: Mapping[str, str],
    cooperative: int,
    member: int,
    place: int,
    steps: tuple[tuple[int, Rupiah], ...],
) -> NewProduct:
    choice, _, options = row["varian"].partition(":")
    is_food = row["kategori"].startswith(FOOD)
    return NewProduct(
        cooperative_id=cooperative,
        member_id=member,
        category_path=row["kategori"],
        sku=row["sku"],
        slug=row["slug"],
        name=row["nama_id"],
        name_en=row["nama_en"],
        story=row["cerita_id"],
        description_en=row["deskripsi_en"],
        choice_name=choice.removesuffix("_cm") or None,
        least_packs=int(row["pesanan_minimal"]),
        days_to_make=int(row["lama_buat_hari"]),
        is_one_piece=is_one_piece(row),
        variants=tuple(
            _variant(row, f"{option} cm" if choice.endswith("_cm") else option)
            for option in parts(options) or [""]
        ),
        wholesale=steps,
        pack=_pack(row, is_food, Claim.CLAIMED if place % CLAIMED_EACH == 9 else Claim.CHECKED),
    )


def is_one_piece(row: Mapping[str, str]) -> bool:
    """Whether a product of the file is one of a kind: not food, and hardly any of it."""
    return not row["kategori"].startswith(FOOD) and 0 < int(row["stok"]) <= ONE_PIECE_STOCK


def _variant(row: Mapping[str, str], option: str) -> NewVariant:
    return NewVariant(
        name=option,
        price=Rupiah(int(row["harga_idr"])),
        gross_grams=int(row["berat_kotor_g"]),
        length_mm=int(row["panjang_mm"]),
        width_mm=int(row["lebar_mm"]),
        height_mm=int(row["tinggi_mm"]),
    )


def _pack(row: Mapping[str, str], is_food: bool, claim: Claim) -> NewPack:
    return NewPack(
        net_content=int(row["isi_bersih"] or 0) or None,
        net_unit=row["satuan_isi"],
        pack_type=row["kemasan"],
        pack_material=row["bahan_kemasan"],
        carton_packs=int(row["isi_karton"] or 0) or None,
        carton_grams=int(row["berat_karton_g"] or 0) or None,
        is_fragile=row["rapuh"] == "ya",
        send_limit=SendLimit(row["batas_kirim"]) if row["batas_kirim"] else None,
        is_food=is_food,
        shelf_life_days=int(row["masa_simpan_hari"] or 0) or None,
        storage=row["penyimpanan"],
        ingredients=row["komposisi"],
        allergens=row["alergen"],
        batch_code=row["contoh_kode_produksi"],
        packed_on=PACKED_ON if row["contoh_kode_produksi"] else None,
        best_before=row["contoh_baik_digunakan_sebelum"],
        halal=_halal(row, claim),
        permits=_permits(row, claim),
    )


def _halal(row: Mapping[str, str], claim: Claim) -> NewHalal:
    state = HalalState(row["halal_status"])
    # Only a certificate is something that a manager can have seen.
    certified = state is HalalState.CERTIFIED
    return NewHalal(
        state=state,
        number=row["halal_nomor"] or None,
        claim=claim if certified else Claim.CLAIMED,
    )


def _permits(row: Mapping[str, str], claim: Claim) -> tuple[NewPermit, ...]:
    if not row["izin_edar_jenis"]:
        return ()
    until = row["izin_edar_berlaku_sampai"]
    return (
        NewPermit(
            kind=PERMITS[row["izin_edar_jenis"]],
            number=row["izin_edar_nomor"] or None,
            valid_until=date.fromisoformat(until) if until else None,
            claim=claim if row["izin_edar_nomor"] else Claim.CLAIMED,
        ),
    )


def _first_batch(session: Session, product: Product, code: str, now: datetime) -> None:
    """The example batch of the file stands for every pack of the product."""
    if not code:
        return
    for variant_id in session.scalars(
        select(Variant.id).where(Variant.product_id == product.id).order_by(Variant.position)
    ):
        add_batch(
            session,
            product_id=product.id,
            variant_id=variant_id,
            code=code,
            produced_on=PACKED_ON,
            now=now,
        )


def _stock(
    session: Session,
    product: Product,
    packs: int,
    opening: Mapping[tuple[str, int], int],
    now: datetime,
) -> None:
    """Stock stands per product in the file; its options share it in order."""
    variants = session.scalars(
        select(Variant).where(Variant.product_id == product.id).order_by(Variant.position)
    ).all()
    for variant, share in zip(variants, allocate(packs, [1] * len(variants)), strict=True):
        open_shelf(
            session,
            variant_id=variant.id,
            cooperative_id=product.cooperative_id,
            on_hand=share + opening.get((product.sku, variant.position), 0),
            now=now,
        )
