"""Ports on the loopback address: a free one, and who listens on one."""

import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
LISTENING = "0A"


def free_port(preferred: int | None = None) -> int:
    """`preferred` where nobody listens on it, else a port that the system picks."""
    for port in (preferred, 0):
        if port is None:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
                probe.listen()
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on the loopback address")


def listener_uid(port: int) -> int | None:
    """The account id of the process that listens on a loopback port; None where nobody does.

    A password is sent to a port only after this told that the service's own account holds it: another local account
    may have taken the port while the service was down.
    """
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        address, _, number = fields[1].partition(":")
        if fields[3] == LISTENING and int(number, 16) == port and address in ("0100007F", "00000000"):
            return int(fields[7])
    return None
