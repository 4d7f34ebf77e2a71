"""What Kho checks of each code of the OCFL specification, as a page of the documentation: `make docs`."""

import tomllib
from importlib import resources
from pathlib import Path
from typing import Final

from standards.findings import catalogue

TARGET: Final = Path(__file__).resolve().parents[2] / "docs" / "ocfl-codes.md"
_HEAD: Final = """# OCFL 1.1, code by code

Written by `make docs` from `standards/codes/ocfl_codes.toml`. `tests/test_ocfl_rules.py` breaks every code that is called
checked in a good object or root, and wants the finding of that very code; the same objects are put before ocfl-py, and with
`make test-all` before rocfl. `kho check` and `kho verify` of a store name the codes.
*(Từng mã của đặc tả OCFL 1.1, và Kho kiểm tra thế nào.)*

Kho is stricter than ocfl-py and rocfl where the text is: keys that are not specified, in the inventory, a version or a user
(E102); a key given twice (E033); digests of the manifest that no state uses (E107); a declaration or a sidecar that is not
to the letter (E007, E061, E080); an empty user name (E054); the layout file, which rocfl does not judge (E070, E071); a
sidecar left without its inventory (E015). Kho is laxer than ocfl-py where that is stricter than the text: RFC 3339 allows
`t`, `z` and a leap second, and digests may be in upper case.

| code | what must be | how | finding |
|---|---|---|---|
"""
_HOW: Final = {
    "checked": "checked",
    "as": "seen as another finding",
    "open": "not a rule about the bytes of a store",
}


def page() -> str:
    """The whole page."""
    text = (resources.files("standards") / "codes" / "ocfl_codes.toml").read_text(encoding="utf-8")
    return _HEAD + "".join(_line(code, entry) for code, entry in tomllib.loads(text).items())


def _line(code: str, entry: dict[str, str]) -> str:
    told = f"{code} ({catalogue()[code]['level']})" if entry["how"] == "checked" else entry.get("by", "")
    return f"| {code} | {entry['what']} | {_HOW[entry['how']]} | {told} |\n"


def write() -> None:
    """Bring the page up to date."""
    TARGET.write_text(page(), encoding="utf-8")
