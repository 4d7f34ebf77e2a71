"""A corrected description: decided by a person with a reason, in storage at once, and part of the AIP's next version.

What decides who may see a record, how long it is kept or which record it is, is no description: those are decisions of
their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from preservation.versions.applying import building, catch_up, place, refuse_broken
from preservation.versions.corrected import corrected
from repository import catalogue, corrections
from repository.aip_read import read_aip
from repository.deciding import deciding
from repository.decisions import Decision, new_decision
from repository.opening import Opened
from repository.packages import AipContent, AipId
from repository.rows import AipRow
from standards.described import secrecy_in, tidy_fields
from standards.errors import UsageError
from standards.tt05 import field_table

_DECIDED: Final = frozenset(
    {"mode", "maintenance", "fileCode", "arcFileCode", "docCode", "docId", "docOrdinal"}
)
_TABLES: Final = {"file": "hoso", "document": "document"}


class NoCorrection(UsageError):
    """A correction that says nothing, or what no description may say."""

    code = "no-correction"
    vi = "Chưa sửa được mô tả: {reason}."
    en = "The description cannot be corrected: {reason}."


@dataclass(frozen=True, slots=True)
class Correction:
    """New values of fields by id (an empty one takes a value away): of the hồ sơ, and of documents by their order.

    `by` is the name of the person; `now`: a version at once, though the AIP got one today.
    """

    fields: Mapping[str, str]
    documents: Mapping[int, Mapping[str, str]]
    reason: str
    by: str
    now: bool = False


@dataclass(frozen=True, slots=True)
class Described:
    """What became of a correction: its decision, and the version that holds it; None where it waits for the next day
    (`after` is the version of today)."""

    decision: Decision
    version: str | None
    after: str | None


def describe(opened: Opened, row: AipRow, correction: Correction) -> Described:
    """Decide the correction, and make the next version of it where the AIP has got none today.

    The package is built and judged before anything is decided. Raises NoCorrection, CorrectionBreaks, AipBusy, and what
    `Store.put_version` raises. The caller brings the index up to it.
    """
    fields, documents = _checked(correction)
    with opened.connect() as connection, corrections.alone(connection, row.id):
        with deciding(connection, opened.store):
            pass  # what a killed process was deciding is settled now
        catch_up(connection, opened, row.id)
        before = corrections.waiting(connection, row.id)
        after = catalogue.value(connection, "version_of_today", aip=row.id)
        connection.commit()
        tree = opened.store.tree(AipId(row.id))
        held = read_aip(tree)
        decision = new_decision(
            corrections.KIND, by=correction.by, basis=correction.reason.strip(), aip=row.id, fields=fields,
            documents={str(order): dict(values) for order, values in documents.items()}, about=[{"aip": row.id}],
        )  # fmt: skip
        _refuse_same(held, before, decision)
        with building(opened, tree, held, [*before, decision]) as built:
            refuse_broken(built)
            with deciding(connection, opened.store) as record:
                record(decision)
            if after and not correction.now:
                return Described(decision, None, after)
            return Described(decision, place(connection, opened, tree, built, [*before, decision]), after)


def _checked(correction: Correction) -> tuple[dict[str, str], dict[int, dict[str, str]]]:
    """The new values in the form that descriptions keep. Raises NoCorrection."""
    if not correction.reason.strip():
        raise NoCorrection(reason="chưa ghi lý do (--reason) / give the reason (--reason)")
    if not (correction.fields or correction.documents):
        raise NoCorrection(reason="chưa có giá trị mới / no new value")
    documents = {order: _tidy(values, "document") for order, values in sorted(correction.documents.items())}
    return _tidy(correction.fields, "file"), documents


def _tidy(values: Mapping[str, str], block: str) -> dict[str, str]:
    known = field_table(_TABLES[block])
    for name, value in values.items():
        if name in _DECIDED:
            raise NoCorrection(reason=f"{name}: phải có quyết định riêng / wants a decision of its own")
        if name not in known:
            raise NoCorrection(
                reason=f"{name}: không có trường này; có / no such field; there are: {_names(known)}"
            )
        if known[name].mandatory == "always" and not value.strip():
            raise NoCorrection(reason=f"{name}: bắt buộc, không để trống được / has to have a value")
        if any((letter < " " and letter not in "\n\t") or letter == "\x7f" for letter in value):
            raise NoCorrection(reason=f"{name}: có ký tự điều khiển / has control characters")
        most = known[name].max
        if most and len(value) > most:
            raise NoCorrection(reason=f"{name}: dài quá {most} ký tự / more than {most} characters")
    if secrecy_in(values):
        raise NoCorrection(reason="giá trị mang dấu mật / a value carries a secrecy mark")
    tidy = {name: "" for name, value in values.items() if not value.strip()}
    tidy |= tidy_fields({name: value for name, value in values.items() if value.strip()}, block)
    strange = sorted(name.removeprefix("x_raw_") for name in tidy if name.startswith("x_raw_"))
    if strange:
        raise NoCorrection(reason=f"{strange[0]}: không đúng dạng / has no form in the standard: "
                                  f"{values[strange[0]]}")  # fmt: skip
    return tidy


def _names(known: Mapping[str, Any]) -> str:
    return ", ".join(name for name in known if name not in _DECIDED)


def _refuse_same(held: AipContent, before: Sequence[Decision], decision: Decision) -> None:
    """Raises NoCorrection where the new words are those that are there, or a document is not."""
    orders = {document.order for document in held.documents}
    unknown = sorted(int(order) for order in decision["documents"] if int(order) not in orders)
    if unknown:
        raise NoCorrection(reason=f"không có văn bản số / there is no document {unknown[0]}")
    old, new = corrected(held, before), corrected(held, [*before, decision])
    same = dict(old.fields) == dict(new.fields) and all(
        one.fields == other.fields for one, other in zip(old.documents, new.documents, strict=True)
    )
    if same:
        raise NoCorrection(reason="không có gì khác / nothing is different")
