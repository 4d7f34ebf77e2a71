"""docs/deliveries.md tells every finding and every column as the code has them.

`python tests/test_delivery_docs.py` writes its tables anew.
"""

import re
import tomllib
from pathlib import Path

from ingest.delivery_columns import known_mappings
from standards.findings import catalogue

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "deliveries.md"
TEXTS = ROOT / "standards" / "texts" / "findings-delivery.toml"


def findings_table() -> str:
    """All codes of deliveries with level and Vietnamese text, in the order of the data file."""
    codes = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    rows = [f"| `{code}` | {texts['level']} | {texts['vi']} |" for code, texts in codes.items()]
    return "\n".join(["| Mã | Mức | Nội dung |", "|---|---|---|", *rows])


def columns_table() -> str:
    """The 46 columns with their fields."""
    mapping = next(m for m in known_mappings() if m.name == "tt02-46")
    columns = enumerate(mapping.columns, start=1)
    rows = [f"| {i} | {c.heading} | `{c.field}` |" for i, c in columns]
    return "\n".join(["| Cột | Tiêu đề | Trường |", "|---|---|---|", *rows])


TABLES = {"findings": findings_table, "columns": columns_table}


def renewed(page: str) -> str:
    """The page with each table between its markers as it should be."""
    for name, table in TABLES.items():
        block = f"<!-- {name} -->\n{table()}\n<!-- /{name} -->"
        page, hits = re.subn(rf"<!-- {name} -->.*?<!-- /{name} -->", lambda _, b=block: b, page, flags=re.S)
        assert hits == 1, name
    return page


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == renewed(page), "run python tests/test_delivery_docs.py"


def test_every_code_that_the_reader_uses_has_texts_and_the_other_way_round() -> None:
    used = set()
    for path in [p for room in ("standards", "ingest", "access") for p in (ROOT / room).rglob("*.py")]:
        used |= set(re.findall(r"\"(DLV-[A-Z0-9-]+)\"", path.read_text(encoding="utf-8")))
    codes = set(tomllib.loads(TEXTS.read_text(encoding="utf-8")))
    assert used <= set(catalogue())
    assert codes - used <= {"DLV-PAGE-COUNT", "DLV-RECEIPT-NO-FONT"}, "told by the steps that open the PDFs"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
