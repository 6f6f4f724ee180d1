"""The components on a page of their own: the shop's templates with nothing behind them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace

from flask import Flask, g, render_template, request
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from werkzeug.datastructures import MultiDict
from wtforms import (  # type: ignore[attr-defined]  # its stubs lag behind: SelectChoice
    BooleanField,
    Form,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    validators,
)

from config import ROOT
from shop.core.values.money import Rupiah, format_rupiah
from shop.people.cooperatives.rules import ClosedTime
from shop.services.media.queries import Picture
from shop.services.media.rules import PhotoFormat
from shop.services.media.views import srcset
from shop.web.http import data_saver
from shop.web.http.app_state import EXTENSION
from shop.web.i18n import language
from shop.web.page_cache import slots
from shop.web.rendering import assets, icons, page_metadata
from shop.web.rendering.template_filters import written_day

CLOTHS = (
    ("ceplok", "daun"),
    ("ombak", "nila"),
    ("kawung", "soga"),
    ("anyam", "kunyit"),
    ("ikat", "mengkudu"),
    ("truntum", "manggis"),
)

SLOTS = {
    "account_url": "/masuk",
    "account_word": "Masuk",
    "my_account_word": "Masuk",
    "register_link": "",
    "bell": "",
    "cart_hidden": " hidden",
    "cart_count": "0",
}
"""What the shop's rooms say of a visitor without anything."""

FACTS = (
    ("scale", "Berat bersih", "250 g"),
    ("clock", "Masa simpan", "5 bulan"),
    ("temp", "Penyimpanan", "Suhu ruang, kering"),
    ("pouch", "Jenis kemasan", "Kantong berdiri, zip"),
    ("halal", "Halal", "Bersertifikat", "ID11110000090010224"),
    ("doc", "Nomor P-IRT", "206330701041231"),
    ("box", "Ukuran paket", "18 × 26 × 6 cm"),
)
MORE = (
    ("Komposisi", "Tempe kedelai (72%), tepung beras, minyak kelapa, daun jeruk, garam."),
    ("Alergen", "Mengandung kedelai."),
    ("Setelah dibuka", "Tutup rapat, habiskan dalam 7 hari."),
)


@dataclass(frozen=True)
class Card:
    """What ``components/card.html`` asks of a product in a list."""

    name: str = "Keripik Tempe Daun Jeruk"
    url: str = "/produk/keripik-tempe"
    cooperative: str = "Sari Bumi"
    place: str = "Wonosobo"
    motif: str = "ceplok"
    dye: str = "daun"
    picture: Picture | None = Picture("ab/" + "c" * 30, 800, {PhotoFormat.JPEG: (320,)})
    net: str = "250 g"
    keeps: str = "5 bulan"
    size: str = ""
    storage: str = "Suhu ruang"
    permits: str = "Halal · P-IRT"
    price: Rupiah = Rupiah(28_000)
    has_prices: bool = False
    sold: int = 412
    variant_id: int | None = 7
    available: int = 58


@dataclass(frozen=True)
class Desk:
    """What ``desk.html`` asks of the desk."""

    slug: str = "gayo"
    name: str = "Koperasi Gayo Rimba Lestari"
    motif: str = "truntum"
    dye: str = "manggis"


class Trial(Form):
    """A field of every kind."""

    nama = StringField(
        "Nama penerima",
        [validators.InputRequired("Nama belum diisi.")],
        render_kw={"autocomplete": "name"},
    )
    wa = TelField(
        "Nomor WhatsApp",
        [validators.Length(min=9, message="Nomornya kurang panjang. Contoh: 812 3456 7890.")],
        description="Untuk kabar paket. Tidak dipakai promosi.",
        render_kw={"inputmode": "tel", "autocomplete": "tel-national", "required": True},
    )
    alamat = TextAreaField("Alamat", [validators.InputRequired()], description="Jalan, RT/RW.")
    berat = IntegerField("Berat bersih", [validators.InputRequired("Beratnya dalam gram.")])
    catatan = StringField("Catatan")
    provinsi = SelectField(
        "Provinsi", choices=[SelectChoice("11", "Aceh"), SelectChoice("33", "Jawa Tengah")]
    )
    bungkus = RadioField(
        "Dibungkus pakai apa?",
        [validators.InputRequired("Pilih satu bungkus.")],
        choices=[SelectChoice("kantong", "Kantong"), SelectChoice("botol", "Botol")],
    )
    tahan = RadioField(
        "Isi kemasan", choices=[SelectChoice("1", "250 g"), SelectChoice("2", "500 g")], default="1"
    )
    setuju = BooleanField("Saya sudah membaca", [validators.InputRequired("Centang dulu.")])


def goods() -> list[Card]:
    """Cards in every state a card can have."""
    long = "Kopi Arabika Gayo Sangrai Sedang Biji Utuh Petik Merah Musim Panen Raya"
    return [
        Card(),
        Card(name="Abon Ikan Tongkol", motif="ombak", dye="nila", available=6),
        Card(name="Sambal Ikan Roa", motif="ikat", dye="mengkudu", available=0),
        Card(name=long, motif="truntum", dye="manggis", has_prices=True, variant_id=None),
        Card(
            name="Tas Anyam Ketak",
            motif="anyam",
            dye="kunyit",
            picture=None,
            keeps="",
            size="22×28 cm",
            storage="",
            permits="",
            sold=0,
            price=Rupiah(1_185_000),
        ),
    ]


def make_app() -> Flask:
    """A shop without rooms: ``/``, ``/meja`` and every error page under ``/galat/<code>``."""
    app = Flask("showroom", template_folder=str(ROOT / "templates"), static_folder=None)
    app.secret_key = "x" * 32
    own = FileSystemLoader(Path(__file__).parent / "templates")
    app.jinja_env.loader = ChoiceLoader([own, FileSystemLoader(ROOT / "templates")])
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config["BABEL_DEFAULT_LOCALE"] = "id"
    language.init_app(app)
    assets.init_app(app, ROOT / "static")
    icons.init_app(app)
    app.extensions[EXTENSION] = SimpleNamespace(public_url="http://localhost", is_demo=False)
    page_metadata.init_app(app)
    data_saver.init_app(app)
    slots.init_app(app, None)
    for name, word in SLOTS.items():
        slots.define_slot(app, name, lambda word=word: word)  # type: ignore[misc]
    app.jinja_env.globals.update(
        csrf_token=lambda: "token-of-the-day",
        srcset=srcset,
        media_url=lambda _key: "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>",
    )
    app.jinja_env.filters.update(rupiah=format_rupiah, tanggal=written_day)

    @app.get("/")
    def everything() -> str:
        sent = MultiDict({"nama": "Dewi", "wa": "812 34"}) if "salah" in request.args else None
        form = Trial(sent)
        if sent is not None:
            form.validate()
        return render_template(
            "all.html",
            cloths=CLOTHS,
            goods=goods(),
            facts=FACTS,
            more=MORE,
            coba=form,
            closed=ClosedTime(date(2027, 3, 5), date(2027, 3, 22), "Pulang kampung."),
        )

    @app.get("/meja")
    def desk() -> str:
        g.desk = Desk()
        return render_template("desk_all.html")

    @app.get("/galat/<int:code>")
    def refusal(code: int) -> tuple[str, int]:
        return render_template(f"errors/{code}.html"), code

    return app
