"""Coffee as the catalogue hands it over, for rules that need no database."""

from shop.catalog.products.queries import Sellable
from shop.core.values.money import Rupiah

GOODS = Sellable(
    variant_id=1,
    product_id=1,
    cooperative_id=1,
    cooperative_name="Gayo",
    cooperative_slug="gayo",
    dye="soga",
    motif="kawung",
    town="Aceh Tengah",
    zone="Asia/Jakarta",
    contribution_bp=800,
    is_pkp=False,
    member_id=1,
    product_slug="kopi",
    name="Kopi",
    name_en="",
    variant_name="",
    sku="GYO-001",
    price=Rupiah(45_000),
    gross_grams=250,
    length_mm=200,
    width_mm=100,
    height_mm=60,
    limit=None,
    net_label="200 g",
    least_packs=1,
    days_to_make=0,
    is_one_piece=False,
    category_path="minuman/kopi",
    picture=None,
    is_published=True,
    available=1_000,
    cooperative_code="GYO",
)
