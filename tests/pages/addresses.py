"""Every page of the shop, by who opens it. A page that is missing here fails a test."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.support.busy_day import DESK, GOODS, STAGES, BusyDay

CHOICE = "kemeja-batik-cap-lengan-panjang"
SOLD_OUT = "sandal-kulit-anyam-wanita"

ID = f"int(max={2**63 - 1})"

MACHINES = {
    "/healthz",
    "/readyz",
    "/media/<path:name>",
    "/wilayah.json",
    "/sitemap.xml",
    "/sitemap/toko.xml",
    "/sitemap/<int:part>.xml",
    "/robots.txt",
    "/manifest.webmanifest",
    "/favicon.ico",
    "/kelola/<slug>/ongkir/tarif.csv",
    "/kelola/<slug>/tarik.csv",
    "/operator/pencairan/<code>/bank.csv",
    f"/operator/sengketa/<{ID}:dispute_id>/bukti.pdf",
    f"/pembelian/<code>/bukti/<{ID}:proof_id>",
    f"/pesanan/<number>/percakapan/foto/<{ID}:photo_id>",
    f"/produk/<slug>/tanya/foto/<{ID}:photo_id>",
    f"/kelola/<slug>/pesanan/<number>/percakapan/foto/<{ID}:photo_id>",
    f"/kelola/<slug>/percakapan/<{ID}:conversation_id>/foto/<{ID}:photo_id>",
    f"/operator/uang-masuk/<code>/bukti/<{ID}:proof_id>",
    f"/kelola/<slug>/uang-masuk/<code>/bukti/<{ID}:proof_id>",
    f"/pesanan/<number>/keluhan/<int(max=999):position>/foto/<{ID}:photo_id>",
    f"/kelola/<slug>/pesanan/<number>/keluhan/<int(max=999):position>/foto/<{ID}:photo_id>",
    f"/operator/keluhan/<number>/<int(max=999):position>/foto/<{ID}:photo_id>",
    "/lapak/produk/<sku>/label.pdf",
    "/lapak/produk/<sku>/cerita/kartu.pdf",
    "/kelola/<slug>/pesanan/cetak.pdf",
    "/kelola/<slug>/pesanan/resi.csv",
    "/kelola/<slug>/pesanan/<number>/cetak.pdf",
    "/pesanan/<number>/faktur.pdf",
}
"""Rules that no person looks at."""

LETTERS = {"/daftar/<secret>", "/sandi-baru/<secret>", "/surat-demo/<name>", "/lupa-sandi/kode"}
"""Pages behind a secret in a letter; the tests of accounts open them."""


@dataclass(frozen=True)
class Place:
    """A page as somebody sees it."""

    who: str
    """``anyone`` has empty pockets; the others are those of ``BusyDay.pockets``."""
    path: str
    """With names of ``BusyDay`` in braces."""
    is_desk: bool = False
    """A workspace, which may weigh more than a shopper's page."""

    def __str__(self) -> str:
        return f"{self.who}:{self.path}"

    def at(self, day: BusyDay) -> str:
        """The address on that day."""
        return self.path.format(
            purchase=day.unpaid,
            paid=day.paid,
            bill=day.bill,
            statement=day.statement,
            own_bill=day.own_bill,
            own_statement=day.own_statement,
            payout=day.payout,
            member_payout=day.member_payout,
            dispute=day.dispute,
            question=day.question,
            address=day.address,
            own_round=day.own_round,
            pickup_place=day.pickup_place,
            **day.orders,
        )


