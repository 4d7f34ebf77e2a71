"""The records desk over catalogue, storage and index: what an officer sees and does, each as far as the posts go."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

import psycopg

from access import disposal_forms, index, programme_report, register_forms
from access.desk_rights import may
from access.disposing import destroy
from access.indexing import index_pending
from access.portal.ports import SignedIn
from access.rights import seen, today
from access.solr import Solr
from preservation import holds as holding
from preservation.arrangement import arranging
from preservation.arrangement.reading import Entry
from preservation.bodies.codes import block_of_code, known_block
from preservation.disposal import review
from preservation.disposal.destroying import Acting
from preservation.disposal.procedure import next_step, procedures
from preservation.handover import sending
from preservation.programme import planning, progress
from preservation.retention.due import Asked, due
from repository import catalogue, people
from repository.bodies import Bodies, read_bodies
from repository.disposal_rows import DisposalRow, LineRow
from repository.disposal_rows import lines_of as lines_of_list
from repository.handover_rows import HandoverLineRow, HandoverRow
from repository.handover_rows import lines_of as lines_of_handover
from repository.hold_rows import HoldRow
from repository.opening import Opened
from repository.permissions import Post, decide, why_not_in_force
from repository.queries import sql
from repository.register_rows import ArrangementRow
from repository.rows import AgencyRow
from standards.errors import KhoError

SHOWN: Final = 500  # lines of one page


class NotYours(KhoError):
    """An act that no post of the account allows."""

    code = "not-your-post"
    exit_code = 3
    vi = "Nhiệm vụ của bạn không bao gồm việc này đối với cơ quan {agency}."
    en = "Your posts do not include this for the body {agency}."


@dataclass(frozen=True, slots=True)
class DisposalView:
    """A list for disposal as the desk shows it: `step` is what it waits for, `may` whether this person may do it, `awaiting` the
    locations that still hold something of what was destroyed."""

    row: DisposalRow
    lines: Sequence[LineRow]
    titles: dict[str, str]
    step: str | None
    may: bool
    stands_for: Sequence[str]
    awaiting: Sequence[str]


class Desk:
    """Every method takes who asks, and gives or does what that person's posts allow. Acts raise NotYours."""

    def __init__(self, opened: Opened, solr: Solr) -> None:
        self._opened, self._solr = opened, solr

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection]:
        with self._opened.connect() as connection:
            yield connection

    def due(self, who: SignedIn, on: dt.date | None, agency: str) -> dict[str, Any]:
        """What is due on a day, and what nobody can tell, of the bodies of the posts; `planners`: bodies a list may be made of."""
        with self._connection() as connection:
            found = due(connection, Asked(on or today(), agency or None, within=365))
            bodies, title = read_bodies(connection), self._titles(connection, who)
            for name in ("due", "coming", "abstained"):
                mine = [
                    e
                    for e in found[name]
                    if _may(who, bodies, "see", e["agency"], e["custodian"], fonds=e["fonds"])
                ]
                found[name], found[f"{name}_count"] = mine[:SHOWN], len(mine)
                for e in found[name]:
                    e["title"] = title(e["aip"])
        holders = sorted({e["custodian"] for e in found["due"]})
        return {**found, "planners": [h for h in holders if _may(who, bodies, "list", h)]}

    def plan(self, who: SignedIn, agency: str) -> str:
        """Put what is due on a list; its id."""
        with self._connection() as connection:
            self._check(connection, who, "list", agency)
            listed = review.make_list(
                connection, self._opened.store, agency=agency, on=today(), by=who.viewer.name
            )
            made = review.find_disposal(connection, listed.decision["id"])
            disposal_forms.file_list(connection, self._opened, made)
        return str(made.id)

    def disposals(self, who: SignedIn) -> list[DisposalRow]:
        """The lists."""
        with self._connection() as connection:
            bodies = read_bodies(connection)
            return [d for d in review.all_disposals(connection) if _may(who, bodies, "see", d.agency)]

    def disposal(self, who: SignedIn, id: str) -> DisposalView:
        """One list. Raises NoSuchDisposal, also where it is not this person's to see."""
        with self._connection() as connection:
            row, bodies = review.find_disposal(connection, id), read_bodies(connection)
            if not _may(who, bodies, "see", row.agency):
                raise review.NoSuchDisposal(id=id)
            lines = lines_of_list(connection, row.id)
            titles = self._titles(connection, who)
            shown = {line.aip: titles(line.aip) for line in lines[:SHOWN]}
            waits = connection.execute(sql("awaited_purges"), {"id": row.id}).fetchall()
            connection.commit()
        step = next_step(row)
        return DisposalView(row, lines, shown, step, bool(step) and _may(who, bodies, str(step), row.agency),
                            procedures()[row.procedure].stands_for, sorted({place for _aip, place in waits}))  # fmt: skip

    def on_disposal(
        self, who: SignedIn, id: str, act: Callable[[psycopg.Connection, DisposalRow], None], step: str
    ) -> None:
        """Do a step of a list."""
        with self._connection() as connection:
            row = review.find_disposal(connection, id)
            self._check(connection, who, step, row.agency)
            act(connection, row)

    def set_council(self, who: SignedIn, id: str, members: Sequence[dict[str, str]], basis: str) -> None:
        """Set up the council."""
        self.on_disposal(who, id, lambda c, row: review.set_council(
            c, self._opened.store, row, members, by=who.viewer.name, basis=basis), "council")  # fmt: skip

    def give_verdict(
        self,
        who: SignedIn,
        id: str,
        present: Sequence[str],
        minutes: str,
        exceptions: Sequence[review.Exception_],
    ) -> None:
        """Record the council's verdict, and file its minutes."""

        def act(connection: psycopg.Connection, row: DisposalRow) -> None:
            review.decide(connection, self._opened.store, row, present=present, default="destroy", exceptions=exceptions,
                          minutes=minutes, by=who.viewer.name)  # fmt: skip
            disposal_forms.file_minutes(connection, self._opened, review.find_disposal(connection, id))

        self.on_disposal(who, id, act, "verdict")

    def give_opinion(self, who: SignedIn, id: str, authority: str, number: str, agrees: bool) -> None:
        """Record the opinion of the competent archive."""
        self.on_disposal(who, id, lambda c, row: review.opine(
            c, self._opened.store, row, authority=authority, agrees=agrees, number=number, by=who.viewer.name), "opinion")  # fmt: skip

    def approve(self, who: SignedIn, id: str, number: str) -> None:
        """The head's decision."""
        self.on_disposal(who, id, lambda c, row: review.approve(
            c, self._opened.store, row, number=number, by=who.viewer.name), "approval")  # fmt: skip

    def destroy(self, who: SignedIn, id: str, second: str, password: str) -> None:
        """Destroy with a second person, who signs by the own password. Raises SignInRefused, NotYours."""
        with self._connection() as connection:
            row = review.find_disposal(connection, id)
            self._check(connection, who, "destruction", row.agency)
            other = people.check_password(connection, second, password)
            viewer = people.viewer(connection, other.id)
            connection.commit()
            beside = SignedIn(viewer, other.must_change, _in_force(viewer.posts))
            self._check(connection, beside, "destruction", row.agency)
        acting = Acting(who.viewer.name, other.name)
        result = destroy(self._opened, self._solr, row, acting)
        with self._connection() as connection:
            if result.destroyed or result.complete:
                disposal_forms.file_destruction(connection, self._opened, review.find_disposal(connection, id),
                                                acting.by, acting.second)  # fmt: skip

    def holds(self, who: SignedIn) -> list[tuple[HoldRow, list[str], bool]]:
        """The holds that stand over bodies of the posts: each with what it is about, and whether this person may lift it."""
        with self._connection() as connection:
            bodies = read_bodies(connection)
            found = []
            for row in catalogue.many(connection, HoldRow, "holds", all=False):
                about = self._held(connection, row)
                agencies = [agency for agency, _said in about]
                if agencies and _may(who, bodies, "see", *agencies):
                    may_lift = all(_may(who, bodies, "lift", agency) for agency in agencies)
                    found.append((row, [said for _agency, said in about], may_lift))
        return found

    def _held(self, connection: psycopg.Connection, row: HoldRow) -> list[tuple[str, str]]:
        """(body, words) of what a hold is about; a record that is not there any more has no body."""
        about = list(catalogue.as_dicts(connection, "about_of_decision", id=row.id))
        records = {a["aip"]: catalogue.aip(connection, a["aip"]) for a in about if a["aip"]}
        found = [(a["agency"], f"{a['agency']} {a['fonds']}".strip()) for a in about if not a["aip"]]
        return found + [(r.agency, r.key) for r in records.values() if r is not None]

    def place_hold(
        self, who: SignedIn, keys: Sequence[str], agency: str, fonds: str, wanted: holding.Wanted
    ) -> None:
        """Hold some records, or all of a body or of a fonds of it. Raises NotYours, also for what is not held here."""
        with self._connection() as connection:
            about: list[dict[str, str]] = []
            for key in keys:
                row = connection.execute(sql("aip_place"), {"id": key}).fetchone()
                if row is None:
                    raise NotYours(agency=key)
                self._check(connection, who, "hold", row[1], fonds=row[2])
                about.append({"aip": row[0]})
            if not keys:
                self._check(connection, who, "hold", agency, fonds=fonds)
                about = [{"agency": agency, "fonds": fonds}]
            holding.place(connection, self._opened.store, replace(wanted, about=about), by=who.viewer.name)

    def lift_hold(self, who: SignedIn, id: str, basis: str) -> None:
        """Lift a hold."""
        with self._connection() as connection:
            row = holding.find_hold(connection, id)
            for agency, _said in self._held(connection, row):
                self._check(connection, who, "lift", agency)
            holding.lift(connection, self._opened.store, row, by=who.viewer.name, basis=basis)

    def handovers(self, who: SignedIn) -> list[HandoverRow]:
        """The handovers of the bodies of the posts, as sender or receiver."""
        with self._connection() as connection:
            bodies = read_bodies(connection)
            return [
                h for h in sending.all_handovers(connection) if _may(who, bodies, "see", h.sender, h.receiver)
            ]

    def handover(
        self, who: SignedIn, id: str
    ) -> tuple[HandoverRow, list[HandoverLineRow], dict[str, str], bool]:
        """One handover: lines, titles, and whether this person may settle it. Raises NoSuchHandover."""
        with self._connection() as connection:
            row, bodies = sending.find_handover(connection, id), read_bodies(connection)
            if not _may(who, bodies, "see", row.sender, row.receiver):
                raise sending.NoSuchHandover(id=id)
            lines, titles = lines_of_handover(connection, row.id), self._titles(connection, who)
            shown = {line.aip: titles(line.aip) for line in lines[:SHOWN] if line.aip}
        open_ = row.way == "out" and row.status == "frozen"
        return row, lines, shown, open_ and _may(who, bodies, "handover", row.sender)

    def freeze(self, who: SignedIn, kind: str, sender: str, receiver: str, basis: str) -> str:
        """Freeze a list; its id."""
        with self._connection() as connection:
            self._check(connection, who, "handover", sender)
            decision, _left = sending.freeze(connection, self._opened.store, kind=kind, sender=sender, receiver=receiver,
                                             by=who.viewer.name, basis=basis)  # fmt: skip
        return str(decision["id"])

    def settle(self, who: SignedIn, id: str, number: str, received_by: str, refused: dict[str, str]) -> None:
        """Record a receipt on paper: custody moves."""
        with self._connection() as connection:
            row = sending.find_handover(connection, id)
            self._check(connection, who, "handover", row.sender)
            lines = lines_of_handover(connection, row.id)
            receipt = sending.by_hand(row, lines, refused, number=number, received_by=received_by, on=today())
            sending.settle(
                connection, self._opened.store, row, received=receipt, by=who.viewer.name, by_hand=True
            )
            index_pending(connection, self._solr)
        index.commit(self._solr)

    def fonds(self, who: SignedIn) -> list[tuple[str, str, str]]:
        """(body, fonds, name) of the fonds that this person may arrange or see."""
        with self._connection() as connection:
            bodies = read_bodies(connection)
            rows = [(r["agency"], r["code"], r["name"]) for r in catalogue.as_dicts(connection, "desk_fonds")]
            connection.commit()
        return [r for r in rows if _may(who, bodies, "see", r[0], fonds=r[1])]

    def register(
        self, who: SignedIn, agency: str, fonds: str, where: dict[str, str]
    ) -> tuple[list[Entry], list[ArrangementRow], bool]:
        """The hồ sơ of a fonds, its acts of arrangement, and whether this person may arrange. Raises NotYours."""
        with self._connection() as connection:
            bodies = read_bodies(connection)
            if not _may(who, bodies, "see", agency, fonds=fonds):
                raise NotYours(agency=agency)
            found, titles = arranging.files(connection, agency, fonds, where), self._titles(connection, who)
            acts = catalogue.many(
                connection, ArrangementRow, "arrangements", agency=agency, fonds=fonds, limit=20
            )
            shown = [_shown(e, titles) for e in found]
        return shown, acts, _may(who, bodies, "register", agency, fonds=fonds)

    def arrange(
        self, who: SignedIn, agency: str, fonds: str, act: str, ids: Sequence[str], values: dict[str, str]
    ) -> None:
        """Set fields of entries, number them anew, or undo an act (`values["act"]`)."""
        with self._connection() as connection:
            self._check(connection, who, "register", agency, fonds=fonds)
            store, by = self._opened.store, who.viewer.name
            if act == "undo":
                found = arranging.find_act(connection, values["act"])
                if (found.agency, found.fonds) != (agency, fonds):
                    raise NotYours(agency=found.agency)
                arranging.arrange(connection, store, "undo", lambda: arranging.undone(connection, found), by=by,
                                  undoes=found.id)  # fmt: skip
                return
            if act == "sync":
                arranging.arrange(
                    connection, store, act, lambda: arranging.registered(connection, agency, fonds), by=by
                )
                return
            about = arranging.find(connection, ids)
            if any((e.agency, e.fonds) != (agency, fonds) for e in about):
                raise NotYours(agency=agency)
            if act == "renumber":
                begin = int(values.get("number") or 1)
                arranging.arrange(
                    connection, store, act, lambda: arranging.renumbered(connection, about, begin), by=by
                )
            elif act == "merge":
                arranging.arrange(
                    connection, store, act, lambda: arranging.merged(connection, about, about[0]), by=by
                )
            else:
                arranging.arrange(connection, store, "set",
                                  lambda: arranging.changed(connection, about, lambda _e: values), by=by)  # fmt: skip

    def inventory(self, who: SignedIn, agency: str, fonds: str, kind: str) -> bytes:
        """The inventory of a fonds as pdf or xlsx. Raises NotYours."""
        entries, _acts, _may_arrange = self.register(who, agency, fonds, {})
        make = register_forms.as_pdf if kind == "pdf" else register_forms.as_xlsx
        found = [e for e in entries if not e["excluded"]]
        return make("MỤC LỤC HỒ SƠ", [f"Phông {fonds} ({agency}). Số hồ sơ: {len(found)}"],
                    *register_forms.inventory_table(found))  # fmt: skip

    def programme(self, who: SignedIn, by: str, phase: str | None) -> progress.Report:
        """The state of the programme: counts of every body, which no post narrows."""
        with self._connection() as connection:
            return progress.report(connection, by=by, phase=phase)

    def programme_file(self, who: SignedIn, by: str, phase: str | None, kind: str) -> bytes:
        """The same as pdf or xlsx."""
        extra = [planning.phases()[phase].vi] if phase else []
        return programme_report.write(self.programme(who, by, phase), planning.PLAN, kind, extra)

    def _check(
        self, connection: psycopg.Connection, who: SignedIn, act: str, agency: str, *, fonds: str = ""
    ) -> None:
        bodies = read_bodies(connection)
        connection.commit()
        if not _may(who, bodies, act, agency, fonds=fonds):
            raise NotYours(agency=agency)

    def _titles(self, connection: psycopg.Connection, who: SignedIn) -> Callable[[str], str]:
        """The title of a hồ sơ, where this person may see it; else nothing."""

        def title(aip: str) -> str:
            row = catalogue.aip(connection, aip)
            if row is None:
                return ""
            return str(row.fields.get("title", "")) if decide(who.viewer, seen(row), today()).allowed else ""

        return title


def _in_force(posts: Sequence[Post]) -> tuple[Post, ...]:
    return tuple(p for p in posts if why_not_in_force(p, today()) is None)


def _shown(entry: Entry, titles: Callable[[str], str]) -> Entry:
    if not entry.aip:
        return entry
    return replace(entry, fields={**entry.fields, "title": entry["title"] if titles(entry.aip) else ""})


def _may(who: SignedIn, bodies: Bodies, act: str, *agencies: str, fonds: str = "") -> bool:
    known = [bodies.rows.get(a) for a in agencies]
    return any(
        may(who.posts, act, a, fonds=fonds, block=_block(a, row), level=(row.level if row else "") or "")
        for a, row in zip(agencies, known, strict=True)
    )


def _block(agency: str, row: AgencyRow | None) -> str:
    return known_block(row.block or "" if row else "") or block_of_code(agency)
