"""Fields off the page against the sheet: agreement, silence or disagreement, field by field.

The sheet wins: it is the description that somebody answers for. A disagreement is told, and a person decides.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from preservation.page_fields import Field
from repository.packages import DeliveredFileUnit, DocumentRow
from standards.codes import field_rules
from standards.findings import Finding, finding
from standards.notation import notation_key
from standards.personal import mask_identifiers
from standards.vietnamese import fold

AGREES, DISAGREES, UNSURE = "agrees", "disagrees", "unsure"
SHEET_SILENT, PAGE_SILENT = "sheet silent", "page silent"
_ALIKE: Final = 0.85
_UNLIKE: Final = 0.6
_PRINTED: Final = {
    "ubnd": "uy ban nhan dan", "hdnd": "hoi dong nhan dan", "mttq": "mat tran to quoc", "lhpn": "lien hiep phu nu",
    "tp": "thanh pho", "tx": "thi xa",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """A field of the page with how it stands to the sheet."""

    field: str
    state: str
    page: str = ""
    sheet: str = ""
    number: int = 1


def compare(fields: Sequence[Field], row: DocumentRow) -> list[Compared]:
    """How what the page tells stands to the row of its document, for each field that both can tell."""
    told = {field.name: field for field in reversed(fields)}
    compared = []
    for name, judge in _JUDGES.items():
        sheet, field = row.fields.get(name, "").strip(), told.get(name)
        if field is None:
            compared += [Compared(name, PAGE_SILENT, sheet=sheet)] if sheet else []
            continue
        state = judge(field.value, sheet) if sheet else SHEET_SILENT
        compared.append(Compared(name, state, field.value, sheet, field.page))
    return compared


def row_of(unit: DeliveredFileUnit, path: str) -> DocumentRow | None:
    """The row of the one document that a file is of; None where it is of several, or of none."""
    rows = [d for d in unit.documents if d.file and d.file.path == path]
    return rows[0] if len(rows) == 1 else None


def findings(compared: Sequence[Compared], row: DocumentRow, shown: str) -> Iterator[Finding]:
    """A finding for each disagreement, one for all fields that the sheet leaves open and the page tells."""
    labels = field_rules("document")
    for each in compared:
        if each.state == DISAGREES:
            yield finding(
                "FIELD-DISAGREES", path=shown, page=each.number, cell=row.cells.get(each.field),
                field=labels[each.field].vi, field_en=labels[each.field].en, value=each.page, sheet=each.sheet,
            )  # fmt: skip
    open_ = [each for each in compared if each.state == SHEET_SILENT]
    if open_:
        told = "; ".join(f"{labels[each.field].vi}: {each.page}" for each in open_)
        yield finding("FIELD-OFFERED", path=shown, page=open_[0].number, values=told)


def record(fields: Sequence[Field], compared: Sequence[Compared]) -> dict[str, Any]:
    """What is kept beside the copy, ready for JSON; numbers of persons are masked."""
    told = [
        asdict(f) | ({"value": mask_identifiers(f.value)} if f.name == "x_person" else {}) for f in fields
    ]
    return {"schema": 1, "fields": told, "against_sheet": {each.field: each.state for each in compared}}


def _state(alike: float) -> str:
    return AGREES if alike >= _ALIKE else DISAGREES if alike < _UNLIKE else UNSURE


def _plain(text: str) -> list[str]:
    words = re.findall(r"[^\W_]+", fold(text).lower())
    return " ".join(_PRINTED.get(word, word) for word in words).split()


def _same_text(page: str, sheet: str) -> str:
    one, other = " ".join(_plain(page)), " ".join(_plain(sheet))
    return _state(SequenceMatcher(None, one, other, autojunk=False).ratio())


def _same_body(page: str, sheet: str) -> str:
    """A head names the superior too, and in another order: the words of the sheet must be among its own."""
    head, wanted = set(_plain(page)), _plain(sheet)
    return _state(sum(word in head for word in wanted) / max(1, len(wanted)))


def _same_number(page: str, sheet: str) -> str:
    return AGREES if notation_key(page, "") == notation_key(sheet, "") else DISAGREES


def _same_notation(page: str, sheet: str) -> str:
    one, other = notation_key("", page), notation_key("", sheet)
    if one == other:
        return AGREES
    return _state(SequenceMatcher(None, one, other, autojunk=False).ratio() * 0.8)


def _same_date(page: str, sheet: str) -> str:
    """Either may know less: a year and a month agree with a day in them."""
    return AGREES if page.startswith(sheet) or sheet.startswith(page) else DISAGREES


def _same_code(page: str, sheet: str) -> str:
    return AGREES if page == sheet else DISAGREES


_JUDGES: Final[Mapping[str, Callable[[str, str], str]]] = {
    "typeName": _same_code, "codeNumber": _same_number, "codeNotation": _same_notation, "issuedDate": _same_date,
    "organName": _same_body, "subject": _same_text, "x_signer": _same_text,
}  # fmt: skip
