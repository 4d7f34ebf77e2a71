"""The one place where other programs are started: argument lists, limits, and an end that is certain.

Every child gets a process group of its own, which is killed as a whole when its time is up. The limits are put on by
util-linux's small programs in front of the command (`unshare`, `setpriv`, `prlimit`: each replaces itself by the
next), not by code between fork and exec, which may hang in a process with threads. Where one of them is missing its
limit is left out; `limits_in_force` tells. A command that opens what a stranger made also gets a `Sandbox`
(bubblewrap): it then sees the programs of the machine, what it was given, and nothing else.
"""

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from standards.errors import ToolFailed

Argument = str | Path
Stream = IO[bytes] | int | None
# The parent may die before the kernel was asked to tell: then nobody would end the child.
_ONLY_WITH_PARENT = '[ "$PPID" = "$1" ] || exit 1; shift; exec "$@"'


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use. `memory_mb` limits its private memory (RLIMIT_DATA), `file_mb` each file it writes.

    A JVM reserves far more than it uses: give it -Xmx and leave `memory_mb` None. `output_mb` is how much of its
    output is read back. A child with `network` False sees no network at all where the kernel lets us.
    """

    seconds: float = 60
    memory_mb: int | None = None
    file_mb: int | None = None
    output_mb: int = 64
    network: bool = False
    die_with_parent: bool = True


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What a child may see besides the machine's programs and fonts: files and folders to `read`, folders to `write`.

    They have the same paths inside. Everything else (homes, stores, secrets, other processes) is not there, and what
    is written elsewhere is gone with the child. Where bubblewrap cannot work the other limits hold alone.
    """

    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Completed:
    """What a command that ended by itself gave back."""

    code: int
    out: bytes
    err: bytes


def find(tool: str) -> str:
    """The full path of a program, found in PATH and in the administrator's folders.

    Raises ToolFailed where it is not installed.
    """
    searched = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    found = shutil.which(tool, path=searched)
    if found is None:
        raise ToolFailed(tool=tool, reason="not installed")
    return found


def run(
    command: Sequence[Argument],
    *,
    limits: Limits | None = None,
    stdin: bytes = b"",
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    sandbox: Sandbox | None = None,
) -> Completed:
    """Run a command to its end. Any exit code is an answer; the caller judges it. In a sandbox `env` is all there is.

    Raises ToolFailed where the program cannot be started or its time is up (its whole group is then dead).
    """
    limits = limits or Limits()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        process = start(
            command, limits=limits, stdin=given, stdout=out, stderr=err, cwd=cwd, env=env, sandbox=sandbox
        )
        try:
            code = process.wait(timeout=limits.seconds)
        except subprocess.TimeoutExpired as late:
            raise ToolFailed(
                tool=Path(command[0]).name, reason=f"no end after {limits.seconds:g} s"
            ) from late
        finally:
            kill(process)
        return Completed(code, _read_back(out, limits), _read_back(err, limits))


def start(
    command: Sequence[Argument],
    *,
    limits: Limits | None = None,
    stdin: Stream = subprocess.DEVNULL,
    stdout: Stream = subprocess.DEVNULL,
    stderr: Stream = subprocess.DEVNULL,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
    sandbox: Sandbox | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a command in a process group of its own and return at once; `limits.seconds` is the caller's to keep.

    End it with `kill`. Raises ToolFailed where the program cannot be started.
    """
    limits = limits or Limits()
    options: dict[str, Any] = {
        "stdin": stdin, "stdout": stdout, "stderr": stderr, "cwd": cwd, "env": env,
        "pass_fds": tuple(pass_fds), "start_new_session": True,
    }  # fmt: skip
    walls = _walls(sandbox) if sandbox else []
    if sandbox:
        options["env"] = {"PATH": os.defpath, "HOME": _SCRATCH, "LANG": "C.UTF-8", **(env or {})}
    argv = [*_in_front(limits), *walls, find(os.fspath(command[0])), *(os.fspath(p) for p in command[1:])]
    try:
        if not limits.die_with_parent:
            return _open(argv, options)
        return _spawner(os.getpid()).submit(_open, argv, options).result()
    except OSError as error:
        raise ToolFailed(tool=Path(command[0]).name, reason=str(error)) from error


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End a child and all it started, and collect it. A child that is gone already is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()


def limits_in_force() -> Mapping[str, bool]:
    """Which limits this machine can put on a child: network, death with its parent, memory, a sandbox of its own."""
    return {
        "sandbox": _has_bubblewrap(),
        "network": bool(_without_network()),
        "die_with_parent": shutil.which("setpriv") is not None,
        "memory": shutil.which("prlimit") is not None,
    }


def _open(argv: Sequence[str], options: Mapping[str, Any]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(argv, **options)


@functools.cache
def _spawner(_pid: int) -> ThreadPoolExecutor:
    """The thread that starts children: the kernel's parent-death signal fires when the starting *thread* ends."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="kho-spawn")


def _in_front(limits: Limits) -> list[str]:
    front = [] if limits.network else list(_without_network())
    if limits.die_with_parent and shutil.which("setpriv"):
        front += [
            "setpriv",
            "--pdeathsig",
            "KILL",
            "--",
            "sh",
            "-c",
            _ONLY_WITH_PARENT,
            "sh",
            str(os.getpid()),
        ]
    if shutil.which("prlimit"):
        front += ["prlimit", "--core=0", *_sizes(limits), "--"]
    return front


def _sizes(limits: Limits) -> list[str]:
    wanted = {"data": limits.memory_mb, "fsize": limits.file_mb}
    return [f"--{name}={mb * 1024 * 1024}" for name, mb in wanted.items() if mb is not None]


@functools.cache
def _without_network() -> tuple[str, ...]:
    """The command that gives a child an empty network: root may simply leave, others need a user namespace."""
    for way in (("unshare", "--net", "--"), ("unshare", "--map-current-user", "--net", "--")):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            if subprocess.run([*way, "true"], capture_output=True, timeout=10, check=False).returncode == 0:
                return way
    return ()


_SCRATCH: Final = "/tmp"  # noqa: S108 - inside a sandbox it is a file system of its own
# Links of /etc/alternatives lead from names of programs and libraries to the installed ones.
_SEEN: Final = (
    "/usr", "/bin", "/lib", "/lib64", "/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/libreoffice",
    "/var/cache/fontconfig",
)  # fmt: skip
_BUBBLEWRAP: Final = (
    "bwrap", "--unshare-all", "--die-with-parent",
    *(word for path in _SEEN for word in ("--ro-bind-try", path, path)),
    "--proc", "/proc", "--dev", "/dev", "--tmpfs", _SCRATCH,
)  # fmt: skip


def _walls(sandbox: Sandbox) -> list[str]:
    """bubblewrap's command in front of another; nothing where it cannot work here."""
    if not _has_bubblewrap():
        return []
    walls = list(_BUBBLEWRAP)
    for option, paths in (("--ro-bind", sandbox.read), ("--bind", sandbox.write)):
        for path in paths:
            walls += [option, os.fspath(path.absolute()), os.fspath(path.absolute())]
    return [*walls, "--"]


@functools.cache
def _has_bubblewrap() -> bool:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run([*_BUBBLEWRAP, "true"], capture_output=True, timeout=20, check=False)
        return done.returncode == 0
    return False


def _read_back(stream: IO[bytes], limits: Limits) -> bytes:
    stream.seek(0)
    return stream.read(limits.output_mb * 1024 * 1024)
