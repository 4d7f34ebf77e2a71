"""`kho demo`: what a newcomer sees first. A fictional commune's records go in, are found, opened and verified."""

import os
import shutil
from pathlib import Path
from typing import Any

from access.cli import telling, waiting
from access.cli.common import DONE, Call
from access.demo.delivery import write_delivery
from access.demo.fonds import agencies
from access.finding import find
from access.publishing import publish
from access.rights import today
from access.searching import open_solr
from ingest import batches, reports
from ingest.receipt import write_receipt
from ingest.standby import reserved
from preservation.bodies.codes import block
from repository import catalogue
from repository.agencies import record_agency
from repository.opening import Opened
from repository.people import AccountExists, NewPost, add_account, give_post
from repository.rows import FondsRow
from repository.services import overview
from repository.verify import verify

AGENCY = "H26.99.07"
QUERY = "ke hoach co so du lieu"
BASIS = "Quyết định công bố mẫu của bản trình diễn (hư cấu)"


def run(call: Call, *, serving: bool, port: int) -> int:
    """Deliver, take in, publish, find, verify; then serve until Ctrl-C, or stop everything."""
    opened = call.open(writing=True)
    try:
        _show(call, opened, serving, port)
    finally:
        overview.stop(opened.home)
    return DONE


def _show(call: Call, opened: Opened, serving: bool, port: int) -> None:
    delivery = _delivery(call, opened)
    document = _take_in(call, opened, delivery)
    _publish(call, opened)
    title = _find(call, opened)
    verified = _verify(call, opened)
    call.emit(
        {
            **document,
            "demo": {"query": QUERY, "found": title, "verify": verified, "store": str(opened.home.store)},
        }
    )
    if serving:
        from access.serving import serve_portal  # the web server is loaded only where it is wanted

        _tell_administrator(call, opened, f"http://127.0.0.1:{port}")
        serve_portal(call, opened, port)


def _tell_administrator(call: Call, opened: Opened, url: str) -> None:
    """The first administrator, made once, with a password that works once."""
    account, by = "quantri", f"uid:{os.getuid()}"
    post = NewPost(account, "administrator", ("01",), today(), "make demo")
    try:
        with opened.connect() as connection, connection.transaction():
            once = add_account(connection, account, "Quản trị viên")
            give_post(connection, opened.store, post, by)
        call.tell("demo-sign-in", url=url, account=account, password=once)
    except AccountExists:
        call.tell("demo-signed-before", url=url, account=account)


def _delivery(call: Call, opened: Opened) -> Path:
    """The sample delivery, drawn once."""
    target = opened.home.exports / "ban-giao-mau"
    if not target.exists():
        drawing = target.with_name(".ban-giao-mau.dang-ve")
        shutil.rmtree(drawing, ignore_errors=True)
        with telling.progress(call, "drawing") as advance:
            write_delivery(drawing, progress=lambda done, all_: advance(done, all_, {}))
        drawing.rename(target)
    files = sum(1 for p in target.rglob("*.pdf"))
    call.tell("demo-written", path=os.fspath(target), files=files)
    return target


def _take_in(call: Call, opened: Opened, delivery: Path) -> dict[str, Any]:
    call.tell("demo-ingest")
    with reserved(call.settings, opened.home) as standby:
        with opened.connect() as connection:
            for agency in agencies():
                record_agency(connection, opened.store, agency["agencyCode"], name=agency["name"],
                              block=block(agency["khoi"]), level=agency["level"])  # fmt: skip
            connection.commit()
            batch = batches.register_batch(connection, opened.home, delivery, mapping=None, agency=AGENCY)
        waiting.work(call, opened, [batch], os.cpu_count() or 1, standby)
    with opened.connect() as connection:
        ended = catalogue.batch(connection, batch.id) or batch
        seconds = ((ended.finished_at or catalogue.now()) - ended.created_at).total_seconds()
        document = reports.batch_report(connection, ended, seconds)
    document["receipt"] = [os.fspath(p) for p in write_receipt(document, opened.home.receipts) if p]
    telling.tell_report(call, document)
    telling.tell_receipts(call, [document])
    return document


def _publish(call: Call, opened: Opened) -> None:
    solr = open_solr(opened.home, call.settings)
    with opened.connect() as connection:
        decided = {(p["agency"], p["fonds"]) for p in catalogue.as_dicts(connection, "publications")}
        held = catalogue.many(connection, FondsRow, "fonds_all")
        connection.commit()
        for fonds in held:
            if (fonds.agency, fonds.code) not in decided:
                publish(connection, opened.store, solr, fonds=fonds.code, agency=fonds.agency, basis=BASIS,
                        by=f"uid:{os.getuid()}")  # fmt: skip
    call.tell("demo-published")


def _find(call: Call, opened: Opened) -> str | None:
    solr = open_solr(opened.home, call.settings)
    with opened.connect() as connection:
        found = find(connection, solr, QUERY, limit=1)
    title = found.hits[0].title if found.hits else None
    call.tell("demo-found", query=QUERY, title=title or "—")
    return title


def _verify(call: Call, opened: Opened) -> dict[str, Any]:
    report = verify(opened.home.store)
    call.tell(
        "demo-verified",
        verdict=call.word(f"verdict-{report.verdict}"),
        objects=report.objects,
        files=report.files,
    )
    for found in report.findings[:10]:
        telling.tell_finding(call, found.as_json())
    call.tell("demo-stranger", command=f".venv/bin/python .venv/bin/ocfl-validate.py -v {opened.home.store}")
    return {
        "verdict": report.verdict,
        "objects": report.objects,
        "files": report.files,
        "bytes": report.bytes,
    }
