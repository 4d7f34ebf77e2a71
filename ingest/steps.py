"""The steps of the way in. Each takes the package and the context and says what it found; none writes an event.

Until `receive`, bytes are read where they were delivered: what is sealed or already held is never copied. From
`receive` on, the package is its workspace.
"""

from ingest import access_copies, held, looking, package_step, packing, quarantine, signing, storing
from ingest.agents import KHO
from ingest.context import Context
from ingest.filecheck import virus_findings
from ingest.retention import retention_of
from ingest.units import account_of, files_of, with_roles
from ingest.workspace import CheckedFile
from repository.aip import build_aip
from repository.rows import PackageRow
from repository.steps import Outcome
from standards.eark_rules import check_package
from standards.findings import Finding, Verdict, finding_from_json, may_be_released, verdict_of
from standards.media import version as media_version
from standards.package_tree import ManifestTree
from standards.shown import for_people
from standards.verapdf import VERSION as VERAPDF


def unpack(package: PackageRow, context: Context) -> Outcome:
    """A package made by others is taken apart: an archive into the workspace, and read; deliveries begin after it."""
    return package_step.take_apart(package, context)


def scan_viruses(package: PackageRow, context: Context) -> Outcome:
    """Every delivered file to clamd, where it lies. An infected one ends the way of its hồ sơ; it is not opened."""
    root, unit = context.workspace(package).unit()
    verdicts = [(for_people(f.path), context.tools.clamav.scan(root / f.path)) for f in files_of(unit)]
    findings = tuple(looking.unnamed(f, unit) for f in virus_findings(verdicts))
    version = next((v.version for _path, v in verdicts if v.version), "")
    outcome = Outcome(findings=findings, agents=(("clamav", version),))
    return quarantine.keep(package, context, outcome) if _refused(findings) else outcome


def screen_secrecy(package: PackageRow, context: Context) -> Outcome:
    """Look into every file where it lies; a secrecy mark on any page seals the hồ sơ before a byte is copied."""
    workspace = context.workspace(package)
    if not workspace.has("unit.json"):
        return quarantine.seal(package, context, ())
    root, unit = workspace.unit()
    checked: list[CheckedFile] = []
    findings: list[Finding] = []
    for number, (file, role) in enumerate(with_roles(unit), start=1):
        lowest = looking.lowest_dpi(unit, file)
        looked = context.tools.inspector.inspect(
            root / file.path, shown=for_people(file.path), lowest_dpi=lowest
        )
        if looking.is_sealed(looked):
            return quarantine.seal(package, context, looking.places(unit, file))
        findings += looking.findings(file, looked)
        checked.append(looking.checked(number, file, role, looked))
    workspace.write_checked(checked)
    pages = sum(c.facts.pages or 0 for c in checked if c.role == "content")
    size = sum(c.facts.size for c in checked)
    changes = {"pages": pages, "bytes": size, **quarantine.named(package, root, unit)}
    return Outcome(findings=tuple(findings), changes=changes, agents=(KHO,))


def find_held(package: PackageRow, context: Context) -> Outcome:
    """The same hồ sơ twice adds nothing; the same key with anything else is a conflict for a person."""
    return held.compare(package, context)


def receive(package: PackageRow, context: Context) -> Outcome:
    """Copy the bytes in, hashing them on the way; what is not what was looked at has changed under our hands."""
    workspace = context.workspace(package)
    root, unit = workspace.unit()
    findings = tuple(f for c in workspace.checked() for f in looking.copy_in(c, root, workspace.files))
    outcome = Outcome(findings=findings, agents=(KHO,))
    if findings:
        return quarantine.keep(package, context, outcome)
    return Outcome(changes={"files": account_of(unit, "taken")}, agents=(KHO,))


def identify_formats(package: PackageRow, context: Context) -> Outcome:
    """Each file's PRONOM id, as the inspector found it in the bytes."""
    checked = list(context.workspace(package).checked())
    findings = tuple(f for c in checked for f in looking.about_format(c))
    version = next((c.facts.signature_version for c in checked if c.facts.signature_version), "")
    return Outcome(findings=findings, agents=(("siegfried", version),))


def validate_files(package: PackageRow, context: Context) -> Outcome:
    """veraPDF on every PDF that claims to be PDF/A, pyHanko on signatures, ffprobe on sound and film; what is false or
    broken is marked and does not stop."""
    workspace = context.workspace(package)
    checked = list(workspace.checked())
    judged, findings = looking.judge(checked, lambda c: workspace.files / c.name, context.tools.verapdf)
    about_media = looking.judge_media(checked, lambda c: workspace.files / c.name)
    signed = signing.judge(judged, workspace, context)
    workspace.write_checked(signed.files)
    agents = [("verapdf", VERAPDF), *([("ffmpeg", media_version())] if about_media else [])]
    agents += [("pyhanko", signing.VERSION)] if signed.findings else []
    return Outcome(
        findings=(*findings, *about_media, *signed.findings), agents=tuple(agents), detail=signed.detail
    )


def make_access_copies(package: PackageRow, context: Context) -> Outcome:
    """A PDF/A of each office file, for reading; where none can be made the original is kept all the same."""
    return access_copies.make(package, context)


def validate_package(package: PackageRow, context: Context) -> Outcome:
    """The sheet against the files, a package against its standard. With a broken MUST it goes to quarantine."""
    workspace = context.workspace(package)
    _root, unit = workspace.unit()
    sheet = looking.against_sheet(unit, list(workspace.checked()))
    findings = (*unit.findings, *sheet, *package_step.judged(workspace, unit))
    outcome = Outcome(findings=findings, agents=(KHO,))
    everything = [*(finding_from_json(f) for f in package.findings), *findings]
    if package.released:
        everything = [f for f in everything if not may_be_released(f)]
    return quarantine.keep(package, context, outcome) if _refused(everything) else outcome


def assign_retention(package: PackageRow, context: Context) -> Outcome:
    """The retention term that the delivery proposes."""
    _root, unit = context.workspace(package).unit()
    retention, findings = retention_of(unit.fields, unit.cells)
    detail = {"code": retention.code, "years": retention.years, "permanent": retention.permanent}
    return Outcome(findings=findings, agents=(KHO,), detail=detail)


def build(package: PackageRow, context: Context) -> Outcome:
    """Write the AIP's METS, PREMIS and descriptions into the workspace."""
    workspace = context.workspace(package)
    packing.clear(workspace.building)
    content = packing.content_of(package, context)
    built = build_aip(content, workspace.building, profile="eark")
    return Outcome(agents=(KHO,), detail={"files": built.count, "bytes": built.bytes})


def check_aip(package: PackageRow, context: Context) -> Outcome:
    """Our own rules, once more, on the finished package; a package that breaks one is not stored."""
    tree = ManifestTree(context.workspace(package).building / "manifest.jsonl")
    findings = tuple(check_package(tree, "eark"))
    outcome = Outcome(findings=findings, agents=(KHO,))
    return quarantine.keep(package, context, outcome) if _refused(findings) else outcome


def store(package: PackageRow, context: Context) -> Outcome:
    """Into the store, whole or not at all, and into the catalogue in the same commit as the event."""
    return storing.store(package, context)


def _refused(findings: list[Finding] | tuple[Finding, ...]) -> bool:
    return verdict_of(findings) is Verdict.INVALID
