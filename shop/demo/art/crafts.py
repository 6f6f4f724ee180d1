"""Clay, wood, bark and light."""

from shop.demo.art.colours import dark, light
from shop.demo.art.fabrics import fabric
from shop.demo.art.labels import tag
from shop.demo.art.look import Look
from shop.demo.art.pen import Pen
from shop.demo.art.stage import shadow


def _turned(pen: Pen, d: str, strength: float = 1) -> None:
    """Shade of a body turned on a wheel."""
    pen.path(
        pen.fade((0, "#000", 0.2), (0.22, "#fff", 0.32), (0.42, "#fff", 0), (0.75, "#000", 0.16), (1, "#000", 0.46)),
        d, f'opacity="{strength}"',
    )  # fmt: skip


def vase(pen: Pen, look: Look) -> None:
    """A tall terracotta vase wound with rattan."""
    shadow(pen, 200, 344, 92, 14)
    body = "M164 50H236C240 92 226 102 236 128C262 164 290 190 288 244C286 300 252 330 244 344H156C148 330 114 300 112 244C110 190 138 164 164 128C174 102 160 92 164 50z"
    pen.path(look.body, body)
    pen.begin(pen.clip(body))
    for y in range(176, 262, 10):
        pen.line(look.second, 8, f"M96 {y}Q200 {y + 22} 304 {y}")
        pen.line(dark(look.second, 34), 1.4, f"M96 {y + 5}Q200 {y + 27} 304 {y + 5}")
        pen.line(
            light(look.second, 40),
            1.6,
            f"M96 {y - 2}Q200 {y + 20} 304 {y - 2}",
            'stroke-dasharray="12 8"',
        )
    pen.line(dark(look.body, 26), 2, "M120 290Q200 312 280 290M130 304Q200 324 270 304")
    pen.end()
    _turned(pen, body)
    pen.oval(light(look.body, 20), 200, 50, 37, 9)
    pen.oval(dark(look.body, 60), 200, 51, 28, 6)
    for d in (
        "M196 50C180 20 160 10 140 8",
        "M200 50C200 22 206 8 214 2",
        "M206 50C226 26 244 20 262 22",
    ):
        pen.line("#9a7a3f", 2.4, d)
    for x, y in (
        (140, 8),
        (152, 12),
        (214, 4),
        (211, 14),
        (262, 22),
        (250, 22),
        (166, 20),
        (234, 28),
    ):
        pen.oval("#e3c37a", x, y, 6, 4)
    tag(pen, look, 292, 262, 152, 5)


def water_jug(pen: Pen, look: Look) -> None:
    """A round clay jug with a spout, wet on the outside."""
    shadow(pen, 200, 342, 116, 15)
    spout = "M282 226C316 210 322 178 346 160L358 174C340 200 338 244 296 264z"
    pen.path(dark(look.body, 16), spout)
    body = "M180 58H220V128C290 140 322 190 316 246C310 306 264 342 200 342C136 342 90 306 84 246C78 190 110 140 180 128z"
    pen.path(look.body, body)
    pen.begin(pen.clip(body))
    pen.line(light(look.body, 26), 3, "M80 214Q200 240 320 214M84 228Q200 254 316 228")
    pen.line(
        dark(look.body, 34),
        4,
        "M90 222l10 8 10-8 10 10 10-8 10 10 10-8 10 9 10-8 10 9 10-8 10 9 10-9 10 8 10-9 10 8 10-10 10 8 10-10 10 8 10-10 10 8 10-8",
    )
    _turned(pen, "M80 50H320V350H80z")
    for _ in range(70):
        x, y = pen.random.uniform(96, 306), pen.random.uniform(150, 334)
        size = pen.random.choice((1.8, 2.6, 3.6))
        pen.oval("#fff", round(x), round(y), size, size * 1.25, 'opacity=".55"')
    pen.end()
    pen.oval(light(look.body, 18), 200, 58, 26, 8)
    pen.oval(dark(look.body, 60), 200, 59, 17, 5)
    pen.path(dark(look.body, 10), "M168 112Q200 124 232 112V128Q200 142 168 128z")
    pen.oval(dark(look.body, 50), 352, 167, 9, 8)
    tag(pen, look, 140, 256, 152, -4)


