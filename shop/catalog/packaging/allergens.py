"""Allergens: the set a label must name, how it is kept, and where the ingredients name one."""

import re
from collections.abc import Iterable

from shop.core.values.text import mark_translatable

ALLERGENS = (
    mark_translatable("gandum"),
    mark_translatable("telur"),
    mark_translatable("ikan"),
    mark_translatable("udang"),
    mark_translatable("moluska"),
    mark_translatable("kacang tanah"),
    mark_translatable("kedelai"),
    mark_translatable("susu"),
    mark_translatable("kacang mete"),
    mark_translatable("wijen"),
    mark_translatable("sulfit"),
)
"""Gluten cereals, eggs, fish, crustaceans, molluscs, peanuts, soy, milk, tree nuts, sulphite
(PerBPOM 31/2018), and sesame, which buyers abroad ask for. Kept in Indonesian, shown translated."""

_NAMED = {
    "gandum": "gandum|terigu|gluten|jelai|barli|oat|havermut|semolina",
    "telur": "telur|mayones",
    "ikan": "ikan|teri|tongkol|tuna|tenggiri|bandeng|cakalang|belida|gabus|patin|lele|salmon",
    "udang": "udang|rebon|ebi|terasi|petis|kepiting|rajungan|lobster",
    "moluska": "moluska|cumi|sotong|gurita|kerang|kupang|tiram",
    "kacang tanah": "kacang tanah|kacang kulit",
    "kedelai": "kedelai|kedele|kecap|tempe|tahu|tauco",
    "susu": "susu|keju|mentega|laktosa|whey|krim|yoghurt|yogurt",
    "kacang mete": "mete|mede|almond|kenari|hazelnut|walnut|pistachio|makadamia",
    "wijen": "wijen",
    "sulfit": "sulfit|bisulfit|metabisulfit",
}
_FINDS = {name: re.compile(rf"\b({words})\b", re.IGNORECASE) for name, words in _NAMED.items()}
_ANY = re.compile(rf"\b(?:{'|'.join(_NAMED.values())})\b", re.IGNORECASE)
_NOT_MEANT = re.compile(r"\b(susu|krim) (kelapa|kedelai|almond|oat)\b", re.IGNORECASE)


def read_allergens(text: str | None) -> tuple[str, ...]:
    """The allergens as they are kept; what somebody wrote beside ours stays at the end."""
    parts = dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip())
    known = [name for name in ALLERGENS if name in parts]
    return (*known, *(part for part in parts if part not in ALLERGENS))


def write_allergens(names: Iterable[str]) -> str:
    """As they are kept: each once, in the order of the list.

    >>> write_allergens(["telur", "gandum", "telur"])
    'gandum, telur'
    """
    return ", ".join(read_allergens(",".join(names)))


def allergens_named(ingredients: str | None) -> tuple[str, ...]:
    """Which allergens the ingredients name, so that a forgotten tick is seen.

    >>> allergens_named("tepung terigu, santan (krim kelapa), terasi")
    ('gandum', 'udang')
    """
    text = _NOT_MEANT.sub(lambda found: found[2], ingredients or "")
    return tuple(name for name, finds in _FINDS.items() if finds.search(text))


def allergen_parts(ingredients: str) -> tuple[tuple[str, bool], ...]:
    """The ingredients in pieces, each with whether it names an allergen and is printed bold.

    >>> allergen_parts("gula, telur 10%")
    (('gula, ', False), ('telur', True), (' 10%', False))
    """
    parts: list[tuple[str, bool]] = []
    end = 0
    for found in _ANY.finditer(ingredients):
        if found.start() > end:
            parts.append((ingredients[end : found.start()], False))
        parts.append((found[0], True))
        end = found.end()
    if end < len(ingredients):
        parts.append((ingredients[end:], False))
    return tuple(parts)
