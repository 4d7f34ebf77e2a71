"""The verbs of OAI-PMH 2.0 over the catalogue: each gives the body of an answer, or raises the protocol's fault."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import psycopg

from access.oai import records, tokens
from access.oai.items import FILES, HELD_FEED, PUBLIC_FEED, OaiItem
from access.oai.tokens import Position
from access.rights import today
from repository import catalogue
from repository.queries import sql
from standards import oai
from standards.oai import Body, Fault
from standards.xml import XmlWriter

RECORDS_A_PAGE, HEADERS_A_PAGE, SETS_A_PAGE = 200, 1000, 1000
_SETS: Final = "sets"
NAME: Final = "Kho lưu trữ số / Kho digital archive"


@dataclass(frozen=True, slots=True)
class Verbs:
    """The verbs for one request: its connection, the portal's address, the key of tokens, who answers for the door.

    `who` is the account of the harvester's key; None is the public, who is told of what is public alone.
    """

    connection: psycopg.Connection
    site: str
    key: str
    email: str
    now: dt.datetime
    who: str | None = None

    @property
    def feed(self) -> str:
        """The feed that is read: of what is public, or of what is held."""
        return PUBLIC_FEED if self.who is None else HELD_FEED

    @property
    def _asking(self) -> dict[str, Any]:
        return {"feed": self.feed, "who": self.who, "day": today()}

    @property
    def base(self) -> str:
        """The base URL of the repository."""
        return f"{self.site}/oai"

    def body(self, asked: Mapping[str, str]) -> Body:
        """The body of the answer to a request that `oai.read_request` let through. Raises Fault."""
        verb = asked["verb"]
        if verb == "Identify":
            return oai.identify_body(NAME, self.base, self.email, self._earliest())
        if verb == "ListMetadataFormats":
            item = self._item(asked["identifier"]) if "identifier" in asked else None
            return oai.formats_body(records.formats(self.base, item))
        if verb == "ListSets":
            return self._sets(asked)
        if verb == "GetRecord":
            return self._record(asked)
        return self._list(verb, self._position(asked))

    def _earliest(self) -> dt.datetime:
        found: dt.datetime | None = catalogue.value(self.connection, "oai_earliest", feed=self.feed)
        return found or self.now

    def _item(self, id: str) -> OaiItem:
        item = catalogue.one(self.connection, OaiItem, "oai_item", id=id, **self._asking)
        if item is None:
            raise Fault("idDoesNotExist", "no item has this identifier")
        return item

    def _record(self, asked: Mapping[str, str]) -> Body:
        prefix, item = asked["metadataPrefix"], self._item(asked["identifier"])
        if not records.offers(item, prefix):
            raise Fault("cannotDisseminateFormat", "the item is not available in this format")
        shown = records.look_up(self.connection, [item], self.who)
        head = records.header(item, shown.has(item))
        metadata = records.metadata(self.connection, item, shown, prefix, self.site)

        def write(writer: XmlWriter) -> None:
            with writer.element("GetRecord"):
                oai.write_record(writer, head, metadata)

        return write

    def _sets(self, asked: Mapping[str, str]) -> Body:
        position = self._read(asked["resumptionToken"], _SETS) if "resumptionToken" in asked else None
        after = position.after_id if position else ""
        found: list[tuple[str, str]] = self.connection.execute(
            sql("oai_sets"), {"after": after, "limit": SETS_A_PAGE + 1, **self._asking}
        ).fetchall()
        page, cursor = found[:SETS_A_PAGE], position.cursor if position else 0
        if len(found) > SETS_A_PAGE:
            onward = Position(_SETS, "", "", "", "", page[-1][0], cursor + len(page), 0, self.who or "")
            return oai.sets_body(page, oai.Token(tokens.written(onward, self.key), cursor, None))
        if not page and not position:
            raise Fault("noSetHierarchy", "nothing is public yet, so there are no sets")
        return oai.sets_body(page, oai.Token("", cursor, None) if position else None)

    def _read(self, token: str, prefix: str | None = None) -> Position:
        position = tokens.read(token, self.key)
        if (position.prefix == _SETS) != (prefix == _SETS):
            raise Fault("badResumptionToken", "the resumption token belongs to another verb")
        if position.who != (self.who or ""):
            raise Fault("badResumptionToken", "the resumption token belongs to another key")
        return position

    def _position(self, asked: Mapping[str, str]) -> Position:
        if "resumptionToken" in asked:
            return self._read(asked["resumptionToken"])
        prefix = asked["metadataPrefix"]
        if not records.known_prefix(prefix):
            raise Fault("cannotDisseminateFormat", "this format is not known here")
        until = oai.until_of(asked.get("until"))
        start = tokens.of(
            prefix, asked.get("set", ""), oai.since_of(asked.get("from")),
            min(until, self.now) if until else self.now, self._earliest(),
            self.who or "",
        )  # fmt: skip
        return replace(start, size=self._size(start))

    def _size(self, start: Position) -> int:
        """How long the list is, where one index tells; 0 where nothing does."""
        spec, also = _specs(start)
        if also or self.who is not None:
            return 0
        query = "oai_count_of_set" if spec else "oai_count"
        values = {"since": start.since, "until": start.until} | ({"spec": spec} if spec else {})
        return int(catalogue.value(self.connection, query, **values))

    def _list(self, verb: str, position: Position) -> Body:
        whole = verb == "ListRecords"
        limit = RECORDS_A_PAGE if whole else HEADERS_A_PAGE
        found = self._page(position, limit + 1)
        items = found[:limit]
        if not items:
            raise Fault("noRecordsMatch", "no record fits what was asked")
        token = self._onward(position, items, more=len(found) > limit)
        shown = records.look_up(self.connection, items, self.who)
        heads = [records.header(item, shown.has(item)) for item in items]
        metadata = [
            records.metadata(self.connection, item, shown, position.prefix, self.site) if whole else None
            for item in items
        ]

        def write(writer: XmlWriter) -> None:
            with writer.element(verb):
                for head, body in zip(heads, metadata, strict=True):
                    if whole:
                        oai.write_record(writer, head, body)
                    else:
                        oai.write_header(writer, head)
                oai.write_token(writer, token)

        return write

    def _page(self, position: Position, limit: int) -> list[OaiItem]:
        spec, also = _specs(position)
        values = {
            "after_time": position.after_time, "after_id": position.after_id, "until": position.until, "limit": limit,
            **self._asking,
        }  # fmt: skip
        if not spec:
            return catalogue.many(self.connection, OaiItem, "oai_list", **values)
        return catalogue.many(self.connection, OaiItem, "oai_list_of_set", spec=spec, also=also, **values)

    def _onward(self, position: Position, items: Sequence[OaiItem], *, more: bool) -> oai.Token | None:
        size = position.size or None
        if not more:
            return oai.Token("", position.cursor, size) if position.cursor else None
        last, given = items[-1], position.cursor + len(items)
        onward = replace(position, after_time=oai.stamp(last.stamped_at), after_id=last.id, cursor=given)
        return oai.Token(tokens.written(onward, self.key), position.cursor, size)


def _specs(position: Position) -> tuple[str, str | None]:
    """The set to go through, and the one that its items must be in too: METS exists of hồ sơ alone."""
    if position.prefix != "mets":
        return position.spec, None
    return (position.spec, FILES) if position.spec else (FILES, None)