def leaf_bowl(pen: Pen, look: Look) -> None:
    """A glazed bowl with the veins of a leaf."""
    shadow(pen, 200, 338, 128, 16)
    body = "M54 190Q200 236 346 190C338 272 276 326 238 336H162C124 326 62 272 54 190z"
    pen.path(dark(look.body, 22), body)
    _turned(pen, body)
    pen.path(light(look.body, 10), "M160 326h80l6 14h-92z")
    pen.oval(light(look.body, 34), 200, 188, 146, 62)
    pen.oval(look.body, 200, 190, 136, 54)
    leaf = "M78 196C120 140 270 136 326 186C276 244 124 246 78 196z"
    pen.path(light(look.body, 22), leaf)
    pen.line(dark(look.body, 26), 3.4, "M78 196C160 188 250 184 326 186")
    veins = "M120 191L146 164M162 188L194 152M206 186L242 154M250 185L282 164M126 193L156 222M168 192L206 232M212 190L254 226M256 188L288 208"
    pen.line(dark(look.body, 26), 2, veins)
    pen.oval(
        pen.glow((0, "#fff", 0.6), (1, "#fff", 0), attributes='cx=".3" cy=".25" r=".4"'),
        200,
        190,
        136,
        54,
    )
    tag(pen, look, 208, 262, 158, -3)


def cups(pen: Pen, look: Look) -> None:
    """Two stoneware cups on a board."""
    shadow(pen, 200, 338, 164, 12)
    pen.path(
        "#9a6b3a",
        "M36 304H364Q372 304 370 314L366 334Q364 340 356 340H44Q36 340 34 334L30 314Q28 304 36 304z",
    )
    pen.path("#b98852", "M30 300H370V318H30z")
    pen.line("#8a5a2c", 1.4, "M44 308H300M120 313H360", 'opacity=".6"')
    for x, top in ((124, 170), (262, 150)):
        cup = f"M{x - 60} {top}H{x + 60}L{x + 52} 288Q{x + 50} 304 {x + 34} 304H{x - 34}Q{x - 50} 304 {x - 52} 288z"
        pen.oval("#1d1006", x + 8, 306, 60, 9, 'opacity=".3"')
        pen.line(
            dark(look.body, 14),
            13,
            f"M{x + 56} {top + 32}Q{x + 92} {top + 34} {x + 84} {top + 70}Q{x + 76} {top + 94} {x + 52} {top + 88}",
        )
        pen.path(look.body, cup)
        pen.begin(pen.clip(cup))
        dip = f"M{x - 70} {top - 8}H{x + 70}V{top + 52}q-14 16-28 2t-30 4-30-2-30 6-30-6z"
        pen.path(look.second, dip)
        for _ in range(40):
            px, py = pen.random.uniform(x - 56, x + 56), pen.random.uniform(top, 300)
            pen.oval(dark(look.body, 50), round(px), round(py), 1.3, 1.1, 'opacity=".5"')
        pen.end()
        _turned(pen, cup)
        pen.oval(light(look.second, 30), x, top, 60, 15)
        pen.oval(dark(look.second, 40), x, top + 1, 51, 11)
    tag(pen, look, 186, 250, 156, -3)


def great_jar(pen: Pen, look: Look) -> None:
    """A blackened water jar with cut patterns."""
    shadow(pen, 200, 344, 124, 15)
    body = "M138 74H262C258 106 264 112 286 130C338 172 334 252 300 300C282 326 262 344 244 344H156C138 344 118 326 100 300C66 252 62 172 114 130C136 112 142 106 138 74z"
    pen.path(look.body, body)
    pen.begin(pen.clip(body))
    carve = light(look.body, 40)
    pen.path(fabric(pen, "ikat", look.body, carve, 1.1), "M60 160H340V212H60z", 'opacity=".8"')
    pen.line(carve, 2.4, "M60 156Q200 168 340 156M60 216Q200 228 340 216M60 300H340")
    zig = "".join("l14 22l14-22" for _ in range(12))
    pen.line(carve, 2.6, f"M40 240{zig}")
    pen.line(look.second, 2, f"M40 252{zig}", 'opacity=".8"')
    pen.end()
    _turned(pen, body)
    pen.oval(light(look.body, 24), 200, 74, 64, 15)
    pen.oval(dark(look.body, 60), 200, 76, 52, 10)
    tag(pen, look, 206, 250, 158, -3)


