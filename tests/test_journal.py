"""The journal: entries of committed rows in one chain that the application cannot change; storage holds it; fakes are found."""

import hashlib
import json
import subprocess
import threading
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psycopg
import pytest

from preservation import journal_export
from repository import catalogue, journal, people
from repository.config import Settings
from repository.deciding import deciding
from repository.decisions import new_decision
from repository.home import Home
from repository.journal_stored import JOURNAL, months_stored
from repository.opening import Opened, open_catalogue
from repository.packages import AipId
from repository.services.postgres import owner_conninfo
from repository.verify import verify
from standards.journal import BEGINNING, chained, line, merkle_root
from standards.journal_rules import Span, _root, check_journal, check_order
from standards.package_tree import MemoryTree, read_bytes
from standards.timestamps import NoTimestamp, imprint_of, stamp
from tests.running import kho


@pytest.fixture
def opened(kho_home: Home) -> Opened:
    return open_catalogue(Settings.load())


def note(connection: psycopg.Connection, count: int = 1) -> None:
    """Events, as a runner writes them."""
    for number in range(count):
        catalogue.do(
            connection, "new_event", id=uuid.uuid4(), package=None, aip=f"urn:uuid:{number}", step="store", type="ingestion end",
            outcome="success", codes=[], agents=[], detail={"name": "Nguyễn Văn A"}, time=catalogue.now(),
        )  # fmt: skip


def records(connection: psycopg.Connection) -> list[dict]:
    return [json.loads(row[0]) for row in connection.execute("select record from journal order by position")]


def as_owner(opened: Opened, statement: str) -> None:
    with psycopg.connect(owner_conninfo(opened.home, Settings.load())) as connection:
        connection.execute(statement.encode())


def test_what_is_committed_is_chained_with_ids_and_without_names(opened: Opened):
    with opened.connect() as connection:
        note(connection)
        catalogue.do(connection, "new_publication", id=uuid.uuid4(), agency="H26", fonds="P1", basis="Quyết định mật danh",
                     decided_by="Trần Thị B", decided_at=catalogue.now())  # fmt: skip
        connection.commit()
        assert journal.seal(connection) == 2
        found = records(connection)
    assert [r["position"] for r in found] == [1, 2]
    assert [r["entry"]["kind"] for r in found] == ["event", "decision"]
    assert found[0]["entry"]["ids"]["aip"] == "urn:uuid:0"
    text = json.dumps(found, ensure_ascii=False)
    assert not any(name in text for name in ("Nguyễn", "Trần", "mật danh"))


def test_what_is_not_committed_is_chained_after_its_commit(opened: Opened):
    with opened.connect() as slow, opened.connect() as fast, opened.connect() as sealer:
        note(slow)
        note(fast, 2)
        fast.commit()
        assert journal.seal(sealer) == 2
        slow.commit()
        assert journal.seal(sealer) == 1
        assert journal.check(sealer).good


def test_several_sealers_make_one_chain(opened: Opened):
    with opened.connect() as connection:
        note(connection, 200)
        connection.commit()

    def work() -> None:
        with opened.connect() as connection:
            for _time in range(20):
                note(connection)
                connection.commit()
                journal.seal(connection)

    threads = [threading.Thread(target=work) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with opened.connect() as connection:
        journal.seal(connection)
        found = journal.check(connection)
    assert (found.entries, found.waiting, found.good) == (260, 0, True)


@pytest.mark.parametrize("statement", [
    "update journal set record = 'x'", "delete from journal", "truncate journal",
    "insert into journal values (9, 'x', 'x')", "insert into journal_pending (entry) values ('x')",
    "delete from journal_pending", "alter table event disable trigger journal", "drop table journal",
    "select journal_watch('event', 'x', '{}', '{}')", "select journal_catch_up()", "select setval('journal_pending_id_seq', 1)",
])  # fmt: skip
def test_the_application_can_only_read_and_seal(opened: Opened, statement: str):
    with opened.connect() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())


