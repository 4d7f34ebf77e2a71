"""What differs between two versions of an AIP: descriptions, documents, files, events."""

from collections.abc import Mapping
from typing import Any

from repository.aip_read import read_aip
from repository.holding import role_of
from repository.packages import AipContent, AipDocument, AipId, data_path
from repository.store import ObjectTree, Store
from standards.errors import UsageError


class NoSuchVersion(UsageError):
    """The AIP has no version of this name."""

    code = "no-such-version"
    vi = "Gói {aip} không có phiên bản {version}; đang có: {known}."
    en = "The package {aip} has no version {version}; there are: {known}."


def diff(store: Store, aip: str, old: str | None, new: str | None) -> dict[str, Any]:
    """From `old` (default: the one before `new`) to `new` (default: the head). Raises NoSuchVersion.

    Fields are told as pairs of the old and the new value, documents by their order, files by logical path: `files` are what
    the records are and what came with them, `metadata` what Kho wrote about them.
    """
    names = [block.name for block in store.tree(AipId(aip)).versions()]
    new = new or names[-1]
    if new not in names:
        raise NoSuchVersion(aip=aip, version=new, known=", ".join(names))
    old = old or names[max(names.index(new) - 1, 0)]
    if old not in names:
        raise NoSuchVersion(aip=aip, version=old, known=", ".join(names))
    trees = store.tree(AipId(aip), old), store.tree(AipId(aip), new)
    before, after = (read_aip(tree) for tree in trees)
    return {
        "aip": aip, "from": old, "to": new, "fields": _pairs(before.fields, after.fields),
        "documents": _documents(before, after), "files": _files(*trees, ours=False),
        "metadata": _files(*trees, ours=True), "events": _events(before, after),
    }  # fmt: skip


def _pairs(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, list[str]]:
    names = sorted(old.keys() | new.keys())
    return {n: [old.get(n, ""), new.get(n, "")] for n in names if old.get(n, "") != new.get(n, "")}


def _documents(old: AipContent, new: AipContent) -> list[dict[str, Any]]:
    before = {d.order: d for d in old.documents}
    after = {d.order: d for d in new.documents}
    told = []
    for order in sorted(before.keys() | after.keys()):
        was, now = before.get(order), after.get(order)
        fields = _pairs(was.fields if was else {}, now.fields if now else {})
        bytes_differ = _sha512(was) != _sha512(now)
        if fields or bytes_differ or _path(was) != _path(now):
            change = "added" if was is None else "removed" if now is None else "changed"
            told.append({"order": order, "change": change, "fields": fields, "file": [_path(was), _path(now)],
                         "bytes_differ": bytes_differ})  # fmt: skip
    return told


def _sha512(document: AipDocument | None) -> str | None:
    return document.file.facts.sha512 if document else None


def _path(document: AipDocument | None) -> str | None:
    return data_path(document) if document else None


def _files(old: ObjectTree, new: ObjectTree, *, ours: bool) -> dict[str, list[str]]:
    before, after = (_digests(tree, ours) for tree in (old, new))
    return {
        "added": sorted(after.keys() - before.keys()), "removed": sorted(before.keys() - after.keys()),
        "changed": sorted(p for p in before.keys() & after.keys() if before[p] != after[p]),
    }  # fmt: skip


def _digests(tree: ObjectTree, ours: bool) -> dict[str, str | None]:
    """Digests by path, of what Kho wrote (metadata, schemas) or of all else."""
    return {
        p: tree.digest(p, "sha512") for p in tree.paths() if (role_of(p) in ("metadata", "schema")) is ours
    }


def _events(old: AipContent, new: AipContent) -> list[dict[str, Any]]:
    known = {event.id for event in old.events}
    return [{"id": e.id, "type": e.type, "time": e.time, "outcome": e.outcome, "detail": e.detail,
             "agents": [agent for agent, _role in e.agents]} for e in new.events if e.id not in known]  # fmt: skip