def carved_box(pen: Pen, look: Look, *, tissue: bool) -> None:
    """A wooden box: with a lid for jewels, or with a slot and a tissue."""
    shadow(pen, 206, 340, 160, 14)
    front, side = "M52 208H292V340H52z", "M292 208L352 174V302L292 340z"
    top = "M52 208L112 174H352L292 208z"
    pen.path(look.body, front)
    pen.path(dark(look.body, 36), side)
    pen.path(light(look.body, 18), top)
    motif = look.motif if not tissue else "shore"
    pen.path(fabric(pen, motif, look.body, look.second, 1.5), "M66 222H278V326H66z")
    pen.line(look.second, 3, "M66 222H278V326H66z")
    pen.path(
        fabric(pen, motif, dark(look.body, 36), dark(look.second, 26), 1.2),
        "M302 218L342 194V298L302 322z",
        'opacity=".9"',
    )
    if tissue:
        pen.oval(dark(look.body, 70), 202, 191, 62, 9)
        paper = "M150 192C150 130 176 150 184 108C204 132 214 96 238 120C230 150 262 156 254 192Q202 204 150 192z"
        pen.path("#1d1006", paper, 'opacity=".16" transform="translate(5 3)"')
        pen.path("#fdfcf8", paper)
        pen.line("#d9d4c8", 2.4, "M184 108C192 140 184 168 178 194M238 120C220 146 226 170 228 194")
    else:
        lid = "M60 176L126 96H366L300 176z"
        pen.path("#1d1006", lid, 'opacity=".2" transform="translate(4 6)"')
        pen.path(dark(look.body, 10), lid)
        pen.path(
            fabric(pen, motif, dark(look.body, 10), look.second, 1.4, 0),
            "M84 168L138 106H342L290 168z",
        )
        pen.path(light(look.body, 24), "M60 176H300V186H60z")
        pen.path(dark(look.body, 40), "M300 176L366 96V106L300 186z")
        pen.path("#7a1f2b", "M70 204L116 178H338L286 204z")
        for x, y, tone in (
            (150, 190, "#f2d27a"),
            (186, 188, "#e9e3d6"),
            (224, 192, "#f2d27a"),
            (262, 187, "#8fd0c0"),
        ):
            pen.oval("none", x, y, 13, 6, f'stroke="{tone}" stroke-width="4"')
    pen.oval(look.second, 172, 212, 9, 9)
    tag(pen, look, 176, 252, 160, 0)


def dance_mask(pen: Pen, look: Look) -> None:
    """A carved face with batik drawn on the wood."""
    shadow(pen, 200, 344, 84, 12)
    pen.path("#5a3716", "M186 300h28v44h-28z")
    face = "M200 52C272 52 300 104 296 168C292 240 246 316 200 320C154 316 108 240 104 168C100 104 128 52 200 52z"
    pen.path("#1d1006", face, 'opacity=".24" transform="translate(7 6)"')
    pen.path(look.body, face)
    pen.begin(pen.clip(face))
    pen.path(
        fabric(pen, "kawung", dark(look.body, 44), look.second, 1.2),
        "M90 40H310V112Q200 152 90 112z",
    )
    pen.path(
        fabric(pen, "truntum", look.body, dark(look.body, 46), 0.8),
        "M90 196Q136 214 148 330H90zM310 196Q264 214 252 330H310z",
        'opacity=".75"',
    )
    pen.line(look.second, 4, "M90 112Q200 152 310 112")
    pen.path(pen.fade((0, "#fff", 0.24), (0.4, "#fff", 0), (1, "#000", 0.36)), "M90 40H310V330H90z")
    pen.end()
    for x, flip in ((154, 1), (246, -1)):
        pen.line("#2a1a10", 5, f"M{x - 30 * flip} 150Q{x} 132 {x + 28 * flip} 150")
        pen.path("#fbf5e6", f"M{x - 28} 174Q{x} 158 {x + 28} 174Q{x} 186 {x - 28} 174z")
        pen.oval("#2a1a10", x, 173, 8, 8)
        pen.line("#2a1a10", 3, f"M{x - 30} 174Q{x} 156 {x + 30} 174")
    pen.path(dark(look.body, 24), "M200 160L214 222Q200 234 186 222z", 'opacity=".6"')
    pen.line(light(look.body, 40), 3, "M196 164L188 218", 'opacity=".8"')
    pen.path("#b23a30", "M166 256Q184 246 200 252Q216 246 234 256Q216 276 200 276Q184 276 166 256z")
    pen.line("#6a1a14", 2.4, "M168 257Q200 264 232 257")
    pen.path("#f2b01e", "M200 84l8 14 14 6-14 6-8 14-8-14-14-6 14-6z")
    tag(pen, look, 284, 268, 156, 4)


