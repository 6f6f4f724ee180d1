"""What one picture is to show, decided before the first line is drawn."""

from dataclasses import dataclass

from demo.art.drawing.colours import ON_DYE, PAPER, TEXT_DYES


@dataclass(frozen=True)
class Look:
    """A product as the pen needs it.

    :param title: its short name in capitals, one entry a line.
    :param small: net content and a word or two.
    :param motif: the cooperative's motif; ``dye`` its colour.
    :param shape: the form of its cooperative's labels.
    :param body: colour of the pack, or of the thing itself.
    :param second: a second colour of pack or thing: cap, lining, pattern.
    :param fill: what is inside, as ``morsels`` names it, or a colour for what flows or is fine.
    :param props: what lies beside it, by name.
    """

    code: str
    title: tuple[str, ...]
    small: str
    motif: str
    dye: str
    dye_name: str
    shape: str
    stage: str
    body: str
    second: str
    fill: str
    props: tuple[str, ...]

    @property
    def ink(self) -> str:
        """The dye as a text colour on paper."""
        return TEXT_DYES.get(self.dye_name, self.dye)

    @property
    def on_dye(self) -> str:
        """Text on the dye."""
        return ON_DYE.get(self.dye_name, PAPER)

    @property
    def fill_colour(self) -> str:
        """The main colour of what is inside."""
        return self.fill.split()[1] if " " in self.fill else self.fill
