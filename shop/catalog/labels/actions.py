"""Printing labels: which pack, which batch, on which paper, how many."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.labels.paper_sizes import Format
from shop.catalog.labels.rules import SAMPLE, as_data, broken, label_text, letter_height
from shop.catalog.packaging.batches import BatchOnLabel, batches_of
from shop.catalog.packaging.label_rules import LabelFacts, missing_for
from shop.catalog.products.label_facts import with_batch
from shop.catalog.products.models import Variant
from shop.core.formats.barcodes import drawing
from shop.core.values.units import Millimetres
from shop.services.pdf.renderer import render_pdf

MIN_QR_TENTHS = 140
"""Tenths of a millimetre: what a phone reads from a hand's breadth away."""
QR_MODULE = 33
"""Hundredths of a millimetre that one square needs on a roll's coarse printer."""


@dataclass(frozen=True)
class Pack:
    """One pack of a product, with the batches that were made of it, newest first."""

    position: int
    option: str
    letter: int
    """How tall its small letters must be at least, hundredths of a millimetre."""
    batches: tuple[BatchOnLabel, ...]


def packs_of(session: Session, product_id: int) -> tuple[Pack, ...]:
    """The packs that can be sold, in their order, in two statements."""
    variants = session.scalars(
        select(Variant)
        .where(Variant.product_id == product_id, Variant.is_hidden.is_(False))
        .order_by(Variant.position, Variant.id)
    ).all()
    batches = batches_of(session, [one.id for one in variants])
    return tuple(
        Pack(
            one.position,
            one.name,
            letter_height(
                Millimetres(one.length_mm), Millimetres(one.width_mm), Millimetres(one.height_mm)
            ),
            tuple(batch for batch in batches if batch.variant_id == one.id),
        )
        for one in variants
    )


def print_labels(
    facts: LabelFacts,
    pack: Pack,
    paper: Format,
    *,
    batch: BatchOnLabel | None,
    count: int,
    story_url: str,
    missing_words: dict[str, str],
) -> bytes:
    """So many labels as PDF. One that lacks a fact of the law says across that it is a sample.

    :param batch: None: what the product's own facts say of its newest.
    :param story_url: where the code leads.
    :param missing_words: what each fact of the law is called, by its value.
    :raises DoesNotFit: when the text has no room in the smallest letters the law allows.
    """
    shown = with_batch(facts, batch) if batch else facts
    missing = missing_for(shown)
    code, modules = drawing(story_url)
    return render_pdf(
        Path(__file__).with_name("label.typ"),
        {
            **as_data(label_text(shown, pack.option)),
            "title": f"Label {facts.name}",
            "paper": {
                "width": paper.width,
                "height": paper.height,
                "columns": paper.columns,
                "rows": paper.rows,
                "edge": paper.edge,
            },
            "least_hundredths": pack.letter,
            "count": count,
            "qr": code,
            "qr_tenths": max(MIN_QR_TENTHS, modules * QR_MODULE // 10),
            "sample": SAMPLE if missing else "",
            "missing_word": "Belum ada:",
            "missing": [missing_words[fact.value] for fact in missing],
        },
    )


def print_story_cards(facts: LabelFacts, opening: str, *, colour: str, story_url: str) -> bytes:
    """Four cards on a sheet, to be put beside the goods or into the parcel.

    :param colour: of the cooperative's cloth, as ``#7a4317``.
    """
    return render_pdf(
        Path(__file__).with_name("story_card.typ"),
        {
            "title": f"Cerita {facts.name}",
            "name": broken(facts.name),
            "maker": broken(facts.brand or facts.cooperative),
            "opening": broken(opening),
            "cooperative": f"{facts.cooperative}, {facts.regency}",
            "invitation": "Pindai untuk membaca ceritanya",
            "colour": colour,
            "qr": drawing(story_url)[0],
        },
    )
