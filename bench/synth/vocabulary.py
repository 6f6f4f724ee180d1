"""Words of the invented market: goods, flavours, places and people as Indonesia knows them.

Each thing stands beside its English name. Nothing here is a brand or a person.
"""

from dataclasses import dataclass
from typing import Final

Pair = tuple[str, str]
"""Indonesian and English."""


@dataclass(frozen=True)
class Sort:
    """What goods of one category are called, packed in, and cost."""

    path: str
    things: tuple[Pair, ...]
    kinds: tuple[Pair, ...]
    contents: tuple[int, ...]
    unit: str
    shelf_days: tuple[int, ...]
    """None given: it does not spoil."""
    storage: str
    pack: str
    price: tuple[int, int]
    """Rupiah, in thousands: from, to."""
    choice: tuple[str, tuple[str, ...]]


def _pairs(text: str) -> tuple[Pair, ...]:
    """``Kopi Arabika=Arabica Coffee; …``."""
    found = []
    for part in text.split(";"):
        name, _, english = part.strip().partition("=")
        found.append((name, english or name))
    return tuple(found)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split("; "))


_TASTES = _pairs(
    "Original; Balado=Chilli; Pedas Manis=Sweet & Hot; Bawang=Garlic; Keju=Cheese; Jagung Bakar="
    "Grilled Corn; Daun Jeruk=Lime Leaf; Rumput Laut=Seaweed; Gurih=Savoury; Manis=Sweet; Asin="
    "Salted; Cabai Hijau=Green Chilli; Kencur=Kencur; Ebi=Dried Shrimp; Tanpa MSG=No MSG"
)
_PATTERNS = _pairs(
    "Kawung; Parang; Truntum; Mega Mendung; Sekar Jagad; Sidomukti; Ceplok; Lereng; Bunga Tanjung;"
    " Daun Pakis; Ombak; Burung Hong=Phoenix; Kembang Kapas=Cotton Flower; Pucuk Rebung"
)
_MADE = _pairs(
    "Halus=Fine; Polos=Plain; Motif Kotak=Checked; Warna Alam=Natural Dye; Ukuran Besar=Large;"
    " Ukuran Kecil=Small; Serbaguna=All-purpose; Dua Warna=Two-tone; Klasik=Classic; Lipat=Folding"
)
_ROAST = _pairs(
    "Sangrai Ringan=Light Roast; Sangrai Sedang=Medium Roast; Sangrai Gelap=Dark Roast; Natural;"
    " Honey; Cuci Penuh=Washed; Peaberry; Petik Merah=Red Picked; Tubruk=Ground for Tubruk"
)
_PURE = _pairs(
    "Asli=Pure; Premium; Organik=Organic; Pilihan=Selected; Kering=Dried; Bubuk=Powder;"
    " Curah=Loose; Segar=Fresh; Tradisional=Traditional; Panen Baru=New Harvest"
)

_DRY = "Suhu ruang, tempat kering, tutup rapat"
_CLOTH = "Tempat kering, hindari lembap"
_POUCH = "Standing pouch foil, zipper"
_JAR = "Botol kaca, tutup ulir"
_SIZE = ("ukuran", ("S", "M", "L"))
_GRIND = ("giling", ("biji", "kasar", "halus"))
_WEIGHT = ("isi", ("kecil", "sedang", "besar"))
_TINT = ("warna", ("cokelat", "hitam", "alami"))

