"""Commands about the catalogue's database: backup, restore."""

import os
from pathlib import Path

import click

from access.cli.common import DONE, REFUSED, Call, command, size_words
from access.cli.groups import kho
from access.cli.storage import explained
from access.restoring import restore_catalogue
from repository.backup import backup


@command(kho, "backup")
@click.argument("dest", type=click.Path(path_type=Path))
def backup_catalogue(call: Call, dest: Path) -> int:
    """Sao lưu cơ sở dữ liệu vào một thư mục mới / back the database up into a new folder."""
    about = backup(call.open(create=False), dest.absolute())
    call.emit({"path": os.fspath(dest), **about})
    call.tell(
        "backed-up",
        path=os.fspath(dest),
        size=size_words(about["bytes"], call.lang),
        aips=about["rows"]["aips"],
    )
    return DONE


@command(kho, "restore")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True)
def restore_backup(call: Call, source: Path, replace: bool) -> int:
    """Khôi phục cơ sở dữ liệu từ bản sao lưu, rồi ghi nốt những gì kho lưu trữ có sau đó / the database from a backup,
    then whatever storage got since."""
    about, caught_up, left = restore_catalogue(call.settings, source.absolute(), replace=replace)
    call.emit({"schema": 1, "backup": about, "caught_up": caught_up,
               "differences": [{**each, **explained(each)} for each in left.differences]})  # fmt: skip
    call.tell("restored", time=about["time"][:16].replace("T", " "), aips=about["rows"]["aips"])
    if caught_up:
        call.tell("restored-caught-up")
    for each in left.differences:
        call.say(explained(each)[call.lang])
    call.tell("restored-next")
    return DONE if left.is_solved else REFUSED
