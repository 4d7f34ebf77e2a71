"""Background processes of a home: started once, found again, stopped, and never confused with somebody else's.

Two marks stand for each service in the home's `run/`:
- `NAME.pid`, a JSON record with the pid, its start time (/proc/PID/stat) and the boot id: a number that now belongs
  to another process, or comes from before a restart of the machine, is recognised;
- `NAME.alive`, a file that the service and its children inherit open and locked (flock): while any of them lives the
  lock is held, and /proc tells who holds it. So orphans of a killed service are found, and nobody else is signalled.
"""

import fcntl
import functools
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from repository.home import Home, write_whole
from repository.services.errors import ServiceDidNotStart, ServiceDidNotStop

LOG_LIMIT = 10 * 1024 * 1024
# The shell tells its pid, which the program then keeps; what the program prints goes to the log (descriptor 2).
LAUNCHER = ("setsid", "--fork", "sh", "-c", 'echo $$; exec "$@" >&2', "kho-service")


@dataclass(frozen=True, slots=True)
class Running:
    """A process of a home. `start` is in clock ticks since boot, `since` RFC 3339 in UTC; `port` where it has one."""

    name: str
    pid: int
    start: int
    boot: str
    since: str
    log: str
    port: int | None = None


def find(home: Home, name: str) -> Running | None:
    """The living process of service `name`, or None."""
    known = _record(home, name)
    if known is None or known.boot != boot_id() or start_time(known.pid) != known.start:
        return None
    return known if held(home, name) else None


def running(home: Home) -> tuple[Running, ...]:
    """Every living service of the home, by name."""
    found = (find(home, path.stem) for path in sorted(home.run.glob("*.pid")))
    return tuple(service for service in found if service is not None)


def spawn(
    home: Home,
    name: str,
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | str = "/",
    port: int | None = None,
    handles: Sequence[int] = (),
) -> Running:
    """Start `argv` as service `name` in a session of its own, with its output in `logs/NAME.log`.

    What an earlier process of that name left behind is ended first. The caller holds `home.lock(name)`.
    Raises ServiceDidNotStart where it ends at once.
    """
    end_leftovers(home, name)
    log = open_log(home, name)
    with log.open("ab") as err, _token(home, name).open("a") as token:
        fcntl.flock(token, fcntl.LOCK_EX)
        told = subprocess.run(
            [*LAUNCHER, *argv],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=err,
            pass_fds=(token.fileno(), *handles),
            env=None if env is None else dict(env),
            cwd=cwd,
            check=False,
        )
    service = _describe(name, told.stdout, log, port)
    write_whole(_pid_file(home, name), json.dumps(asdict(service)))
    return service


def ensure(
    home: Home,
    name: str,
    label: str,
    launch: Callable[[], Running],
    answers: Callable[[Running], bool],
    timeout: float,
) -> Running:
    """Service `name`, answering: the living one, or a new one from `launch`. The caller holds `home.lock(name)`.

    One that is there and does not answer may have been killed in this moment: then it is replaced.
    """
    service = find(home, name)
    if service is not None:
        try:
            await_ready(home, service, functools.partial(answers, service), timeout, label)
        except ServiceDidNotStart:
            if find(home, name) is not None:
                raise
        else:
            return service
    service = launch()
    await_ready(home, service, functools.partial(answers, service), timeout, label)
    return service


def await_ready(
    home: Home, service: Running, answers: Callable[[], bool], timeout: float, label: str, pause: float = 0.05
) -> None:
    """Wait until `answers()`; raise ServiceDidNotStart where the process ends or `timeout` seconds pass first."""
    deadline = time.monotonic() + timeout
    while not answers():
        if find(home, service.name) is None:
            raise did_not_start(label, Path(service.log), "tiến trình đã kết thúc / the process ended")
        if time.monotonic() > deadline:
            raise did_not_start(label, Path(service.log), f"{timeout:.0f} s")
        time.sleep(pause)


def stop(home: Home, name: str, *, how: signal.Signals = signal.SIGTERM, timeout: float = 20.0) -> bool:
    """End service `name` and what belongs to it: `how` first, SIGKILL after `timeout` seconds.

    True where something ran. Raises ServiceDidNotStop where a process survives SIGKILL.
    """
    service = find(home, name)
    if service is not None:
        family = _session(service.pid) + holders(home, name)
        send(service.pid, service.start, how)
        _wait_gone(family, timeout)
        _kill(family)
        _wait_gone(family, timeout)
    leftovers = end_leftovers(home, name)
    _pid_file(home, name).unlink(missing_ok=True)
    return service is not None or leftovers


