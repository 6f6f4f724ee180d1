"""What goods are made of: fruit, roots, leaves and the like.

All are SVG around the origin, about 90 units across.
"""

from demo.art.drawing.colours import dark, light
from demo.art.drawing.shapes import bulb, leaf, line, oval, path, spoon

STRAWBERRY = (
    path("#d42f3c", "M0 30C-24 16-26-12-10-16C-4-18 4-18 10-16C26-12 24 16 0 30z")
    + line("#f9d98a", 2.4, "M-9-4h.1M2-6h.1M11-2h.1M-5 7h.1M7 8h.1M0 18h.1")
    + path("#4f8a45", "M0-14L-16-22L-6-22L0-32L6-22L16-22z")
)

POTATO = path("#c9a05a", "M-34 4C-36-16-12-24 6-20C30-18 38-2 32 12C24 28-28 24-34 4z") + line(
    "#9a7638", 2.4, "M-14-8h4M6-2h4M-4 10h4M18-8h3"
)

CASSAVA = (
    path("#8a5a38", "M-52 8C-46-12 20-16 52-4C56 0 54 6 48 8C20 18-40 22-52 8z")
    + oval("#f6efdc", -48, 5, 8, 12)
    + line("#5f3a20", 1.5, "M-24-6q6 8 2 18M4-9q6 8 2 20M28-8q5 7 2 16")
)

TARO = (
    path("#7a5a48", "M-30 6C-32-18-8-28 8-24C30-18 34 2 28 16C18 30-26 28-30 6z")
    + line("#5a3e30", 1.6, "M-26-6q24 10 52 0M-28 8q28 10 56 0")
    + oval("#e9dff0", 24, 4, 9, 16)
    + line("#8a5a9a", 1.4, "M22-4v2M26 2v2M22 8v2M26 12v2")
)

BANANA = (
    path("#e9c33a", "M-42-10C-30 22 24 30 46-6L50-12L42-14C26 6-16 6-34-18z")
    + line("#b8912a", 1.6, "M-36-10C-18 12 22 16 42-8")
    + path("#5a4420", "M-42-10L-34-18L-40-26L-47-20z")
)

CORN = (
    path("#f0c03a", "M-40 0C-34-18 24-18 38 0C24 18-34 18-40 0z")
    + "".join(line("#c98f1c", 1.4, f"M{x}-12V12") for x in range(-28, 32, 8))
    + line("#c98f1c", 1.4, "M-34-5H32M-34 5H32")
    + path("#7fa348", "M-44 8C-30 26 6 24 20 10C0 10-24 8-44 8z")
    + path("#6b8f38", "M-44-8C-30-26 6-24 20-10C0-10-24-8-44-8z")
)

GARLIC = bulb("#f4efe4")

SHALLOT = bulb("#b5476a")

LEMONGRASS = "".join(
    line("#b7c27a", 7, f"M-50 {y}L46 {y - 22}") + line("#e9ecc6", 3, f"M-50 {y - 1}L0 {y - 13}")
    for y in (14, 4, -6)
) + line("#a3262a", 5, "M-6 16L-12-16")

ROOTS = (
    "".join(
        line(tone, 3, f"M-4 0C{x * 0.3:.0f} 14 {x} 18 {x * 1.3:.0f} {34 + abs(x) // 4}")
        for x, tone in (
            (-38, "#7a5230"),
            (-24, "#9a6e42"),
            (-10, "#7a5230"),
            (6, "#9a6e42"),
            (20, "#7a5230"),
            (36, "#9a6e42"),
        )
    )
    + line("#5f8a3e", 5, "M-6-2L-16-40M-4-2L0-46M-2-2L16-38")
    + line("#c9a765", 7, "M-12 1H6")
)

COCOA = (
    path("#a85a24", "M-46 0C-34-24 20-26 44-4C48 0 48 2 44 6C20 26-34 24-46 0z")
    + line("#7a3a12", 2.4, "M-40-2C-20-14 16-15 40-2M-40 2C-20 14 16 15 40 4M-44 0H44")
    + line("#7a5230", 6, "M-46 0l-12-5")
)

