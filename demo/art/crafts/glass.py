"""Packs that stand by themselves: jars, tubs, bottles, tins."""

from demo.art.drawing.colours import dark, light, mix
from demo.art.drawing.finish import Look
from demo.art.drawing.labels import cloth, label
from demo.art.drawing.pen import Pen
from demo.art.drawing.stage import shadow
from demo.art.food.heaps import morsel, pour, specks


def jar(pen: Pen, look: Look) -> None:
    """A squat glass jar with a twist-off lid."""
    shadow(pen, 200, 340, 112, 14)
    glass = (
        "M112 150C112 132 124 126 136 122H264C276 126 288 132 288 150V312C288 332 278 342 258 342H142"
        "C122 342 112 332 112 312z"
    )
    inner = "M121 156Q200 148 279 156V310C279 326 272 333 256 333H144C128 333 121 326 121 310z"
    pen.path("#fff", glass, 'opacity=".66"')
    _content(pen, look, inner, (118, 146, 164, 190))
    pen.path(_roundness(pen), glass)
    pen.line("#fff", 6, "M128 158V306", 'opacity=".6"')
    pen.line("#fff", 2.6, "M274 168V300", 'opacity=".4"')
    _lid(pen, look, 120, 78, 160, 46)
    label(pen, look, (114, 178, 172, 124))
    pen.path(
        pen.fade(
            (0, "#000", 0.22),
            (0.1, "#000", 0),
            (0.16, "#fff", 0.2),
            (0.26, "#fff", 0),
            (0.8, "#000", 0),
            (1, "#000", 0.26),
        ),
        "M112 176H288V306H112z",
    )


def small_jar(pen: Pen, look: Look) -> None:
    """A spice jar: low and clear, the lid nearly as wide."""
    shadow(pen, 200, 340, 108, 14)
    glass = "M110 146Q110 132 124 132H276Q290 132 290 146V318Q290 342 266 342H134Q110 342 110 318z"
    pen.path("#fff", glass, 'opacity=".66"')
    _content(
        pen, look, "M120 176H280V316Q280 332 264 332H136Q120 332 120 316z", (116, 172, 168, 164)
    )
    pen.path(_roundness(pen), glass)
    pen.line("#fff", 5, "M127 150V310", 'opacity=".6"')
    pen.path(look.second, "M108 88Q108 80 116 80H284Q292 80 292 88V134H108z")
    knurl = "".join(f"M{x} 96V132" for x in range(112, 292, 7))
    pen.line("#000", 2, knurl, 'opacity=".16"')
    pen.path(_roundness(pen), "M108 80H292V134H108z")
    label(pen, look, (112, 194, 176, 112))


def tub(pen: Pen, look: Look) -> None:
    """A round tub of clear plastic with a screw lid."""
    shadow(pen, 200, 342, 130, 15)
    wall = "M92 128H308L304 318Q303 343 276 343H124Q97 343 96 318z"
    pen.path("#fff", wall, 'opacity=".55"')
    pen.begin(pen.clip("M100 138H300L296 316Q295 334 274 334H126Q105 334 104 316z"))
    if look.fill.startswith("#"):
        pen.path(look.fill, "M90 150h220v200h-220z")
        specks(pen, look.fill, (96, 150, 210, 190))
    else:
        pour(pen, morsel(look.fill), (96, 130, 208, 210), 1.3)
    pen.end()
    pen.path(_roundness(pen), wall)
    pen.line("#fff", 7, "M112 140L115 316", 'opacity=".6"')
    pen.line("#fff", 3, "M292 146L289 306", 'opacity=".45"')
    lid = "M84 84Q84 74 94 74H306Q316 74 316 84V124Q316 130 310 130H90Q84 130 84 124z"
    pen.path(look.second or look.dye, lid)
    knurl = "".join(f"M{x} 92V128" for x in range(90, 314, 8))
    pen.line("#000", 2.4, knurl, 'opacity=".14"')
    pen.path(_roundness(pen), lid)
    pen.path("#fff", "M90 78H310V84H90z", 'opacity=".35"')
    pen.line("#fff", 2, "M88 136H312", 'opacity=".7"')
    label(pen, look, (108, 184, 184, 118))


