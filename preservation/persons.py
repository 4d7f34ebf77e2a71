"""Who decides, and the rule that some acts want two: named persons, until Kho has accounts of its own."""

from standards.errors import KhoError
from standards.vietnamese import fold_words, nfc


class NoPerson(KhoError):
    """A decision without a name behind it."""

    code = "no-person"
    exit_code = 2
    vi = "Quyết định này cần tên người chịu trách nhiệm: thêm {option}."
    en = "This decision needs the name of the person who answers for it: add {option}."


class SamePerson(KhoError):
    """One person where the act wants two."""

    code = "same-person"
    exit_code = 3
    vi = "Việc này phải có hai người khác nhau: {person} không thể giữ cả hai vai."
    en = "This act wants two different persons: {person} cannot be both."


def person(name: str | None, option: str = "--by") -> str:
    """The name as it is kept. Raises NoPerson."""
    kept = " ".join(nfc(name or "").split())
    if not kept:
        raise NoPerson(option=option)
    return kept


def same(one: str, other: str) -> bool:
    """Whether two names are one person's: spelling, capitals and tone marks do not make two of one."""
    return fold_words(one) == fold_words(other)


def must_differ(first: str, second: str) -> None:
    """Raises SamePerson."""
    if same(first, second):
        raise SamePerson(person=first)