PUBLIC = (
    "/",
    "/?dekat=Jawa+Tengah",
    "/produk",
    "/produk?q=kopi",
    "/produk?q=tidakadabarangini",
    "/produk?q=kripk+pisng",
    "/produk/saran?q=ker",
    "/produk?kategori=batik-tenun&urut=termurah",
    f"/produk/{GOODS}",
    f"/produk/{GOODS}?ke=bandung",
    f"/produk/{CHOICE}",
    f"/produk/{SOLD_OUT}",
    f"/cerita/{GOODS}",
    "/koperasi",
    "/koperasi?provinsi=Jawa+Tengah",
    f"/koperasi/{DESK}",
    "/keranjang",
    "/lacak",
    "/wilayah",
    "/wilayah?q=buaran",
    "/masuk",
    "/masuk/pin",
    "/daftar",
    "/daftar/terkirim",
    "/lupa-sandi",
    "/lupa-sandi/terkirim",
    "/pembelian/{purchase}",
)
GUEST = (
    "/",
    f"/produk/{GOODS}",
    "/keranjang",
    "/checkout",
    "/pembelian/{purchase}",
    "/pembelian/{purchase}/kartu",
    "/pembelian/{paid}",
    "/pembelian/{paid}/uang-kembali",
    "/pesanan/{unpaid}",
    "/pesanan/{unpaid}/percakapan",
)
RAHMA = (
    "/pesanan/{arrived}",
    "/pesanan/{arrived}/keluhan",
    "/pesanan/{arrived}/keluhan/1",
    "/pesanan/{answered}/keluhan/1",
)
SARI = (
    "/",
    "/akun",
    "/akun/pesanan",
    "/akun/percakapan",
    f"/produk/{GOODS}/tanya",
    "/akun/alamat",
    "/akun/alamat/baru",
    "/akun/alamat/{address}",
    "/akun/data-diri",
    "/akun/bahasa",
    "/akun/pemberitahuan",
    "/akun/pemberitahuan/surat",
    "/akun/perangkat",
    "/akun/sandi",
    "/keranjang",
    "/checkout",
)
HERE = f"/kelola/{DESK}"
MANAGER = (
    "/kelola",
    HERE,
    f"{HERE}/pesanan",
    *(f"{HERE}/pesanan?tahap={stage}" for stage in ("baru", "kemas", "siap", "jalan")),
    f"{HERE}/pesanan?cari=rahma",
    f"{HERE}/pesanan/daftar-ambil",
    f"{HERE}/pesanan/resi",
    f"{HERE}/pesanan/rute",
    f"{HERE}/pesanan/ambil",
    f"{HERE}/pesanan/chat",
    f"{HERE}/pesanan/chat/{{chat}}",
    *(f"{HERE}/pesanan/{{{stage}}}" for stage in (*STAGES, "unpaid")),
    f"{HERE}/pesanan/{{arrived}}/uang-kembali",
    f"{HERE}/pesanan/{{arrived}}/uang-kembali?lihat=1&isi-1=1&alasan=damaged&stok=rak&tanggung=kas",
    f"{HERE}/uang-kembali",
    f"{HERE}/keluhan",
    f"{HERE}/keluhan?lihat=sudah",
    f"{HERE}/pesanan/{{complained}}/keluhan/1",
    f"{HERE}/pesanan/{{answered}}/keluhan/1",
    f"{HERE}/produk",
    f"{HERE}/produk?stok=menipis",
    f"{HERE}/produk/baru",
    f"{HERE}/produk/setuju",
    f"{HERE}/produk/setuju/PKL-011",
    "/lapak/produk/PKL-011/isi",
    f"{HERE}/produk/PKL-011/stok",
    "/lapak/produk/PKL-011",
    "/lapak/produk/PKL-011/pilihan",
    "/lapak/produk/PKL-011/grosir",
    "/lapak/produk/PKL-011/stok",
    "/lapak/produk/PKL-011/kemasan",
    "/lapak/produk/PKL-011/lain",
    "/lapak/produk/PKL-011/foto",
    f"{HERE}/izin",
    *(f"{HERE}/izin?lihat={pile}" for pile in ("segera", "lewat", "sudah")),
    f"{HERE}/kedaluwarsa",
    "/lapak/produk/PKL-011/cerita",
    "/lapak/produk/PKL-011/label",
    f"{HERE}/anggota",
    f"{HERE}/anggota/PKL-M01",
    f"{HERE}/kabar",
    f"{HERE}/kumpulkan",
    f"{HERE}/kumpulkan/hari",
    f"{HERE}/kumpulkan/PKL-M10",
    f"{HERE}/tarik",
    f"{HERE}/percakapan",
    f"{HERE}/percakapan/{{question}}",
    f"{HERE}/pesanan/{{new}}/percakapan",
    f"{HERE}/voucher",
    f"{HERE}/biaya",
    f"{HERE}/kalender",
    f"{HERE}/kas",
    f"{HERE}/kas/batas",
    f"{HERE}/keuangan",
    f"{HERE}/keuangan/anggota/{{member_payout}}",
    f"{HERE}/ongkir",
    f"{HERE}/ongkir?ke=bandung&berat=1,3+kg",
    f"{HERE}/ongkir/unggah",
    f"{HERE}/ongkir/zona",
    f"{HERE}/ongkir/gratis",
    f"{HERE}/ongkir/antar",
    f"{HERE}/ongkir/antar/{{own_round}}",
    f"{HERE}/ongkir/ambil",
    f"{HERE}/ongkir/ambil/{{pickup_place}}",
)
MEMBER = (
    "/akun",
    "/lapak",
    "/lapak/produk",
    "/lapak/siapkan",
    "/lapak/pendapatan",
    "/lapak/kedaluwarsa",
    "/lapak/buka-uang",
    "/lapak/produk/PKL-011",
    "/lapak/produk/PKL-011/cerita",
    "/lapak/produk/PKL-011/label",
    "/lapak/produk/PKL-011/foto",
    "/lapak/produk/PKL-011/isi",
    "/lapak/produk/PKL-011/kemasan",
    "/lapak/produk/PKL-011/lain",
    "/lapak/produk/PKL-011/pilihan",
    "/lapak/produk/PKL-011/grosir",
    "/lapak/produk/PKL-011/stok",
    "/lapak/produk/baru",
)
TREASURER = (
    f"{HERE}/kas",
    f"{HERE}/rekening",
    f"{HERE}/uang-kembali",
    f"{HERE}/uang-masuk",
    f"{HERE}/uang-masuk/{{own_bill}}",
    f"{HERE}/uang-masuk/mutasi",
    f"{HERE}/uang-masuk/mutasi/{{own_statement}}",
)
OPERATOR = (
    "/operator",
    "/operator/kartu",
    "/operator/keluhan",
    "/operator/keluhan/{appealed}/1",
    "/operator/rekening",
    "/operator/kabar",
    "/operator/macet",
    "/operator/voucher",
    "/operator/biaya",
    "/operator/koperasi",
    f"/operator/koperasi/{DESK}",
    "/operator/sengketa",
    "/operator/sengketa/{dispute}",
    "/operator/uang-kembali",
    "/operator/uang-masuk",
    "/operator/uang-masuk/{bill}",
    "/operator/uang-masuk/mutasi",
    "/operator/uang-masuk/mutasi/{statement}",
    "/operator/pencairan",
    "/operator/pencairan/{payout}",
)

