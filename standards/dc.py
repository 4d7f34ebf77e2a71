"""Simple Dublin Core (DCMES 1.1; TCVN 7980) as OAI-PMH carries it (`oai_dc`): element names, languages, writing."""

from collections.abc import Iterable
from typing import Final

from standards.xml import XSI, XmlWriter

OAI_DC: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC: Final = "http://purl.org/dc/elements/1.1/"
LOCATION: Final = f"{OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd"

# The languages of TT 05/2025's code list in ISO 639-1; 09 is Hán Nôm, 11 "other" has no code.
LANGUAGES: Final = {
    "01": ("vi",), "02": ("en",), "03": ("fr",), "04": ("ru",), "05": ("zh",), "06": ("vi", "en"),
    "07": ("vi", "ru"), "08": ("vi", "fr"), "09": ("vi-Hani",), "10": ("vi", "zh"),
}  # fmt: skip


def languages(codes: str) -> list[str]:
    """ISO codes of a field like "01;03", each once, in order."""
    named = (code for part in codes.replace(",", ";").split(";") for code in LANGUAGES.get(part.strip(), ()))
    return list(dict.fromkeys(named))


def oai_dc(writer: XmlWriter, pairs: Iterable[tuple[str, str]]) -> None:
    """The element oai_dc:dc with its (element, text) pairs in order; empty ones are left out."""
    about = {"xmlns:oai_dc": OAI_DC, "xmlns:dc": DC, "xmlns:xsi": XSI, "xsi:schemaLocation": LOCATION}
    with writer.element("oai_dc:dc", about):
        for name, text in pairs:
            if text.strip():
                writer.leaf(f"dc:{name}", text.strip())
