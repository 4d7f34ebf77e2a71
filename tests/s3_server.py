"""A real S3 service on loopback for tests: versitygw over a folder; and a faulty line before it."""

import contextlib
import os
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from repository.config import CHECKOUT
from repository.s3_client import Bucket, Keys, Place

ROOT_KEYS = Keys("khotest", "khotest-secret-key")
LIB = Path(os.environ.get("KHO_LIB") or CHECKOUT / "lib")


def program() -> Path:
    """The versitygw that `make setup` built; the test is skipped where there is none."""
    found = LIB / "versitygw" / "bin" / "versitygw"
    if not found.is_file():
        pytest.skip(f"no versitygw in {found.parent} (make setup builds it where Go is installed)")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_account(url: str, keys: Keys) -> None:
    """An account of the service that may do nothing yet."""
    words = [program(), "admin", "--access", ROOT_KEYS.access, "--secret", ROOT_KEYS.secret, "--endpoint-url", url,
             "create-user", "--access", keys.access, "--secret", keys.secret, "--role", "user"]  # fmt: skip
    subprocess.run([str(w) for w in words], check=True, capture_output=True, timeout=60)


@contextlib.contextmanager
def s3_service(folder: Path, *, accounts: bool = False) -> Iterator[str]:
    """The URL of a service whose buckets are the folders in `folder`; with `accounts` it has several, and keeps versions."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    meta = folder.with_name("attributes")
    meta.mkdir(exist_ok=True)
    iam, versions = folder.with_name("iam"), folder.with_name("versions")
    for each in (iam, versions) if accounts else ():
        each.mkdir(exist_ok=True)
    words = [program(), "--access", ROOT_KEYS.access, "--secret", ROOT_KEYS.secret, "--port", f"127.0.0.1:{port}",
             *(("--iam-dir", iam) if accounts else ()), "posix", "--sidecar", meta,
             *(("--versioning-dir", versions) if accounts else ()), folder]  # fmt: skip
    log = (folder.with_name(f"{folder.name}.log")).open("wb")
    process = subprocess.Popen([str(w) for w in words], stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)
        log.close()


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except (urllib.error.URLError, ConnectionError):
            assert process.poll() is None, "versitygw ended"
            time.sleep(0.05)
        else:
            return
    raise AssertionError("versitygw did not answer")


def make_bucket(url: str, name: str, prefix: str = "kho/") -> Bucket:
    """A new bucket of the service, as the store uses it."""
    bucket = Bucket(Place(name, prefix, url, "us-east-1"), ROOT_KEYS)
    bucket._client().create_bucket(Bucket=name)
    return bucket


Fault = Callable[["Line", BaseHTTPRequestHandler, bytes], bool]


@dataclass
class Line:
    """A line between a client and the service at `target`: `faults` look at each request, the first that answers it wins.

    `seen` are (method, path) of every request; `old` keeps the first answer to each GET, for stale reads.
    """

    target: str
    faults: list[Fault] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    old: dict[str, tuple[int, list[tuple[str, str]], bytes]] = field(default_factory=dict)

    def forward(
        self, handler: BaseHTTPRequestHandler, body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """The service's own answer."""
        connection = HTTPConnection(self.target.removeprefix("http://"), timeout=60)
        connection.request(handler.command, handler.path, body or None, dict(handler.headers.items()))
        answer: HTTPResponse = connection.getresponse()
        told = answer.status, answer.getheaders(), answer.read()
        connection.close()
        return told


@contextlib.contextmanager
def faulty_line(target: str) -> Iterator[tuple[str, Line]]:
    """The URL of a line to the service, and the line."""
    line = Line(target)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            line.seen.append((self.command, self.path))
            if not any(fault(line, self, body) for fault in line.faults):
                answer(self, *line.forward(self, body))

        do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = _any

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", line
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answer(
    handler: BaseHTTPRequestHandler,
    status: int,
    headers: list[tuple[str, str]],
    body: bytes,
    cut: int | None = None,
) -> None:
    """Send an answer; with `cut` only that many bytes of its body, then hang up."""
    handler.send_response_only(status)
    for name, value in headers:
        if name.lower() not in ("transfer-encoding", "connection"):
            handler.send_header(name, value)
    if not any(name.lower() == "content-length" for name, _value in headers):
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        if handler.command != "HEAD":
            handler.wfile.write(body if cut is None else body[:cut])
    if cut is not None:
        handler.close_connection = True
