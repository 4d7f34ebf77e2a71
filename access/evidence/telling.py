"""What a report says, in the order in which it says it; HTML and PDF are both written from here."""

import functools
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from typing import Any, Final

from preservation.evidence.facts import Facts, Period
from preservation.evidence.lines import Line, risk_of
from repository.decisions import HANOI

WORDS: Final = {
    "met": "Đạt / met",
    "not-met": "KHÔNG ĐẠT / not met",
    "unknown": "CHƯA BIẾT / not known",
    "told": "—",
}
SIGNERS: Final = ("NGƯỜI LẬP / PREPARED BY", "THỦ TRƯỞNG / HEAD")
_NONE: Final = "Không có. / None."


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the report; `more` tells what a list that was cut leaves to the CSV file beside it."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str = _NONE
    more: str = ""


def title_of() -> str:
    return "Báo cáo bằng chứng bảo quản / Preservation evidence report"


def period_words(period: Period) -> str:
    return f"Kỳ / period: {period.first:%d/%m/%Y} – {period.last:%d/%m/%Y}"


def summary(lines: Iterable[Line]) -> str:
    """How many lines are met, not met and not known; never more than that."""
    states = [line.state for line in lines]
    met, wrong, unknown = (states.count(state) for state in ("met", "not-met", "unknown"))
    return (f"Đạt {met} điều, không đạt {wrong}, chưa biết {unknown}. / {met} lines are met, {wrong} are not, "
            f"{unknown} are not known.")  # fmt: skip


def figures(line: Line) -> list[tuple[str, str]]:
    """The figures of a line as words."""
    return [(_names()[name], words(value)) for name, value in line.figures.items()]


@functools.cache
def _names() -> dict[str, str]:
    text = (resources.files("standards") / "codes" / "evidence_figures.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def words(value: Any) -> str:
    """A value as people read it; times in Hanoi's."""
    if value is None or value == []:
        return "—"
    if isinstance(value, datetime):
        return f"{value.astimezone(HANOI):%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {words(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(words(each) for each in value)
    return str(value)


def sections(facts: Facts, most: int) -> list[Section]:
    """Every table; lists longer than `most` rows say how many more there are, and where."""
    return [_locations(facts), _unread(facts, most), _failures(facts, most), _repairs(facts, most), _invalid(facts, most),
            _formats(facts), _notes(facts), _events(facts)]  # fmt: skip


def _locations(facts: Facts) -> Section:
    rows = [[p["name"], f"{p['kind']}, {p['role']}, {p['state']} {p['label']}", *(words(p[name]) for name in (
             "objects", "bytes", "read_objects", "unread_objects", "bad_objects", "behind", "oldest_read", "oldest_unread"))]
            for p in facts["locations"]]  # fmt: skip
    columns = ("Nơi / location", "Loại / kind", "Bản sao / copies", "Byte", "Đã đọc / read", "Chưa đọc / not read", "Hỏng / bad",
               "Thiếu / behind", "Đọc lâu nhất / oldest read", "Chưa đọc từ / unread since")  # fmt: skip
    return Section("Nơi lưu trữ / Locations", columns, rows)


def _unread(facts: Facts, most: int) -> Section:
    rows = [[u["location"], u["key"] or u["object"], f"v{u['version']}", words(u["written_at"]), words(u["last_read"]),
             u["reason"] or ("—" if u["due"] else "chưa đến hạn / not due yet")] for u in facts["unread"]]  # fmt: skip
    columns = ("Nơi / location", "Gói / package", "Phiên bản / version", "Ghi lúc / written", "Đọc lần cuối / last read",
               "Lý do / reason")  # fmt: skip
    empty = "Không có: mọi bản sao đã được đọc. / None: every copy was read."
    return Section(
        "Chưa được đọc trong kỳ / Not read in the period", columns, rows[:most], empty, _more(rows, most)
    )


def _failures(facts: Facts, most: int) -> Section:
    rows = [[f["location"], f["object"], words(f["time"]), ", ".join(sorted({x["code"] for x in f["faults"]})),
             {"good": "đã tốt / good", "bad": "còn hỏng / still bad"}.get(f["now"], "—")] for f in facts["failures"]]  # fmt: skip
    columns = ("Nơi / location", "Gói / package", "Lúc / time", "Lỗi / faults", "Hiện nay / now")
    return Section(
        "Hỏng hóc phát hiện trong kỳ / Failures found", columns, rows[:most], more=_more(rows, most)
    )


def _repairs(facts: Facts, most: int) -> Section:
    rows = [
        [r["location"], r["object"], r["source"], r["outcome"], words(r["time"])] for r in facts["repairs"]
    ]
    columns = ("Nơi / location", "Gói / package", "Từ / source", "Kết quả / outcome", "Lúc / time")
    return Section("Khôi phục / Repairs", columns, rows[:most], more=_more(rows, most))


def _invalid(facts: Facts, most: int) -> Section:
    rows = [[i["object"], words(i["time"]), ", ".join(sorted({f"{x['code']} {x['path']}" for x in i["faults"]}))]
            for i in facts["invalid"]]  # fmt: skip
    columns = ("Gói / package", "Lúc / time", "Lỗi / faults")
    return Section("METS, PREMIS, mô tả không hợp lệ / Invalid METS, PREMIS, descriptions", columns, rows[:most],
                   more=_more(rows, most))  # fmt: skip


def _formats(facts: Facts) -> Section:
    rows = [[f["puid"] or "không nhận ra / not recognised", f["mime"] or "—", words(f["files"]), words(f["bytes"]), risk_of(f["puid"])]
            for f in facts["formats"]]  # fmt: skip
    return Section(
        "Định dạng theo PRONOM / Formats", ("PUID", "MIME", "Tệp / files", "Byte", "Rủi ro / risk"), rows
    )


def _notes(facts: Facts) -> Section:
    rows = [[n["note"], n["on"], n["result"], n["basis"], n["decided_by"]] for n in facts["notes"]]
    columns = ("Việc / what", "Ngày / on", "Kết quả / result", "Nội dung / text", "Người ghi / by")
    return Section("Sao lưu, diễn tập, sự cố đã ghi / Backups, drills, incidents noted", columns, rows)


def _events(facts: Facts) -> Section:
    rows = [[e["type"], words(e["events"]), words(e["failures"])] for e in facts["events"]]
    return Section("Sự kiện trong kỳ / Events", ("Loại / type", "Số / count", "Thất bại / failures"), rows)


def _more(rows: Sequence[Any], most: int) -> str:
    left = len(rows) - most
    return (
        f"Còn {left} dòng nữa trong tệp JSON và CSV kèm theo. / {left} more in the JSON and CSV files beside this."
        if left > 0
        else ""
    )
