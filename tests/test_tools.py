"""Other programs: they end when their time is up, with all they started, and their limits hold."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from standards import tools
from standards.errors import ToolFailed


def gone(pid: int) -> bool:
    """Whether a process has ended (a zombie that nobody has collected has)."""
    for _ in range(200):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state in "ZX":
            return True
        time.sleep(0.05)
    return False


def test_an_exit_code_is_an_answer() -> None:
    done = tools.run(["sh", "-c", "cat; echo lỗi >&2; exit 7"], stdin="vào\n".encode())
    assert (done.code, done.out.decode(), done.err.decode()) == (7, "vào\n", "lỗi\n")


def test_arguments_are_passed_as_they_are() -> None:
    assert tools.run(["printf", "%s", "a b;$HOME'\n"]).out == b"a b;$HOME'\n"


def test_a_missing_program_is_told_by_name() -> None:
    with pytest.raises(ToolFailed, match="khong-co-lenh-nay"):
        tools.run(["khong-co-lenh-nay"])


def test_time_up_ends_the_whole_group(tmp_path: Path) -> None:
    script = f"sleep 600 & echo $! > {tmp_path}/pid; wait"
    with pytest.raises(ToolFailed, match="no end after 1 s"):
        tools.run(["sh", "-c", script], limits=tools.Limits(seconds=1))
    assert gone(int((tmp_path / "pid").read_text()))


def test_what_a_command_leaves_running_ends_with_it(tmp_path: Path) -> None:
    tools.run(["sh", "-c", f"sleep 600 >/dev/null & echo $! > {tmp_path}/pid"])
    assert gone(int((tmp_path / "pid").read_text()))


@pytest.mark.skipif(not tools.limits_in_force()["memory"], reason="no prlimit here")
def test_memory_is_limited() -> None:
    big = [sys.executable, "-c", "bytearray(500 << 20); print('có')"]
    assert tools.run(big, limits=tools.Limits(memory_mb=1000)).out.strip() == "có".encode()
    assert tools.run(big, limits=tools.Limits(memory_mb=200)).code != 0


@pytest.mark.skipif(not tools.limits_in_force()["memory"], reason="no prlimit here")
def test_written_files_are_limited(tmp_path: Path) -> None:
    write = ["dd", "if=/dev/zero", f"of={tmp_path}/big", "bs=1M", "count=8"]
    assert tools.run(write, limits=tools.Limits(file_mb=2)).code != 0
    assert (tmp_path / "big").stat().st_size == 2 << 20


@pytest.mark.skipif(
    not tools.limits_in_force()["network"], reason="this kernel gives children no empty network"
)
def test_there_is_no_network_unless_asked_for() -> None:
    show = ["cat", "/proc/self/net/dev"]
    alone = tools.run(show).out.decode().splitlines()[2:]
    assert [line.split(":")[0].strip() for line in alone] == ["lo"]
    here = Path("/proc/self/net/dev").read_text().splitlines()[2:]
    assert len(tools.run(show, limits=tools.Limits(network=True)).out.splitlines()[2:]) == len(here)


@pytest.mark.skipif(not tools.limits_in_force()["die_with_parent"], reason="no setpriv here")
def test_children_die_with_their_parent() -> None:
    program = (
        "import os, sys, time; from standards import tools;"
        "print(tools.start(['sleep', '600']).pid, flush=True); os.kill(os.getpid(), 9)"
    )
    parent = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert parent.returncode == -9
    assert gone(int(parent.stdout))


def test_children_outlive_the_thread_that_asked_for_them() -> None:
    started: list[subprocess.Popen[bytes]] = []
    thread = threading.Thread(target=lambda: started.append(tools.start(["sleep", "600"])))
    thread.start()
    thread.join()
    time.sleep(0.2)
    assert started[0].poll() is None
    tools.kill(started[0])
    assert gone(started[0].pid)


def test_killing_twice_is_no_error() -> None:
    child = tools.start(["sleep", "600"])
    tools.kill(child)
    tools.kill(child)
    assert child.returncode == -9
    assert not Path(f"/proc/{child.pid}").exists()
