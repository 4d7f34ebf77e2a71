"""Words for codes, for people and for the index."""

from collections.abc import Mapping

from standards.codes import word_of

_BLOCKS = {"A": "Đảng", "I": "Đoàn thể"}
_GOVERNMENT = "Chính quyền"


def block_of(agency: str) -> str:
    """The block (khối) that an agency code's first letter tells (QĐ 20/2020/QĐ-TTg: A Party, I mass organisations)."""
    return _BLOCKS.get(agency[:1], _GOVERNMENT) if agency[1:3].isdigit() else ""


def type_name(fields: Mapping[str, str]) -> str:
    """The type of a document in words ("Quyết định"): the word as delivered where the code says "other"."""
    return fields.get("x_raw_typeName") or word_of("typeName", fields.get("typeName", "")) or ""