PLACES = (
    *(Place("anyone", path) for path in PUBLIC),
    *(Place("guest", path) for path in GUEST),
    *(Place("rahma", path) for path in RAHMA),
    *(Place("sari", path) for path in SARI),
    *(Place("manager", path, is_desk=True) for path in MANAGER),
    *(Place("treasurer", path, is_desk=True) for path in TREASURER),
    *(Place("member", path, is_desk=path != "/akun") for path in MEMBER),
    *(Place("operator", path, is_desk=True) for path in OPERATOR),
)

DESK_PAGES = tuple(place for place in PLACES if place.who in ("manager", "treasurer"))


def _about(*pages: str) -> tuple[Place, ...]:
    return tuple(place for place in DESK_PAGES if place.path.startswith(pages))


ORDER_PAGES = ("pesanan", "kumpulkan", "keluhan", "percakapan", "kabar", "kedaluwarsa", "tarik")
ABOUT_ORDERS = _about(*(f"{HERE}/{page}" for page in ORDER_PAGES))
"""Pages of a desk about orders and about what is collected for them."""
ABOUT_GOODS = _about("/lapak", *(f"{HERE}/{page}" for page in ("produk", "izin", "anggota")))
"""Pages of a desk about goods, their papers and who makes them."""

QUERIES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "anyone": (
        (
            "/produk",
            "q kategori koperasi provinsi harga_min harga_max halal tersedia siap_kirim tahan_min"
            " suhu_ruang urut setelah",
        ),
        ("/wilayah", "q di"),
        ("/wilayah.json", "q di"),
        ("/masuk", "lanjut"),
        ("/masuk/pin", "lanjut"),
    ),
    "sari": (("/akun/pesanan", "setelah"),),
    "manager": (
        (f"/kelola/{DESK}/pesanan", "tahap cari setelah pilih"),
        (f"/kelola/{DESK}/pesanan/daftar-ambil", "tahap"),
        (f"/kelola/{DESK}/produk", "cari stok setelah"),
    ),
    "operator": (("/operator/uang-masuk", "cari setelah"),),
}
"""Who asks which page what: names of a query, by address."""
