"""Commands about the archival storage: its locations, what they hold, the catalogue beside it."""

from collections.abc import Mapping
from typing import Any, Final

import click

from access.cli import telling
from access.cli.common import DONE, REFUSED, Call, command
from access.cli.groups import kho
from access.cli.words import word
from repository import dumping, locations, rebuilding, reconciling
from repository.copy_status import copy_status, location_status
from repository.rebuilding import rebuild

_SHOWN: Final = 40


@kho.group("store")
def store() -> None:
    """Kho lưu trữ / the archival storage."""


@command(store, "add")
@click.argument("name")
@click.argument("url")
@click.option("--offline", is_flag=True)
def store_add(call: Call, name: str, url: str, offline: bool) -> int:
    """Thêm một nơi lưu trữ / add a storage location (file:///path, s3://bucket/prefix?endpoint=)."""
    opened = call.open(writing=True)
    role = locations.OFFLINE if offline else locations.REPLICA
    with opened.connect() as connection:
        place = locations.add(connection, opened.home, name, url, role)
        connection.commit()
        told = location_status(connection, place, call.settings)
    call.emit({"schema": 1, **told})
    call.tell("location-added", name=name, url=url)
    return DONE


@command(store, "list")
def store_list(call: Call) -> int:
    """Các nơi lưu trữ / the storage locations."""
    opened = call.open(create=False)
    with opened.connect() as connection:
        told = copy_status(connection, call.settings)["locations"]
    call.emit({"schema": 1, "locations": told})
    for each in told:
        state = call.word(f"location-{each['state']}")
        call.tell("location-line", **{**each, "state": state, "label": each["label"] or "—"})
        if each["overdue"]:
            call.tell("location-overdue", name=each["name"], due=each["check_due"][:10])
    return DONE


@command(store, "dump")
@click.option("--normalise", is_flag=True)
def store_dump(call: Call, normalise: bool) -> int:
    """Toàn bộ danh mục, mỗi dòng một JSON / the whole catalogue as JSON lines."""
    with call.open(create=False).connect() as connection:
        for line in dumping.dump(connection, normalise=normalise):
            call.line(line)
    return DONE


@command(store, "rebuild")
@click.option("--from", "source", default=locations.PRIMARY)
@click.option("--replace", is_flag=True)
def store_rebuild(call: Call, source: str, replace: bool) -> int:
    """Lập lại danh mục chỉ từ kho lưu trữ / the catalogue from storage alone."""
    opened = call.open(writing=True)
    opened.store.recover()
    with opened.connect() as connection:
        store = opened.location(connection, source)
    with telling.progress(call, "rebuilding") as advance:
        made = rebuild(
            opened, store, location=source, replace=replace, told=lambda n, all_: advance(n, all_, {})
        )
    call.emit({"schema": 1, "location": source, **rebuilding.as_json(made)})
    call.tell("rebuilt-line", objects=made.objects, **made.counts)
    for place, reason in made.bad:
        call.tell("object-unreadable", place=place, reason=reason)
    return REFUSED if made.bad else DONE


@command(store, "reconcile")
def store_reconcile(call: Call) -> int:
    """Đối chiếu danh mục với mọi nơi lưu trữ, sửa những gì an toàn / compare the catalogue with every location."""
    opened = call.open(create=False)
    with telling.progress(call, "reconciling") as advance:
        found = reconciling.reconcile(opened, lambda objects: advance(objects, None, {}))
    call.emit({"schema": 1, "rows_without_objects": found.rows_without_objects,
               "objects_without_rows": found.objects_without_rows, "mended": found.mended,
               "differences": [{**each, **explained(each)} for each in found.differences]})  # fmt: skip
    for each in found.differences[:_SHOWN]:
        call.say(explained(each)[call.lang])
    if len(found.differences) > _SHOWN:
        call.tell("report-more", count=len(found.differences) - _SHOWN)
    for each in found.mended[:_SHOWN]:
        call.tell("reconcile-mended", **{**each, "aip": each["aip"] or "—"})
    call.tell("reconcile-line", rows=len(found.rows_without_objects), objects=len(found.objects_without_rows),
              differences=len(found.differences), mended=len(found.mended))  # fmt: skip
    if not found.differences and not found.mended:
        call.tell("reconcile-same")
    return DONE if found.is_solved else REFUSED


def explained(difference: Mapping[str, Any]) -> dict[str, str]:
    """A difference in words: what is there, what is not, and what to do."""
    values = {**difference, "copies": ", ".join(difference.get("copies", ())) or "—"}
    return {lang: word(f"difference-{difference['kind']}", lang, **values) for lang in ("vi", "en")}
