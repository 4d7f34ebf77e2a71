"""An E-ARK package: every pointer of METS leads to a file of that size and digest, and so does every PREMIS object."""

import os
import posixpath
import re
from urllib.parse import unquote
from xml.etree import ElementTree

from .report import digest_all

METS = "{http://www.loc.gov/METS/}"
XLINK = "{http://www.w3.org/1999/xlink}"
PREMIS = "{http://www.loc.gov/premis/v3}"
ALGORITHMS = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"}


def check_package(files, where, report):
    """`files` is {logical path: where its bytes are}; `where` stands before paths in what is told."""
    check = PackageCheck(files, where, report)
    check.mets("METS.xml")
    for path in check.premis_files:
        check.premis(path)
    check.compare()


class PackageCheck:
    """What METS and PREMIS say of files: `told` is {path: {(algorithm, digest, code, who says so)}}."""

    def __init__(self, files, where, report):
        self.files, self.where, self.report = files, where, report
        self.told = {}
        self.premis_files = []
        self.done = set()

    def problem(self, code, path, detail=""):
        self.report.problem(code, self.where + "/" + path if self.where else path, detail)

    def parse(self, path, code):
        """The elements of a file, each when it ends; a document type is refused, so that nothing is expanded or fetched."""
        try:
            with open(self.files[path], "rb") as file:
                start = file.read(4096)
                if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                    self.problem(code, path, "it has a document type")
                    return
                file.seek(0)
                for _event, element in ElementTree.iterparse(file):
                    yield element
        except (ElementTree.ParseError, ValueError) as problem:
            self.problem(code, path, str(problem))

    def mets(self, path):
        """One METS file and those that it leads to."""
        if path in self.done:
            return
        self.done.add(path)
        below, located, root = [], None, None
        for element in self.parse(path, "CSIP0"):
            root = element.tag
            if element.tag in (METS + "mdRef", METS + "FLocat", METS + "mptr"):
                target = self.target(path, element.get(XLINK + "href") or "")
                if target is None:
                    continue
                if element.tag == METS + "mdRef":
                    self.note(path, target, element)
                    if element.get("MDTYPE") == "PREMIS":
                        self.premis_files.append(target)
                elif element.tag == METS + "FLocat":
                    located = target
                elif target not in below:
                    below.append(target)
            elif element.tag == METS + "file":
                if located is not None:
                    self.note(path, located, element)
                    if posixpath.basename(located) == "METS.xml" and located not in below:
                        below.append(located)
                located = None
            if element.tag.endswith(("Sec", "fileGrp", "file")):
                element.clear()
        if root != METS + "mets":
            self.problem("CSIP0", path, "it is no METS document")
        for target in below:
            self.mets(target)

    def target(self, mets, href):
        """The file that a pointer leads to; a problem where there is none in the package."""
        href = re.sub(r"^file:(//)?/?", "", href)
        path = posixpath.normpath(
            posixpath.join(posixpath.dirname(mets), unquote(href, errors="surrogateescape"))
        )
        if (
            not href
            or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|/", href)
            or path.startswith("..")
            or path not in self.files
        ):
            self.problem("METS-TARGET", mets, href)
            return None
        return path

    def note(self, mets, target, element):
        size = element.get("SIZE")
        if size and size != str(os.path.getsize(self.files[target])):
            self.problem("METS-SIZE", mets, target)
        self.tell(
            target, element.get("CHECKSUMTYPE") or "", element.get("CHECKSUM") or "", "METS-DIGEST", mets
        )

    def tell(self, target, algorithm, digest, code, who):
        name = algorithm.lower().replace("-", "")
        if digest and name not in ALGORITHMS:
            self.problem("DIGEST-UNKNOWN", who, algorithm)
        elif digest:
            self.told.setdefault(target, set()).add((name, digest.lower(), code, who))

    def premis(self, path):
        """Sizes and digests of the file objects of one PREMIS document."""
        for element in self.parse(path, "PREMIS-XSD"):
            if element.tag != PREMIS + "object":
                continue
            target = self.object_path(element)
            if target is not None:
                for fixity in element.iter(PREMIS + "fixity"):
                    algorithm = fixity.findtext(PREMIS + "messageDigestAlgorithm") or ""
                    self.tell(
                        target,
                        algorithm,
                        fixity.findtext(PREMIS + "messageDigest") or "",
                        "PREMIS-DIGEST",
                        path,
                    )
                size = element.findtext(".//" + PREMIS + "size")
                if size and size != str(os.path.getsize(self.files[target])):
                    self.problem("PREMIS-SIZE", path, target)
            element.clear()

    def object_path(self, element):
        """The file that a PREMIS object is: the longest end of its identifier that is a path of the package."""
        for identifier in element.findall(PREMIS + "objectIdentifier"):
            value = identifier.findtext(PREMIS + "objectIdentifierValue") or ""
            parts = value.split("/")
            for at in range(len(parts)):
                if "/".join(parts[at:]) in self.files:
                    return "/".join(parts[at:])
        return None

    def compare(self):
        """Read every file that was told of once, and compare."""
        wanted = {path: sorted({name for name, _, _, _ in told}) for path, told in self.told.items()}
        places = {self.files[path]: path for path in wanted}
        for place, made in digest_all("", {place: wanted[path] for place, path in places.items()}):
            path = places[place]
            if isinstance(made, OSError):
                self.problem("UNREADABLE", path, made.strerror)
                continue
            for name, digest, code, who in sorted(self.told[path]):
                if made[1][name] != digest:
                    self.problem(code, who, path)
