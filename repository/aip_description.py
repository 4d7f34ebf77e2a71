"""From what is known of a hồ sơ and its documents to the values of EAD.xml and EAD_doc_*.xml (TT 05/2025).

What the sheet left out and the package itself can tell is filled in: counts, pages, codes. Nothing else is.
"""

from collections.abc import Mapping

from repository.packages import AipContent, AipDocument

# The storehouse keeps no separate copy under TT 05/2025's risk regime unless the sheet says so.
_NO_RISK_COPY = "0"


def file_values(content: AipContent, documents: int, pages: int) -> Mapping[str, str]:
    """The values of EAD.xml; `documents` and `pages` are counted, for a sheet that does not give them."""
    given = content.fields
    known = {
        "arcFileCode": arc_file_code(content),
        "maintenance": content.retention.code,
        "mode": content.mode,
        "totalDoc": given.get("totalDoc") or str(documents),
        "numberOfPage": given.get("numberOfPage") or (str(pages) if pages else ""),
        "riskRecovery": given.get("riskRecovery") or _NO_RISK_COPY,
    }
    return {**given, **{name: value for name, value in known.items() if value}}


def document_values(content: AipContent, document: AipDocument) -> Mapping[str, str]:
    """The values of one EAD_doc_*.xml; what holds for the whole hồ sơ holds for a document that says nothing."""
    given, pages = document.fields, document.file.facts.pages
    inherited = {
        name: content.fields.get(name, "") for name in ("language", "confidenceLevel", "maintenance")
    }
    known = {
        "arcFileCode": given.get("arcFileCode") or arc_file_code(content),
        "mode": given.get("mode") or content.mode,
        "docCode": given.get("docCode")
        or f"{content.fields.get('fileCode') or content.key}.{document.order:07d}",
        "docOrdinal": str(document.order),
        "numberOfPage": given.get("numberOfPage") or (str(pages) if pages else ""),
    }
    own = {name: value for name, value in given.items() if value}
    return {**inherited, **own, **{name: value for name, value in known.items() if value}}


def arc_file_code(content: AipContent) -> str:
    """arcFileCode as given, else the file's code, else the key: never empty."""
    given = content.fields
    return given.get("arcFileCode") or given.get("fileCode") or content.key or content.id
