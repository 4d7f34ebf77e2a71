"""The fictional world lived from 2024 to 2046, each command on its own day: deliveries, the merger of 1 July 2025, terms that
fall due, a hold, two councils, a transfer, paper; and an inspector who asks the journal at the end.

The clock of each command is shifted by a library of a few lines; the database's and the search engine's own clocks run as they are.
"""

import datetime as dt
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from repository.home import Home
from tests.make_delivery import plan, write_plan
from tests.running import Ended
from tests.running import kho as kho_process

AGENCY, NEIGHBOUR, HEIR, ARCHIVE = "H26.99.07", "H26.99.08", "H26.201", "LS26"
FILES = [  # (term, closing year): short, short and held, short and kept longer, for ever
    ("5 năm", 2019), ("5 năm", 2019), ("5 năm", 2019), ("Vĩnh viễn", 2019),
]  # fmt: skip
SHORT, HELD, KEPT, EVER = (f"{AGENCY}/2024.{n:02}.VP" for n in (1, 2, 3, 4))
COUNCIL = (
    "--member",
    "Trần B;chair;lãnh đạo",
    "--member",
    "Lê C;secretary;lưu trữ",
    "--member",
    "Phạm D;member;chuyên môn",
)
MEETING = ("--present", "Trần B", "--present", "Phạm D")
SCHEDULE = """code,group,title,subcase,kind,years,trigger,maintenance,disposition,legal_basis,legal_status,evidence
HC-01,Hành chính,Tập công văn trao đổi,,years,10,,06,review,TT 10/2022/TT-BNV,in_force,x
"""


CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

/* The clock of the day is shifted by YEARS_OFFSET seconds; clocks that only measure run as they are. */
static long long shift(void) {
    const char *said = getenv("YEARS_OFFSET");
    return said ? atoll(said) : 0;
}

int clock_gettime(clockid_t which, struct timespec *told) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int code = real(which, told);
    if (!code && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) told->tv_sec += shift();
    return code;
}

int gettimeofday(struct timeval *restrict told, void *restrict zone) {
    struct timespec now;
    (void)zone;
    int code = clock_gettime(CLOCK_REALTIME, &now);
    told->tv_sec = now.tv_sec;
    told->tv_usec = now.tv_nsec / 1000;
    return code;
}

time_t time(time_t *told) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (told) *told = now.tv_sec;
    return now.tv_sec;
}
"""


class Calendar:
    """`kho` on a day: the process and all that it starts believe it. No worker stays for the next delivery, a year later."""

    def __init__(self, folder: Path) -> None:
        self.moment = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
        compiler = shutil.which("cc")
        if compiler is None:
            pytest.skip("no C compiler for the clock (apt install gcc libc6-dev)")
        (folder / "clock.c").write_text(CLOCK, "utf-8")
        words = [compiler, "-shared", "-fPIC", "-O1", "-o", folder / "clock.so", folder / "clock.c", "-ldl"]
        subprocess.run(words, check=True)
        self.env = {"LD_PRELOAD": str(folder / "clock.so"), "KHO_STANDBY_SECONDS": "0"}

    def __call__(self, on: str, *words: str | Path) -> Ended:
        nine = dt.datetime.combine(dt.date.fromisoformat(on), dt.time(2), dt.UTC)  # in the morning in Hanoi
        assert nine.date() >= self.moment.date(), "time goes one way"
        begin, now = max(nine, self.moment), dt.datetime.now(dt.UTC)
        offset = int((begin - now).total_seconds())
        ended = kho_process(*words, env={**self.env, "YEARS_OFFSET": str(offset)}, timeout=600)
        self.moment = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=offset + 2)
        return ended

    def json(self, on: str, *words: str | Path, code: int = 0) -> dict[str, Any]:
        ended = self(on, *words, "--json")
        assert ended.code == code, f"{on} {words}: {ended.out}{ended.err}"
        return ended.json


def deliver(folder: Path, files: list[tuple[str, int]], skip: int = 0) -> Path:
    """A delivery; `skip` hồ sơ are left out, so that the codes of a second one go on."""
    whole = plan(len(files) + skip, 1)
    whole.rows = whole.rows[skip:]
    whole.files = {path: data for path, data in whole.files.items() if int(path[2:4]) > skip}
    for row, (term, closed) in zip(whole.rows, files, strict=True):
        row |= {"file.maintenance": term, "file.startDate.year": closed, "file.endDate.year": closed,
                "document.issuedDate.year": closed}  # fmt: skip
    write_plan(folder, whole)
    return folder


def due_at(kho: Calendar, on: str, agency: str) -> set[str]:
    return {e["key"] for e in kho.json(on, "retention", "due", "--agency", agency)["due"]}


def councilled(kho: Calendar, year: int, agency: str, exceptions: Path | None = None) -> str:
    """A list on its way through a spring, up to the head's decision."""
    id = str(kho.json(f"{year}-03-01", "disposition", "plan", "--agency", agency, "--by", "Lê C")["id"])
    more = ("--exceptions", exceptions) if exceptions else ()
    for on, words in (
        (f"{year}-03-02", ("council", id, *COUNCIL, "--basis", "QĐ 3", "--by", "Trần B")),
        (f"{year}-03-10", ("decide", id, *MEETING, "--minutes", f"{year}/BB", *more, "--by", "Trần B")),
        (f"{year}-03-20", ("opinion", id, "--authority", ARCHIVE, "--number", "9", "--by", "Hồ E")),
        (f"{year}-04-01", ("approve", id, "--number", f"{year}/QĐ-UBND", "--by", "Chủ tịch G")),
    ):
        kho.json(on, "disposition", *words)
    return id


