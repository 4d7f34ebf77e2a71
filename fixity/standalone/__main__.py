"""kho-verify: is this copy of an archival package, storage root, bag or journal what it was?

    python3 kho-verify.pyz PATH            tells in words; exit code 0: valid, 3: not, 1: could not be looked at, 2: usage
    python3 kho-verify.pyz --json PATH     tells in JSON

It reads PATH, every byte of it, and nothing else: no network, no settings, nothing written.
"""

import json
import os
import sys

from . import bag, journal, ocfl, package
from .report import Report, say, show, walk


def main(words):
    as_json = "--json" in words
    paths = [word for word in words if word != "--json"]
    if len(paths) != 1 or paths[0].startswith("-"):
        say(__doc__)
        return 0 if paths in (["--help"], ["-h"]) else 2
    if not os.path.isdir(paths[0]):
        say("There is no folder " + show(paths[0]))
        return 1
    report = verify(paths[0])
    if as_json:
        say(json.dumps(report.as_json(paths[0])))
    else:
        for code, where, detail in report.problems:
            say("%s  %s  %s" % (code, where, detail))
        for code, where, detail in report.notes:
            say("note: %s  %s  %s" % (code, where, detail))
        verdict = "NOT VALID (KHONG HOP LE)" if report.problems else "VALID (HOP LE)"
        say("%s: %d objects, %d files, %d bytes read" % (verdict, report.objects, report.files, report.bytes))
    return 3 if report.problems else 0


def verify(folder):
    """What `folder` holds is told by its content, and checked."""
    report = Report()
    names = set(os.listdir(folder))
    spans = {}

    def check_head(found, report):
        state = found.state()
        if "METS.xml" in state:
            package.check_package(state, found.home, report)
        elif journal.is_journal(state):
            spans[found.id] = journal.check_journal(state, found.home + "/" if found.home else "", report)

    try:
        if "inventory.json" in names or any(name.startswith("0=ocfl_object_") for name in names):
            ocfl.check_object(folder, "", report, check_head)
        elif "ocfl_layout.json" in names or any(name.startswith("0=ocfl_") for name in names):
            ocfl.check_root(folder, report, check_head)
            journal.check_order(spans, report)
        elif "bagit.txt" in names or (
            "data" in names and any(name.startswith("manifest-") for name in names)
        ):
            bag.check_bag(folder, report)
            check_packages_in_bag(folder, report)
        elif {"entries", "heads"} <= names:
            journal.check_journal(files_of(folder), "", report)
        elif "METS.xml" in names:
            files = files_of(folder)
            report.files, report.bytes = len(files), sum(os.path.getsize(place) for place in files.values())
            package.check_package(files, "", report)
        else:
            report.problem("UNKNOWN", folder, "no OCFL root or object, bag, journal or E-ARK package")
    except OSError as problem:
        report.problem("UNREADABLE", problem.filename or folder, problem.strerror)
    return report


def files_of(folder):
    """{path: place} of the files below a folder."""
    return {name: os.path.join(folder, name) for kind, name in walk(folder) if kind == "file"}


def check_packages_in_bag(folder, report):
    """E-ARK packages that the bag carries, directly or in folders of its payload."""
    data = os.path.join(folder, "data")
    for name in [""] + (sorted(os.listdir(data)) if os.path.isdir(data) else []):
        below = os.path.join(data, name)
        if os.path.isfile(os.path.join(below, "METS.xml")):
            package.check_package(files_of(below), "data/" + name, report)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
