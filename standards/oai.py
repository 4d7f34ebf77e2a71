"""OAI-PMH 2.0: what may be asked, which faults have which code, and the frame of every answer.

Source: The Open Archives Initiative Protocol for Metadata Harvesting 2.0 (openarchives.org/OAI/openarchivesprotocol.html),
§3 (requests, errors), §4 (verbs). The frame is held to OAI-PMH.xsd by the tests; it shares no code with that judge.
"""

import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from standards.xml import XSI, XmlWriter

OAI: Final = "http://www.openarchives.org/OAI/2.0/"
XSD: Final = f"{OAI}OAI-PMH.xsd"
_SPEC: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*")
_URI: Final = re.compile(r"[!-~]*")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SECOND: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)


class Fault(Exception):
    """What a harvester did wrong, with the protocol's code (§3.6)."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


@dataclass(frozen=True, slots=True)
class Rule:
    """The arguments of a verb: all of `required`, any of `optional`; `token` may stand alone in their place."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    token: bool = False


_LIST: Final = Rule(required=("metadataPrefix",), optional=("from", "until", "set"), token=True)
VERBS: Final[Mapping[str, Rule]] = {
    "Identify": Rule(),
    "ListMetadataFormats": Rule(optional=("identifier",)),
    "ListSets": Rule(token=True),
    "GetRecord": Rule(required=("identifier", "metadataPrefix")),
    "ListIdentifiers": _LIST,
    "ListRecords": _LIST,
}


