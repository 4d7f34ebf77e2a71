"""Codes, blocks and levels of bodies."""

import re
from typing import Final

from standards.errors import KhoError
from standards.vietnamese import fold

BLOCKS: Final = ("Đảng", "Chính quyền", "Đoàn thể")
_BY_LETTER: Final = {"A": "Đảng", "I": "Đoàn thể"}
# Codes come from QĐ 20/2020/QĐ-TTg ("H26.99.07"), older systems and archives' own lists.
_CODE: Final = re.compile(r"[0-9A-Za-z]([0-9A-Za-z._-]{0,33}[0-9A-Za-z])?")


class BadCode(KhoError):
    """What was given can be no code of a body."""

    code = "bad-agency-code"
    exit_code = 2
    vi = "“{given}” không dùng làm mã cơ quan được: chỉ gồm chữ không dấu, số, dấu chấm, gạch, tối đa 35 ký tự."
    en = "“{given}” cannot be a body's code: letters without marks, digits, dots and hyphens, at most 35 characters."


class BadBlock(KhoError):
    """No such block."""

    code = "bad-block"
    exit_code = 2
    vi = "Không có khối “{given}”. Chọn một trong: Đảng, Chính quyền, Đoàn thể."
    en = "There is no block “{given}”. Choose one of: Đảng, Chính quyền, Đoàn thể."


def code(given: str) -> str:
    """A code, without blanks around it. Raises BadCode."""
    text = given.strip()
    if not _CODE.fullmatch(text):
        raise BadCode(given=given)
    return text


def block(given: str | None) -> str | None:
    """A block (khối) as it is always written; None where nothing was given. Raises BadBlock."""
    if not given or not given.strip():
        return None
    found = known_block(given)
    if not found:
        raise BadBlock(given=given)
    return found


def known_block(given: str) -> str:
    """A block as it is always written, however it was recorded; empty where it is none."""
    return next((known for known in BLOCKS if fold(known) == fold(given.strip())), "")


def block_of_code(id: str) -> str:
    """The block that a code's first letter tells (QĐ 20/2020/QĐ-TTg: A Party, I mass organisations)."""
    return _BY_LETTER.get(id[:1], "Chính quyền")
