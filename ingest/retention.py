"""The retention term that a delivery proposes, read into a policy assignment.

The code list is TT 05/2025's `maintenance` (01 permanent, 02 to 06 years, 07 other); the years of "other" come from the
words that were delivered. Where no years can be read, none are assumed: no term runs until a person decides.
"""

import re
from collections.abc import Mapping

from repository.packages import Retention
from standards.findings import Finding, finding

_YEARS = {"02": 70, "03": 50, "04": 30, "05": 20, "06": 10}
_PERMANENT = "01"
_NUMBER = re.compile(r"(\d{1,2})\s*(?:năm|nam)", re.IGNORECASE)
_BASIS = "Đề nghị trong bảng kê giao nộp"


def retention_of(
    fields: Mapping[str, str], cells: Mapping[str, str]
) -> tuple[Retention, tuple[Finding, ...]]:
    """The proposed retention of a hồ sơ, and a finding where its words are not understood."""
    code = fields.get("maintenance", "")
    words = fields.get("x_raw_maintenance", "") or code
    if code == _PERMANENT:
        return Retention(code, "Vĩnh viễn", None, True, _BASIS), ()
    years = _YEARS.get(code) or _years_in(words)
    if years is not None:
        return Retention(code, f"{years} năm", years, False, _BASIS), ()
    cell = cells.get("maintenance")
    unknown = finding("RET-UNKNOWN", cell=cell, word=words) if words else finding("RET-NONE", cell=cell)
    return Retention(code or "07", words, None, False, _BASIS), (unknown,)


def _years_in(words: str) -> int | None:
    found = _NUMBER.search(words)
    return int(found.group(1)) if found else None