def puppet(pen: Pen, look: Look) -> None:
    """A puppet plaited from grass, standing in a slice of wood."""
    shadow(pen, 200, 342, 92, 12)
    pen.oval("#7a5028", 200, 332, 78, 16)
    pen.oval("#b98852", 200, 326, 78, 15)
    pen.oval("none", 200, 326, 54, 10, 'stroke="#8a5f30" stroke-width="1.6"')
    pen.line(dark(look.body, 50), 6, "M200 326V120")
    leaf = "M200 34C236 92 284 128 280 196C278 248 240 284 200 300C160 284 122 248 120 196C116 128 164 92 200 34z"
    pen.path("#1d1006", leaf, 'opacity=".2" transform="translate(6 5)"')
    pen.path(fabric(pen, "weave", look.body, light(look.body, 30), 1.4, 45), leaf)
    pen.begin(pen.clip(leaf))
    pen.path(pen.fade((0, "#fff", 0.2), (0.5, "#fff", 0), (1, "#000", 0.3)), "M110 30H290V310H110z")
    pen.end()
    pen.line(look.second, 5, leaf)
    pen.line(light(look.second, 40), 1.6, leaf, 'stroke-dasharray="6 5"')
    tree = "M200 272V96M200 244C166 232 160 212 162 196M200 244C234 232 240 212 238 196M200 204C174 194 168 178 170 162M200 204C226 194 232 178 230 162M200 164C184 156 180 146 180 134M200 164C216 156 220 146 220 134"
    pen.line(dark(look.body, 56), 4.5, tree)
    for x, y in ((162, 192), (238, 192), (170, 158), (230, 158), (180, 130), (220, 130), (200, 92)):
        pen.oval(look.second, x, y, 7.5, 9)
    spikes = "".join(
        f"M{x} {y}l{dx} {dy}"
        for x, y, dx, dy in (
            (124, 170, -20, -8),
            (120, 200, -22, 0),
            (126, 230, -20, 8),
            (276, 170, 20, -8),
            (280, 200, 22, 0),
            (274, 230, 20, 8),
        )
    )
    pen.line(light(look.body, 10), 3, spikes)
    tag(pen, look, 290, 262, 150, 5)