@pytest.mark.parametrize(("act", "found"), [
    ("update journal set record = replace(record, 'success', 'failure') where position = 2", "broken"),
    ("delete from journal where position = 2", "broken"),
    ("update journal set position = case position when 2 then 30 else position end where position = 2", "broken"),
    ("update event set outcome = 'failure' where aip = 'urn:uuid:1'", "lost"),
    ("delete from event where aip = 'urn:uuid:1'", "lost"),
    ("alter table event disable trigger journal; insert into event (id, step, type, outcome, time)"
     " values (gen_random_uuid(), 'x', 'x', 'success', now())", "strange"),
])  # fmt: skip
def test_what_the_owner_of_the_tables_does_is_found(opened: Opened, act: str, found: str):
    with opened.connect() as connection:
        note(connection, 4)
        connection.commit()
        journal.seal(connection)
        assert journal.check(connection).good
    as_owner(opened, act)
    with opened.connect() as connection:
        assert getattr(journal.check(connection), found)
    assert kho("journal", "verify", "--json").code == 3


CHANGED = [
    ("update decision set decided_by = 'Ai đó' where kind = 'description'", "lost", "decision"),
    ("update retention_term set reason = 'khác'", "lost", "retention"),
    ("delete from retention_term", "lost", "retention"),
    ("update post set basis = 'khác'", "lost", "post"),
    ("update account set password = 'khác'", "lost", "account"),
    ("alter table post disable trigger user; update post set approved_by = 'Kẻ lạ', approved_at = now()", "lost", "post"),
    ("alter table account disable trigger user; insert into account (id, name, created_at) values ('la', 'La', now())",
     "strange", "account"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "found", "kind"), CHANGED)
def test_decisions_terms_accounts_and_posts_are_chained(opened: Opened, act: str, found: str, kind: str):
    """What the application does is in the chain, as often as it does it; what is done behind its back is found."""
    with opened.connect() as connection:
        with deciding(connection, opened.store) as record:
            decision = new_decision(
                "description", by="A", basis="b", aip="urn:uuid:1", fields={}, documents={}
            )
            record(decision)
        term = {
            "aip": "urn:uuid:1",
            "decision": decision["id"],
            "kind": "permanent",
            "reason": "r",
            "decided_by": "A",
        }
        connection.execute(
            "insert into retention_term (aip, decision, kind, reason, decided_by, decided_at)"
            " values (%(aip)s, %(decision)s, %(kind)s, %(reason)s, %(decided_by)s, now())", term,
        )  # fmt: skip
        people.add_account(connection, "an", "Nguyễn An")
        people.set_state(connection, "an", "disabled")
        connection.execute(
            "insert into post (id, account, role, modes, valid_from, basis, granted_by, granted_at)"
            " values (gen_random_uuid(), 'an', 'researcher', '{01}', now(), 'QĐ', 'B', now())"
        )
        connection.execute("update post set approved_by = 'C', approved_at = now()")
        connection.commit()
        journal.seal(connection)
        checked = journal.check(connection)
        assert checked.good, (checked.lost, checked.strange)
        kinds = [r["entry"]["kind"] for r in records(connection)]
        assert (kinds.count("post"), kinds.count("account"), kinds.count("decision")) == (2, 2, 1)
        assert "Nguyễn" not in json.dumps(records(connection), ensure_ascii=False)
    as_owner(
        opened,
        f"alter table {_table(act)} disable trigger journal_change; {act}"
        if kind in ("post", "account")
        else act,
    )
    with opened.connect() as connection:
        assert {row["kind"] for row in getattr(journal.check(connection), found)} == {kind}


def _table(act: str) -> str:
    return "post" if " post " in act else "account"


def exported(opened: Opened, count: int = 3) -> Path:
    """Entries in storage; the object of this month."""
    with opened.connect() as connection:
        note(connection, count)
        connection.commit()
        journal_export.export(connection, opened.store)
    (month,) = months_stored(opened.store)
    return opened.store.root / opened.store.place_of(AipId(JOURNAL + month))


def test_a_month_is_one_object_and_each_export_a_version(opened: Opened):
    home = exported(opened, 3)
    assert exported(opened, 2) == home
    with opened.connect() as connection:
        assert journal_export.export(connection, opened.store).parts == ()
        assert journal_export.differing(connection, opened.store) == []
    assert sorted(p.name for p in home.glob("v*/content/entries/*")) == [
        "000000000001-000000000003.txt", "000000000004-000000000005.txt",
    ]  # fmt: skip
    report = verify(opened.store.root)
    assert [f for f in report.findings if f.level == "MUST"] == []
    assert kho("journal", "verify", "--json").code == 0


