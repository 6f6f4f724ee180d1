"""Carved, painted and plaited wood."""

from demo.art.drawing.colours import dark, light
from demo.art.drawing.fabrics import fabric
from demo.art.drawing.finish import Look
from demo.art.drawing.labels import tag
from demo.art.drawing.pen import Pen
from demo.art.drawing.stage import shadow


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
