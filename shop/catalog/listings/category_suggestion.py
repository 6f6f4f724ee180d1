"""Which category goods belong to, guessed from their name; a manager confirms it."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from shop.catalog.packaging.weight_estimate import Weighed, folded
from shop.core.values.text import fold_spelling

_SAID = {
    "makanan-olahan/keripik-kerupuk": (
        "keripik kerupuk rengginang opak emping rempeyek peyek amplang kemplang pilus makaroni"
        " basreng marning kacang stik intip slondok lanting pangsit usus"
    ),
    "makanan-olahan/kue-camilan-manis": (
        "dodol jenang gelamai wajik geplak kue wadai bolu nastar kastengel bakpia sale brownies"
        " permen manisan enting lempok bingka roti bagea biskuit wingko pia onde lapis cookies"
    ),
    "makanan-olahan/lauk-siap-saji": (
        "rendang randang abon dendeng serundeng wadi teri pindang bakso nugget sosis gudeg nasi"
        " bandeng pepes empal ayam bebek ikan sarden rica"
    ),
    "makanan-olahan/bumbu-sambal": (
        "bumbu sambal sambel sambalado petis terasi belacan garam kecap saus cuka tauco merica"
        " lada kayumanis cengkeh pala ketumbar vanili rempah acar"
    ),
    "makanan-olahan/gula-madu-selai": "gula madu selai sirup sirop kurma jeli karamel",
    "makanan-olahan/minyak-kelapa": "minyak vco klentik",
    "makanan-olahan/tepung-pati": "tepung pati sagu tapioka mocaf maizena aci",
    "minuman/kopi": "kopi arabika robusta luwak espresso",
    "minuman/teh-wedang": "teh wedang uwuh secang bajigur bandrek",
    "minuman/kakao-cokelat": "cokelat coklat kakao nibs",
    "minuman/minuman-segar": "jus sari es limun kombucha susu yogurt cendol dawet minuman",
    "hasil-tani": (
        "beras jagung kedelai alpukat pisang mangga jeruk salak durian sayur bawang cabai ubi"
        " singkong kentang talas buah telur"
    ),
    "batik-tenun/batik": "batik",
    "batik-tenun/tenun": "tenun songket ulos ikat sarung syal selendang",
    "batik-tenun/sasirangan": "sasirangan",
    "fesyen/pakaian": (
        "kemeja daster jaket baju kaos mukena gamis celana rok blus kebaya jilbab kerudung tunik"
        " rompi gaun piyama hem"
    ),
    "fesyen/tas-dompet": "tas dompet noken ransel koper",
    "fesyen/aksesori": (
        "sandal sepatu blangkon topi masker kalung gelang anting cincin bros gantungan sabuk peci"
        " udeng"
    ),
    "kerajinan/anyaman": "anyaman tikar tatakan nampan lampit besek bakul tudung",
    "kerajinan/bambu": "bambu keranjang kukusan angklung",
    "kerajinan/gerabah-keramik": (
        "gerabah keramik vas kendi mangkuk tempayan cangkir piring gentong guci cobek teko pot"
    ),
    "kerajinan/kayu-ukir": "ukiran ukir topeng canting kayu perahu patung",
    "kerajinan/lukis-hiasan": "lukisan wayang miniatur hiasan kaligrafi bingkai pajangan magnet",
    "kesehatan-kecantikan/jamu-herbal": "jamu herbal kunyit temulawak",
    "kesehatan-kecantikan/perawatan-tubuh": "sabun lulur sampo scrub krim losion bedak",
    "kesehatan-kecantikan/minyak-aroma": "dupa atsiri aromaterapi lilin parfum kemenyan",
    "rumah-tangga": (
        "sedotan lampu selimut taplak bantal sapu sprei gorden sendok talenan serbet keset tisu"
        " celemek"
    ),
}
_PAIRS: Mapping[tuple[str, ...], str] = MappingProxyType(
    {
        ("minyak", "atsiri"): "kesehatan-kecantikan/minyak-aroma",
        ("minyak", "angin"): "kesehatan-kecantikan/minyak-aroma",
        ("minyak", "urut"): "kesehatan-kecantikan/jamu-herbal",
        ("minyak", "rambut"): "kesehatan-kecantikan/perawatan-tubuh",
    }
)
_WORDS: Mapping[str, str] = MappingProxyType(
    {fold_spelling(word): path for path, words in _SAID.items() for word in words.split()}
)
SAID_WEIGHS = 2.0
"""A word that names a kind of goods counts as much as two names that were seen with it."""


def suggest_category(name: str, known: Sequence[Weighed]) -> str | None:
    """Suggest a category for this name; None when no word of it points to one.

    Indonesian names the thing first (*kopi kelor*, *tas kulit kayu*), so earlier words weigh more.

    :param known: names whose category is known, to learn from.
    """
    asked = folded(name)
    votes: dict[str, float] = defaultdict(float)
    names = [(frozenset(folded(pack.name)), pack.category_path) for pack in known]
    for place, word in enumerate(asked, 1):
        seen = Counter(path for had, path in names if word in had)
        for path, times in seen.items():
            votes[path] += times / seen.total() / place
        said = _PAIRS.get(tuple(asked[place - 1 : place + 1])) or _WORDS.get(word)
        if said is not None:
            votes[said] += SAID_WEIGHS / place
    return max(votes, key=lambda path: votes[path]) if votes else None