SORTS: Final = (
    Sort(
        "makanan-olahan/keripik-kerupuk",
        _pairs(
            "Keripik Singkong=Cassava Chips; Keripik Pisang=Banana Chips; Keripik Tempe=Tempeh"
            " Chips; Keripik Talas=Taro Chips; Keripik Nangka=Jackfruit Chips; Kerupuk Udang="
            "Prawn Crackers; Kerupuk Ikan Tenggiri=Mackerel Crackers; Kerupuk Kulit=Skin Crackers;"
            " Rengginang=Rice Crackers; Emping Melinjo=Melinjo Crackers; Rempeyek Kacang=Peanut"
            " Brittle; Opak Singkong=Cassava Wafers; Keripik Bayam=Spinach Chips"
        ),
        _TASTES, (80, 100, 150, 200, 250), "g", (90, 120, 150, 180), _DRY, _POUCH, (9, 45), _WEIGHT,
    ),
    Sort(
        "makanan-olahan/kue-camilan-manis",
        _pairs(
            "Dodol Ketan=Sticky Rice Toffee; Kue Sagu=Sago Cookies; Nastar=Pineapple Tarts; Kue"
            " Semprong=Rolled Wafers; Ampyang Kacang=Peanut Sugar Snack; Bagea Kenari=Kenari Sago"
            " Bread; Geplak Kelapa=Coconut Sweets; Wajik Kletik=Sticky Rice Sweets; Bakpia=Bean"
            " Pastry; Kue Kering Jahe=Ginger Biscuits; Manisan Pala=Candied Nutmeg"
        ),
        _TASTES[:1] + _PURE, (150, 200, 250, 300), "g", (30, 60, 90, 120), _DRY,
        "Kotak karton, kantong dalam", (15, 60), _WEIGHT,
    ),
    Sort(
        "makanan-olahan/lauk-siap-saji",
        _pairs(
            "Abon Sapi=Beef Floss; Abon Ikan Tuna=Tuna Floss; Rendang Daging=Beef Rendang; Dendeng"
            " Sapi=Beef Jerky; Serundeng Kelapa=Toasted Coconut; Kering Tempe=Crisp Tempeh; Ikan"
            " Asap=Smoked Fish; Teri Kacang=Anchovies & Peanuts; Paru Goreng=Crisp Lung"
        ),
        _TASTES, (100, 150, 200, 250), "g", (60, 90, 180), _DRY, "Retort pouch", (28, 120), _WEIGHT,
    ),
    Sort(
        "makanan-olahan/bumbu-sambal",
        _pairs(
            "Sambal Terasi=Shrimp Paste Sambal; Sambal Roa=Roa Sambal; Sambal Matah=Matah Sambal;"
            " Sambal Andaliman=Andaliman Sambal; Bumbu Rendang=Rendang Spice Paste; Bumbu Pecel="
            "Peanut Sauce; Terasi Udang=Shrimp Paste; Kecap Manis=Sweet Soy Sauce; Garam Laut=Sea"
            " Salt; Lada Hitam=Black Pepper; Bumbu Opor=Opor Spice Paste; Cabai Bubuk=Chilli Powder"
        ),
        _TASTES, (100, 150, 200, 250), "g", (120, 180, 365), _DRY, _JAR, (12, 65), _WEIGHT,
    ),
    Sort(
        "makanan-olahan/gula-madu-selai",
        _pairs(
            "Gula Aren=Palm Sugar; Gula Semut=Palm Sugar Granules; Madu Hutan=Forest Honey; Madu"
            " Kelulut=Stingless Bee Honey; Selai Nanas=Pineapple Jam; Selai Srikaya=Coconut Jam;"
            " Gula Kelapa=Coconut Sugar; Sirup Pala=Nutmeg Syrup"
        ),
        _PURE, (250, 350, 500, 650), "g", (180, 365), _DRY, _JAR, (18, 160), _WEIGHT,
    ),
    Sort(
        "makanan-olahan/minyak-kelapa",
        _pairs("Minyak Kelapa=Coconut Oil; VCO=Virgin Coconut Oil; Minyak Goreng Kelapa=Cooking"
               " Coconut Oil"),
        _PURE, (250, 500, 1000), "ml", (365, 540), _DRY, _JAR, (25, 130), _WEIGHT,
    ),
    Sort(
        "makanan-olahan/tepung-pati",
        _pairs(
            "Tepung Mocaf=Cassava Flour; Tepung Beras Merah=Red Rice Flour; Pati Sagu=Sago Starch;"
            " Tepung Garut=Arrowroot Flour; Tepung Ketan=Sticky Rice Flour; Tepung Jagung=Corn"
            " Flour"
        ),
        _PURE, (500, 1000), "g", (180, 365), _DRY, "Kantong PP, jahit", (12, 55), _WEIGHT,
    ),
    Sort(
        "minuman/kopi",
        _pairs(
            "Kopi Arabika=Arabica Coffee; Kopi Robusta=Robusta Coffee; Kopi Liberika=Liberica"
            " Coffee; Kopi Luwak=Civet Coffee; Kopi Rempah=Spiced Coffee; Kopi Bubuk=Ground Coffee;"
            " Kopi Jahe=Ginger Coffee"
        ),
        _ROAST, (100, 200, 250, 500), "g", (180, 270, 365), _DRY,
        "Standing pouch foil, zipper, katup satu arah", (22, 180), _GRIND,
    ),
    Sort(
        "minuman/teh-wedang",
        _pairs(
            "Teh Hijau=Green Tea; Teh Melati=Jasmine Tea; Wedang Jahe=Ginger Drink; Wedang Uwuh="
            "Uwuh Herb Drink; Teh Bunga Telang=Butterfly Pea Tea; Teh Rosela=Roselle Tea; Bandrek="
            "Spiced Ginger Drink; Teh Daun Kelor=Moringa Tea; Serbat Rempah=Spice Drink"
        ),
        _PURE, (50, 100, 150, 250), "g", (365, 540), _DRY, _POUCH, (14, 75), _WEIGHT,
    ),
    Sort(
        "minuman/kakao-cokelat",
        _pairs("Cokelat Batang=Chocolate Bar; Kakao Bubuk=Cocoa Powder; Biji Kakao Sangrai=Roasted"
               " Cocoa Beans; Minuman Cokelat=Drinking Chocolate; Cokelat Jahe=Ginger Chocolate"),
        _PURE, (60, 100, 150, 200), "g", (270, 365), _DRY, _POUCH, (18, 95), _WEIGHT,
    ),
    Sort(
        "minuman/minuman-segar",
        _pairs("Sari Buah Markisa=Passion Fruit Drink; Sirup Jeruk Kalamansi=Calamansi Syrup; Sari"
               " Kurma=Date Drink; Kunyit Asam=Turmeric & Tamarind; Beras Kencur=Rice & Kencur;"
               " Sari Belimbing=Starfruit Drink"),
        _PURE, (250, 350, 500), "ml", (30, 60, 90), "Dingin, 2–8 °C", _JAR, (10, 55), _WEIGHT,
    ),
    Sort(
        "hasil-tani",
        _pairs(
            "Beras Merah=Red Rice; Beras Pandan Wangi=Pandan Wangi Rice; Kacang Mete=Cashew Nuts;"
            " Kemiri=Candlenuts; Kayu Manis=Cinnamon; Pala Biji=Nutmeg; Cengkih=Cloves; Vanili="
            "Vanilla Pods; Jahe Merah=Red Ginger; Kunyit Kering=Dried Turmeric; Kacang Hijau=Mung"
            " Beans; Jagung Pipil=Shelled Corn"
        ),
        _PURE, (100, 250, 500, 1000), "g", (180, 365), _DRY, "Kantong PP, jahit", (15, 140),
        _WEIGHT,
    ),
    Sort(
        "batik-tenun/batik",
        _pairs("Kain Batik Tulis=Hand-drawn Batik; Kain Batik Cap=Stamped Batik; Selendang Batik="
               "Batik Shawl; Sarung Batik=Batik Sarong; Syal Batik=Batik Scarf"),
        _PATTERNS, (1,), "lembar", (), _CLOTH,
        "Kotak hardboard, kertas tisu bebas asam, kartu kain", (95, 1900), _TINT,
    ),
    Sort(
        "batik-tenun/tenun",
        _pairs("Kain Tenun Ikat=Ikat Cloth; Ulos Tenun=Ulos Cloth; Songket=Songket Cloth; Selendang"
               " Tenun=Woven Shawl; Sarung Tenun=Woven Sarong; Syal Tenun=Woven Scarf"),
        _PATTERNS, (1,), "lembar", (), _CLOTH,
        "Kotak hardboard, kertas tisu bebas asam, kartu kain", (120, 2400), _TINT,
    ),
    Sort(
        "batik-tenun/sasirangan",
        _pairs("Kain Sasirangan=Sasirangan Cloth; Selendang Sasirangan=Sasirangan Shawl; Kerudung"
               " Sasirangan=Sasirangan Headscarf"),
        _PATTERNS, (1,), "lembar", (), _CLOTH, "Kantong OPP, kartu gantung", (75, 650), _TINT,
    ),
    Sort(
        "fesyen/pakaian",
        _pairs("Kemeja Batik=Batik Shirt; Blus Tenun=Woven Blouse; Rok Lilit=Wrap Skirt; Kebaya"
               " Katun=Cotton Kebaya; Outer Tenun=Woven Outer; Celana Kulot=Culottes; Baju Koko="
               "Koko Shirt"),
        _PATTERNS, (1,), "pcs", (), _CLOTH, "Kantong OPP, kartu gantung", (95, 650), _SIZE,
    ),
    Sort(
        "fesyen/tas-dompet",
        _pairs("Tas Anyam Pandan=Pandan Bag; Tas Rotan=Rattan Bag; Dompet Kulit=Leather Wallet; Tas"
               " Eceng Gondok=Water Hyacinth Bag; Tas Kanvas Tenun=Woven Canvas Bag; Dompet Tenun="
               "Woven Wallet; Ransel Serat=Fibre Backpack"),
        _MADE, (1,), "pcs", (), _CLOTH, "Kantong OPP, kartu gantung", (45, 480), _TINT,
    ),
    Sort(
        "fesyen/aksesori",
        _pairs("Sandal Kulit=Leather Sandals; Kalung Manik=Bead Necklace; Gelang Perak=Silver"
               " Bracelet; Ikat Pinggang Kulit=Leather Belt; Topi Pandan=Pandan Hat; Anting"
               " Mutiara=Pearl Earrings; Bros Tenun=Woven Brooch"),
        _MADE, (1,), "pcs", (), _CLOTH, "Kotak kraft", (25, 380), _TINT,
    ),
    Sort(
        "kerajinan/anyaman",
        _pairs("Keranjang Rotan=Rattan Basket; Tikar Pandan=Pandan Mat; Tudung Saji=Food Cover;"
               " Nampan Anyam=Woven Tray; Kotak Tisu Anyam=Woven Tissue Box; Besek Bambu="
               "Bamboo Box"),
        _MADE, (1,), "pcs", (), _CLOTH, "Kardus dobel", (20, 350), _TINT,
    ),
    Sort(
        "kerajinan/bambu",
        _pairs("Lampu Bambu=Bamboo Lamp; Angklung=Angklung; Gelas Bambu=Bamboo Cup; Sedotan Bambu="
               "Bamboo Straws; Tempat Pensil Bambu=Bamboo Pencil Box; Suling Bambu=Bamboo Flute"),
        _MADE, (1,), "pcs", (), _CLOTH, "Kardus dobel", (12, 240), _TINT,
    ),
    Sort(
        "kerajinan/gerabah-keramik",
        _pairs("Cobek Batu=Stone Mortar; Vas Gerabah=Clay Vase; Mangkuk Keramik=Ceramic Bowl; Kendi"
               " Tanah Liat=Clay Jug; Piring Keramik=Ceramic Plate; Pot Tanaman=Plant Pot"),
        _MADE, (1,), "pcs", (), _CLOTH, "Kardus dobel, sekat dan bantalan kertas (anti pecah)",
        (25, 320), _TINT,
    ),
    Sort(
        "kerajinan/kayu-ukir",
        _pairs("Ukiran Dinding=Wall Carving; Talenan Kayu=Wooden Board; Sendok Kayu=Wooden Spoon;"
               " Topeng Kayu=Wooden Mask; Mainan Kayu=Wooden Toy; Nampan Jati=Teak Tray"),
        _MADE, (1,), "pcs", (), _CLOTH, "Kardus dobel", (18, 850), _TINT,
    ),
    Sort(
        "kerajinan/lukis-hiasan",
        _pairs("Lukisan Kaca=Glass Painting; Wayang Kulit=Shadow Puppet; Hiasan Dinding=Wall Piece;"
               " Gantungan Kunci=Key Ring; Kipas Lukis=Painted Fan"),
        _PATTERNS, (1,), "pcs", (), _CLOTH, "Kardus dobel", (15, 950), _TINT,
    ),
    Sort(
        "kesehatan-kecantikan/jamu-herbal",
        _pairs("Jamu Temulawak=Temulawak Jamu; Jahe Instan=Instant Ginger; Temulawak Bubuk="
               "Temulawak Powder; Jamu Galian=Galian Jamu; Daun Kelor Kapsul=Moringa Capsules"),
        _PURE, (100, 150, 250), "g", (365, 540), _DRY, _POUCH, (15, 95), _WEIGHT,
    ),
    Sort(
        "kesehatan-kecantikan/perawatan-tubuh",
        _pairs("Sabun Kelapa=Coconut Soap; Lulur Beras=Rice Scrub; Sampo Lerak=Soapnut Shampoo;"
               " Sabun Kopi=Coffee Soap; Boreh Rempah=Spice Rub; Masker Bengkuang=Yam Mask"),
        _PURE, (80, 100, 150, 200), "g", (540, 730), _DRY, "Kotak kraft", (14, 85), _WEIGHT,
    ),
    Sort(
        "kesehatan-kecantikan/minyak-aroma",
        _pairs("Minyak Kayu Putih=Cajuput Oil; Minyak Sereh=Citronella Oil; Minyak Nilam=Patchouli"
               " Oil; Minyak Urut=Massage Oil; Dupa Cendana=Sandalwood Incense"),
        _PURE, (30, 60, 100), "ml", (730, 1095), _DRY, _JAR, (18, 140), _WEIGHT,
    ),
    Sort(
        "rumah-tangga",
        _pairs("Taplak Meja=Tablecloth; Sarung Bantal=Cushion Cover; Keset Serabut=Coir Mat; Sapu"
               " Ijuk=Palm Broom; Serbet Tenun=Woven Napkin; Tatakan Gelas=Coasters; Lilin Lebah="
               "Beeswax Candle; Gantungan Baju=Clothes Hanger"),
        _MADE, (1,), "pcs", (), _CLOTH, "Kantong OPP, kartu gantung", (12, 260), _TINT,
    ),
)  # fmt: skip
"""The leaves of the category tree."""

