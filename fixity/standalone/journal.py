"""Kho's journal (the README.txt in it tells the form): a chain of hashes, closed by heads with Merkle roots."""

import hashlib
import json
import re

PART = re.compile(r"entries/(\d{12})-(\d{12})\.txt")


def is_journal(files):
    """Whether {path: place} is an exported journal."""
    return any(PART.fullmatch(path) for path in files)


def check_journal(files, where, report):
    """Follow the chain; gives (first position, last position, hash before, last hash)."""
    before, expected, first_of_all, before_all = "", 0, 0, ""
    for path in sorted(path for path in files if PART.fullmatch(path)):
        first, last = int(path[8:20]), int(path[21:33])
        head = read_head(files, "heads/%012d.json" % last, where, report)
        if not expected:
            before, expected = head.get("before", ""), first
            first_of_all, before_all = first, before
        elif expected != first:
            report.problem("JOURNAL-DROPPED", where + path, "entry %d" % expected)
        leaves = []
        with open(files[path], "rb") as file:
            for raw in file:
                hash, _, record = raw.rstrip(b"\n").partition(b"\t")
                position = position_of(record)
                if position != expected:
                    code = "JOURNAL-DROPPED" if position > expected else "JOURNAL-ORDER"
                    report.problem(code, where + path, "entry %s, expected %d" % (position, expected))
                    expected = position or expected
                elif hashlib.sha256(before.encode() + b"\n" + record).hexdigest().encode() != hash:
                    report.problem("JOURNAL-CHANGED", where + path, "entry %d" % expected)
                before = hash.decode("ascii", "replace")
                leaves.append(before)
                expected += 1
        if expected != last + 1:
            report.problem("JOURNAL-DROPPED", where + path, "entry %d" % expected)
        wanted = {"first": first, "last": last, "head": before, "merkle_root": merkle_root(leaves)}
        for key, value in wanted.items():
            if head.get(key) != value:
                report.problem("JOURNAL-HEAD", where + "heads/%012d.json" % last, key)
        check_stamp(files, "heads/%012d" % last, where, report)
        report.files += 1
    return first_of_all, expected - 1, before_all, before


def check_order(spans, report):
    """Journals in the order of their months ({id: what `check_journal` gave}): each goes on where the last one ended."""
    end, head = 0, "0" * 64
    for name, (first, last, before, last_head) in sorted(spans.items()):
        if first != end + 1 or before != head:
            report.problem("JOURNAL-BROKEN", name, "entry %d" % (end + 1))
        end, head = last, last_head


def read_head(files, path, where, report):
    if path in files:
        try:
            with open(files[path], "rb") as file:
                head = json.loads(file.read().decode("utf-8"))
            if isinstance(head, dict):
                return head
        except ValueError:
            pass
    report.problem("JOURNAL-NO-HEAD", where + path)
    return {}


def position_of(record):
    try:
        return int(json.loads(record.decode("utf-8"))["position"])
    except (ValueError, KeyError, TypeError):
        return 0


def merkle_root(hashes):
    """RFC 6962, section 2.1, over the hashes as bytes."""
    try:
        level = [hashlib.sha256(b"\x00" + bytes.fromhex(hash)).digest() for hash in hashes]
    except ValueError:
        return None
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [
            hashlib.sha256(b"\x01" + pair[0] + pair[1]).digest() if len(pair) == 2 else pair[0]
            for pair in pairs
        ]
    return level[0].hex() if level else hashlib.sha256().hexdigest()


def check_stamp(files, name, where, report):
    """The stamp is of this head: its DER holds the head's sha256. Who signed it: `openssl ts -verify`, as README.txt says."""
    if name + ".tsr" in files and name + ".json" in files:
        with open(files[name + ".tsr"], "rb") as stamp, open(files[name + ".json"], "rb") as head:
            if b"\x04\x20" + hashlib.sha256(head.read()).digest() not in stamp.read():
                report.problem("JOURNAL-STAMP", where + name + ".tsr")
