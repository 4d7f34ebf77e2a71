"""The forms of a disposal as PDF/A and CSV, kept in a dossier: an administrative object `urn:kho:dossier:<list>`.

The dossier is what an inspector is shown: the list with titles, the minutes of the council, the minutes of the
destruction, and what was signed on paper and attached again. It is kept for the years that the procedure says.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import psycopg

from access.dossiers import ATTACHED, form, keep
from ingest.receipt import Line
from preservation.disposal.procedure import Procedure, procedures
from preservation.retention.told import told
from repository.administrative import as_json
from repository.disposal_rows import DisposalRow, LineRow, lines_of
from repository.opening import Opened
from repository.retention_rows import records
from repository.store import Store
from standards.shown import for_csv

LIST_PDF, LIST_CSV, MINUTES, DESTRUCTION = (
    "danh-muc.pdf",
    "danh-muc.csv",
    "bien-ban-hop.pdf",
    "bien-ban-huy.pdf",
)
_GROUNDS: Final = {"expired": "Hết thời hạn lưu trữ", "duplicate": "Trùng lặp"}
_STATES: Final = {
    "listed": "Đề nghị hủy", "keep": "Giữ lại", "transfer": "Giao nộp", "approved": "Được hủy",
    "destroying": "Đang hủy", "destroyed": "Đã hủy",
}  # fmt: skip


def file_list(connection: psycopg.Connection, opened: Opened, disposal: DisposalRow) -> None:
    """Keep the list with its titles in the dossier: while the records are there."""
    lines = lines_of(connection, disposal.id)
    known = {r.id: told(r) for r in records(connection, ids=[line.aip for line in lines])}
    rows = [
        {"number": line.ordinal, "key": line.key, "title": known[line.aip].record.title if line.aip in known else "",
         "ground": _GROUNDS[line.ground], "last": _last(known, line), "aip": line.aip}
        for line in lines
    ]  # fmt: skip
    procedure = procedures()[disposal.procedure]
    told_lines = [*_heading(disposal, procedure, "list"), *_list_lines(rows)]
    _keep(connection, opened.store, disposal, {
        LIST_PDF: form(told_lines, procedure.forms["list"]), LIST_CSV: _csv(rows),
        "dossier.json": as_json({"schema": 1, "disposal": str(disposal.id), "keep_years": procedure.dossier_years}),
    })  # fmt: skip


def _last(known: Mapping[str, Any], line: LineRow) -> str:
    last = known[line.aip].last if line.aip in known else None
    return last.strftime("%d/%m/%Y") if last else ""


def file_minutes(connection: psycopg.Connection, opened: Opened, disposal: DisposalRow) -> None:
    """Keep the minutes of the council's meeting: members, verdict, exceptions with dissent."""
    procedure, verdict = procedures()[disposal.procedure], disposal.verdict or {}
    lines = [*_heading(disposal, procedure, "minutes"), ("head", "Thành phần"),
             *(("item", f"{m['name']} – {_role(m['role'])}, đại diện {m['stands_for']}"
                + ("" if m["name"] in verdict.get("present", ()) else " (vắng mặt)")) for m in disposal.council),
             ("head", "Kết luận"), *_verdict_lines(lines_of(connection, disposal.id)),
             ("columns", "THƯ KÝ\tCHỦ TỊCH HỘI ĐỒNG"), ("columns", "(ký, ghi rõ họ tên)\t(ký, ghi rõ họ tên)")]  # fmt: skip
    _keep(connection, opened.store, disposal, {MINUTES: form(lines, procedure.forms["minutes"])})


def file_destruction(
    connection: psycopg.Connection, opened: Opened, disposal: DisposalRow, by: str, second: str
) -> None:
    """Keep the minutes of the destruction: what was destroyed, where, proved by what search, by whom."""
    procedure, approval = procedures()[disposal.procedure], disposal.approval or {}
    gone = [line for line in lines_of(connection, disposal.id) if line.state == "destroyed"]
    lines = [
        *_heading(disposal, procedure, "destruction"),
        ("text", f"Quyết định hủy số {approval.get('number')}, người quyết định: {approval.get('by')}"),
        ("text", f"Người thực hiện: {by}; {second}"),
        ("text", f"Số hồ sơ đã hủy: {len(gone)}. Sau khi hủy đã tìm lại ở từng nơi lưu trữ, chỉ mục và danh mục: không còn."),
        ("head", "Hồ sơ đã hủy"), *(("item", f"{line.key}  ({line.aip})") for line in gone),
        ("columns", "NGƯỜI GIAO\tNGƯỜI HỦY"), ("columns", "(ký, ghi rõ họ tên)\t(ký, ghi rõ họ tên)"),
    ]  # fmt: skip
    _keep(connection, opened.store, disposal, {DESTRUCTION: form(lines, procedure.forms["destruction"])})


def attach(
    connection: psycopg.Connection, opened: Opened, disposal: DisposalRow, name: str, data: bytes
) -> None:
    """Keep what was signed on paper and scanned."""
    _keep(connection, opened.store, disposal, {f"{ATTACHED}{name}": data})


def _keep(
    connection: psycopg.Connection, store: Store, disposal: DisposalRow, files: Mapping[str, bytes]
) -> None:
    keep(connection, store, disposal.id, files, "Hồ sơ xét hủy / dossier of a disposal")


def _heading(disposal: DisposalRow, procedure: Procedure, which: str) -> Iterator[Line]:
    yield "title", procedure.forms[which].upper()
    yield "text", f"Cơ quan: {disposal.agency}. Khối: {disposal.block}. Căn cứ: {procedure.basis}"
    yield (
        "text",
        f"Danh mục số {disposal.id}, lập ngày {disposal.listed_on:%d/%m/%Y}, người lập: {disposal.listed_by}",
    )
    if disposal.verdict:
        yield "text", f"Biên bản họp số {disposal.verdict['minutes']}"


def _list_lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    yield "head", f"Hồ sơ: {len(rows)}"
    for row in rows:
        last = f"; ngày cuối của thời hạn {row['last']}" if row["last"] else ""
        yield "item", f"{row['number']}. {row['key']}: {row['title']} – {row['ground']}{last}"


def _verdict_lines(lines: Sequence[LineRow]) -> Iterator[Line]:
    counts: dict[str, int] = {}
    for line in lines:
        counts[line.state] = counts.get(line.state, 0) + 1
    for state, count in counts.items():
        yield "text", f"{_STATES[state]}: {count} hồ sơ"
    for line in lines:
        if line.reason or line.dissent or line.state in ("keep", "transfer"):
            more = f", thêm thời hạn thành {line.years} năm" if line.years else ""
            against = f"; ý kiến khác: {', '.join(line.dissent)}" if line.dissent else ""
            yield (
                "item",
                f"{line.ordinal}. {line.key}: {_STATES[line.state]}{more} – {line.reason or '—'}{against}",
            )


def _role(role: str) -> str:
    return {"chair": "Chủ tịch", "secretary": "Thư ký"}.get(role, "Ủy viên")


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, ["number", "key", "title", "ground", "last", "aip"], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(
        {name: for_csv("" if value is None else str(value)) for name, value in row.items()} for row in rows
    )
    return out.getvalue().encode("utf-8-sig")
