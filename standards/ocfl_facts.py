"""What the OCFL validator remembers of an inventory, and how it words its findings."""

from dataclasses import dataclass, field, replace

from standards.findings import Finding, finding
from standards.shown import for_people


def issue(code: str, path: str, detail: object = "") -> Finding:
    """A finding of an OCFL code at `path` (relative to what is checked)."""
    shown = for_people(path)
    return finding(code, path=shown, where=shown, detail=for_people(str(detail))[:300])


def under(where: str, fault: Finding) -> Finding:
    """A finding about an object, told from the place of the storage root."""
    path = f"{where}/{fault.path}" if fault.path else where
    return replace(fault, path=path, values={**fault.values, "where": path})


@dataclass(slots=True)
class Tally:
    """What a check has really read: objects, content files, and their bytes."""

    objects: int = 0
    files: int = 0
    bytes: int = 0
    object_id: str | None = None  # of the object that was read last

    def add(self, other: "Tally") -> None:
        """Count also what `other` counted."""
        self.objects += other.objects
        self.files += other.files
        self.bytes += other.bytes


@dataclass(slots=True)
class VersionFacts:
    """One version block: `metadata` compares created, message and user; `state` is a fingerprint."""

    metadata: str
    state: int
    files: int


@dataclass(slots=True)
class InventoryFacts:
    """An inventory as far as it could be read. `where` is its path in the object.

    `manifest` and each of `fixity` give the digest of a content path; `cased` the manifest's spelling of digests
    that are not written in lower case. `algorithm` is None where it is not one of the specification's.
    """

    where: str
    spec: str = "1.0"
    id: str | None = None
    head: str | None = None
    algorithm: str | None = None
    content_directory: str | None = None
    manifest: dict[str, bytes] = field(default_factory=dict)
    digests: set[bytes] = field(default_factory=set)
    cased: dict[bytes, str] = field(default_factory=dict)
    fixity: dict[str, dict[str, bytes]] = field(default_factory=dict)
    versions: dict[str, VersionFacts] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)

    @property
    def content(self) -> str:
        """The name of the content folder in each version."""
        return self.content_directory or "content"

    def note(self, code: str, detail: object = "") -> None:
        """Remember a broken rule of this inventory."""
        self.found.append(issue(code, self.where, detail))
