"""The minutes of a handover (biên bản giao nhận) as PDF/A: what Kho counts by itself, and what persons tell it.

Persons tell what no program sees (place, representatives, metres of shelf, condition) in a TOML file; its keys are those
of `Told`. What is not told stays as a dotted line, to be filled by hand.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import psycopg

from access.dossiers import form, keep
from ingest.receipt import Line
from preservation.arrangement.reading import Entry
from preservation.handover.paper import paper_of
from repository.bodies import Bodies, read_bodies
from repository.decisions import HANOI
from repository.handover_rows import ContentRow, HandoverLineRow, HandoverRow, contents, lines_of
from repository.opening import Opened
from repository.queries import sql
from standards.errors import KhoError
from standards.vietnamese import nfc

MINUTES, LIST_PDF = "bien-ban-giao-nhan.pdf", "danh-muc-ban-giao.pdf"
_DOTS: Final = "……………………"
_KINDS: Final = {
    "historical": "Giao nộp tài liệu vào lưu trữ lịch sử", "successor": "Bàn giao cho cơ quan kế thừa",
    "centre": "Bàn giao cho Trung tâm Phục vụ hành chính công",
}  # fmt: skip


class BadDetails(KhoError):
    """The file of what persons tell for the minutes cannot be read."""

    code = "bad-handover-details"
    exit_code = 2
    vi = "Không đọc được tệp thông tin biên bản {path}: {reason}. Các mục: {known}."
    en = "The file with details for the minutes {path} cannot be read: {reason}. Known keys: {known}."


@dataclass(frozen=True, slots=True)
class Told:
    """What persons tell for the minutes; each empty where nobody did."""

    number: str = ""
    place: str = ""
    sender_representative: str = ""
    sender_title: str = ""
    sender_basis: str = ""
    receiver_representative: str = ""
    receiver_title: str = ""
    receiver_basis: str = ""
    metres: str = ""
    boxes: str = ""
    finding_aids: str = ""
    condition: str = ""
    missing: str = ""
    unarranged: str = ""
    damaged: str = ""
    secrets: str = ""
    commitments: str = ""
    copies: str = "2"


def read_details(path: Path | None) -> Told:
    """The file of what persons tell. Raises BadDetails."""
    if path is None:
        return Told()
    known = [f.name for f in fields(Told)]
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadDetails(path=path.name, reason=error, known=", ".join(known)) from error
    if strange := sorted(set(found) - set(known)):
        raise BadDetails(path=path.name, reason=strange[0], known=", ".join(known))
    return Told(**{name: nfc(str(value)) for name, value in found.items()})


def file_minutes(
    connection: psycopg.Connection, opened: Opened, handover: HandoverRow, told: Told
) -> dict[str, bytes]:
    """Make minutes and list, and keep them in the handover's dossier; the files by name."""
    lines, bodies = lines_of(connection, handover.id), read_bodies(connection)
    found = {c.id: c for c in contents(connection, ids=[line.aip for line in lines])}
    sealed = connection.execute(
        sql("sealed_of_agencies"),
        {"agencies": sorted({handover.sender, *(c.agency for c in found.values())})},
    ).fetchone()
    papers = paper_of(connection, [line.key for line in lines])
    connection.commit()
    made = {
        MINUTES: form(
            list(_minutes(handover, lines, found, papers, bodies, sealed[0] if sealed else 0, told)),
            "Biên bản giao nhận tài liệu",
        ),
        LIST_PDF: form(list(_list(lines, found, papers)), "Danh mục hồ sơ, tài liệu bàn giao"),
    }
    keep(connection, opened.store, handover.id, made, "Hồ sơ bàn giao / dossier of a handover")
    return made


def _minutes(
    handover: HandoverRow, lines: Sequence[HandoverLineRow], found: Mapping[str, ContentRow], papers: Mapping[str, Entry],
    bodies: Bodies, sealed: int, told: Told,
) -> Iterator[Line]:  # fmt: skip
    settled = handover.settled or {}
    day = settled.get("on") or handover.listed_at.astimezone(HANOI).date().isoformat()
    yield "title", "BIÊN BẢN GIAO NHẬN TÀI LIỆU"
    yield "text", f"Số: {told.number or settled.get('number') or _DOTS}"
    yield "text", f"Hôm nay, ngày {_day(day)}, tại {told.place or _DOTS}"
    yield "text", f"{_KINDS[handover.kind]}. Căn cứ: {handover.basis or _DOTS}"
    yield from _party("Bên giao", handover.sender, bodies, handover,
                      (told.sender_representative, told.sender_title, told.sender_basis))  # fmt: skip
    yield from _party("Bên nhận", handover.receiver, bodies, handover,
                      (told.receiver_representative, told.receiver_title, told.receiver_basis))  # fmt: skip
    yield from _what(lines, found, handover, told)
    yield from _paper(papers)
    yield from _state(sealed, told)
    yield from _outcome(handover, lines)
    yield (
        "text",
        f"Biên bản lập thành {told.copies} bản, mỗi bên giữ như nhau; kèm mục lục (danh mục bàn giao).",
    )
    yield "columns", "BÊN GIAO\tBÊN NHẬN"
    yield "columns", "(ký, ghi rõ họ tên, đóng dấu)\t(ký, ghi rõ họ tên, đóng dấu)"


def _party(
    title: str, code: str, bodies: Bodies, handover: HandoverRow, person: tuple[str, str, str]
) -> Iterator[Line]:
    on = handover.listed_at.astimezone(HANOI).date()
    name = bodies.name(code, on) if code in bodies.rows else code
    representative, office, basis = (each or _DOTS for each in person)
    yield "head", f"{title}: {name} ({code})"
    yield "item", f"Người đại diện: {representative}; chức vụ: {office}"
    yield "item", f"Theo: {basis}"