def wax_pens(pen: Pen, look: Look) -> None:
    """Copper wax pens, a small pan on its stove, and a trial piece of cloth."""
    shadow(pen, 200, 336, 160, 16)
    pen.path(fabric(pen, "truntum", "#f4ead2", look.dye, 1.5), "M40 296L120 254H372L332 344H28z")
    pen.line("#cdbb94", 2, "M40 296L120 254H372L332 344H28z")
    pen.path("#b5623a", "M64 190H184L170 276H78z")
    pen.path(
        pen.fade((0, "#fff", 0.2), (0.4, "#fff", 0), (1, "#000", 0.36)), "M64 190H184L170 276H78z"
    )
    pen.path("#2a1a12", "M108 226h32v40h-32z")
    pen.path("#f2932a", "M112 266Q112 240 124 232Q136 242 136 266z")
    pen.line("#34302c", 10, "M184 174L232 158")
    pen.path("#34302c", "M50 166Q124 186 198 166Q192 212 124 212Q56 212 50 166z")
    pen.oval("#4a4540", 124, 166, 74, 17)
    pen.oval("#c98a2c", 124, 168, 62, 12)
    pen.oval("#f0c05a", 108, 165, 22, 4)
    for x, y, turn in ((262, 96, 24), (312, 110, 34), (352, 140, 46)):
        pen.begin(f'transform="translate({x} {y}) rotate({turn})"')
        pen.path("#a87444", "M-6-64H6L8 60H-8z")
        pen.path(pen.fade((0, "#fff", 0.4), (0.5, "#fff", 0), (1, "#000", 0.36)), "M-8-64H8V60H-8z")
        pen.path(look.body, "M-13 58H13Q16 92 0 94Q-16 92-13 58z")
        pen.path(light(look.body, 40), "M-9 62H-3Q-6 84-4 90Q-10 84-9 62z")
        pen.line(look.body, 5, "M0 92Q0 112 14 116")
        pen.end()
    tag(pen, look, 214, 258, 164, -2)


def relief(pen: Pen, look: Look) -> None:
    """A carved and painted panel with a stylised buffalo head of our own."""
    shadow(pen, 200, 346, 140, 10)
    pen.path("#1d1006", "M64 46H336V342H64z", 'opacity=".24" transform="translate(8 6)"')
    pen.path("#2a211c", "M64 46H336V342H64z")
    pen.path(look.body, "M76 58H324V330H76z")
    edge = fabric(pen, "ikat", "#2a211c", "#e9b429", 0.84)
    pen.path(edge, "M76 58H324V82H76zM76 306H324V330H76zM76 82H98V306H76zM302 82H324V306H302z")
    pen.path("#a3262a", "M104 88H296V300H104z")
    pen.line("#f3e7c8", 2.4, "M104 88H296V300H104z")
    head = "M112 104C120 150 152 164 176 166H224C248 164 280 150 288 104C304 160 282 196 240 204L228 272Q200 292 172 272L160 204C118 196 96 160 112 104z"
    pen.path("#1d120c", head)
    pen.line("#f3e7c8", 3, head)
    pen.line("#e9b429", 4, "M126 140Q148 180 178 184M274 140Q252 180 222 184")
    pen.line("#f3e7c8", 2.6, "M180 214q20-16 40 0M178 232q22-16 44 0M176 250q24-16 48 0")
    pen.oval("#f3e7c8", 178, 200, 8, 8)
    pen.oval("#f3e7c8", 222, 200, 8, 8)
    pen.oval("#a3262a", 178, 200, 4, 4)
    pen.oval("#a3262a", 222, 200, 4, 4)
    for x, y in ((200, 128), (134, 250), (266, 250)):
        for turn in range(0, 360, 45):
            pen.path(
                "#e9b429" if turn % 90 else "#f3e7c8",
                f"M{x} {y}q6-10 0-22q-6 12 0 22z",
                f'transform="rotate({turn} {x} {y})"',
            )
    tag(pen, look, 270, 276, 156, 4)


def boat(pen: Pen, look: Look) -> None:
    """A small carved canoe with its paddle on the lake's blue."""
    shadow(pen, 200, 328, 168, 16)
    pen.path("#5a3716", "M112 296h18l8 32h-34zM270 296h18l8 32h-34z")
    hull = "M14 196C60 246 110 258 200 258S340 246 386 196C382 270 320 304 200 304S18 270 14 196z"
    pen.path(look.body, hull)
    pen.begin(pen.clip(hull))
    pen.path(fabric(pen, "ombak", look.body, "#f3e7c8", 1.4), "M0 246H400V284H0z")
    pen.line(look.second, 6, "M0 244Q200 292 400 244")
    pen.path(
        pen.fade((0, "#fff", 0.16), (0.5, "#fff", 0), (1, "#000", 0.36), down=True),
        "M0 180H400V310H0z",
    )
    pen.end()
    pen.path(
        dark(look.body, 50),
        "M28 208C80 246 130 254 200 254S320 246 372 208C330 232 270 238 200 238S70 232 28 208z",
    )
    pen.path(look.second, "M14 196L2 158Q26 170 34 206zM386 196L398 158Q374 170 366 206z")
    pen.line("#8f5f30", 7, "M96 120L262 246")
    pen.path("#a87444", "M96 120C70 96 50 94 44 106C42 122 66 138 96 120z")
    for x in (150, 240):
        pen.path(light(look.body, 20), f"M{x - 26} 236h52v9h-52z")
    tag(pen, look, 276, 126, 156, 4)


