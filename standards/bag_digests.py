"""Digests of very many files on every core: children of the interpreter alone, fed with names, one JSON line at a time.

A thread may hash a large file beside others, but small ones are all interpreter, and the interpreter is one. This file
is also the children's program, so it imports nothing but the standard library.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO

_BUFFER = 256 * 1024
_SHARE = 256
_FEW = 2000
_LARGE = 1 << 20
_VERY_LARGE = 64 << 20

# A file's digests by algorithm, or (under "") why it could not be read.
Digests = Mapping[str, str]


def digest_files(
    root: Path, wanted: Sequence[tuple[str, tuple[str, ...]]], sizes: Mapping[str, int]
) -> Iterator[tuple[str, Digests]]:
    """Each name with its digests, in the order of `wanted`: pairs of a name below `root` and its algorithms.

    A child that ends early leaves its files told as not read, never passed over.
    """
    small = sum(sizes[name] < _LARGE for name, _ in wanted)
    cores = os.cpu_count() or 1
    children = [_Child(root) for _ in range(cores)] if small > _FEW else []
    workers: list[_Child | _Here] = [*children] or [_Here(root) for _ in range(cores)]
    shares = list(_shares(wanted, sizes))
    alone = _last_large(shares, sizes, cores)
    try:
        with ThreadPoolExecutor(len(workers)) as pool:
            idle = list(workers)
            waiting: list[Future[list[Digests]]] = []

            def work(number: int) -> list[Digests]:
                share = shares[number]
                if number in alone:
                    return [_apart(f"{root}/{name}", algorithms) for name, algorithms in share]
                worker = idle.pop()
                try:
                    return worker.ask(share)
                finally:
                    idle.append(worker)

            for number, share in enumerate(shares):
                while len(waiting) <= number + 2 * cores and len(waiting) < len(shares):
                    waiting.append(pool.submit(work, len(waiting)))
                for (name, _), digests in zip(share, waiting[number].result(), strict=True):
                    yield name, digests
    finally:
        for child in children:
            child.end()


def _shares(
    wanted: Sequence[tuple[str, tuple[str, ...]]], sizes: Mapping[str, int]
) -> Iterator[list[tuple[str, tuple[str, ...]]]]:
    """Small files together, a large one by itself."""
    share: list[tuple[str, tuple[str, ...]]] = []
    for item in wanted:
        share.append(item)
        if len(share) >= _SHARE or sizes[item[0]] >= _LARGE:
            yield share
            share = []
    if share:
        yield share


def _last_large(
    shares: Sequence[Sequence[tuple[str, tuple[str, ...]]]], sizes: Mapping[str, int], cores: int
) -> set[int]:
    """The shares of one large file that would leave cores idle at the end: its algorithms go side by side."""
    large = [n for n, share in enumerate(shares) if len(share) == 1 and sizes[share[0][0]] >= _VERY_LARGE]
    return set(large[len(large) - len(large) % cores :])


def _apart(path: str, algorithms: Sequence[str]) -> Digests:
    """The digests of one file, each algorithm by a thread and a reading of its own (the second from the cache)."""
    with ThreadPoolExecutor(len(algorithms) or 1) as pool:
        told = list(pool.map(lambda name: _digests(path, (name,), bytearray(_BUFFER)), algorithms))
    return {name: digest for one in told for name, digest in one.items()}


class _Here:
    """Hashing in this process."""

    def __init__(self, root: Path) -> None:
        self._root = os.fspath(root)

    def ask(self, share: Sequence[tuple[str, tuple[str, ...]]]) -> list[Digests]:
        buffer = bytearray(_BUFFER)
        return [_digests(f"{self._root}/{name}", algorithms, buffer) for name, algorithms in share]


class _Child:
    """A process that hashes; each line of its input is a share of names, each line of its output their digests."""

    def __init__(self, root: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, os.fspath(root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def ask(self, share: Sequence[tuple[str, tuple[str, ...]]]) -> list[Digests]:
        given, answer = self._process.stdin, self._process.stdout
        try:
            if given and answer:
                given.write(json.dumps(share).encode() + b"\n")
                given.flush()
                told: list[Digests] = json.loads(answer.readline() or b"[]")
                if len(told) == len(share):
                    return told
        except (OSError, ValueError):
            pass
        return [{"": "no answer"}] * len(share)

    def end(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()
        self._process.kill()
        self._process.wait()


def _digests(path: str, algorithms: Sequence[str], buffer: bytearray) -> Digests:
    hashes = [hashlib.new(name, usedforsecurity=False) for name in algorithms]
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as problem:
        return {"": str(problem.strerror)}
    view = memoryview(buffer)
    try:
        while count := os.readv(descriptor, [buffer]):
            for made in hashes:
                made.update(view[:count])
    except OSError as problem:
        return {"": str(problem.strerror)}
    finally:
        os.close(descriptor)
    return {name: made.hexdigest() for name, made in zip(algorithms, hashes, strict=True)}


def main(root: str, given: IO[str], answer: IO[str]) -> None:
    """The children's program."""
    buffer = bytearray(_BUFFER)
    for line in given:
        told = [_digests(f"{root}/{name}", algorithms, buffer) for name, algorithms in json.loads(line)]
        answer.write(json.dumps(told) + "\n")
        answer.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.stdin, sys.stdout)