def _what(
    lines: Sequence[HandoverLineRow], found: Mapping[str, ContentRow], handover: HandoverRow, told: Told
) -> Iterator[Line]:
    rows = [found[line.aip] for line in lines if line.aip in found]
    fonds = Counter((c.agency, c.fonds) for c in rows)
    years = sorted(
        str(c.fields.get(n, ""))[:4] for c in rows for n in ("startDate", "endDate") if c.fields.get(n)
    )
    boxes = {str(c.fields.get("x_box")) for c in rows if c.fields.get("x_box")}
    terms = Counter(_term(line.term) for line in lines)
    yield "head", "Tài liệu giao nhận"
    for (agency, code), count in sorted(fonds.items()):
        yield "item", f"Phông {code or '(không ghi)'} của {agency}: {count} hồ sơ"
    yield "item", f"Thời gian của tài liệu: {f'{years[0]} – {years[-1]}' if years else _DOTS}"
    yield "item", f"Mét giá: {told.metres or _DOTS}; hộp, cặp: {told.boxes or len(boxes) or _DOTS}"
    sheets, pages = (_sum(rows, name) for name in ("numberOfPaper", "numberOfPage"))
    yield (
        "item",
        f"Hồ sơ: {len(lines)}; văn bản: {sum(x.documents for x in lines)}; tờ: {sheets}; trang: {pages}",
    )
    yield (
        "item",
        "Theo thời hạn: " + "; ".join(f"{term}: {count} hồ sơ" for term, count in sorted(terms.items())),
    )
    size = f"{sum(x.bytes for x in lines):,}".replace(",", ".")
    yield "item", f"Tài liệu số: {len(rows)} gói, {sum(x.files for x in lines)} tệp, {size} byte"
    yield "item", f"SHA-256 của danh mục đã chốt: {handover.digest}"
    yield "item", f"Công cụ tra cứu, sổ sách kèm theo: {told.finding_aids or 'danh mục bàn giao (đính kèm)'}"


def _paper(papers: Mapping[str, Entry]) -> Iterator[Line]:
    if not papers:
        return
    sheets = [e["sheets"] for e in papers.values()]
    boxes = {(e["inventory"], e["box"]) for e in papers.values() if e["box"]}
    total = str(sum(map(int, sheets))) if all(s.isdigit() for s in sheets) else _DOTS
    yield "item", f"Trong đó tài liệu giấy: {len(papers)} hồ sơ, {len(boxes) or _DOTS} hộp, {total} tờ"


def _sum(rows: Sequence[ContentRow], name: str) -> str:
    known = [str(c.fields.get(name, "")) for c in rows]
    if not known or not all(k.isdigit() for k in known):
        return _DOTS
    return str(sum(map(int, known)))


def _state(sealed: int, told: Told) -> Iterator[Line]:
    yield "head", "Tình trạng tài liệu"
    for label, value in (("Tình trạng chung", told.condition), ("Thiếu", told.missing),
                         ("Chưa chỉnh lý", told.unarranged), ("Hư hỏng", told.damaged)):  # fmt: skip
        yield "item", f"{label}: {value or _DOTS}"
    counted = (
        f"Kho đang niêm phong {sealed} hồ sơ có dấu chỉ mức độ mật của bên giao; không có trong danh mục này"
    )
    yield "item", f"Tài liệu bí mật nhà nước, lập danh mục và bàn giao riêng: {told.secrets or counted}"
    yield "item", f"Cam kết: {told.commitments or _DOTS}"


def _outcome(handover: HandoverRow, lines: Sequence[HandoverLineRow]) -> Iterator[Line]:
    yield "head", "Kết quả giao nhận"
    if handover.settled is None or handover.status not in ("settled", "refused"):
        yield "text", "Chưa có biên nhận của bên nhận; quyền quản lý chưa chuyển."
        return
    refused = [line for line in lines if line.state == "refused"]
    yield "text", f"Đã nhận {len(lines) - len(refused)} hồ sơ, không nhận {len(refused)}."
    yield "text", f"Biên nhận số {handover.settled['number']}, người nhận: {handover.settled['received_by']}"
    yield from (("item", f"Không nhận {line.key}: {line.reason}") for line in refused)


def _list(
    lines: Sequence[HandoverLineRow], found: Mapping[str, ContentRow], papers: Mapping[str, Entry]
) -> Iterator[Line]:
    yield "title", "DANH MỤC HỒ SƠ, TÀI LIỆU BÀN GIAO"
    for line in lines:
        if (paper := papers.get(line.key)) is not None:
            where = f"mục lục {paper['inventory'] or '—'}, hộp {paper['box'] or '—'}, hồ sơ số {paper['number'] or '—'}"
            yield (
                "item",
                f"{line.ordinal}. (giấy) {where}: {paper['title']} – {_term(line.term)}; {paper['sheets'] or '—'} tờ",
            )
            continue
        title = found[line.aip].fields.get("title", "") if line.aip in found else ""
        yield (
            "item",
            f"{line.ordinal}. {line.key}: {title} – {_term(line.term)}; {line.documents} văn bản, {line.files} tệp, "
            f"{line.bytes} byte; SHA-256 {line.digest}",
        )


def _term(term: Mapping[str, Any]) -> str:
    years = term.get("years")
    return {
        "permanent": "Vĩnh viễn", "years": f"{years} năm", "years_after_event": f"{years} năm sau sự kiện",
        "until_superseded": "Đến khi có văn bản thay thế", "life_of_asset": "Theo tuổi thọ công trình",
    }.get(str(term.get("kind")), "Chưa rõ thời hạn")  # fmt: skip


def _day(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day} tháng {month} năm {year}"