def house(pen: Pen, look: Look) -> None:
    """A model of a house with a sweeping roof."""
    shadow(pen, 200, 342, 140, 13)
    pen.path("#8a5f34", "M70 322H330V342H70z")
    pen.path("#b98852", "M64 316H336V326H64z")
    for x in (116, 152, 188, 224, 260):
        pen.path("#4a2c14", f"M{x} 250h14v68h-14z")
    wall = "M104 178H296L284 256H116z"
    pen.path("#2a1a12", wall)
    pen.path(fabric(pen, "kawung", "#2a1a12", look.second, 0.9), "M110 184H290L280 250H120z")
    pen.path("#a3262a", "M184 204h32v52h-32z")
    pen.line("#e9b429", 2.4, "M184 256V204h32v52")
    roof = (
        "M18 66C90 150 310 150 382 66C372 140 330 186 296 190Q200 202 104 190C70 186 28 140 18 66z"
    )
    pen.path("#1d1006", roof, 'opacity=".22" transform="translate(4 8)"')
    pen.path(look.body, roof)
    pen.begin(pen.clip(roof))
    for shift in range(0, 90, 9):
        pen.line(
            light(look.body, 26) if shift % 18 else dark(look.body, 40),
            2.4,
            f"M10 {58 + shift}C90 {146 + shift * 0.7:.0f} 310 {146 + shift * 0.7:.0f} 390 {58 + shift}",
        )
    pen.path(pen.fade((0, "#fff", 0.2), (0.4, "#fff", 0), (1, "#000", 0.3)), "M0 50H400V210H0z")
    pen.end()
    pen.line(look.second, 5, "M18 66C90 150 310 150 382 66")
    pen.line("#f3e7c8", 4, "M200 196v40M192 206l8 6 8-6M192 218l8 6 8-6")
    tag(pen, look, 282, 264, 156, 4)


def painting(pen: Pen, look: Look) -> None:
    """A bark painting of spirals, its cardboard tube beside it."""
    shadow(pen, 200, 346, 140, 10)
    pen.path("#1d1006", "M52 48L262 40L268 342L58 346z", 'opacity=".2" transform="translate(7 5)"')
    sheet = "M52 48Q120 40 160 46T262 40Q268 120 262 200T268 342Q210 350 160 342T58 346Q50 260 56 190T52 48z"
    pen.path(look.body, sheet)
    pen.begin(pen.clip(sheet))
    for _ in range(150):
        x, y = pen.random.uniform(50, 268), pen.random.uniform(40, 346)
        pen.line(
            dark(look.body, 24),
            1,
            f"M{x:.0f} {y:.0f}l{pen.random.uniform(-2, 2):.0f} {pen.random.uniform(8, 20):.0f}",
            'opacity=".4"',
        )
    curl = "M0 0C-8-14 16-20 22-2C28 20-6 34-24 18C-44-2-28-42 8-42C44-42 58-2 44 26"
    for x, y, turn, tone in (
        (112, 110, 0, "#201510"),
        (206, 112, 180, look.second),
        (112, 206, 90, look.second),
        (208, 208, 270, "#201510"),
        (116, 296, 180, "#201510"),
        (208, 300, 0, look.second),
    ):
        pen.begin(f'transform="translate({x} {y}) rotate({turn}) scale(.94)"')
        pen.line(tone, 9, curl)
        pen.line("#f6ead0", 2.4, curl, 'stroke-dasharray="1 7"')
        pen.end()
    for y in (160, 254):
        pen.line("#201510", 4, f"M50 {y}q14-10 28 0t28 0 28 0 28 0 28 0 28 0 28 0 28 0")
    pen.end()
    pen.path(dark(look.body, 30), "M58 346Q160 342 268 342L268 336Q160 336 58 340z")
    body = "M292 92H356V330Q324 344 292 330z"
    pen.path("#1d1006", body, 'opacity=".2" transform="translate(8 6)"')
    pen.path("#c49a6c", body)
    pen.path(fabric(pen, look.motif, look.dye, light(look.dye, 66), 0.9), "M292 118H356V168H292z")
    _turned(pen, body)
    pen.path("#2b2723", "M288 76Q324 66 360 76V98Q324 108 288 98z")
    tag(pen, look, 268, 252, 162, -3)


