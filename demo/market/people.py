"""Cooperatives, members, shoppers and the operator of the demo market."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.market.accounts import OFFICES, OPERATORS, PASSWORD, SHOPPERS, member_mail, office_mail
from demo.market.csv_lists import rows
from shop.payments.bills.models import Payee, PayeeKind
from shop.people.accounts.actions import create_person, give_operator_right
from shop.people.accounts.models import Contact, OperatorRight, Person
from shop.people.accounts.passwords import hash_password
from shop.people.cooperatives.actions import create_cooperative, seat
from shop.people.cooperatives.models import BookYear, Cooperative, Member, Role

NAME_STARTS = ("Koperasi Produsen ", "Koperasi Pemasaran ", "Koperasi Konsumen ", "Koperasi Jasa ")


def load_people(session: Session, *, now: datetime) -> int:
    """Add everybody who is not there yet; one password opens all these accounts.

    :return: how many cooperatives, members and shoppers the files have.
    """
    # Hashed once: 160 hashes that are slow on purpose would take ten seconds.
    shared_hash = hash_password(PASSWORD)
    known = set(session.scalars(select(Person.email_login)))
    cooperatives = _cooperatives(session, shared_hash, known, now)
    members = _members(session, cooperatives, shared_hash, known, now)
    for mail, name in OPERATORS:
        if mail in known:
            continue
        person = create_person(
            session,
            name=name,
            phone=None,
            email=mail,
            password_hash=shared_hash,
            now=now,
        )
        for right in OperatorRight:
            give_operator_right(session, person.id, right, now)
    for mail, name, phone in SHOPPERS:
        if mail not in known:
            create_person(
                session, name=name, phone=phone, email=mail, password_hash=shared_hash, now=now
            )
    return len(cooperatives) + members + len(SHOPPERS)


def _cooperatives(
    session: Session, shared_hash: str, known: set[str | None], now: datetime
) -> dict[str, int]:
    ids = {row.code: row.id for row in session.scalars(select(Cooperative))}
    for row in rows("cooperatives"):
        if row["kode"] not in ids:
            cooperative = create_cooperative(session, _cooperative(row, now), now=now)
            session.add(_book_year(row, cooperative.id))
            ids[row["kode"]] = cooperative.id
        for office, role in OFFICES:
            mail = office_mail(office, row["kode"])
            if mail not in known:
                person = create_person(
                    session,
                    name=f"{office.capitalize()} {row['kode']}",
                    phone=None,
                    email=mail,
                    password_hash=shared_hash,
                    now=now,
                )
                seat(session, ids[row["kode"]], person.id, Role(role), now)
    return ids


def _cooperative(row: Mapping[str, str], now: datetime) -> Cooperative:
    short = row["nama"]
    for start in NAME_STARTS:
        short = short.removeprefix(start)
    return Cooperative(
        code=row["kode"],
        slug=row["slug"],
        name=row["nama"],
        short_name=short.removeprefix("Koperasi "),
        kind=row["jenis"],
        registry_number=row["nik_koperasi"],
        legal_number=row["no_badan_hukum"],
        founded_on=date.fromisoformat(row["tanggal_berdiri"]),
        village_code=row["kode_wilayah"],
        province=row["provinsi"],
        regency=row["kabupaten_kota"],
        district=row["kecamatan"],
        village=row["desa_kelurahan"],
        postcode=row["kode_pos"],
        street=row["alamat"],
        zone=row["zona_waktu"],
        phone=row["telepon"],
        email=row["surel"],
        reported_members=int(row["jumlah_anggota"]),
        principal_saving=int(row["simpanan_pokok_idr"]),
        mandatory_saving=int(row["simpanan_wajib_bulanan_idr"]),
        contribution_bp=_basis_points(row["kontribusi_penjualan_persen"]),
        is_pkp=row["pkp"] == "ya",
        dye=row["pewarna"],
        motif=row["motif"],
        story=row["cerita_id"],
        description_en=row["deskripsi_en"],
        created_at=now,
    )


def _book_year(row: Mapping[str, str], cooperative_id: int) -> BookYear:
    return BookYear(
        cooperative_id=cooperative_id,
        year=int(row["tahun_buku"]),
        surplus=int(row["shu_bersih_idr"]),
        from_members_bp=_basis_points(row["shu_dari_anggota_persen"]),
        reserve_bp=_basis_points(row["shu_cadangan_persen"]),
        trade_bp=_basis_points(row["shu_jasa_usaha_persen"]),
        capital_bp=_basis_points(row["shu_jasa_modal_persen"]),
        officers_bp=_basis_points(row["shu_pengurus_persen"]),
        staff_bp=_basis_points(row["shu_karyawan_persen"]),
        education_bp=_basis_points(row["shu_pendidikan_persen"]),
        social_bp=_basis_points(row["shu_sosial_persen"]),
        meeting_on=date.fromisoformat(row["tanggal_rat"]),
    )


def _members(
    session: Session,
    cooperatives: Mapping[str, int],
    shared_hash: str,
    known: set[str | None],
    now: datetime,
) -> int:
    codes = set(session.scalars(select(Member.code)))
    count = 0
    for row in rows("members"):
        count += 1
        if row["kode"] in codes or member_mail(row["kode"]) in known:
            continue
        contact = Contact(
            name=row["nama"],
            phone=row["telepon"],
            email=member_mail(row["kode"]),
            created_at=now,
        )
        session.add(contact)
        session.flush()
        person = create_person(
            session,
            name=row["nama"],
            phone=None,
            email=member_mail(row["kode"]),
            password_hash=shared_hash,
            now=now,
            contact_id=contact.id,
        )
        member = _member(row, cooperatives[row["kode_koperasi"]], contact.id, person.id)
        session.add(member)
        seat(session, member.cooperative_id, person.id, Role.ANGGOTA, now)
    session.flush()
    return count


def _member(row: Mapping[str, str], cooperative_id: int, contact_id: int, person_id: int) -> Member:
    return Member(
        cooperative_id=cooperative_id,
        code=row["kode"],
        number=row["nomor_anggota"],
        contact_id=contact_id,
        person_id=person_id,
        business_name=row["nama_usaha"] or None,
        gender=row["jenis_kelamin"],
        village_code=row["kode_wilayah"],
        district=row["kecamatan"],
        village=row["desa_kelurahan"],
        postcode=row["kode_pos"],
        joined_on=date.fromisoformat(row["tanggal_gabung"]),
        scale=row["skala_usaha"],
        turnover=int(row["omzet_2025_idr"]),
        sold_through=int(row["penjualan_lewat_koperasi_2025_idr"]),
        bought_from=int(row["belanja_di_koperasi_2025_idr"]),
        principal_paid=int(row["simpanan_pokok_idr"]),
        mandatory_balance=int(row["simpanan_wajib_saldo_idr"]),
        voluntary_balance=int(row["simpanan_sukarela_saldo_idr"]),
        figures_year=2025,
        payout_way=row["cara_payout"],
        device=row["gawai"],
        has_nib=row["punya_nib"] == "ya",
    )


def _basis_points(percent: str) -> int:
    """``7.5`` per cent are 750 basis points; halves and quarters occur, nothing finer."""
    whole, _, fraction = percent.partition(".")
    return int(whole) * 100 + int(f"{fraction:0<2}")


OPERATOR = "operator"


def load_payees(session: Session, *, now: datetime) -> None:
    """Add the accounts that are not there yet."""
    known = {(kind, number) for kind, number in session.execute(select(Payee.kind, Payee.number))}
    owners = {row.code: row.id for row in session.scalars(select(Cooperative))}
    session.add_all(
        Payee(
            cooperative_id=None if row["pemilik"] == OPERATOR else owners[row["pemilik"]],
            kind=PayeeKind(row["jenis"]),
            provider=row["penyedia"],
            number=row["nomor"] or None,
            holder=row["atas_nama"],
            verified_at=now,
            qris=row["qris"] or None,
        )
        for row in rows("payees")
        if (PayeeKind(row["jenis"]), row["nomor"] or None) not in known
    )
    session.flush()