BOTTLES = {
    "square": "M172 96H228V126Q228 136 240 140L274 150Q286 154 286 168V318Q286 341 262 341H138Q114 341 114 318V168Q114 154 126 150L160 140Q172 136 172 126z",
    "slim": "M178 92H222V130Q222 142 236 154Q262 172 262 204V318Q262 341 240 341H160Q138 341 138 318V204Q138 172 164 154Q178 142 178 130z",
    "small": "M176 124H224V146Q224 154 236 158Q272 168 272 196V318Q272 341 248 341H152Q128 341 128 318V196Q128 168 164 158Q176 154 176 146z",
    "pet": "M178 80H222V102Q222 116 238 132Q268 158 268 190V214Q262 220 268 226V300Q262 306 268 312V324Q268 341 250 341H150Q132 341 132 324V312Q138 306 132 300V226Q138 220 132 214V190Q132 158 162 132Q178 116 178 102z",
    "oil": "M174 84H226V108Q226 118 240 126Q272 140 272 172V322Q272 341 252 341H148Q128 341 128 322V172Q128 140 160 126Q174 118 174 108z",
}
CAPS = {
    "square": "M162 58H238Q242 58 242 62V98H158V62Q158 58 162 58z",
    "slim": "M170 50H230Q233 50 233 54V94H167V54Q167 50 170 50z",
    "small": "M164 82H236Q240 82 240 86V126H160V86Q160 82 164 82z",
    "pet": "M170 46H230Q233 46 233 50V82H167V50Q167 46 170 46z",
    "oil": "M166 50H234Q238 50 238 54V86H162V54Q162 50 166 50z",
}
LABELS = {
    "square": (120, 184, 160, 116),
    "slim": (141, 208, 118, 108),
    "small": (131, 208, 138, 106),
    "pet": (136, 212, 128, 96),
    "oil": (132, 186, 136, 118),
}


def bottle(pen: Pen, look: Look, form: str) -> None:
    """A bottle of clear glass or plastic; the liquid stands below the neck."""
    outline, cap = BOTTLES[form], CAPS[form]
    shadow(pen, 200, 340, 92, 14)
    pen.path("#fff", outline, 'opacity=".7"')
    pen.begin(pen.clip(outline))
    liquid, level = look.fill, 128 if form in ("slim", "pet") else 146
    pen.path(liquid, f"M100 {level}Q200 {level + 8} 300 {level}V350H100z")
    pen.path(
        light(liquid, 34),
        f"M100 {level}Q200 {level + 8} 300 {level}V{level + 7}Q200 {level + 15} 100 {level + 7}z",
        'opacity=".7"',
    )
    pen.path(
        pen.glow(
            (0, light(liquid, 55), 0.75),
            (1, light(liquid, 55), 0),
            attributes='cx=".38" cy=".72" r=".5"',
        ),
        "M100 120H300V350H100z",
    )
    pen.path(dark(liquid, 40), "M100 326H300V350H100z", 'opacity=".3"')
    if "cloud" in look.props:
        for _ in range(34):
            x, y = pen.random.uniform(130, 270), pen.random.uniform(200, 336)
            pen.oval(light(liquid, 40), round(x), round(y), 7, 3, 'opacity=".4"')
    pen.path(
        _roundness(pen), "M112 80H288V350H112z" if form == "square" else "M128 80H272V350H128z"
    )
    pen.end()
    left = {"square": 124, "slim": 148, "small": 138, "pet": 142, "oil": 138}[form]
    pen.line("#fff", 6, f"M{left} 206V318", 'opacity=".62"')
    pen.line("#fff", 3, f"M{400 - left} 214V300", 'opacity=".35"')
    if "drops" in look.props:
        _dew(pen, outline)
    pen.path(look.second, cap)
    pen.begin(pen.clip(cap))
    knurl = "".join(f"M{x} 66V130" for x in range(156, 246, 6))
    pen.line("#000", 1.6, knurl, 'opacity=".18"')
    pen.path(_roundness(pen), "M156 40H244V130H156z")
    pen.end()
    if form in ("square", "slim", "small"):
        neck = {"square": (170, 98), "slim": (176, 94), "small": (174, 126)}[form]
        cloth(pen, look, f"M{neck[0]} {neck[1]}H{400 - neck[0]}v14H{neck[0]}z", 0.6)
    label(pen, look, LABELS[form])