@pytest.mark.slow
def test_the_years_from_2024_to_2046(kho_home: Home, tmp_path: Path):
    kho = Calendar(tmp_path)

    # 2024: bodies, a schedule, a first delivery.
    for code, name in (
        (AGENCY, "UBND xã Tân Mẫu"),
        (NEIGHBOUR, "UBND xã Đông Mẫu"),
        (ARCHIVE, "Lưu trữ lịch sử"),
    ):
        kho.json("2024-01-10", "agency", "set", code, "--name", name, "--level", "Xã, phường", "--from", "1998-01-01",
                 "--by", "Lê C")  # fmt: skip
    (tmp_path / "thoi-han.csv").write_text(SCHEDULE, "utf-8")
    kho.json(
        "2024-01-15",
        "retention",
        "schedule",
        "import",
        tmp_path / "thoi-han.csv",
        "--name",
        "TT 10/2022",
        "--by",
        "Lê C",
    )
    taken = kho.json("2024-03-01", "ingest", deliver(tmp_path / "giao1", FILES), "--agency", AGENCY, "--wait")
    assert [p["status"] for p in taken["packages"]] == ["stored"] * 4

    # 1 July 2025: two communes become one, planned by one person, approved by another.
    act = kho.json("2025-06-10", "agency", "merge", "plan", AGENCY, NEIGHBOUR, "--into", HEIR, "--name", "UBND xã Mẫu Hưng",
                   "--block", "chính quyền", "--level", "Xã, phường", "--on", "2025-07-01",
                   "--basis", "NQ 1656/NQ-UBTVQH15", "--by", "Nguyễn Văn A")["id"]  # fmt: skip
    assert kho("2025-06-11", "agency", "merge", "approve", act, "--by", "nguyễn văn a").code == 3
    kho.json("2025-06-12", "agency", "merge", "approve", act, "--by", "Trần Thị B")
    kho.json("2025-07-01", "agency", "merge", "carry-out", act, "--by", "Trần Thị B")
    late = kho.json(
        "2025-09-01",
        "ingest",
        deliver(tmp_path / "giao2", [("10 năm", 2024)], skip=4),
        "--agency",
        AGENCY,
        "--wait",
    )
    assert late["packages"][0]["key"] == f"{AGENCY}/2024.05.VP"  # provenance stays with the body that ended
    assert "BODY-HAS-ENDED" in json.dumps(late)

    # 2025 to 2027: five years after 2019 are over; an inspection holds one file; the council keeps another.
    assert due_at(kho, "2025-12-01", HEIR) == {SHORT, HELD, KEPT}
    assert due_at(kho, "2025-12-01", NEIGHBOUR) == set()
    hold = kho.json("2026-01-10", "hold", "place", HELD, "--kind", "inspection", "--reason", "Thanh tra 3/TTr", "--authority",
                    "Thanh tra thành phố", "--until", "2027-12-31", "--by", "Lê C")["hold"]  # fmt: skip
    (tmp_path / "ngoai-le.csv").write_text(
        f"record,verdict,reason,years,dissent\n{KEPT},keep,Còn tra cứu,20,Phạm D\n", "utf-8"
    )
    first = councilled(kho, 2026, HEIR, tmp_path / "ngoai-le.csv")
    gone = kho.json("2026-04-10", "disposition", "destroy", first, "--by", "Lê C", "--with", "Phạm D")
    assert (gone["destroyed_now"], gone["complete"], gone["late"]) == (1, True, False)
    assert kho.json("2026-04-11", "aip", "show", SHORT, code=3)["error"]["code"] == "destroyed"

    # The hold ends when a person lifts it, and not by itself.
    assert kho("2028-03-01", "disposition", "plan", "--agency", HEIR, "--by", "Lê C").code == 3
    kho.json("2028-06-01", "hold", "lift", hold, "--basis", "Kết luận thanh tra", "--by", "Lê C")
    second = councilled(kho, 2029, HEIR)
    assert (
        kho.json("2029-04-10", "disposition", "destroy", second, "--by", "Lê C", "--with", "Phạm D")[
            "destroyed_now"
        ]
        == 1
    )

    # 2030: the schedule is superseded; fixed terms stay. The permanent file goes to the historical archive.
    kho.json(
        "2030-01-05",
        "retention",
        "schedule",
        "supersede",
        "TT 10/2022",
        "--on",
        "2030-01-01",
        "--basis",
        "TT mới",
        "--by",
        "Lê C",
    )
    assert kho.json("2030-02-01", "retention", "explain", KEPT)["expires_on"] == "2039-12-31"
    given = kho.json("2031-05-01", "handover", "plan", "--kind", "historical", "--from", HEIR, "--to", ARCHIVE, "--basis",
                     "QĐ 77", "--by", "Lê C")  # fmt: skip
    assert given["packages"] == 1
    kho.json(
        "2031-05-20",
        "handover",
        "settle",
        given["id"],
        "--number",
        "15/BN",
        "--received-by",
        "Trần Nhận",
        "--by",
        "Lê C",
    )
    kho.json("2031-05-21", "handover", "minutes", given["id"], tmp_path / "bb")

    # 2035 to 2046: the late file falls due; the one that was kept, in 2040; the permanent one never.
    assert due_at(kho, "2034-12-31", HEIR) == set()
    assert due_at(kho, "2035-01-01", HEIR) == {f"{AGENCY}/2024.05.VP"}
    assert due_at(kho, "2040-01-01", HEIR) == {KEPT, f"{AGENCY}/2024.05.VP"}
    third = councilled(kho, 2041, HEIR)
    assert (
        kho.json("2041-04-02", "disposition", "destroy", third, "--by", "Lê C", "--with", "Phạm D")[
            "destroyed_now"
        ]
        == 2
    )
    assert due_at(kho, "2046-01-01", HEIR) == due_at(kho, "2046-01-01", ARCHIVE) == set()

    inspect(kho)