COFFEE_CHERRIES = (
    leaf("#3f7a45", 50, 15, -34)
    + leaf("#4f8a4f", 46, 14, 16)
    + "".join(
        oval(tone, x, y, 12, 11.5) + oval("#fff", x - 4, y - 4, 3, 2.4, 'opacity=".6"')
        for x, y, tone in (
            (-14, 2, "#b5283a"),
            (6, 12, "#d13f45"),
            (-4, -14, "#8f1f33"),
            (20, -2, "#c23040"),
        )
    )
)

DRY_CHERRIES = "".join(
    oval(tone, x, y, 11, 9) + line(light(tone, 34), 1.3, f"M{x - 7} {y - 2}q7-5 14 1")
    for x, y, tone in (
        (-20, 6, "#5a1f2a"),
        (4, 10, "#6b2733"),
        (-6, -8, "#4a1822"),
        (22, 0, "#5f2330"),
    )
)

DIPPER = (
    line("#a87444", 7, "M12-10L64-58")
    + path("#c98f4e", "M-26 8C-22-14 2-30 20-18C30-4 14 22-6 28C-20 30-28 22-26 8z")
    + line("#7a4a20", 2.4, "M-22-4L2 24M-14-12L12 16M-4-18L18 6M-24 8L-8 26")
    + path("#e09a1a", "M-26 10C-18 26-10 30-6 28C-8 40-16 44-20 36C-22 30-26 22-26 10z")
)

HIVE = (
    path("#a87a44", "M-44-30H44V30H-44z")
    + path("#c69a5c", "M-50-38H50V-26H-50z")
    + line("#7a5428", 1.6, "M-44-8H44M-44 12H44")
    + oval("#2a1a10", 0, 18, 9, 5)
    + oval("#c98f1c", 0, 18, 13, 8, 'opacity=".4"')
    + "".join(
        oval("#2a1a10", x, y, 4, 2.6) + oval("#fff", x, y - 3, 3, 1.6, 'opacity=".8"')
        for x, y in ((24, 4), (-20, -2), (34, -14), (-34, 20))
    )
)

POT_HONEY = "".join(
    oval(dark("#b5813a", 26), x + 1, y + 2, 12, 11)
    + oval("#b5813a", x, y, 12, 11)
    + oval("#5a2f10", x, y - 3, 7, 4.6)
    for x, y in ((-22, 10), (0, 14), (22, 10), (-11, -6), (11, -6), (0, 2))
)

EGG = oval("#e9c9a0", 0, 0, 24, 31) + oval("#fff", -8, -12, 6, 9, 'opacity=".5"')

MELINJO = leaf("#3f7a45", 46, 14, -150) + "".join(
    oval(tone, x, y, 9, 13, f'transform="rotate(20 {x} {y})"')
    + oval("#fff", x - 3, y - 5, 2, 3, 'opacity=".6"')
    for x, y, tone in ((-6, 4, "#d1532c"), (14, 8, "#e39a2c"), (28, -4, "#b5332a"))
)

COCONUT = (
    path("#6b4526", "M-44-6C-44 30 44 30 44-6z")
    + oval("#8a5f38", 0, -6, 44, 18)
    + oval("#fbf8ef", 0, -6, 38, 14.5)
    + oval("#e9e2d0", 0, -4, 26, 9)
    + line("#8a6238", 1.6, "M-34 6l6 8M-16 13l4 9M6 14l2 9M26 9l-2 9")
)

CANDLENUT = "".join(
    oval(dark(tone, 30), x + 1, y + 2, 13, 11.5)
    + oval(tone, x, y, 13, 11.5)
    + oval("#fff", x - 4, y - 4, 3.6, 2.6, 'opacity=".5"')
    for x, y, tone in (
        (-18, 6, "#d9c29a"),
        (8, 10, "#4a3222"),
        (-2, -8, "#6b4a30"),
        (24, -2, "#e3d0aa"),
    )
)

EGGPLANT = (
    path("#5f2f6b", "M-42 8C-46-12-18-20 0-16C22-14 44-10 46 2C46 16 20 20 0 20C-20 22-40 20-42 8z")
    + path("#fff", "M-30-4C-16-12 8-10 22-7C6-6-14-4-30-4z", 'opacity=".35"')
    + path("#5f8a3e", "M40-8L54-12L60-2L54 10L40 12Q34 2 40-8z")
)

