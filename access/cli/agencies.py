"""Commands about the bodies that make records: their names, block and level. Their history over time comes later."""

import click

from access import index
from access.cli.common import DONE, Call, command
from access.cli.groups import kho
from access.indexing import index_pending
from access.searching import open_solr
from repository import catalogue
from repository.agencies import record_agency
from repository.rows import AgencyRow


@kho.group("agency")
def agency() -> None:
    """Cơ quan, đơn vị hình thành phông / the bodies that make records."""


@command(agency, "set")
@click.argument("code")
@click.option("--name", required=True)
@click.option("--block", help="Đảng | Chính quyền | Đoàn thể")
@click.option("--level", help="Thành phố | Quận, huyện | Xã, phường")
def agency_set(call: Call, code: str, name: str, block: str | None, level: str | None) -> int:
    """Ghi tên, khối, cấp của một cơ quan / record a body's name, block and level."""
    opened = call.open(writing=True)
    with opened.connect() as connection:
        with connection.transaction():
            record_agency(connection, opened.store, code, name=name, block=block, level=level)
            catalogue.do(connection, "agency_needs_index", agency=code)
        solr = open_solr(opened.home, call.settings)
        count = index_pending(connection, solr)
        index.commit(solr)
    call.emit({"schema": 1, "agency": code, "name": name, "block": block, "level": level, "indexed": count})
    call.tell("agency-line", code=code, name=name, block=block or "—", level=level or "—")
    return DONE


@command(agency, "list")
def agency_list(call: Call) -> int:
    """Danh sách cơ quan / list the bodies."""
    with call.open(create=False).connect() as connection:
        found = catalogue.many(connection, AgencyRow, "agencies")
    call.emit({"schema": 1, "agencies": [{"code": a.code, "name": a.name, "block": a.block, "level": a.level}
                                         for a in found]})  # fmt: skip
    for row in found:
        call.tell("agency-line", code=row.code, name=row.name, block=row.block or "—", level=row.level or "—")
    return DONE
