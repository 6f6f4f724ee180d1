"""Which drawing a product gets: from its own row, its cooperative's row, and ``pictures.toml``."""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from demo.art.crafts import (
    bags,
    basketry,
    boxes,
    clay,
    cloths,
    crafts,
    garments,
    glass,
    packs,
    wood,
)
from demo.art.drawing.colours import DYES, STAGES
from demo.art.drawing.finish import Look
from demo.art.drawing.pen import Pen

Row = Mapping[str, str]

LABELS: Mapping[str, str] = {
    "GYO": "leaf", "PAY": "sash", "GRT": "card", "PKL": "arch", "BTL": "round", "SMP": "wave",
    "BGL": "side", "LTG": "tumpal", "END": "notch", "BJR": "both", "TRT": "roof", "JYP": "oval",
}  # fmt: skip
"""Each cooperative's form of label; motif and dye come from its row."""
SHAPES = tuple(LABELS.values())

PACKS: Mapping[str, Callable[[Pen, Look], None]] = {
    "Standing pouch foil, zipper, katup": lambda pen, look: packs.pouch(pen, look, valve=True),
    "Standing pouch foil": packs.pouch,
    "Standing pouch kraft": lambda pen, look: packs.pouch(pen, look, kraft=True),
    "Standing pouch bening": packs.clear_pouch,
    "Kantong PP": packs.pillow,
    "Kantong vakum": packs.vacuum,
    "Retort pouch": packs.retort,
    "Jar kaca": glass.jar,
    "Toples PET": glass.tub,
    "Botol PET": lambda pen, look: glass.bottle(pen, look, "oil"),
    "Botol kaca bening": lambda pen, look: glass.bottle(pen, look, "square"),
    "Botol kaca ambar": lambda pen, look: glass.amber(pen, look, dropper=False),
    "Kaleng": glass.tin,
    "Kotak karton": boxes.carton,
    "Daun kering": boxes.leaf_wrap,
}
"""The first that ``kemasan`` begins with; what is packed only for the way is drawn itself."""

DRAWINGS: Mapping[str, Callable[[Pen, Look], None]] = {
    "square": lambda pen, look: glass.bottle(pen, look, "square"),
    "slim": lambda pen, look: glass.bottle(pen, look, "slim"),
    "small": lambda pen, look: glass.bottle(pen, look, "small"),
    "pet": lambda pen, look: glass.bottle(pen, look, "pet"),
    "oil": lambda pen, look: glass.bottle(pen, look, "oil"),
    "dropper": glass.amber,
    "screw": lambda pen, look: glass.amber(pen, look, dropper=False),
    "small-jar": glass.small_jar,
    "tall-carton": boxes.tall_carton,
    "block-carton": boxes.block_carton,
    "bar": boxes.bar,
    "folded": cloths.folded,
    "boxed": cloths.boxed,
    "hung": cloths.hung,
    "scarf": cloths.scarf,
    "rolled": cloths.rolled,
    "spread": cloths.spread,
    "chair": cloths.chair,
    "masks": cloths.masks,
    "long-shirt": lambda pen, look: garments.shirt(pen, look, long=True),
    "short-shirt": lambda pen, look: garments.shirt(pen, look, long=False),
    "dress": garments.dress,
    "prayer-set": garments.prayer_set,
    "jacket": garments.jacket,
    "sandals": garments.sandals,
    "headcloth": garments.headcloth,
    "necklace": garments.necklace,
    "pouch-purse": bags.pouch_purse,
    "wallet": bags.wallet,
    "tote": bags.tote,
    "lidded-tote": lambda pen, look: bags.tote(pen, look, lid=True),
    "round-bag": bags.round_bag,
    "sling": bags.sling,
    "lidded": bags.lidded,
    "backpack": bags.backpack,
    "net": bags.net,
    "tiny-nets": bags.tiny_nets,
    "bark-bag": bags.bark_bag,
    "coasters": basketry.coasters,
    "tray": basketry.tray,
    "mat": basketry.mat,
    "basket": basketry.basket,
    "tiered": basketry.tiered,
    "fruit-bowl": basketry.fruit_bowl,
    "straws": lambda pen, look: basketry.straws(pen, look, many=False),
    "many-straws": lambda pen, look: basketry.straws(pen, look, many=True),
    "vase": clay.vase,
    "water-jug": clay.water_jug,
    "leaf-bowl": clay.leaf_bowl,
    "cups": clay.cups,
    "great-jar": clay.great_jar,
    "jewel-box": lambda pen, look: wood.carved_box(pen, look, tissue=False),
    "tissue-box": lambda pen, look: wood.carved_box(pen, look, tissue=True),
    "dance-mask": wood.dance_mask,
    "puppet": wood.puppet,
    "wax-pens": crafts.wax_pens,
    "relief": wood.relief,
    "boat": wood.boat,
    "house": wood.house,
    "painting": crafts.painting,
    "lamp": crafts.lamp,
    "incense": crafts.incense,
}
"""By the name that ``pictures.toml`` gives in ``as``."""


@cache
def sketches() -> Mapping[str, Mapping[str, str]]:
    """The hand-written part, by article number."""
    text = (Path(__file__).parents[1] / "pictures.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def sketch_of(product: Row) -> Mapping[str, str]:
    """What is written for a product; for an unknown one a plain box in its cooperative's dye."""
    known = sketches().get(product["sku"])
    if known is not None:
        return known
    words = product["nama_id"].upper().split()
    title = words[0] if len(words) == 1 else f"{words[0]}|{words[1]}"
    return {"title": title, "as": "tall-carton", "body": "#e9dfc8", "stage": "sand"}


def front_of(product: Row) -> Callable[[Pen, Look], None]:
    """The drawing of a product's front: what its line says, else what its pack is."""
    named = sketch_of(product).get("as")
    if named:
        return DRAWINGS[named]
    for beginning, drawing in PACKS.items():
        if product["kemasan"].startswith(beginning):
            return drawing
    return boxes.tall_carton


def look_of(product: Row, cooperative: Row, *, inside: bool = False) -> Look:
    """Everything the pen needs.

    :param inside: for the picture of what is in the pack.
    """
    line = sketch_of(product)
    dye = cooperative["pewarna"]
    props = line.get("with" if inside else "props", "")
    # An unknown cooperative gets a form that stays the same, whatever order rows come in.
    shape = LABELS.get(cooperative["kode"]) or SHAPES[sum(map(ord, cooperative["kode"])) % 12]
    if product["halal_status"] == "tidak_halal" and not inside:
        props += " contains-pork"
    content = net_content(product)
    return Look(
        code=product["sku"],
        title=tuple(line["title"].split("|")),
        small=" · ".join(part for part in (content, line.get("word", "")) if part),
        motif=cooperative["motif"],
        dye=DYES[dye],
        dye_name=dye,
        shape=shape,
        stage=line.get("stage", min(STAGES)),
        body=line.get("body", "#e9dfc8"),
        second=line.get("drink" if inside else "second", ""),
        fill=line.get("inside", line.get("fill", "")) if inside else line.get("fill", ""),
        props=tuple(props.split()),
    )


def net_content(product: Row) -> str:
    """Net content as a label writes it; nothing for goods sold by the piece."""
    if product["satuan_isi"] not in ("g", "ml"):
        return ""
    amount = int(product["isi_bersih"])
    if product["satuan_isi"] == "g" and amount >= 1000 and amount % 1000 == 0:
        return f"{amount // 1000} kg"
    return f"{amount} {product['satuan_isi']}"
