"""OCFL 1.0 and 1.1 (https://ocfl.io/1.1/spec/): storage roots and objects. Codes are those of the specification."""

import hashlib
import json
import os
import re
from datetime import datetime

from .report import digest_all, digests, read, walk

HEX_LENGTH = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128, "blake2b-512": 128, "blake2b-160": 40,
              "blake2b-256": 64, "blake2b-384": 96, "sha512/256": 64}  # fmt: skip
VERSION = re.compile(r"v(0*)([1-9][0-9]*)")
SPECS = ("1.0", "1.1")
KEYS = {"id", "type", "digestAlgorithm", "head", "contentDirectory", "manifest", "versions", "fixity"}


def check_root(folder, report, check_head):
    """A storage root with all its objects; `check_head(home, state, report)` looks at the package in each."""
    declared = [name for name in os.listdir(folder) if name.startswith("0=")]
    if len(declared) != 1:
        report.problem("E076" if declared else "E069", "", ", ".join(declared))
    for name in declared:
        if not re.fullmatch(r"0=ocfl_1\.[01]", name):
            report.problem("E079", name)
        elif read(os.path.join(folder, name)) != name[2:].encode() + b"\n":
            report.problem("E080", name)
    check_layout(folder, report)
    spec = max([name[7:] for name in declared] or ["1.1"])
    layout = layout_of(folder)
    note_root_files(folder, layout, report)
    ids = {}
    for home in object_homes(folder, report):
        object_id, object_spec = check_object(folder, home, report, check_head)
        if isinstance(object_id, str) and layout and place_of(object_id, layout) != home:
            report.problem("MISPLACED", home, "its id belongs at " + place_of(object_id, layout))
        if object_id in ids:
            report.problem("E037", home, object_id)
        ids[object_id] = home
        if object_spec and object_spec > spec:
            report.problem("E081", home, object_spec)


def check_layout(folder, report):
    """ocfl_layout.json, where there is one; the extensions folder holds folders alone."""
    path = os.path.join(folder, "ocfl_layout.json")
    if os.path.exists(path):
        try:
            layout = json.loads(read(path).decode("utf-8"))
            good = isinstance(layout["extension"], str) and isinstance(layout["description"], str)
        except (ValueError, KeyError, TypeError):
            good = False
        if not good:
            report.problem("E070", "ocfl_layout.json")
        elif not re.fullmatch(r"\d{4}-[a-z0-9-]+", layout["extension"]):
            report.problem("E071", "ocfl_layout.json")
    extensions = os.path.join(folder, "extensions")
    for name in sorted(os.listdir(extensions)) if os.path.isdir(extensions) else []:
        if not os.path.isdir(os.path.join(extensions, name)):
            report.problem("E112", "extensions/" + name)


def note_root_files(folder, layout, report):
    """What OCFL allows in a root, and whoever keeps records in it wants to know of."""
    if not layout:
        report.note(
            "ROOT-NO-LAYOUT",
            "ocfl_layout.json",
            "missing or not known: whether objects lie in their places was not checked",
        )
    known = (
        r"0=ocfl_.*|ocfl_layout\.json|README-RECOVERY\.txt|ocfl_1\.[01]\.(txt|md|html)|\d{4}-[a-z0-9-]+\.md"
    )
    for name in sorted(os.listdir(folder)):
        if not os.path.isdir(os.path.join(folder, name)) and not re.fullmatch(known, name):
            report.note("ROOT-STRAY", name, "a file that belongs to no object")