def lamp(pen: Pen, look: Look) -> None:
    """A bent bamboo lamp, glowing."""
    pen.oval(
        pen.glow((0, "#ffd98a", 0.95), (0.5, "#ffcf6a", 0.4), (1, "#ffcf6a", 0)), 232, 168, 190, 180
    )
    shadow(pen, 190, 342, 104, 13)
    pen.path(
        dark(look.body, 20),
        "M96 318H284Q292 318 292 328V336Q292 342 284 342H96Q88 342 88 336V328Q88 318 96 318z",
    )
    pen.path(look.body, "M92 316H288V328H92z")
    for shift, tone in ((0, dark(look.body, 24)), (-9, look.body), (-18, light(look.body, 24))):
        pen.line(
            tone,
            11,
            f"M{134 + shift * 0.4:.0f} 318C{84 + shift} 190 {104 + shift} 74 {206 + shift * 0.5:.0f} {60 + shift * 0.5:.0f}C{226} {56 + shift * 0.5:.0f} 238 {70 + shift * 0.3:.0f} 238 92",
        )
    shade = "M186 96H286L312 204Q236 226 160 204z"
    pen.path("#ffe7ae", shade)
    pen.begin(pen.clip(shade))
    for x in range(160, 320, 13):
        pen.line("#c98a3a", 2, f"M{236 + (x - 236) * 0.66:.0f} 92L{x} 222", 'opacity=".8"')
    for y in range(112, 214, 17):
        pen.line("#c98a3a", 2.6, f"M150 {y}Q236 {y + 16} 320 {y}", 'opacity=".8"')
    pen.oval(pen.glow((0, "#fff8dc", 0.95), (1, "#fff8dc", 0)), 236, 170, 74, 70)
    pen.end()
    pen.line(dark(look.body, 20), 5, "M186 96H286M160 204Q236 226 312 204")
    pen.path("#fff3c9", "M162 208Q236 230 310 208L338 316H134z", 'opacity=".34"')
    tag(pen, look, 252, 258, 158, -3)


def incense(pen: Pen, look: Look) -> None:
    """A bundle of incense with cananga flowers and one stick burning."""
    shadow(pen, 200, 338, 150, 14)
    pen.path("#8a5f34", "M60 322H340L328 342H72z")
    pen.path("#b98852", "M56 314H344V326H56z")
    for place in range(22):
        x = 104 + place * 6.4
        top = 96 + (place * 5) % 17
        tone = (look.body, light(look.body, 16), dark(look.body, 18))[place % 3]
        pen.line(tone, 5, f"M{x} {top}V248")
        pen.line("#c43b52", 3, f"M{x} 248V316")
    pen.path(fabric(pen, look.motif, look.dye, light(look.dye, 66), 0.9), "M96 206H248V246H96z")
    pen.line(look.second, 4, "M96 204H248M96 248H248")
    pen.line(look.body, 5, "M300 318L316 150")
    pen.oval("#ff8a3a", 316, 150, 4, 5)
    pen.line("#fff", 5, "M317 142C300 118 336 104 318 78C304 56 332 44 322 22", 'opacity=".75"')
    for x, y, turn in ((66, 300, 0), (276, 304, 40), (110, 320, 80)):
        for petal in range(0, 360, 60):
            pen.path(
                "#d9d24a" if petal % 120 else "#c0bd3a",
                "M0 0C12-8 14-30 2-44C-8-30-10-10 0 0z",
                f'transform="translate({x} {y}) rotate({petal + turn}) scale(.9)"',
            )
        pen.oval("#8a7a1e", x, y, 5, 5)
    tag(pen, look, 200, 258, 158, -3)
