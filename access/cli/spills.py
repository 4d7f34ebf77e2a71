"""Commands for a spill: a secret that was found after it was stored."""

import os

import click
import psycopg

from access import index
from access.cli.agencies import BASIS, BY
from access.cli.common import DONE, REFUSED, Call, command
from access.cli.groups import kho
from access.cli.holdings import find_aip
from access.disposing import left_in_index
from access.oai.items import refresh
from access.searching import open_solr
from preservation import spill as spills
from preservation.disposal.destroying import left_in_storage
from preservation.persons import person
from repository import catalogue
from repository.queries import sql
from repository.services.postgres import owner_conninfo
from repository.spill_rows import SpillRow


@kho.group("spill")
def spill() -> None:
    """Tài liệu mật phát hiện muộn / a secret found late."""


@command(spill, "report")
@click.argument("id")
@BASIS
@BY
def spill_report(call: Call, id: str, basis: str, by: str | None) -> int:
    """Báo cáo và đóng ngay một hồ sơ; lý do không được lộ nội dung / report a record: it is closed at once."""
    opened, who = call.open(create=False, writing=True), person(by)
    aip, solr = find_aip(opened, id).id, open_solr(opened.home, call.settings)
    with opened.connect() as connection:
        decision = spills.report(connection, opened, aip, by=who, basis=basis)
        index.remove_package(solr, aip)
        index.commit(solr, purge=True)
        refresh(connection, aip)
        connection.commit()
    call.emit({"schema": 1, "spill": decision["id"], "aip": aip})
    call.tell("spill-reported", id=decision["id"])
    return DONE


@command(spill, "list")
def spill_list(call: Call) -> int:
    """Các báo cáo / the spills."""
    with call.open(create=False).connect() as connection:
        found = catalogue.many(connection, SpillRow, "spills")
    call.emit({"schema": 1, "spills": [{"spill": str(s.id), "aip": s.aip, "status": s.status,
                                        "reported_by": s.reported_by} for s in found]})  # fmt: skip
    for each in found:
        call.tell("spill-line", id=each.id, aip=each.aip, status=call.word(f"spill-state-{each.status}"))
    if not found:
        call.tell("nothing")
    return DONE


@command(spill, "purge")
@click.argument("id")
@click.option("--destroy-backups", is_flag=True)
@BY
def spill_purge(call: Call, id: str, destroy_backups: bool, by: str | None) -> int:
    """Người thứ hai xóa mọi bản, mọi dấu vết nội dung / the second person purges every copy and trace."""
    opened, who = call.open(create=False, writing=True), person(by)
    solr = open_solr(opened.home, call.settings)
    with opened.connect() as connection:
        found = spills.find_spill(connection, id)
        index.remove_package(solr, found.aip)
        index.commit(solr, purge=True)
        gone = spills.purge_spill(connection, opened, found, by=who)
        refresh(connection, found.aip)
        connection.commit()
        left = [*left_in_storage(opened, connection, found.aip, gone.places), *left_in_index(solr, found.aip)]
    with psycopg.connect(owner_conninfo(opened.home, call.settings), autocommit=True) as owner:
        owner.execute(sql("vacuum_spilled"))
    with opened.connect() as connection:
        backups = spills.backups_left(connection, opened, found, destroy=destroy_backups)
    call.emit({"schema": 1, "spill": str(found.id), "aip": found.aip, "places": list(gone.places),
               "awaiting": list(gone.awaiting), "remains": left, "exports_changed": list(gone.exports_left),
               "named_in": [os.fspath(n) for n in gone.named_in], "backups": [os.fspath(p) for p in backups]})  # fmt: skip
    call.tell("spill-done", id=found.id, places=", ".join(gone.places))
    for name in gone.awaiting:
        call.tell("spill-awaiting", name=name)
    for decision in gone.named_in:
        call.tell("spill-named", id=decision)
    for path in gone.exports_left:
        call.tell("destroyed-export", path=path)
    for kept in backups:
        call.tell("spill-backup", path=os.fspath(kept))
    return REFUSED if left or gone.awaiting or gone.named_in or gone.exports_left or backups else DONE