def amber(pen: Pen, look: Look, *, dropper: bool = True) -> None:
    """A small brown bottle for oils, with a pipette or a screw cap."""
    brown = "#8a4a14"
    shadow(pen, 200, 340, 88, 14)
    outline = "M174 142H226V158Q226 166 238 170Q268 180 268 206V322Q268 341 248 341H152Q132 341 132 322V206Q132 180 162 170Q174 166 174 158z"
    pen.path(brown, outline)
    pen.begin(pen.clip(outline))
    pen.path(pen.fade((0, "#e08a2c", 0.8), (1, "#5a2c08", 0.6), down=True), "M120 140H280V350H120z")
    pen.path(_roundness(pen), "M130 140H270V350H130z")
    pen.end()
    pen.line("#ffe6bd", 5, "M143 212V312", 'opacity=".7"')
    pen.line("#ffe6bd", 2.4, "M258 216V300", 'opacity=".4"')
    pen.path("#24211f", "M162 104Q162 98 168 98H232Q238 98 238 104V144H162z")
    knurl = "".join(f"M{x} 106V142" for x in range(166, 238, 6))
    pen.line("#fff", 1.4, knurl, 'opacity=".18"')
    if dropper:
        pen.path("#3a3532", "M182 98V70C182 44 218 44 218 70V98z")
        pen.path("#fff", "M188 94V70C188 56 196 52 200 52V94z", 'opacity=".22"')
        pen.path("#1a1816", "M176 88h48v10h-48z")
    else:
        pen.path(look.second, "M162 92Q162 84 170 84H230Q238 84 238 92V144H162z")
        pen.line("#000", 1.4, knurl, 'opacity=".2"')
        pen.path(_roundness(pen), "M162 84H238V144H162z")
    label(pen, look, (133, 206, 134, 108))


def tin(pen: Pen, look: Look) -> None:
    """A tin with a press-on lid, its paper going all the way round."""
    shadow(pen, 200, 342, 110, 14)
    body = "M106 92V326Q200 352 294 326V92z"
    pen.path(look.body, body)
    pen.begin(pen.clip(body))
    cloth(pen, look, "M100 104Q200 124 300 104V140Q200 160 100 140z", 1.2)
    cloth(pen, look, "M100 294Q200 316 300 294V332Q200 354 100 332z", 1.2)
    pen.line(
        light(look.body, 50),
        1.6,
        "M100 142Q200 162 300 142M100 292Q200 314 300 292",
        'opacity=".7"',
    )
    pen.end()
    pen.path("#c7c3ba", "M100 72Q100 60 200 58Q300 60 300 72V94Q200 116 100 94z")
    pen.oval("#e7e3da", 200, 72, 100, 16)
    pen.oval("#cfcabf", 200, 72, 84, 12)
    pen.oval("#e7e3da", 200, 73, 78, 10)
    pen.path(_roundness(pen), "M100 60H300V100Q200 116 100 100z")
    pen.path("#b2ada2", "M106 326Q200 352 294 326V334Q200 360 106 334z")
    pen.words(
        look.title, (120, 166, 160, 112), ink="#fcfbf7", maximum=46, small=look.small,
        small_ink="#f3e6d0", small_maximum=16,
    )  # fmt: skip
    pen.path(_roundness(pen), body)
    pen.line("#fff", 6, "M124 112V316", 'opacity=".22"')


