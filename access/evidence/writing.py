"""The files of a report: HTML, PDF/A that veraPDF has passed, JSON, and the list of what was not read as CSV."""

import csv
import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import jinja2

from access.evidence import telling
from ingest.receipt import receipt_font, write_pdf
from preservation.evidence.facts import Facts, Period
from preservation.evidence.lines import Line
from repository.decisions import HANOI
from standards.errors import KhoError
from standards.verapdf import VeraPdf

HTML, PDF, JSON, CSV = "evidence.html", "evidence.pdf", "evidence.json", "not-read.csv"
_MOST_HTML: Final = 1000
_MOST_PDF: Final = 200
_UNREAD: Final = ("location", "object", "key", "version", "written_at", "last_read", "due", "reason")


class NoPdf(KhoError):
    """The report's PDF could not be made, or veraPDF did not pass it."""

    code = "no-evidence-pdf"
    vi = "Không lập được PDF/A của báo cáo: {reason}. Báo cáo chưa được lưu; sửa xong thì chạy lại."
    en = "The report's PDF/A could not be made: {reason}. Nothing was kept; mend it and run it again."


def files(
    facts: Facts, lines: Sequence[Line], period: Period, made: datetime, verapdf: Path
) -> dict[str, bytes]:
    """Every file of the report by its name. Raises NoPdf, VeraPdfMissing."""
    return {
        JSON: _json(facts, lines, period, made), HTML: _html(facts, lines, period, made).encode(),
        CSV: _csv(facts["unread"]), PDF: _pdf(facts, lines, period, made, verapdf),
    }  # fmt: skip


def _json(facts: Facts, lines: Sequence[Line], period: Period, made: datetime) -> bytes:
    document = {"schema": 1, "from": str(period.first), "to": str(period.last), "made": made,
                "lines": [line.as_json() for line in lines], "facts": facts}  # fmt: skip
    return (json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n").encode()


def _html(facts: Facts, lines: Sequence[Line], period: Period, made: datetime) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    told: list[Mapping[str, Any]] = [{**line.as_json(), "told": telling.figures(line)} for line in lines]
    return environment.get_template("report.html").render(
        title=telling.title_of(), period=telling.period_words(period), made=telling.words(made), words=telling.WORDS, lines=told,
        summary=telling.summary(lines), sections=telling.sections(facts, _MOST_HTML), journal=facts["journal"],
        signers=telling.SIGNERS,
    )  # fmt: skip


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, _UNREAD, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: row[name] for name in _UNREAD} for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _pdf(facts: Facts, lines: Sequence[Line], period: Period, made: datetime, verapdf: Path) -> bytes:
    font = receipt_font()
    if font is None:
        raise NoPdf(
            reason="máy không có phông chữ tiếng Việt / no font with Vietnamese letters (fonts-liberation2)"
        )
    with tempfile.TemporaryDirectory(prefix="kho-evidence-") as folder:
        path = Path(folder) / PDF
        write_pdf(_pdf_lines(facts, lines, period, made), font, path, title=telling.title_of())
        with VeraPdf(verapdf, workdir=Path(folder)) as judge:
            verdict = judge.judge(path)
        if verdict.outcome != "passed":
            raise NoPdf(reason=f"veraPDF: {verdict.outcome}")
        return path.read_bytes()


def _pdf_lines(facts: Facts, lines: Sequence[Line], period: Period, made: datetime) -> list[tuple[str, str]]:
    text: list[tuple[str, str]] = [
        ("title", telling.title_of()), ("text", telling.period_words(period)),
        ("text", f"Lập lúc / frozen at: {made.astimezone(HANOI):%d/%m/%Y %H:%M}"), ("text", telling.summary(lines)),
        ("head", "1. Từng điều và yêu cầu / Line by line"),
    ]  # fmt: skip
    for line in lines:
        about = line.as_json()
        text += [("name", f"{telling.WORDS[line.state]}: {about['vi']} / {about['en']}")]
        text += [("item", f"{name}: {value}") for name, value in telling.figures(line)]
        answers = [f"ISO 16363: {', '.join(about['iso16363'])}", f"NDSA: {', '.join(about['ndsa']) or '—'}",
                   f"TT 05/2025: {'; '.join(about['tt05']) or '—'}"]  # fmt: skip
        text += [("item", "; ".join(answers))]
    for number, section in enumerate(telling.sections(facts, _MOST_PDF), start=2):
        text += [("head", f"{number}. {section.title}")]
        text += [("item", "; ".join(f"{name}: {cell}" for name, cell in zip(section.columns, row, strict=True)))
                 for row in section.rows] or [("text", section.empty)]  # fmt: skip
        text += [("text", section.more)] if section.more else []
    journal = facts["journal"]
    text += [("head", "Chuỗi nhật ký / The chain of the journal"),
             ("text", f"{journal['entries']} mục / entries; mã băm cuối / head: {journal['head']}"),
             ("columns", "\t".join(telling.SIGNERS)), ("columns", "(ký, ghi rõ họ tên)\t(ký, ghi rõ họ tên)")]  # fmt: skip
    return text