def end_leftovers(home: Home, name: str, timeout: float = 10.0) -> bool:
    """SIGKILL every process that still holds the mark of service `name`; True where there was one."""
    if not held(home, name):
        return False
    deadline = time.monotonic() + timeout
    while held(home, name) and time.monotonic() < deadline:
        family = holders(home, name)
        _kill(family)
        _wait_gone(family, deadline - time.monotonic())
    if held(home, name):
        pids = ", ".join(str(pid) for pid, _ in holders(home, name))
        raise ServiceDidNotStop(service=name, pids=pids or "?")
    return True


def held(home: Home, name: str) -> bool:
    """Whether any process holds the mark of service `name`."""
    try:
        with _token(home, name).open("rb") as token:
            fcntl.flock(token, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def holders(home: Home, name: str) -> tuple[tuple[int, int], ...]:
    """(pid, start time) of each process that holds the mark of service `name` locked."""
    token = str(_token(home, name).resolve())
    found = [pid for pid in _pids() if _holds(pid, token)]
    return tuple((pid, start) for pid in found if (start := start_time(pid)) is not None)


def send(pid: int, start: int, how: signal.Signals) -> None:
    """Signal the process that had `pid` at `start`, and no other one that took the number since."""
    with suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        try:
            if start_time(pid) == start:
                signal.pidfd_send_signal(handle, how)
        finally:
            os.close(handle)


def start_time(pid: int) -> int | None:
    """Start of a living process in clock ticks since boot; None where there is none (or only its exit status)."""
    fields = _stat(pid)
    return None if fields is None or fields[0] in "ZX" else int(fields[19])


def account_of(service: Running) -> str | None:
    """The account that a service runs as (its number where it has no name); None where it has ended."""
    try:
        return Path(f"/proc/{service.pid}").owner()
    except KeyError:
        return str(Path(f"/proc/{service.pid}").stat().st_uid)
    except FileNotFoundError:
        return None


def boot_id() -> str:
    """What tells one start of the machine from the next."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def open_log(home: Home, name: str) -> Path:
    """The log of service `name`; a long one is put aside as NAME.log.1."""
    log = home.logs / f"{name}.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    return log


def did_not_start(label: str, log: Path, reason: str) -> ServiceDidNotStart:
    """The error with the log's last line in it."""
    text = log.read_text(errors="replace") if log.exists() else ""
    lines = [line.strip() for line in text[-4000:].splitlines() if line.strip()]
    return ServiceDidNotStart(service=label, reason=reason, log=log, last_line=lines[-1] if lines else "-")


def _describe(name: str, told: bytes, log: Path, port: int | None) -> Running:
    pid = int(told) if told.strip().isdigit() else 0
    start = start_time(pid) if pid else None
    if start is None:
        raise did_not_start(name, log, "tiến trình đã kết thúc / the process ended")
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return Running(name, pid, start, boot_id(), since, str(log), port)


def _record(home: Home, name: str) -> Running | None:
    try:
        return Running(**json.loads(_pid_file(home, name).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _pid_file(home: Home, name: str) -> Path:
    return home.run / f"{name}.pid"


def _token(home: Home, name: str) -> Path:
    return home.run / f"{name}.alive"


def _pids() -> Iterable[int]:
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def _stat(pid: int) -> list[str] | None:
    # The second field is the program's name in brackets and may itself hold brackets and spaces.
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None


def _session(leader: int) -> tuple[tuple[int, int], ...]:
    stats = ((pid, _stat(pid)) for pid in _pids())
    return tuple((pid, int(s[19])) for pid, s in stats if s and s[0] not in "ZX" and int(s[3]) == leader)


def _holds(pid: int, token: str) -> bool:
    # A command that merely looks whether the mark is held has it open too, but not locked for itself (WRITE).
    try:
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            if (
                str(entry.readlink()) == token
                and "WRITE" in Path(f"/proc/{pid}/fdinfo/{entry.name}").read_text()
            ):
                return True
    except OSError:
        return False
    return False


def _wait_gone(family: Sequence[tuple[int, int]], timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while any(start_time(pid) == start for pid, start in family) and time.monotonic() < deadline:
        time.sleep(0.02)


def _kill(family: Iterable[tuple[int, int]]) -> None:
    for pid, start in family:
        send(pid, start, signal.SIGKILL)