FAT_CHILI = "".join(
    path(
        tone,
        f"M{x - 17} {y}C{x - 20} {y - 20} {x - 6} {y - 20} {x} {y - 15}C{x + 6} {y - 20} {x + 20} {y - 20} {x + 17} {y}C{x + 14} {y + 16} {x + 5} {y + 22} {x} {y + 22}C{x - 5} {y + 22} {x - 14} {y + 16} {x - 17} {y}z",
    )
    + line("#3f6b28", 4, f"M{x} {y - 15}q2-8 8-12")
    + path("#fff", f"M{x - 11} {y - 9}q2-6 6-5q-4 5-4 12z", 'opacity=".55"')
    for x, y, tone in ((-20, 4, "#e8641e"), (20, 8, "#d1331e"))
)

BAMBOO = (
    path("#7fa04a", "M-52-14H44V16H-52z")
    + oval("#93b45c", -52, 1, 7, 15)
    + oval("#dfe3b4", 44, 1, 8, 15)
    + oval("#b9c07a", 44, 1, 5, 10.5)
    + line("#5f7f34", 3, "M-6-14V16")
    + line("#c9dc96", 3, "M-46-8H38", 'opacity=".7"')
)

PALM_SUGAR = (
    path("#5a2f10", "M-34 0q0-12 34-12t34 12v18q0 13-34 13t-34-13z")
    + path("#7a4318", "M-34 0q0-12 34-12t34 12v12q0 13-34 13t-34-13z")
    + oval("#9a5f28", 0, 0, 34, 12)
)

RICE_EAR = line("#a8832e", 3, "M-40 26C-20-6 14-22 44-20") + "".join(
    oval("#d9a93a", x, y, 8, 3.6, f'transform="rotate({turn} {x} {y})"')
    for x, y, turn in (
        (44, -22, -8),
        (30, -30, -34),
        (32, -14, 30),
        (16, -28, -40),
        (18, -8, 34),
        (2, -20, -44),
        (6, 0, 40),
        (-10, -10, -48),
        (-6, 10, 46),
    )
)

SAGO = (
    path("#4f8a45", "M-56 12C-20-16 30-20 58-8C30-4-10 6-56 12z")
    + path("#3f7438", "M-50 20C-14 2 30 2 56 12C26 14-14 18-50 20z")
    + line("#9fc38a", 1.5, "M-50 11C-16-6 24-12 54-8M-46 19C-12 8 26 8 52 12")
)

BONE_SPOON = spoon("#f7fafb")

PANDAN = "".join(
    path(tone, f"M-50 {y}C-10 {y - 18} 30 {y - 16} 56 {y - 4}C30 {y - 4}-10 {y + 2}-50 {y}z")
    for y, tone in ((-6, "#3f7a45"), (6, "#4f9150"), (16, "#35683b"))
)

MORINGA = line("#5f8a3e", 2.6, "M-46 16C-16 6 14-6 46-22") + "".join(
    oval("#4f9150" if place % 2 else "#64a35f", x, y, 9, 7)
    for place, (x, y) in enumerate(
        (
            (-34, 2),
            (-30, 22),
            (-16, -4),
            (-10, 18),
            (4, -14),
            (10, 12),
            (22, -24),
            (30, 2),
            (46, -24),
            (-46, 18),
        )
    )
)

AVOCADO = (
    path("#3f5a2c", "M-40 4C-44-16-20-26 2-20C24-18 44-10 44 2C44 18 20 28-6 26C-28 26-38 18-40 4z")
    + path(
        "#c9d67a", "M-34 4C-37-12-18-20 2-15C22-13 38-8 38 2C38 14 18 22-6 21C-26 21-33 14-34 4z"
    )
    + path("#e9eca8", "M-26 4C-28-8-14-14 2-10C18-9 28-5 28 2C28 10 14 15-6 15C-20 15-26 10-26 4z")
    + oval("#8a5a2c", -8, 3, 13, 12)
    + oval("#b5824a", -11, 0, 6, 5)
)

VANILLA = "".join(
    line("#2f1c10", 6, f"M-50 {y}C-16 {y - 14} 20 {y + 10} 54 {y - 8}")
    + line("#6b4a30", 1.4, f"M-48 {y - 1}C-16 {y - 15} 20 {y + 9} 52 {y - 9}")
    for y in (12, 2, -8)
) + line("#c9a765", 5, "M0 14V-10")

COCONUT_SPOON = spoon("#8a5424")
