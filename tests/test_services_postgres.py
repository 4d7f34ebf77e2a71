"""The home's own PostgreSQL: safe from other accounts, and back after whatever happened to it."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from repository.config import Settings
from repository.home import DiskTooFull, Home, open_home
from repository.services import overview, postgres, process
from repository.services.errors import DatabaseUnreachable, NoPostgres

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to act as another account")
NOBODY = ["setpriv", f"--reuid={pwd.getpwnam('nobody').pw_uid}", "--clear-groups", "--"]


@pytest.fixture(scope="module")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home with a stopped cluster that has one row in it; tests work on copies."""
    home = open_home(tmp_path_factory.mktemp("made") / "home")
    settings = Settings.load(home.path, {})
    try:
        postgres.ensure_postgres(home, settings)
        with psycopg.connect(postgres.owner_conninfo(home, settings)) as conn:
            conn.execute("create table kept (word text)")
            conn.execute("insert into kept values ('Hồ sơ')")
            conn.execute("grant select, insert on kept to kho_app")
    finally:
        postgres.stop_postgres(home)
    yield home


@pytest.fixture
def home(made_home: Home, tmp_path: Path, own_settings) -> Iterator[Home]:
    subprocess.run(["cp", "-a", made_home.path, tmp_path / "home"], check=True)
    copy = open_home(tmp_path / "home")
    yield copy
    overview.stop(copy)


def kept(home: Home) -> list[str]:
    with psycopg.connect(postgres.ensure_postgres(home)) as conn:
        return [row[0] for row in conn.execute("select word from kept")]


def test_the_next_command_uses_the_running_server(home: Home):
    assert kept(home) == ["Hồ sơ"]
    first = process.find(home, "postgres")
    assert kept(home) == ["Hồ sơ"]
    assert process.find(home, "postgres") == first


