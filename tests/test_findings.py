"""Every finding speaks both languages, with the same places to fill, and has a level."""

import string

import pytest

from access.cli.words import texts
from standards.findings import (
    Level,
    Verdict,
    catalogue,
    finding,
    finding_as_record,
    finding_from_json,
    verdict_of,
)


def _places(text: str) -> set[str]:
    return {name for _text, name, _spec, _conv in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_a_code_has_a_level_and_two_texts_that_ask_for_the_same(code: str):
    entry = catalogue()[code]
    assert entry["level"] in set(Level)
    # A value whose words differ comes twice: {field} in Vietnamese, {field_en} in English.
    assert {name.removesuffix("_en") for name in _places(entry["en"])} <= _places(entry["vi"])
    assert entry["vi"].strip() != entry["en"].strip()


@pytest.mark.parametrize("key", sorted(texts()))
def test_the_command_line_speaks_both_languages(key: str):
    assert _places(texts()[key]["vi"]) == _places(texts()[key]["en"])


def test_a_finding_survives_storage():
    made = finding("DLV-CHANGED", path="a/b.pdf", cell="S!A1", page=2, document="b.pdf", name="b.pdf")
    assert finding_from_json(finding_as_record(made)) == made


def test_an_unknown_code_or_a_missing_value_is_a_defect():
    with pytest.raises(KeyError):
        finding("NO-SUCH-CODE")
    with pytest.raises(KeyError):
        finding("DLV-CHANGED")


def test_the_strictest_level_decides():
    may, must = finding("HOLD-ALREADY", aip="x"), finding("KIND-UNKNOWN")
    should = finding("RET-UNKNOWN", word="?")
    assert verdict_of([]) is Verdict.VALID
    assert verdict_of([may]) is Verdict.VALID
    assert verdict_of([may, should]) is Verdict.WARNING
    assert verdict_of([may, should, must]) is Verdict.INVALID
