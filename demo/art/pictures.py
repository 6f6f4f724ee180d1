"""Pictures for the demo goods, drawn from their data in the style of the design guide.

They stand in for the photos that members will take, and pass through the same door as an upload.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Literal

from demo.art.crafts.shape_of_product import front_of, look_of, sketch_of
from demo.art.drawing import typst_renderer
from demo.art.drawing.labels import pork_notice
from demo.art.drawing.pen import Pen
from demo.art.drawing.props import beside
from demo.art.drawing.stage import room
from demo.art.food.servings import SERVINGS
from shop.services.media.rules import PreparedPhoto

View = Literal["front", "contents"]
Row = Mapping[str, str]

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


def prepared_pictures(
    products: Iterable[Row],
    cooperatives: Mapping[str, Row],
    processes: int | None = None,
) -> Iterator[tuple[str, View, PreparedPhoto]]:
    """Every picture of these products, ready to be stored, as they get done.

    :param cooperatives: rows by ``kode``.
    :param processes: as many as there are cores when left out.
    """
    work = [(dict(product), dict(cooperatives[product["kode_koperasi"]])) for product in products]
    parts = [work[start : start + AT_ONCE] for start in range(0, len(work), AT_ONCE)]
    count = min(processes or os.cpu_count() or 1, len(parts))
    if count <= 1:
        for part in parts:
            yield from _prepare(part)
        return
    # Fresh processes: a fork would copy the database connections and threads of this one.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(_prepare, part) for part in parts]):
            yield from done.result()


def _prepare(part: Sequence[tuple[Row, Row]]) -> list[tuple[str, View, PreparedPhoto]]:
    from shop.services.media.image_processing import prepare_first

    return [
        (product["sku"], view, prepare_first(draw(product, cooperative, view)))
        for product, cooperative in part
        for view in views_for(product)
    ]
