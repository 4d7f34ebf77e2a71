"""What was read and what is wrong: one object that every check gets."""

import hashlib
import os
import sys
from concurrent.futures import ThreadPoolExecutor

CHUNK = 1 << 20


class Report:
    """Problems as (code, path, detail), and counts of what was really read."""

    def __init__(self):
        self.problems = []
        self.notes = []
        self.objects = 0
        self.files = 0
        self.bytes = 0

    def problem(self, code, path, detail=""):
        """Something is wrong at `path`."""
        self.problems.append((code, show(path), show(detail)))

    def note(self, code, path, detail=""):
        """Something to know of that makes nothing invalid."""
        self.notes.append((code, show(path), show(detail)))

    def as_json(self, path):
        """The document that --json prints."""
        return {
            "schema": 1, "path": show(path), "verdict": "invalid" if self.problems else "valid",
            "objects": self.objects, "files": self.files, "bytes": self.bytes,
            "findings": [{"code": code, "path": where, "detail": detail} for code, where, detail in self.problems],
            "notes": [{"code": code, "path": where, "detail": detail} for code, where, detail in self.notes],
        }  # fmt: skip


def show(text):
    """A name from the disk, harmless for a terminal: what is not printable stands as %XX."""
    out = ""
    for letter in str(text)[:500]:
        if letter.isprintable():
            out += letter
        else:
            out += "".join("%%%02X" % byte for byte in letter.encode("utf-8", "surrogateescape"))
    return out


def walk(folder):
    """(kind, relative path) of everything below `folder`: "file", "empty" (a folder) or "other". Links are not followed."""
    waiting = [""]
    while waiting:
        below = waiting.pop()
        with os.scandir(os.path.join(folder, below)) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        if not found and below:
            yield "empty", below
        for entry in found:
            name = below + "/" + entry.name if below else entry.name
            if entry.is_dir(follow_symlinks=False):
                waiting.append(name)
            elif entry.is_file(follow_symlinks=False):
                yield "file", name
            else:
                yield "other", name


def read(path):
    """A small file as a whole. A link is not read through."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def digests(path, algorithms):
    """(size, {algorithm: lower-case hex}) of a file, in one read."""
    made = {name: new(name) for name in algorithms}
    size = 0
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        while True:
            chunk = file.read(CHUNK)
            if not chunk:
                return size, {name: digest.hexdigest() for name, digest in made.items()}
            size += len(chunk)
            for digest in made.values():
                digest.update(chunk)


def new(algorithm):
    """A digest by its name in OCFL, BagIt or METS."""
    name = algorithm.lower()
    if name.startswith("blake2b-"):
        return hashlib.blake2b(digest_size=int(name[8:]) // 8)
    if name.startswith("sha-"):
        name = "sha" + name[4:]
    return hashlib.new(name.replace("/", "_"))


def digest_all(folder, wanted):
    """Each path of `wanted` ({path: algorithms}) with its (size, digests), or the OSError that came; on every core."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        at_once = 256  # so that memory does not grow with the number of files
        paths = sorted(wanted)
        for start in range(0, len(paths), at_once):
            jobs = [
                (p, pool.submit(digests, os.path.join(folder, p), wanted[p]))
                for p in paths[start : start + at_once]
            ]
            for path, job in jobs:
                try:
                    yield path, job.result()
                except OSError as problem:
                    yield path, problem


def say(text):
    """A line for people, in whatever their terminal can show."""
    encoding = sys.stdout.encoding or "ascii"
    print(text.encode(encoding, "replace").decode(encoding))
