"""Acts of arrangement: each changes entries of one fonds, as one decision, with the state before and after; so that any
act can be undone as long as nobody changed the same entries since."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import psycopg

from preservation.arrangement.reading import DOCUMENT_FIELDS, FILE_FIELDS, Entry, in_order, natural, read
from repository import catalogue
from repository.deciding import deciding
from repository.decisions import new_decision
from repository.queries import sql
from repository.register_rows import ArrangementRow, entries, state, states
from repository.store import Store
from standards.errors import KhoError

EXCLUDED: Final = {"duplicate": "trùng thừa", "damaged": "hư hỏng"}
_ABOUT: Final = 1000  # AIPs that an act names one by one; of more it names the fonds


class NoSuchEntry(KhoError):
    """Nothing in the register has this id."""

    code = "no-such-register-entry"
    vi = "Sổ đăng ký không có mục {id}. Xem `kho register list`."
    en = "The register has no entry {id}. See `kho register list`."


class NothingChanged(KhoError):
    """An act that would change nothing."""

    code = "nothing-arranged"
    exit_code = 3
    vi = "Không có mục nào thay đổi: không mục nào khớp, hoặc đã như vậy rồi."
    en = "Nothing changes: no entry fits, or they are like this already."


class CannotUndo(KhoError):
    """An act that cannot be taken back."""

    code = "cannot-undo"
    exit_code = 3
    vi = "Không hoàn tác được {id}: {reason}."
    en = "{id} cannot be undone: {reason_en}."


class BadArrangement(KhoError):
    """What was asked for makes no sense."""

    code = "bad-arrangement"
    exit_code = 2
    vi = "Không làm được: {reason}."
    en = "It cannot be done: {reason_en}."


Change = dict[str, Any]
Act = Callable[[], Iterable[Change]]


def files(
    connection: psycopg.Connection, agency: str, fonds: str | None, where: Mapping[str, str] | None = None
) -> list[Entry]:
    """The hồ sơ of a fonds in their order, all or those whose fields are as `where` says."""
    found = (read(row) for row in entries(connection, agency=agency, fonds=fonds, kind="file"))
    return sorted((e for e in found if all(e[k] == v for k, v in (where or {}).items())), key=in_order)


def documents(connection: psycopg.Connection, file: UUID) -> list[Entry]:
    """The documents of a hồ sơ in their order."""
    return sorted((read(row) for row in entries(connection, parents=[file], kind="document")), key=in_order)


def find(connection: psycopg.Connection, ids: Sequence[str]) -> list[Entry]:
    """Entries by id. Raises NoSuchEntry."""
    try:
        wanted = [UUID(id) for id in ids]
    except ValueError as error:
        raise NoSuchEntry(id=", ".join(ids)) from error
    found = {e.id: read(e) for e in entries(connection, ids=wanted)}
    for id in wanted:
        if id not in found:
            raise NoSuchEntry(id=id)
    return [found[id] for id in wanted]


def arrange(
    connection: psycopg.Connection,
    store: Store,
    what: str,
    act: Act,
    *,
    by: str,
    basis: str = "",
    undoes: UUID | None = None,
) -> ArrangementRow:
    """Do an act: `act` tells its changes while nobody else decides. Raises NothingChanged, BadArrangement."""
    with deciding(connection, store) as record:
        changes = [c for c in act() if c["before"] != c["after"]]
        connection.commit()
        if not changes:
            raise NothingChanged()
        fonds = {(s["agency"], s["fonds"]) for c in changes for s in (c["before"], c["after"]) if s}
        if len(fonds) != 1:
            raise BadArrangement(
                reason="các mục thuộc nhiều phông", reason_en="the entries are of several fonds"
            )
        agency, code = fonds.pop()
        aips = sorted({s["aip"] for c in changes for s in (c["before"], c["after"]) if s and s["aip"]})
        about = (
            [{"aip": aip} for aip in aips] if 0 < len(aips) <= _ABOUT else [{"agency": agency, "fonds": code}]
        )
        decision = new_decision("arrangement", by=by, basis=basis, agency=agency, fonds=code, what=what, changes=changes,
                                undoes=undoes and str(undoes), about=about)  # fmt: skip
        record(decision)
    return find_act(connection, decision["id"])


def find_act(connection: psycopg.Connection, id: str) -> ArrangementRow:
    """An act by its id, or the beginning of it. Raises NoSuchEntry."""
    acts = catalogue.many(
        connection, ArrangementRow, "arrangements", agency=None, fonds=None, limit=1_000_000
    )
    connection.commit()
    found = [a for a in acts if str(a.id).startswith(id.lower())]
    if not id or len(found) != 1:
        raise NoSuchEntry(id=id)
    return found[0]


def added(
    agency: str, fonds: str, rows: Iterable[tuple[Mapping[str, str], Sequence[Mapping[str, str]]]]
) -> Iterable[Change]:
    """New hồ sơ with their documents, all on paper: (fields of the hồ sơ, fields of each document)."""
    for fields, below in rows:
        file = uuid.uuid4()
        yield _new(file, state("file", agency, fonds, None, "", "", _known(fields, FILE_FIELDS)))
        for each in below:
            yield _new(
                uuid.uuid4(), state("document", agency, fonds, file, "", "", _known(each, DOCUMENT_FIELDS))
            )


def registered(connection: psycopg.Connection, agency: str | None, fonds: str | None) -> Iterable[Change]:
    """Entries for the preserved hồ sơ of a fonds that have none yet, with their documents."""
    found = connection.execute(sql("unregistered_files"), {"agency": agency, "fonds": fonds}).fetchall()
    below: dict[str, list[str]] = {}
    for aip, document in connection.execute(sql("documents_of_aips"), {"aips": [f[0] for f in found]}):
        below.setdefault(aip, []).append(document)
    for aip, made_by, code in found:
        file = uuid.uuid4()
        yield _new(file, state("file", made_by, code, None, aip, "", {}))
        for document in below.get(aip, ()):
            yield _new(uuid.uuid4(), state("document", made_by, code, file, aip, document, {}))


def changed(
    connection: psycopg.Connection, about: Sequence[Entry], values: Callable[[Entry], Mapping[str, str]]
) -> Iterable[Change]:
    """Entries with some fields said anew; what is said empty is empty, whatever the preserved description says."""
    now = states(connection, [e.id for e in about])
    for entry in about:
        new = values(entry)
        names = FILE_FIELDS if entry.kind == "file" else DOCUMENT_FIELDS
        if strange := sorted(set(new) - set(names)):
            raise BadArrangement(
                reason=f"không có mục {strange[0]}", reason_en=f"there is no field {strange[0]}"
            )
        before = now[str(entry.id)]
        said = {k: v for k, v in new.items() if entry[k] != v}
        yield {
            "entry": str(entry.id),
            "before": before,
            "after": {**before, "fields": {**before["fields"], **said}},
        }


def renumbered(connection: psycopg.Connection, about: Sequence[Entry], begin: int) -> Iterable[Change]:
    """Hồ sơ numbered one after another in the order of boxes and present numbers."""
    ordered = sorted(about, key=lambda e: (natural(e["box"]), natural(e["number"]), in_order(e)))
    numbers = {e.id: str(n) for n, e in enumerate(ordered, start=begin)}
    return changed(connection, ordered, lambda e: {"number": numbers[e.id]})


def merged(connection: psycopg.Connection, about: Sequence[Entry], into: Entry) -> Iterable[Change]:
    """The documents of some hồ sơ go into one; the hồ sơ that are empty then leave the register."""
    others = [e for e in about if e.id != into.id]
    _only_files([*others, into])
    sheets = [e["sheets"] for e in (into, *others)]
    if all(s.isdigit() for s in sheets):
        yield from changed(connection, [into], lambda _e: {"sheets": str(sum(map(int, sheets)))})
    start = len(documents(connection, into.id))
    for other in others:
        below = documents(connection, other.id)
        yield from _moved(connection, below, into, start)
        start += len(below)
    gone = states(connection, [e.id for e in others])
    yield from ({"entry": id, "before": before, "after": None} for id, before in gone.items())


def split(
    connection: psycopg.Connection, file: Entry, below: Sequence[Entry], fields: Mapping[str, str]
) -> Iterable[Change]:
    """Some documents of a hồ sơ become a hồ sơ of their own."""
    _only_files([file])
    if not below or any(d.parent != file.id for d in below):
        raise BadArrangement(
            reason="chỉ tách văn bản của chính hồ sơ đó", reason_en="only its own documents can be split off"
        )
    new = uuid.uuid4()
    kept = {n: file[n] for n in ("inventory", "box", "grouped", "start", "end", "term")} | dict(fields)
    made = state("file", file.agency, file.fonds, None, "", "", _known(kept, FILE_FIELDS))
    yield _new(new, made)
    now = states(connection, [d.id for d in below])
    for n, entry in enumerate(below, start=1):
        before = now[str(entry.id)]
        yield {"entry": str(entry.id), "before": before,
               "after": {**before, "parent": str(new), "fields": {**before["fields"], "order": str(n)}}}  # fmt: skip


def moved(connection: psycopg.Connection, about: Sequence[Entry], into: Entry) -> Iterable[Change]:
    """Documents go into another hồ sơ, behind those that are there."""
    _only_files([into])
    if any(e.kind != "document" for e in about):
        raise BadArrangement(reason="chỉ chuyển văn bản", reason_en="only documents can be moved")
    return _moved(connection, about, into, len(documents(connection, into.id)))


def _moved(
    connection: psycopg.Connection, about: Sequence[Entry], into: Entry, start: int
) -> Iterable[Change]:
    now = states(connection, [e.id for e in about])
    for n, entry in enumerate(about, start=start + 1):
        before = now[str(entry.id)]
        yield {"entry": str(entry.id), "before": before,
               "after": {**before, "parent": str(into.id), "fields": {**before["fields"], "order": str(n)}}}  # fmt: skip


def undone(connection: psycopg.Connection, act: ArrangementRow) -> Iterable[Change]:
    """The changes that take an act back. Raises CannotUndo where an entry is not as the act left it."""
    if act.what == "handover":
        raise CannotUndo(
            id=act.id,
            reason="quyền quản lý chỉ chuyển bằng bàn giao",
            reason_en="custody moves by handover alone",
        )
    if act.undone_by is not None:
        raise CannotUndo(id=act.id, reason="đã hoàn tác rồi", reason_en="it was undone before")
    made = list(catalogue.as_dicts(connection, "register_changes", id=act.id))
    now = states(connection, [c["entry"] for c in made])
    for change in reversed(made):
        if now.get(str(change["entry"])) != change["after"]:
            raise CannotUndo(id=act.id, reason="có mục đã được sửa sau đó; hoàn tác việc sau trước",
                             reason_en="an entry was changed since; undo the later act first")  # fmt: skip
        yield {"entry": str(change["entry"]), "before": change["after"], "after": change["before"]}


def _only_files(about: Sequence[Entry]) -> None:
    if any(e.kind != "file" for e in about):
        raise BadArrangement(reason="chỉ làm được với hồ sơ", reason_en="this is done to hồ sơ alone")


def _new(id: UUID, after: dict[str, Any]) -> Change:
    return {"entry": str(id), "before": None, "after": after}


def _known(fields: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    return {name: fields[name] for name in names if fields.get(name)}