def test_two_commands_at_once_share_one_server_in_a_new_home(tmp_path: Path, own_settings):
    program = (
        "import sys; from repository.home import open_home; from repository.services import postgres, process;"
        "h = open_home(sys.argv[1]); postgres.ensure_postgres(h); print(process.find(h, 'postgres').pid)"
    )
    argv = [sys.executable, "-c", program, str(tmp_path / "home")]
    both = [subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    pids = {one.communicate()[0].strip() for one in both}
    ended = overview.stop(open_home(tmp_path / "home"))
    assert len(pids) == 1
    assert pids.pop().isdigit()
    assert ended == ("postgres",)


def test_what_was_committed_survives_kill_9_of_every_server_process(home: Home):
    with psycopg.connect(postgres.ensure_postgres(home)) as conn:
        conn.execute("insert into kept values ('mới')")
    for pid, start in process.holders(home, "postgres"):
        process.send(pid, start, signal.SIGKILL)
    assert kept(home) == ["Hồ sơ", "mới"]


def test_orphans_of_a_killed_postmaster_are_no_obstacle(home: Home):
    with psycopg.connect(postgres.ensure_postgres(home), autocommit=True) as conn:
        program = (
            "import sys, psycopg; from repository.home import open_home; from repository.services import postgres;"
            "psycopg.connect(postgres.app_conninfo(open_home(sys.argv[1]))).execute('select pg_sleep(1000)')"
        )
        busy = subprocess.Popen([sys.executable, "-c", program, str(home.path)], stderr=subprocess.DEVNULL)
        while conn.execute(
            "select count(*) from pg_stat_activity where wait_event = 'PgSleep'"
        ).fetchone() != (1,):
            assert busy.poll() is None
        before = process.find(home, "postgres")
        os.kill(before.pid, signal.SIGKILL)
    assert kept(home) == ["Hồ sơ"]
    assert process.find(home, "postgres").pid != before.pid
    assert busy.wait() != 0


def test_a_lock_file_whose_number_another_process_has_is_no_obstacle(home: Home):
    """As after a restart of the machine. The other process runs as the server's own account."""
    account = postgres.service_account()
    other = subprocess.Popen([*account.drop, "sleep", "1000"], cwd="/")
    try:
        for lock in (home.path / "postgres/data/postmaster.pid", home.run / "postgres/.s.PGSQL.5432.lock"):
            lock.write_text(f"{other.pid}\n/elsewhere\n1\n5432\n/elsewhere\n\n")
        (home.run / "postgres/.s.PGSQL.5432").write_text("stale")
        assert kept(home) == ["Hồ sơ"]
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_first_start_that_was_cut_short_begins_again(tmp_path: Path, own_settings):
    home = open_home(tmp_path / "home")
    (home.path / "postgres" / "data.new").mkdir(parents=True)
    (home.path / "postgres" / "data.new" / "PG_VERSION").write_text("15\n")
    try:
        with psycopg.connect(postgres.ensure_postgres(home)) as conn:
            assert conn.info.server_version >= 150000
    finally:
        overview.stop(home)
    assert not (home.path / "postgres" / "data.new").exists()


@AS_ROOT
def test_a_home_deep_below_roots_own_folder_works_and_opens_nothing(made_home: Home, own_settings):
    """Longer than a socket's name may be, below a folder of 0700: no mode changes, and the server is not root."""
    top = Path(tempfile.mkdtemp(prefix="kho-deep-", dir="/root"))
    try:
        deep = top / ("sâu-" * 20) / ("x" * 80) / "home"
        deep.parent.mkdir(parents=True, mode=0o700)
        subprocess.run(["cp", "-a", made_home.path, deep], check=True)
        before = [folder.stat().st_mode for folder in [deep, *deep.parents]]
        home = open_home(deep)
        assert kept(home) == ["Hồ sơ"]
        assert process.account_of(process.find(home, "postgres")) != "root"
        assert [folder.stat().st_mode for folder in [deep, *deep.parents]] == before
    finally:
        overview.stop(open_home(deep))
        shutil.rmtree(top)


@AS_ROOT
def test_another_local_account_reaches_neither_socket_nor_files(made_home: Home, own_settings):
    """Even in a folder that everybody may enter, and with the right password."""
    everybody = Path(tempfile.mkdtemp(prefix="kho-open-"))
    everybody.chmod(0o755)
    subprocess.run(["cp", "-a", made_home.path, everybody / "home"], check=True)
    home = open_home(everybody / "home")
    try:
        assert kept(home) == ["Hồ sơ"]
        psql = [*NOBODY, "psql", postgres.app_conninfo(home), "-c", "select 1"]
        refused = subprocess.run(psql, capture_output=True, text=True, cwd="/", check=False)
        assert "Permission denied" in refused.stderr
        listed = subprocess.run(
            [*NOBODY, "ls", home.path], capture_output=True, text=True, cwd="/", check=False
        )
        assert "Permission denied" in listed.stderr
    finally:
        overview.stop(home)
        shutil.rmtree(everybody)


def test_it_listens_on_no_port(home: Home):
    postgres.ensure_postgres(home)
    sockets = {
        str(link.readlink())
        for pid, _ in process.holders(home, "postgres")
        for link in Path(f"/proc/{pid}/fd").iterdir()
        if "socket:" in str(link.readlink())
    }
    for table in ("tcp", "tcp6"):
        inodes = {
            f"socket:[{line.split()[9]}]" for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        }
        assert sockets and not sockets & inodes


@pytest.mark.parametrize(
    "statement",
    ["drop table kept", "update kept set word = ''", "delete from kept", "create table mine (x int)"],
)
def test_the_application_role_owns_nothing(home: Home, statement: str):
    with (
        psycopg.connect(postgres.ensure_postgres(home)) as conn,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        conn.execute(statement)


@pytest.mark.parametrize("user", ["kho_super", "postgres", "kho_app"])
def test_nobody_logs_in_without_a_role_and_its_password(home: Home, user: str):
    postgres.ensure_postgres(home)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=str(home.run / "postgres"), user=user, password="guess", dbname="postgres")


def test_what_is_acknowledged_is_on_disk(home: Home):
    with psycopg.connect(postgres.ensure_postgres(home)) as conn:
        shown = [
            conn.execute(f"show {name}").fetchone()
            for name in ("fsync", "synchronous_commit", "data_checksums")
        ]
        assert shown == [("on",)] * 3
        assert conn.execute("show server_encoding").fetchone() == ("UTF8",)


def test_values_of_a_failed_statement_stay_out_of_the_log(home: Home):
    with psycopg.connect(postgres.ensure_postgres(home)) as conn, pytest.raises(psycopg.Error):
        conn.execute("select '079123456789'::date")
    log = (home.logs / "postgres.log").read_text()
    assert "STATEMENT" not in log
    assert "DETAIL" not in log


def test_too_little_room_is_told_before_anything_starts(home: Home, own_settings):
    own_settings.setenv("KHO_MIN_FREE_MB", "99999999")
    with pytest.raises(DiskTooFull):
        postgres.ensure_postgres(home)
    assert process.running(home) == ()


def test_an_outside_database_that_does_not_answer_is_named_without_its_password(home: Home, own_settings):
    own_settings.setenv("KHO_DATABASE_URL", "postgresql://kho:s3cret@127.0.0.1:1/kho")
    with pytest.raises(DatabaseUnreachable) as told:
        postgres.ensure_postgres(home)
    assert "127.0.0.1" in told.value.text("vi")
    assert "s3cret" not in told.value.text("vi") + told.value.text("en")


def test_a_cluster_of_another_version_names_what_to_install(home: Home):
    version = home.path / "postgres" / "data" / "PG_VERSION"
    version.write_text("11\n")
    with pytest.raises(NoPostgres, match="11"):
        postgres.ensure_postgres(home)
    version.write_text("15\n")


def test_stop_leaves_no_process_even_with_an_open_session(home: Home):
    with psycopg.connect(postgres.ensure_postgres(home)):
        family = process.holders(home, "postgres")
        assert len(family) > 3
        assert overview.stop(home) == ("postgres",)
    assert [pid for pid, start in family if process.start_time(pid) == start] == []
    assert list((home.run / "postgres").iterdir()) == []