def inspect(kho: Calendar) -> None:
    """1 March 2046: the journal answers, and the whole is proved."""
    on = "2046-03-01"

    def told(id: str) -> list[tuple[str, str, str]]:
        """(day, what, by whom) of the decisions about a record."""
        found = kho.json(on, "journal", "about", id)["entries"]
        assert not any(e["missing"] for e in found)
        return [(e["time"][:10], e["step"], e["decision"]["decided_by"]) for e in found if e["decision"]]

    short, held, ever = told(SHORT), told(HELD), told(EVER)
    # Who destroyed it, when, decided by whom, after which council; and that it went through the merger.
    assert [(day, what) for day, what, _by in short if what in ("merger", "disposal-approval", "destruction")] == [
        ("2025-07-01", "merger"), ("2026-04-01", "disposal-approval"), ("2026-04-10", "destruction")]  # fmt: skip
    assert {by for _day, what, by in short if what == "disposal-approval"} == {"Chủ tịch G"}
    # Why the other one was not destroyed with it: it was held from then to then.
    assert [(day, what) for day, what, _by in held if what.startswith("hold") or what == "destruction"] == [
        ("2026-01-10", "hold"), ("2028-06-01", "hold-lift"), ("2029-04-10", "destruction")]  # fmt: skip
    # Who has the permanent one, and since when.
    assert [(day, what, by) for day, what, by in ever if what.startswith("handover")] == [
        ("2031-05-01", "handover-list", "Lê C"), ("2031-05-20", "handover-receipt", "Lê C")]  # fmt: skip
    taken_in = [e for e in kho.json(on, "journal", "about", EVER)["entries"] if e["step"] == "store"]
    assert [e["time"][:10] for e in taken_in] == ["2024-03-01"]
    # What became of the body.
    assert ("2025-07-01", "merger", "Trần Thị B") in told(AGENCY)

    kho.json(on, "journal", "export")
    assert kho.json(on, "journal", "verify")["verdict"] == "valid"
    assert kho("2046-03-02", "store", "reconcile").code == 0
    dumped = kho("2046-03-02", "store", "dump").out
    kho.json("2046-03-03", "store", "rebuild", "--replace")
    again = kho("2046-03-03", "store", "dump").out
    assert again == dumped
    stones = [json.loads(line) for line in again.splitlines() if '"tombstone"' in line]
    assert sorted(s["key"] for s in stones if s["table"] == "tombstone") == [
        SHORT,
        HELD,
        KEPT,
        f"{AGENCY}/2024.05.VP",
    ]
    assert not re.search("Hồ sơ số [1235] ", json.dumps(stones, ensure_ascii=False))
