"""Names and texts from outside, made harmless for the place where they are shown."""

import re
import unicodedata
from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def for_people(path: str) -> str:
    """A delivered path as reports carry it: NFC, bytes that are not UTF-8 percent-encoded (`%E9`).

    A percent sign is written as it is: the form is for reading, not for finding the file again.
    """
    encoded = re.sub(r"[\udc80-\udcff]", lambda m: f"%{ord(m[0]) - 0xDC00:02X}", path)
    return unicodedata.normalize("NFC", re.sub(r"[\ud800-\udfff]", "\ufffd", encoded))


def escape_controls(text: str) -> str:
    r"""Control, format and surrogate characters as visible escapes (`\x1b`, `\u202e`); all else as it is."""
    return "".join(
        _visible(c) if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in text
    )


def _visible(c: str) -> str:
    point = ord(c)
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def for_terminal(text: str) -> str:
    """One line that cannot move the cursor, colour the terminal or turn the reading direction."""
    return escape_controls(for_people(text))


def for_csv(text: str) -> str:
    """A cell that a spreadsheet reads as text: what could start a formula gets an apostrophe before it."""
    return "'" + text if text.lstrip(" ").startswith(_FORMULA) or text.startswith(_FORMULA) else text