def layout_of(folder):
    """The extension that says where objects lie, where it is one that Kho writes with Kho's settings; else None."""
    try:
        name = json.loads(read(os.path.join(folder, "ocfl_layout.json")).decode("utf-8"))["extension"]
        config = json.loads(read(os.path.join(folder, "extensions", name, "config.json")).decode("utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    wanted = {"extensionName": name, "digestAlgorithm": "sha256", "tupleSize": 3, "numberOfTuples": 3}
    if name == "0004-hashed-n-tuple-storage-layout":
        wanted["shortObjectRoot"] = False
    return name if name[:5] in ("0003-", "0004-") and config == wanted else None


def place_of(object_id, layout):
    """Where an object belongs (OCFL extensions 0003 and 0004): three folders of three letters of the id's sha256, and a name."""
    digest = hashlib.sha256(object_id.encode("utf-8")).hexdigest()
    name = digest
    if layout.startswith("0003-"):
        plain = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        name = "".join(
            chr(octet) if octet in plain else "%%%02x" % octet for octet in object_id.encode("utf-8")
        )
        name = name if len(name) <= 100 else name[:100] + "-" + digest
    return "/".join([digest[0:3], digest[3:6], digest[6:9], name])


def object_homes(folder, report):
    """The folders of objects below a root, relative to it; all else that lies between is a problem."""
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            entries = sorted(
                os.scandir(os.path.join(folder, below)), key=lambda entry: entry.name, reverse=True
            )
        except OSError as problem:
            report.problem("OCFL-UNREADABLE", below, problem.strerror)
            continue
        if below and any(entry.name.startswith("0=ocfl_object_") for entry in entries):
            yield below
            continue
        if below and not entries:
            report.problem("E073", below)
        for entry in entries:
            name = below + "/" + entry.name if below else entry.name
            if entry.is_symlink():
                report.problem("E090", name)
            elif not entry.is_dir():
                if below:
                    report.problem("E072", name)
            elif name != "extensions":
                waiting.append(name)


def check_object(folder, home, report, check_head):
    """One object at `folder`/`home`; gives its id and its version of the specification."""
    check = ObjectCheck(os.path.join(folder, home), home, report)
    try:
        check.run()
        if check.root and not check.broken:
            check_head(check, report)
    except OSError as problem:
        check.problem(
            "OCFL-UNREADABLE", os.path.relpath(problem.filename or check.path, check.path), problem.strerror
        )
    return check.id, check.declared


class ObjectCheck:
    """The state of one object's check: `root` is its newest inventory, `content` {content path: algorithms to read by}."""

    def __init__(self, path, home, report):
        self.path, self.home, self.report = path, home, report
        self.root = {}
        self.id = None
        self.declared = None
        self.broken = False

    def problem(self, code, where, detail=""):
        self.broken = True
        self.report.problem(code, self.home + "/" + where if self.home else where, detail)

    def run(self):
        names = {entry.name: entry for entry in os.scandir(self.path)}
        self.check_declaration(names)
        if "inventory.json" not in names:
            self.problem("E063", "inventory.json")
            return
        root = self.inventory("inventory.json")
        if root is None:
            return
        self.root, self.id = root, root.get("id")
        self.check_names(names, root)
        spec = inventory_spec(root)
        if self.declared and spec != self.declared:
            self.problem("E038", "inventory.json", str(spec))
        inventories = [("", root)]
        for name in sorted(root["versions"], key=version_number):
            self.check_version(name, root, inventories)
        self.check_content(inventories)
        self.report.objects += 1

    def check_declaration(self, names):
        declared = [name for name in names if name.startswith("0=")]
        if len(declared) != 1:
            self.problem("E003", "", ", ".join(sorted(declared)))
        for name in declared:
            match = re.fullmatch(r"0=ocfl_object_(1\.[01])", name)
            if not match:
                self.problem("E006", name)
            elif read(os.path.join(self.path, name)) != name[2:].encode() + b"\n":
                self.problem("E007", name)
            else:
                self.declared = match.group(1)

    def check_names(self, names, root):
        """Nothing in the object's folder but what the specification names."""
        algorithm = root.get("digestAlgorithm")
        allowed = {"inventory.json", "inventory.json.%s" % algorithm}
        for name, entry in sorted(names.items()):
            if entry.is_symlink():
                self.problem("E090", name)
            elif entry.is_dir():
                if name not in root["versions"] and name not in ("logs", "extensions"):
                    self.problem("E046" if version_number(name) else "E001", name)
            elif name not in allowed and not name.startswith("0="):
                self.problem("E001", name)
        for name in root["versions"]:
            if name not in names or not names[name].is_dir(follow_symlinks=False):
                self.problem("E046", name)
        extensions = os.path.join(self.path, "extensions")
        for entry in os.scandir(extensions) if os.path.isdir(extensions) else []:
            if not entry.is_dir(follow_symlinks=False):
                self.problem("E067", "extensions/" + entry.name)

    def inventory(self, where):
        """A parsed inventory whose sidecar fits; None where it cannot be used at all."""
        path = os.path.join(self.path, where)
        data = read(path)
        try:
            inventory = json.loads(
                data.decode("utf-8"), object_pairs_hook=lambda pairs: self.pairs(where, pairs)
            )
        except (ValueError, RecursionError) as problem:
            self.problem("E033", where, str(problem))
            return None
        if not isinstance(inventory, dict):
            self.problem("E033", where)
            return None
        usable = InventoryCheck(self, where, inventory).run()
        if inventory.get("digestAlgorithm") in ("sha512", "sha256"):
            self.check_sidecar(where, inventory["digestAlgorithm"])
        return inventory if usable else None

    def pairs(self, where, pairs):
        """The members of a JSON object; a key that comes twice makes the inventory ambiguous."""
        made = dict(pairs)
        if len(made) != len(pairs):
            self.problem("E033" if "id" in made else "E096", where, "a key stands twice")
        return made

    def check_sidecar(self, where, algorithm):
        path = os.path.join(self.path, where + "." + algorithm)
        if not os.path.isfile(path):
            self.problem("E058", where + "." + algorithm)
            return
        match = re.fullmatch(rb"([0-9A-Fa-f]+)[ \t]+inventory\.json\r?\n?", read(path)[:1000])
        if not match:
            self.problem("E061", where + "." + algorithm)
            return
        made = digests(os.path.join(self.path, where), [algorithm])[1][algorithm]
        if match.group(1).decode().lower() != made:
            self.problem("E060", where + "." + algorithm, made)

    def check_version(self, name, root, inventories):
        """A version's folder: its own inventory agrees with the root's about everything up to it."""
        folder = os.path.join(self.path, name)
        if not os.path.isdir(folder) or os.path.islink(folder):
            return
        names = {entry.name: entry for entry in os.scandir(folder)}
        where = name + "/inventory.json"
        algorithm = root.get("digestAlgorithm")
        if "inventory.json" in names and name == root["head"]:
            if read(os.path.join(self.path, where)) != read(os.path.join(self.path, "inventory.json")):
                self.problem("E064", where)
            self.check_sidecar(where, algorithm)
        elif "inventory.json" in names:
            inventory = self.inventory(where)
            if inventory is not None:
                algorithm = inventory.get("digestAlgorithm")
                self.compare(where, name, inventory, root)
                inventories.append((name, inventory))
        # A sidecar alone belongs to nothing.
        own = ("inventory.json", "inventory.json.%s" % algorithm) if "inventory.json" in names else ()
        for entry in names.values():
            if entry.is_symlink():
                self.problem("E090", name + "/" + entry.name)
            elif not entry.is_dir() and entry.name not in own:
                self.problem("E015", name + "/" + entry.name)

    def compare(self, where, name, inventory, root):
        if inventory.get("id") != root.get("id"):
            self.problem("E037", where)
        if inventory.get("head") != name:
            self.problem("E040", where)
        if inventory.get("contentDirectory") != root.get("contentDirectory"):
            self.problem("E019", where)
        if inventory_spec(inventory) > inventory_spec(root):
            self.problem("E103", where)
        wanted = {v for v in root["versions"] if version_number(v) <= version_number(name)}
        if set(inventory["versions"]) != wanted:
            self.problem("E066", where)
        for version in wanted & set(inventory["versions"]):
            if states(inventory, version) != states(root, version):
                self.problem("E066", where, version)

    def check_content(self, inventories):
        """Every content file is named and every named one is there, with the bytes that every inventory tells."""
        root = inventories[0][1]
        content = root.get("contentDirectory", "content")
        present: set[str] = set()
        for version in root["versions"]:
            folder = os.path.join(self.path, version, content)
            if not os.path.isdir(folder) or os.path.islink(folder):
                continue
            for kind, name in walk(folder):
                where = version + "/" + content + "/" + name
                if kind != "file":
                    self.problem("E024" if kind == "empty" else "E090", where)
                    continue
                present.add(where)
                for of, inventory in inventories:
                    later = not of or version_number(of) >= version_number(version)
                    if later and where not in content_paths(inventory):
                        self.problem("E023", where)
        wanted: dict[str, set[tuple[str, str, str]]] = {}
        for of, inventory in inventories:
            for path, algorithm, digest, code in named(inventory):
                parts = path.split("/", 2)
                if len(parts) < 3 or parts[0] not in inventory["versions"] or parts[1] != content:
                    self.problem("E042", (of + "/" if of else "") + "inventory.json", path)
                if path not in present:
                    self.problem(code, path, "missing")
                else:
                    wanted.setdefault(path, set()).add((algorithm, digest.lower(), code))
        by_path = {path: sorted({algorithm for algorithm, _, _ in told}) for path, told in wanted.items()}
        for path, made in digest_all(self.path, by_path):
            if isinstance(made, OSError):
                self.problem("OCFL-UNREADABLE", path, made.strerror)
                continue
            self.report.files += 1
            self.report.bytes += made[0]
            for algorithm, digest, code in wanted[path]:
                if made[1][algorithm] != digest:
                    self.problem(code, path, algorithm + " " + made[1][algorithm])

    def state(self):
        """{logical path: where its bytes are} of the newest version."""
        places = {digest.lower(): paths[0] for digest, paths in self.root["manifest"].items()}
        head = self.root["versions"][self.root["head"]]["state"]
        return {
            path: os.path.join(self.path, places[d.lower()]) for d, paths in head.items() for path in paths
        }


class InventoryCheck:
    """The rules of one inventory by itself (§3.5). `run` says whether the rest of the object can be judged by it."""

    def __init__(self, owner, where, inventory):
        self.owner, self.where, self.inventory = owner, where, inventory

    def problem(self, code, detail=""):
        self.owner.problem(code, self.where, detail)

    def run(self):
        self.check_scalars()
        manifest, versions = self.inventory.get("manifest"), self.inventory.get("versions")
        if not isinstance(manifest, dict):
            self.problem("E041")
        if not isinstance(versions, dict) or not versions:
            self.problem("E008" if versions == {} else "E043" if versions is None else "E044")
        if not isinstance(manifest, dict) or not isinstance(versions, dict) or not versions:
            return False
        length = HEX_LENGTH.get(self.inventory.get("digestAlgorithm"))
        good = self.check_block(manifest, length, "E025", "E096", "E101", ("E099", "E100"))
        good = self.check_versions(versions, manifest) and good
        return self.check_fixity() and good

    def check_scalars(self):
        inventory = self.inventory
        for key in ("id", "type", "digestAlgorithm", "head"):
            if key not in inventory:
                self.problem("E036", key)
        for key in sorted(set(inventory) - KEYS):
            self.problem("E102", key)
        if "id" in inventory and (not isinstance(inventory["id"], str) or not inventory["id"]):
            self.problem("E037")
        if "type" in inventory and not inventory_spec(inventory):
            self.problem("E038", str(inventory["type"]))
        if "digestAlgorithm" in inventory and inventory["digestAlgorithm"] not in ("sha512", "sha256"):
            self.problem("E025", str(inventory["digestAlgorithm"]))
        content = inventory.get("contentDirectory", "content")
        if not isinstance(content, str) or not content or "/" in content or content in (".", ".."):
            self.problem("E017")

    def check_block(self, block, length, digest_code, twice_code, same_path_code, path_codes):
        """A map of digests to lists of paths; says whether it has that form."""
        seen, paths, good = set(), set(), True
        for digest, named_paths in block.items():
            if (
                not re.fullmatch(r"[0-9A-Fa-f]*", digest)
                or len(digest) % 2
                or (length and len(digest) != length)
            ):
                self.problem(digest_code, digest)
            if digest.lower() in seen:
                self.problem(twice_code, digest)
            seen.add(digest.lower())
            if not isinstance(named_paths, list) or not all(isinstance(path, str) for path in named_paths):
                self.problem("E051" if same_path_code == "E095" else "E092", digest)
                good = False
                continue
            for path in named_paths:
                if path in paths:
                    self.problem(same_path_code, path)
                paths.add(path)
                if path.startswith("/") or path.endswith("/"):
                    self.problem(path_codes[1], path)
                elif any(part in ("", ".", "..") for part in path.split("/")):
                    self.problem(path_codes[0], path)
                    good = False
        for path in paths:
            above = path.rpartition("/")[0]
            while above:
                if above in paths:
                    self.problem(same_path_code, above)
                above = above.rpartition("/")[0]
        return good

    def check_versions(self, versions, manifest):
        good = self.check_sequence(versions)
        used = set()
        for name, version in versions.items():
            if not isinstance(version, dict):
                self.problem("E047", name)
                good = False
                continue
            for key in sorted(set(version) - {"created", "state", "message", "user"}):
                self.problem("E102", name + ": " + key)
            for key in ("created", "state"):
                if key not in version:
                    self.problem("E048", name + ": " + key)
            if "created" in version and not is_time(version["created"]):
                self.problem("E049", name)
            if not isinstance(version.get("message", ""), str):
                self.problem("E094", name)
            if "user" in version and not is_user(version["user"]):
                self.problem("E054", name)
            state = version.get("state")
            if not isinstance(state, dict):
                self.problem("E050", name)
                good = False
                continue
            good = self.check_block(state, None, "E050", "E050", "E095", ("E052", "E053")) and good
            for digest in state:
                if digest not in manifest:
                    self.problem("E050", name + ": " + digest)
                    good = good and digest.lower() in {held.lower() for held in manifest}
            used |= {digest.lower() for digest in state}
        for digest in manifest:
            if digest.lower() not in used:
                self.problem("E107", digest)
        return good

    def check_sequence(self, versions):
        """v1, v2, ... without a gap, all or none with leading zeros, the head last."""
        numbers = sorted(version_number(name) for name in versions)
        if numbers != list(range(1, len(versions) + 1)):
            self.problem("E046" if not all(numbers) else "E009" if 1 not in numbers else "E010")
            return False
        padded = [name for name in versions if name.startswith("v0")]
        if padded and (len(padded) != len(versions) or len({len(name) for name in versions}) > 1):
            self.problem("E012")
        head = self.inventory.get("head")
        if not isinstance(head, str) or version_number(head) != max(numbers) or head not in versions:
            self.problem("E040", str(head))
            return False
        return True

    def check_fixity(self):
        fixity = self.inventory.get("fixity", {})
        if not isinstance(fixity, dict):
            self.problem("E111")
            return False
        good = True
        held = (
            content_paths(self.inventory)
            if fixity and isinstance(self.inventory.get("manifest"), dict)
            else set()
        )
        for algorithm, block in fixity.items():
            if algorithm not in HEX_LENGTH:
                self.problem("E056", algorithm)
            if not isinstance(block, dict):
                self.problem("E057", algorithm)
                good = False
                continue
            good = (
                self.check_block(block, HEX_LENGTH.get(algorithm), "E057", "E097", "E057", ("E057", "E057"))
                and good
            )
            for paths in block.values():
                for path in paths if isinstance(paths, list) else []:
                    if path not in held:
                        self.problem("E057", str(path))
        return good


def version_number(name):
    """N of vN; 0 for any other name."""
    match = VERSION.fullmatch(name)
    return int(match.group(2)) if match and len(match.group(2)) < 10 else 0


def inventory_spec(inventory):
    """The version of the specification that an inventory's type names; "" where it names none."""
    match = re.fullmatch(r"https://ocfl\.io/(\d+\.\d+)/spec/#inventory", str(inventory.get("type")))
    return match.group(1) if match and match.group(1) in SPECS else ""


def content_paths(inventory):
    """Every path of the manifest."""
    if "kho:paths" not in inventory:
        lists = [paths for paths in inventory["manifest"].values() if isinstance(paths, list)]
        inventory["kho:paths"] = {path for paths in lists for path in paths}
    return inventory["kho:paths"]


def named(inventory):
    """(path, algorithm, digest, code) for every digest that an inventory gives of content."""
    for digest, paths in inventory["manifest"].items():
        for path in paths:
            yield path, inventory["digestAlgorithm"], digest, "E092"
    for algorithm, block in inventory.get("fixity", {}).items():
        if algorithm in HEX_LENGTH:
            for digest, paths in block.items():
                for path in paths:
                    yield path, algorithm, digest, "E093"


def states(inventory, version):
    """{logical path: content paths} of a version: the same in every inventory, whatever its digest algorithm."""
    manifest = {digest.lower(): sorted(paths) for digest, paths in inventory["manifest"].items()}
    number = version_number(version)
    state = inventory["versions"][version]["state"]
    return {
        path: [p for p in manifest.get(digest.lower(), []) if version_number(p.partition("/")[0]) <= number]
        for digest, paths in state.items() for path in paths
    }  # fmt: skip


def is_time(value):
    """RFC 3339, to the second, with an offset."""
    if not isinstance(value, str):
        return False
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", value)
    if not match:
        return False
    try:
        datetime.strptime(match.group(1) + " " + match.group(2), "%Y-%m-%d %H:%M")
    except ValueError:
        return False
    return int(match.group(3)) <= 60


def is_user(user):
    """A user has a name, and an address that is text where there is one."""
    if not isinstance(user, dict) or not isinstance(user.get("name"), str) or not user["name"]:
        return False
    return isinstance(user.get("address", ""), str)