@pytest.mark.parametrize("point", ["journal.before-part", "journal.stored"])
def test_a_killed_export_is_done_again_and_doubles_nothing(opened: Opened, point: str):
    with opened.connect() as connection:
        note(connection, 5)
        connection.commit()
    assert kho("journal", "export", env={"KHO_FAULT": f"{point}:kill"}).code == -9
    ended = kho("journal", "export", "--json")
    assert ended.code == 0, ended.err
    with opened.connect() as connection:
        assert journal_export.differing(connection, opened.store) == []
    (month,) = months_stored(opened.store)
    tree = opened.store.tree(AipId(JOURNAL + month))
    positions = [
        json.loads(raw.partition(b"\t")[2])["position"]
        for path in tree.paths() if path.startswith("entries/") for raw in read_bytes(tree, path).splitlines()
    ]  # fmt: skip
    assert positions == list(range(1, len(positions) + 1))
    assert len(positions) >= 5


def test_a_rebuilt_catalogue_has_its_journal_back_and_goes_on_with_it(opened: Opened):
    exported(opened, 4)
    with opened.connect() as connection:
        before = journal.head(connection)
    as_owner(opened, "truncate journal; truncate event cascade; truncate publication")
    assert kho("store", "rebuild", "--replace").code == 0
    with opened.connect() as connection:
        journal.seal(connection)
        found = records(connection)
        assert connection.execute("select hash from journal where position = %s", [before[0]]).fetchone() == (
            before[1],
        )
        assert journal.check(connection).broken == ()
    assert found[-1]["entry"]["kind"] == "rebuild"
    assert [r["position"] for r in found] == list(range(1, len(found) + 1))


def made(count: int, *, first: int = 1, before: str = BEGINNING) -> tuple[dict[str, bytes], str]:
    """A journal as it lies in storage, made here by itself; and its last hash."""
    head, data, hashes = before, b"", []
    for position in range(first, first + count):
        record = (
            f'{{"position": {position}, "sealed": "2026-11-01T00:00:00.000Z", "entry": {{"kind": "event"}}}}'
        )
        head = chained(head, record)
        data += line(head, record)
        hashes.append(head)
    last = first + count - 1
    closing = {
        "schema": 1,
        "first": first,
        "last": last,
        "before": before,
        "head": head,
        "merkle_root": merkle_root(hashes),
    }
    return {
        f"entries/{first:012d}-{last:012d}.txt": data,
        f"heads/{last:012d}.json": json.dumps(closing).encode(),
    }, head


def codes(files: dict[str, bytes]) -> set[str]:
    return {found.code for found in check_journal(MemoryTree(files))}


def edited(change: Callable[[list[bytes]], object]) -> set[str]:
    files, _head = made(9)
    (path,) = [p for p in files if p.startswith("entries/")]
    rows = files[path].splitlines(keepends=True)
    change(rows)
    return codes({**files, path: b"".join(rows)})


def swap(rows: list[bytes]) -> None:
    rows[3], rows[4] = rows[4], rows[3]


def forge(rows: list[bytes]) -> None:
    """A record changed, and every hash from there on made to fit."""
    before = rows[2][:64].decode()
    for at in range(3, len(rows)):
        record = rows[at].partition(b"\t")[2].rstrip(b"\n").decode().replace("event", "audit")
        before = chained(before, record)
        rows[at] = line(before, record)


def replace(rows: list[bytes]) -> None:
    rows[3] = rows[3].replace(b"event", b"audit")


def test_a_whole_journal_is_good():
    assert edited(lambda rows: None) == set()


@pytest.mark.parametrize(("change", "code"), [
    (replace, "JOURNAL-CHANGED"), (lambda rows: rows.pop(3), "JOURNAL-DROPPED"), (lambda rows: rows.pop(0), "JOURNAL-DROPPED"),
    (lambda rows: rows.pop(), "JOURNAL-DROPPED"), (swap, "JOURNAL-ORDER"), (lambda rows: rows.insert(4, rows[3]), "JOURNAL-ORDER"),
    (forge, "JOURNAL-HEAD"), (lambda rows: rows.insert(4, b"x\n"), "JOURNAL-CHANGED"), (lambda rows: rows.clear(), "JOURNAL-DROPPED"),
])  # fmt: skip
def test_a_changed_dropped_or_reordered_entry_is_found(change: Callable[[list[bytes]], object], code: str):
    assert code in edited(change)


def test_the_verify_command_finds_it_in_a_copied_journal(tmp_path: Path):
    files, _head = made(5)
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    assert verify(tmp_path).verdict == "valid"
    entries = next((tmp_path / "entries").iterdir())
    rows = entries.read_bytes().splitlines(keepends=True)
    entries.write_bytes(b"".join(rows[:2] + rows[3:]))
    report = verify(tmp_path)
    assert report.verdict == "invalid"
    assert "JOURNAL-DROPPED" in {f.code for f in report.findings}