NAME_STARTS: Final = _listed(
    "Sumber Rejeki; Tunas Harapan; Mekar Sari; Karya Bersama; Bina Usaha; Cahaya Desa; Lembah "
    "Hijau; Tani Makmur; Harapan Baru; Bunga Padi; Sinar Pagi; Guyub Rukun; Gotong Royong; "
    "Maju Sejahtera; Mitra Tani; Berkah Laut; Embun Pagi; Rukun Agawe; Surya Kencana; Puspa "
    "Nusantara; Sari Bumi; Tirta Makmur; Wahana Karya; Dharma Bakti; Mutiara Timur; Rimba "
    "Lestari; Anggrek Putih; Melati"
)
FIRST_NAMES: Final = _listed(
    "Sri; Dewi; Rina; Wayan; Made; Ketut; Siti; Nur; Agus; Budi; Joko; Slamet; Ujang; Asep; "
    "Yohana; Maria; Petrus; Markus; Halimah; Fatimah; Rahmat; Hasan; Yusuf; Lestari; Ratna; "
    "Endang; Suryani; Tini; Komang; Nyoman; Butet; Togar; Andi; Daeng; Marlina; Novita; "
    "Kartini; Sulastri"
)
LAST_NAMES: Final = _listed(
    "Wulandari; Lestari; Rahayu; Handayani; Santoso; Wibowo; Nugroho; Saputra; Hidayat; "
    "Pratiwi; Utami; Kurniawan; Setiawan; Maulana; Susanti; Permata; Siregar; Nasution; "
    "Manurung; Sembiring; Tanjung; Pattinasarany; Rumbiak; Wenda; Lamatoa; Bili; Sinaga; "
    "Gunawan; Firmansyah; Aisyah"
)
WORKSHOPS: Final = _listed(
    "Dapur; Rumah; Kebun; Sanggar; Warung; Bengkel; Griya; Omah; Pondok; Tenun"
)
STORY: Final = (
    "{thing} dibuat {maker} di {place} dalam jumlah kecil.",
    "Bahannya diambil dari kebun sendiri dan tetangga sekitar {place}.",
    "Dikerjakan bersama ibu-ibu {coop} sejak pagi, selesai sebelum magrib.",
    "Resep {maker} tidak berubah sejak tiga puluh tahun yang lalu.",
    "Setiap kiriman diperiksa lagi oleh pengurus {coop} sebelum dikemas.",
    "Cocok untuk oleh-oleh, juga untuk dipakai sendiri setiap hari.",
)
INGREDIENTS: Final = _listed(
    "garam; gula; minyak kelapa; bawang putih; cabai; gula aren; santan; jahe"
)
MATERIALS: Final = _listed(
    "katun; serat alam; kayu; rotan; tanah liat; kulit sapi; bambu; pewarna alam"
)