def read_request(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The arguments with `verb`, as the protocol allows them. Raises Fault badVerb or badArgument."""
    given = dict(pairs)
    verbs = [value for name, value in pairs if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in VERBS:
        raise Fault("badVerb", "exactly one verb of OAI-PMH 2.0 is needed")
    if len(given) != len(pairs):
        raise Fault("badArgument", "an argument is repeated")
    rule, names = VERBS[verbs[0]], set(given) - {"verb"}
    if rule.token and "resumptionToken" in names:
        if names != {"resumptionToken"}:
            raise Fault("badArgument", "resumptionToken stands alone")
        return given
    wrong = sorted(names - {*rule.required, *rule.optional})
    missing = [name for name in rule.required if not given.get(name)]
    if wrong or missing:
        raise Fault(
            "badArgument", f"not allowed: {', '.join(wrong) or '-'}; missing: {', '.join(missing) or '-'}"
        )
    _check_values(given)
    return given


def _check_values(given: Mapping[str, str]) -> None:
    if not _URI.fullmatch(given.get("identifier", "")):
        raise Fault("badArgument", "identifier is no URI")
    if "set" in given and not _SPEC.fullmatch(given["set"]):
        raise Fault("badArgument", "set is no setSpec")
    forms = {len(given[name]) for name in ("from", "until") if name in given}
    if len(forms) > 1:
        raise Fault("badArgument", "from and until have different granularity")
    since, until = since_of(given.get("from")), until_of(given.get("until"))
    if since and until and since > until:
        raise Fault("badArgument", "from is later than until")


def since_of(written: str | None) -> dt.datetime | None:
    """The first second that `from` means. Raises Fault badArgument."""
    return None if written is None else _time(written)


def until_of(written: str | None) -> dt.datetime | None:
    """The last second that `until` means: of a day its last. Raises Fault badArgument."""
    if written is None:
        return None
    whole_day = dt.timedelta(days=1, seconds=-1) if _DAY.fullmatch(written) else dt.timedelta()
    try:
        return _time(written) + whole_day
    except OverflowError as error:
        raise Fault("badArgument", "not a date that can be") from error


def _time(written: str) -> dt.datetime:
    try:
        if _DAY.fullmatch(written):
            return dt.datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=dt.UTC)
        if _SECOND.fullmatch(written):
            return dt.datetime.strptime(written, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
    except ValueError:
        pass
    raise Fault("badArgument", "dates are YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ, in UTC")


def stamp(time: dt.datetime) -> str:
    """A time as the protocol writes it, in UTC to the second (§3.3)."""
    return time.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def set_part(text: str) -> str:
    """A code or name as a part of a setSpec: letters, digits, `-`, `_`, `.` stay, every other byte is `!` and hex."""
    return "".join(
        chr(byte) if chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in "-_.") else f"!{byte:02X}"
        for byte in text.encode()
    )


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a record (§2.5)."""

    identifier: str
    stamped: dt.datetime
    sets: Sequence[str]
    deleted: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A resumption token (§3.5); an empty one ends a list. `size` is the size of the whole list where it was counted."""

    text: str
    cursor: int
    size: int | None


Body = Callable[[XmlWriter], None]


def answer(base: str, asked: Mapping[str, str], time: dt.datetime, body: Body) -> bytes:
    """The whole response (§3.2); `asked` are the attributes of the request element, empty after a bad request."""
    out = io.BytesIO()
    about = {"xmlns": OAI, "xmlns:xsi": XSI, "xsi:schemaLocation": f"{OAI} {XSD}"}
    with XmlWriter(Path("oai-pmh.xml"), into=out) as writer, writer.element("OAI-PMH", about):
        writer.leaf("responseDate", stamp(time))
        writer.leaf("request", base, asked)
        body(writer)
    return out.getvalue()


def fault_body(fault: Fault) -> Body:
    """The body of an answer to what was asked wrongly."""
    return lambda writer: writer.leaf("error", fault.text, {"code": fault.code})


def write_header(writer: XmlWriter, header: Header) -> None:
    with writer.element("header", {"status": "deleted"} if header.deleted else None):
        writer.leaf("identifier", header.identifier)
        writer.leaf("datestamp", stamp(header.stamped))
        for spec in header.sets:
            writer.leaf("setSpec", spec)


def write_record(writer: XmlWriter, header: Header, metadata: Body | None) -> None:
    """A record; a deleted one has no metadata."""
    with writer.element("record"):
        write_header(writer, header)
        if metadata is not None and not header.deleted:
            with writer.element("metadata"):
                metadata(writer)


def write_token(writer: XmlWriter, token: Token | None) -> None:
    if token is not None:
        size = {} if token.size is None else {"completeListSize": str(token.size)}
        writer.leaf("resumptionToken", token.text, {**size, "cursor": str(token.cursor)})


def identify_body(name: str, base: str, email: str, earliest: dt.datetime) -> Body:
    """Identify (§4.2): deletions are kept for ever, times are to the second."""

    def write(writer: XmlWriter) -> None:
        with writer.element("Identify"):
            writer.leaf("repositoryName", name)
            writer.leaf("baseURL", base)
            writer.leaf("protocolVersion", "2.0")
            writer.leaf("adminEmail", email)
            writer.leaf("earliestDatestamp", stamp(earliest))
            writer.leaf("deletedRecord", "persistent")
            writer.leaf("granularity", "YYYY-MM-DDThh:mm:ssZ")
            writer.leaf("compression", "gzip")

    return write


@dataclass(frozen=True, slots=True)
class Format:
    """A metadata format (§4.4): prefix, address of its schema, namespace."""

    prefix: str
    schema: str
    namespace: str


def formats_body(formats: Iterable[Format]) -> Body:
    def write(writer: XmlWriter) -> None:
        with writer.element("ListMetadataFormats"):
            for form in formats:
                with writer.element("metadataFormat"):
                    writer.leaf("metadataPrefix", form.prefix)
                    writer.leaf("schema", form.schema)
                    writer.leaf("metadataNamespace", form.namespace)

    return write


def sets_body(sets: Iterable[tuple[str, str]], token: Token | None) -> Body:
    """ListSets (§4.6) of (setSpec, name) pairs."""

    def write(writer: XmlWriter) -> None:
        with writer.element("ListSets"):
            for spec, name in sets:
                with writer.element("set"):
                    writer.leaf("setSpec", spec)
                    writer.leaf("setName", name)
            write_token(writer, token)

    return write
