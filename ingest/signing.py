"""Digital signatures of delivered PDFs: judged where the bytes lie, told, and kept with the file's facts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from ingest.context import Context
from ingest.workspace import CheckedFile, Workspace
from standards.findings import Finding, finding
from standards.formats import PDF_MIME

VERSION = metadata.version("pyhanko")
_ROOTS = ("*.pem", "*.crt", "*.cer")
_GRAVEST = ("broken", "unknown", "intact")
Verdicts = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Signed:
    """All files, with what was said of the signatures of those that are signed; `detail` is for the event."""

    files: list[CheckedFile]
    findings: tuple[Finding, ...]
    detail: Mapping[str, Any]


def judge(files: list[CheckedFile], workspace: Workspace, context: Context) -> Signed:
    """The signatures of every signed PDF, by pyHanko in a limited child, offline."""
    roots = trust_roots(context.home.path)
    judged: list[CheckedFile] = []
    findings: list[Finding] = []
    told: dict[str, Verdicts] = {}
    for file in files:
        if not file.facts.signed or file.facts.mime != PDF_MIME:
            judged.append(file)
            continue
        verdicts = context.tools.recogniser.signatures(workspace.files / file.name, roots)
        verdicts = verdicts or [{"state": "unknown", "reason": "no signature could be read"}]
        worst = min((v["state"] for v in verdicts), key=_GRAVEST.index)
        judged.append(replace(file, facts=replace(file.facts, signature=worst)))
        findings += _findings(file.shown, verdicts, bool(roots))
        told[file.shown] = verdicts
    return Signed(judged, tuple(findings), {"signatures": told} if told else {})


def trust_roots(home: Path) -> list[Path]:
    """The certificates that an administrator laid into `trust-roots` of the home: chains that end there are trusted."""
    return sorted(path for pattern in _ROOTS for path in (home / "trust-roots").glob(pattern))


def _findings(shown: str, verdicts: Verdicts, has_roots: bool) -> Iterator[Finding]:
    for verdict in verdicts:
        signer = verdict.get("signer") or "?"
        if verdict["state"] == "unknown":
            yield finding("SIG-UNKNOWN", path=shown, reason=verdict.get("reason", ""))
        elif verdict["state"] == "broken":
            yield finding("SIG-BROKEN", path=shown, signer=signer)
        else:
            yield finding("SIG-INTACT", path=shown, signer=signer, trust=_trust(verdict, has_roots))
            if not verdict["whole"]:
                yield finding("SIG-PARTIAL", path=shown, signer=signer)


def _trust(verdict: Mapping[str, Any], has_roots: bool) -> str:
    if verdict["trusted"]:
        return "tin cậy / trusted"
    return "không tin cậy / not trusted" if has_roots else "chưa kiểm / not checked"