def test_months_follow_one_another():
    first, head = made(4)
    second, _head = made(3, first=5, before=head)
    forged, _head = made(3, first=5, before="1" * 64)
    spans: dict[str, dict[str, Span]] = {"good": {}, "forged": {}, "gone": {}}
    for name, months in {"good": [first, second], "forged": [first, forged], "gone": [second]}.items():
        for number, files in enumerate(months):
            span = spans[name].setdefault(f"urn:kho:journal:2026-0{number + 1}", Span())
            assert [*check_journal(MemoryTree(files), span)] == []
    assert [f.code for f in check_order(spans["good"])] == []
    assert [f.code for f in check_order(spans["forged"])] == ["JOURNAL-BROKEN"]
    assert [f.code for f in check_order(spans["gone"])] == ["JOURNAL-BROKEN"]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 100])
def test_the_root_of_the_writer_is_that_of_the_verifier(count: int):
    hashes = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(count)]
    assert merkle_root(hashes) == _root([h.encode() for h in hashes])


def test_the_root_is_that_of_rfc_6962():
    """Two leaves by hand: sha256(01, sha256(00, a), sha256(00, b))."""
    a, b = bytes(32), bytes([1]) * 32
    leaves = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in (a, b)]
    assert merkle_root([a.hex(), b.hex()]) == hashlib.sha256(b"\x01" + leaves[0] + leaves[1]).hexdigest()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A real time stamping authority made with openssl, behind HTTP on loopback; its URL and its folder."""
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "tsa.cnf").write_text(
        "[tsa]\ndefault_tsa = it\n[it]\nserial = serial\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\n"
        "digests = sha256\naccuracy = secs:1\nordering = no\ntsa_name = no\ness_cert_id_chain = no\n"
    )
    (folder / "serial").write_text("01\n")
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2",
            "-subj", "/CN=TSA", "-addext", "extendedKeyUsage=critical,timeStamping")  # fmt: skip

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "q.tsq").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/broken":
                self.send_error(503)
                return
            openssl(folder, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "q.tsq", "-inkey", "key.pem", "-signer",
                    "cert.pem", "-out", "a.tsr")  # fmt: skip
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write((folder / "a.tsr").read_bytes())

        def log_message(self, *_words: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", folder
    server.shutdown()
    server.server_close()


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def test_heads_are_stamped_by_an_authority_and_openssl_agrees(
    opened: Opened, authority: tuple[str, Path], tmp_path: Path
):
    url, folder = authority
    with opened.connect() as connection:
        note(connection, 3)
        connection.commit()
    refused = kho("journal", "export", "--json", env={"KHO_TSA_URL": f"{url}/broken"})
    assert (refused.code, refused.json["stamped"]) == (3, 0)
    assert refused.json["unstamped"]
    ended = kho("journal", "export", "--json", env={"KHO_TSA_URL": url})
    assert ended.code == 0, ended.err
    assert ended.json["stamped"] == 1  # the head that was left
    (month,) = months_stored(opened.store)
    tree = opened.store.tree(AipId(JOURNAL + month))
    for path in [p for p in tree.paths() if p.endswith(".tsr")]:
        (tmp_path / "head").write_bytes(read_bytes(tree, path.replace(".tsr", ".json")))
        (tmp_path / "stamp").write_bytes(read_bytes(tree, path))
        openssl(
            tmp_path, "ts", "-verify", "-data", "head", "-in", "stamp", "-CAfile", str(folder / "cert.pem")
        )
    assert verify(opened.store.root).verdict == "valid"


def test_a_stamp_of_something_else_is_found(authority: tuple[str, Path]):
    url, _folder = authority
    files, _head = made(3)
    (head,) = [p for p in files if p.startswith("heads/")]
    answer = stamp(url, files[head])
    assert imprint_of(answer) == hashlib.sha256(files[head]).digest()
    name = head.replace(".json", ".tsr")
    assert codes({**files, name: answer}) == set()
    assert codes({**files, name: stamp(url, b"something else")}) == {"JOURNAL-STAMP"}
    assert codes({**files, name: b"no stamp at all"}) == {"JOURNAL-STAMP"}


def test_no_answer_is_no_stamp():
    with pytest.raises(NoTimestamp):
        stamp("http://127.0.0.1:1/", b"x")
