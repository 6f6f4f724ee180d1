"""The pictures of the demo goods, drawn from their data in the style of the design guide.

    python -m demo.art.pictures

They stand in for the photos that members will take. They are drawn when the drawing changes and
committed; the market takes the files in the way an upload is.
"""

import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Literal

import click
from PIL import Image

from demo.art.crafts.shape_of_product import front_of, look_of, sketch_of
from demo.art.drawing import typst_renderer
from demo.art.drawing.labels import pork_notice
from demo.art.drawing.pen import Pen
from demo.art.drawing.props import beside
from demo.art.drawing.stage import room
from demo.art.food.servings import SERVINGS
from demo.market.csv_lists import rows
from demo.market.pictures import FOLDER

View = Literal["front", "contents"]
Row = Mapping[str, str]

QUALITY = 85
"""Of the WebP files: sharp edges stay, and all of them weigh less than 10 MB."""
AT_ONCE = 6
"""Products a process takes at a time: progress is seen, and no core waits long at the end."""


def views_for(product: Row) -> tuple[View, ...]:
    """Which pictures a product gets: its front, and what is inside where that can be eaten."""
    return ("front", "contents") if "serve" in sketch_of(product) else ("front",)


def draw(product: Row, cooperative: Row, view: View) -> bytes:
    """A picture as PNG; the same rows always give the same bytes.

    :param product: a row of ``products.csv``; ``cooperative`` its row of ``cooperatives.csv``.
    """
    pen = Pen(f"{product['sku']} {view}")
    if view == "contents":
        look = look_of(product, cooperative, inside=True)
        SERVINGS[sketch_of(product)["serve"]](pen, look)
    else:
        look = look_of(product, cooperative)
        room(pen, look.stage)
        front_of(product)(pen, look)
        beside(pen, look.props)
        if "contains-pork" in look.props:
            pork_notice(pen)
    return typst_renderer.develop(pen)


def name_of(sku: str, view: View) -> str:
    """The file of a picture in ``FOLDER``."""
    return f"{sku.lower()}-{view}.webp"


def draw_all(
    products: Iterable[Row],
    cooperatives: Mapping[str, Row],
    processes: int | None = None,
) -> Iterator[tuple[str, bytes]]:
    """Every picture of these products as name and WebP file, as they get done.

    :param cooperatives: rows by ``kode``.
    :param processes: as many as there are cores when left out.
    """
    work = [(dict(product), dict(cooperatives[product["kode_koperasi"]])) for product in products]
    parts = [work[start : start + AT_ONCE] for start in range(0, len(work), AT_ONCE)]
    count = min(processes or os.cpu_count() or 1, len(parts))
    if count <= 1:
        for part in parts:
            yield from _draw_files(part)
        return
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(_draw_files, part) for part in parts]):
            yield from done.result()


def main() -> None:
    """Draw all pictures of the demo goods anew."""
    products = list(rows("products"))
    cooperatives = {row["kode"]: row for row in rows("cooperatives")}
    total = sum(len(views_for(product)) for product in products)
    old = {file.name for file in FOLDER.iterdir()}
    weight = 0
    for count, (name, data) in enumerate(draw_all(products, cooperatives), 1):
        (FOLDER / name).write_bytes(data)
        old.discard(name)
        weight += len(data)
        if count % 25 == 0 or count == total:
            click.echo(f"{count} of {total} pictures, {weight / 1_000_000:.1f} MB")
    for name in old:
        (FOLDER / name).unlink()


def _draw_files(part: Sequence[tuple[Row, Row]]) -> list[tuple[str, bytes]]:
    return [
        (name_of(product["sku"], view), _as_webp(draw(product, cooperative, view)))
        for product, cooperative in part
        for view in views_for(product)
    ]


def _as_webp(png: bytes) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(out, "WEBP", quality=QUALITY, method=6)
    return out.getvalue()


if __name__ == "__main__":
    main()
