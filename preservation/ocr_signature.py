"""Signatures of a PDF, judged by pyHanko, offline: whether what was signed is what is there, and who signed.

Meant for the limited child of `preservation.ocr`. No network: revocation is not looked up, and a chain is trusted only
where its root is given.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext


def judge(path: Path, roots: Sequence[str]) -> list[dict[str, Any]]:
    """For each signature: `state` (intact, broken, unknown), whether it is `trusted` by a root given, `signer`,
    `time` as signed, whether it covers the `whole` file."""
    context = ValidationContext(trust_roots=_certificates(roots), allow_fetching=False)
    with path.open("rb") as file:
        try:
            found = PdfFileReader(file, strict=False).embedded_signatures
        except (PdfReadError, ValueError, LookupError, TypeError) as error:
            return [{"state": "unknown", "reason": str(error)[:200]}]
        return [_verdict(signature, context) for signature in found]


def _certificates(roots: Sequence[str]) -> list[Any]:
    load: Any = load_certs_from_pemder
    return list(load(roots))


def _verdict(signature: Any, context: ValidationContext) -> dict[str, Any]:
    try:
        status = validate_pdf_signature(signature, context)
    except (SignatureValidationError, SigningError, ValueError, LookupError, TypeError) as error:
        return {"state": "unknown", "reason": str(error)[:200]}
    subject = status.signing_cert.subject.human_friendly if status.signing_cert else ""
    time = status.signer_reported_dt
    return {
        "state": "intact" if status.intact and status.valid else "broken",
        "trusted": bool(status.trusted), "signer": subject, "time": time.isoformat() if time else "",
        "whole": status.coverage is not None and status.coverage.name == "ENTIRE_FILE",
    }  # fmt: skip