def _content(pen: Pen, look: Look, inner: str, box: tuple[float, float, float, float]) -> None:
    pen.begin(pen.clip(inner))
    left, top, wide, _ = box
    if look.fill.startswith("#"):
        pen.path(look.fill, inner)
        pen.path(
            pen.fade((0, light(look.fill, 40), 0.4), (1, dark(look.fill, 40), 0.4), down=True),
            inner,
        )
        specks(pen, look.fill, box)
        _floating(pen, look, box)
    else:
        pour(pen, morsel(look.fill), box, 1.0)
    if "oil" in look.props:
        pen.path(
            mix(look.fill, "#e5481d", 55),
            f"M{left} {top}h{wide}v22q{-wide / 4} 8 {-wide / 2} 0t{-wide / 2} 0z",
            'opacity=".85"',
        )
    pen.end()


def _floating(pen: Pen, look: Look, box: tuple[float, float, float, float]) -> None:
    """Whole pieces in a paste: seeds, beans, peel."""
    pieces = {
        "petai": '<ellipse rx="11" ry="8.5" fill="#7fa348" stroke="#4f6f26" stroke-width="1.5"/><ellipse cx="-3" cy="-2" rx="4" ry="2.6" fill="#b4cf7c"/>',
        "terong": '<path d="M-12-7L6-11L14 3L-2 11L-13 4z" fill="#6d3a78" stroke="#3f1d49" stroke-width="1.5"/><path d="M-8-4L4-7L9 2L-2 6z" fill="#e9dcc0"/>',
        "zest": '<path d="M-18 2Q0-14 18-2L16 4Q0-7-16 8z" fill="#f7a21f" stroke="#c96a08" stroke-width="1.2"/>',
        "seeds": '<circle r="2.4" fill="#f5d98a"/><circle cx="12" cy="5" r="2" fill="#f5d98a"/><circle cx="-10" cy="7" r="2" fill="#f5d98a"/>',
        "soy": '<ellipse rx="8" ry="6" fill="#c08a4a" stroke="#7a4a1c" stroke-width="1.2"/>',
    }
    left, top, wide, high = box
    for name, shape in pieces.items():
        if name not in look.props:
            continue
        kept = pen.define("g", "", shape)
        for row in range(6):
            for column in range(5):
                x = left + wide * (column + 0.5) / 5 + pen.random.uniform(-12, 12)
                y = top + 16 + (high - 26) * row / 5 + pen.random.uniform(-9, 9)
                turn = pen.random.randrange(360)
                pen.add(
                    f'<use href="#{kept}" transform="translate({x:.0f} {y:.0f}) rotate({turn})"/>'
                )


def _lid(pen: Pen, look: Look, left: float, top: float, wide: float, high: float) -> None:
    d = f"M{left} {top + 8}q0-8 8-8h{wide - 16}q8 0 8 8v{high - 12}q0 4-4 4h{8 - wide}q-4 0-4-4z"
    pen.path(look.second or look.dye, d)
    pen.begin(pen.clip(d))
    cloth(pen, look, f"M{left} {top + 10}h{wide}v{high - 20}h{-wide}z", 1.0)
    pen.path(_roundness(pen), f"M{left} {top}h{wide}v{high}h{-wide}z")
    pen.end()
    pen.path("#000", f"M{left + 6} {top + high}h{wide - 12}v5h{12 - wide}z", 'opacity=".2"')


def _dew(pen: Pen, outline: str) -> None:
    pen.begin(pen.clip(outline))
    for _ in range(46):
        x, y = pen.random.uniform(128, 272), pen.random.uniform(140, 334)
        size = pen.random.choice((1.6, 2.2, 3.2))
        pen.oval("#fff", round(x), round(y), size, size * 1.2, 'opacity=".75"')
    pen.end()


def _roundness(pen: Pen) -> str:
    """The shade of a round body lit from the left."""
    return pen.fade(
        (0, "#000", 0.26), (0.1, "#000", 0.04), (0.2, "#fff", 0.3), (0.32, "#fff", 0.02),
        (0.7, "#000", 0.03), (0.9, "#000", 0.2), (1, "#000", 0.34),
    )  # fmt: skip
