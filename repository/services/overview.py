"""All services of a home together: what runs, and how to end it. Workers and the web server use `start` here."""

import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from repository.config import Settings
from repository.home import Home
from repository.services import postgres, process, solr

KEEPERS = (solr.NAME, postgres.NAME)  # ended last, in this order: the others write to them


def start(
    home: Home,
    name: str,
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    port: int | None = None,
) -> process.Running:
    """The process `name` of the home ("web", "worker-1"); `argv` is started where it does not run.

    It goes on when its starter ends. `env` is its whole environment; None hands on this one's.
    Raises ServiceDidNotStart where it ends at once.
    """
    with home.lock(name):
        return process.find(home, name) or process.spawn(home, name, argv, env=env, cwd=home.path, port=port)


def stop_one(home: Home, name: str, timeout: float = 60.0) -> bool:
    """End the process `name` with SIGTERM, and SIGKILL after `timeout` seconds; True where it ran."""
    with home.lock(name):
        return process.stop(home, name, timeout=timeout)


def stop(home: Home) -> tuple[str, ...]:
    """End everything that runs for the home, workers and web first; the names of what was ended."""
    names = [path.stem for path in sorted(home.run.glob("*.alive")) if path.stem not in KEEPERS]
    ended = [name for name in names if stop_one(home, name)]
    ended += [solr.NAME] * solr.stop_solr(home)
    ended += [postgres.NAME] * postgres.stop_postgres(home)
    return tuple(ended)


def status(home: Home, settings: Settings | None = None) -> dict[str, Any]:
    """What runs, since when and where, and the room left: the service part of `kho status`, ready for JSON.

    `{"home", "id", "disk_free", "services": [{"name", "running", "pid", "since", "port", "account", "log"}],
    "database", "solr", "notes": [{"vi", "en"}]}`; sizes in bytes. `database` and `solr` are "own" or "outside".
    """
    chosen = settings or Settings.load(home.path)
    alive = {service.name: service for service in process.running(home)}
    own = {postgres.NAME: chosen.database_url is None, solr.NAME: chosen.solr_url is None}
    names = sorted({*alive, *(name for name, is_own in own.items() if is_own)})
    return {
        "home": str(home.path),
        "id": home.id,
        "disk_free": shutil.disk_usage(home.path).free,
        "services": [_line(home, name, alive.get(name)) for name in names],
        "database": "outside" if chosen.database_url else "own",
        "solr": "outside" if chosen.solr_url else "own",
        "notes": _notes(chosen, alive.get(solr.NAME)),
    }


def _line(home: Home, name: str, service: process.Running | None) -> dict[str, Any]:
    if service is None:
        return {"name": name, "running": False, "log": str(home.logs / f"{name}.log")}
    return {
        "name": name,
        "running": True,
        "pid": service.pid,
        "since": service.since,
        "port": service.port,
        "account": process.account_of(service),
        "log": service.log,
    }


def _notes(settings: Settings, solr_process: process.Running | None) -> list[dict[str, str]]:
    notes = []
    if not postgres.journal_is_protected(settings):
        notes.append(
            {
                "vi": "Nhật ký sự kiện chưa được bảo vệ bằng vai trò cơ sở dữ liệu riêng:"
                " đặt KHO_DATABASE_OWNER_URL bằng một vai trò khác với KHO_DATABASE_URL.",
                "en": "The journal is not protected by a database role of its own:"
                " set KHO_DATABASE_OWNER_URL to another role than that of KHO_DATABASE_URL.",
            }
        )
    if solr_process is not None and process.account_of(solr_process) == "root":
        notes.append(
            {
                "vi": "Solr đang chạy bằng root vì máy này không cho tạo không gian gắn kết (mount namespace) riêng.",
                "en": "Solr runs as root, because this machine does not allow a mount namespace.",
            }
        )
    return notes
