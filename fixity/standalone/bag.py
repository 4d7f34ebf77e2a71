"""BagIt (RFC 8493 and its drafts from 0.93 on): every file in every manifest, every digest right, nothing to be fetched."""

import os
import re
from urllib.parse import unquote

from .report import digest_all, read, walk

ALGORITHMS = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384", "sha3_512",
              "blake2b", "blake2s"}  # fmt: skip


def check_bag(folder, report):
    """The bag in `folder`."""
    present = {}
    for kind, name in walk(folder):
        if kind == "file":
            present[name] = os.path.getsize(os.path.join(folder, name))
        elif kind == "other":
            report.problem("BAGIT-LINK", name)
    version, encoding = check_declaration(folder, report)
    if not os.path.isdir(os.path.join(folder, "data")):
        report.problem("BAGIT-NO-DATA", "data")
    wanted: dict[str, list[tuple[str, str, str]]] = {}
    payload_manifests = 0
    payload = {name for name in present if name.startswith("data/")}
    for name in sorted(present):
        match = re.fullmatch(r"(tag)?manifest-([a-z0-9_-]+)\.txt", name)
        if not match:
            continue
        algorithm = match.group(2).replace("-", "_") if match.group(2).startswith("sha3") else match.group(2)
        if algorithm not in ALGORITHMS:
            report.problem("BAGIT-ALGORITHM", name)
            continue
        entries = read_manifest(folder, name, version, encoding, report)
        for path, digest in entries.items():
            if path not in present:
                report.problem("BAGIT-MISSING", path, name)
            else:
                wanted.setdefault(path, []).append((algorithm, digest.lower(), name))
        if not match.group(1):
            payload_manifests += 1
            for path in sorted(payload - set(entries)):
                report.problem("BAGIT-UNLISTED", path, name)
            for path in sorted(set(entries) - payload):
                if path in present:
                    report.problem("BAGIT-NOT-PAYLOAD", path, name)
    if not payload_manifests:
        report.problem("BAGIT-NO-MANIFEST", "")
    check_info(folder, present, payload, encoding, report)
    for path, made in digest_all(
        folder, {path: sorted({a for a, _, _ in told}) for path, told in wanted.items()}
    ):
        if isinstance(made, OSError):
            report.problem("UNREADABLE", path, made.strerror)
            continue
        report.files += 1
        report.bytes += made[0]
        for algorithm, digest, name in wanted[path]:
            if made[1][algorithm] != digest:
                report.problem("BAGIT-DIGEST", path, name)


def check_declaration(folder, report):
    """bagit.txt to the letter; gives the version and the encoding of tag files."""
    try:
        text = read(os.path.join(folder, "bagit.txt")).decode("utf-8")
        match = re.fullmatch(
            r"BagIt-Version: (0\.9[3-7]|1\.0)(?:\r\n|\n|\r)Tag-File-Character-Encoding: (\S+)(?:\r\n|\n|\r)?",
            text,
        )
        if match:
            "".encode(match.group(2))
            return match.group(1), match.group(2)
    except (OSError, UnicodeError, LookupError):
        pass
    report.problem("BAGIT-DECLARATION", "bagit.txt")
    return "1.0", "utf-8"


def read_manifest(folder, name, version, encoding, report):
    """{path: digest} of a manifest."""
    entries: dict[str, str] = {}
    try:
        text = read(os.path.join(folder, name)).decode(encoding)
    except UnicodeError as problem:
        report.problem("BAGIT-UNREADABLE", name, str(problem))
        return entries
    for line in re.split(r"\r\n|\n|\r", text):
        if not line.strip():
            continue
        match = re.fullmatch(r"([0-9A-Fa-f]+)[ \t]+(\*?)(.+)", line)
        if not match:
            report.problem("BAGIT-MANIFEST-LINE", name, line)
            continue
        path = match.group(3)
        if path.startswith("./"):
            path = path[2:]
        if version == "1.0" or re.search(r"%(0[AaDd]|25)", path):
            path = re.sub(r"%(0[AaDd]|25)", lambda found: unquote(found.group()), path)
        if path.startswith(("/", "~", "\\")) or ".." in path.split("/") or re.match(r"[A-Za-z]:[\\/]", path):
            report.problem("BAGIT-PATH", name, path)
            continue
        if path in entries and entries[path] != match.group(1):
            report.problem("BAGIT-TWICE", name, path)
        entries[path] = match.group(1)
    return entries


def check_info(folder, present, payload, encoding, report):
    """Payload-Oxum, and fetch.txt: what it names must be here already."""
    for name in ("bag-info.txt", "package-info.txt"):
        if name in present:
            text = read(os.path.join(folder, name)).decode(encoding, "replace")
            match = re.search(r"^Payload-Oxum\s*:\s*(\d+)\.(\d+)\s*$", text, re.MULTILINE | re.IGNORECASE)
            if match and (int(match.group(1)), int(match.group(2))) != (
                sum(present[p] for p in payload),
                len(payload),
            ):
                report.problem("BAGIT-OXUM", name, match.group())
    if "fetch.txt" in present:
        for line in read(os.path.join(folder, "fetch.txt")).decode(encoding, "replace").splitlines():
            parts = line.split(None, 2)
            if len(parts) == 3 and parts[2] not in present:
                report.problem("BAGIT-FETCH", "fetch.txt", parts[2])
