"""The records desk of the portal: what is due, disposal, handover, arrangement, the programme; for those with a post.

Each page is one GET; each act is one POST of a form, answered by the page again, or by the page with what was refused.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from access.desk_rights import at_the_desk
from access.portal.pages import page, texts_of, with_query
from access.portal.people import ACCOUNT, SIGN_IN, read_pairs, who_asks
from access.portal.ports import PortalPeople, SignedIn
from preservation.disposal.review import VERDICTS, Exception_
from preservation.handover.sending import KINDS
from preservation.holds import KINDS as HOLD_KINDS
from preservation.holds import Wanted
from preservation.programme.planning import phases
from preservation.programme.progress import BY
from standards.errors import KhoError, UsageError
from standards.vietnamese import nfc

if TYPE_CHECKING:
    from access.portal_desk import Desk

ROOT: Final = "/nghiep-vu"
_LONGEST, _MOST = 4_000_000, 50_000
_KINDS: Final = {
    "pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
Form = Mapping[str, list[str]]


class RecordsDesk:
    """The pages. Whoever has no post for the desk is told that there is no such page."""

    def __init__(self, people: PortalPeople, desk: "Desk") -> None:
        self.people, self.desk = people, desk

    def routes(self) -> list[tuple[str, Callable[..., Any], list[str]]]:
        """(path, answer, methods)."""
        both = ["GET", "POST"]
        return [
            (ROOT, self.page(self._home), ["GET"]),
            (f"{ROOT}/den-han", self.page(self._due, self._plan), both),
            (f"{ROOT}/xet-huy", self.page(self._disposals), ["GET"]),
            (f"{ROOT}/xet-huy/{{id}}", self.page(self._disposal, self._on_disposal), both),
            (f"{ROOT}/lenh-giu", self.page(self._holds, self._hold), both),
            (f"{ROOT}/ban-giao", self.page(self._handovers, self._freeze), both),
            (f"{ROOT}/ban-giao/{{id}}", self.page(self._handover, self._settle), both),
            (f"{ROOT}/chinh-ly", self.page(self._register, self._arrange), both),
            (f"{ROOT}/chinh-ly/muc-luc.{{kind}}", self.page(self._inventory), ["GET"]),
            (f"{ROOT}/chuong-trinh", self.page(self._programme), ["GET"]),
            (f"{ROOT}/chuong-trinh/bao-cao.{{kind}}", self.page(self._programme_file), ["GET"]),
        ]

    def page(
        self, show: Callable[[Request, SignedIn, str], Response],
        act: Callable[[Request, SignedIn, Form], str] | None = None,
    ) -> Callable[[Request], Any]:  # fmt: skip
        """A page with its act; what an act refuses is told on the page."""

        async def answer(request: Request) -> Response:
            who = await run_in_threadpool(who_asks, request, self.people)
            if who is None:
                return RedirectResponse(SIGN_IN, 303, {"Cache-Control": "no-store"})
            if who.must_change:
                return RedirectResponse(ACCOUNT, 303, {"Cache-Control": "no-store"})
            if who.scopes is not None or not at_the_desk(who.posts):  # a program's key opens no desk
                raise HTTPException(404)
            if request.method == "GET" or act is None:
                return await run_in_threadpool(_shown, show, request, who)
            form: dict[str, list[str]] = {}
            for name, value in await read_pairs(request, longest=_LONGEST, most=_MOST):
                form.setdefault(name, []).append(nfc(value).strip())
            return await run_in_threadpool(_acted, act, show, request, who, form)

        return answer

    def _home(self, request: Request, who: SignedIn, said: str) -> Response:
        found = self.desk.due(who, None, "")
        return page(request, "desk.html", said=said, due=found,
                    disposals=[d for d in self.desk.disposals(who) if d.status not in ("complete", "withdrawn")],
                    handovers=[h for h in self.desk.handovers(who) if h.status == "frozen"], fonds=self.desk.fonds(who))  # fmt: skip

    def _due(self, request: Request, who: SignedIn, said: str) -> Response:
        on, agency = request.query_params.get("on", ""), request.query_params.get("agency", "")
        found = self.desk.due(who, _day(on), agency)
        return page(request, "desk_due.html", said=said, due=found, on=found["on"], agency=agency)

    def _plan(self, _request: Request, who: SignedIn, form: Form) -> str:
        return f"{ROOT}/xet-huy/{self.desk.plan(who, _one(form, 'agency'))}"

    def _disposals(self, request: Request, who: SignedIn, said: str) -> Response:
        return page(request, "desk_disposals.html", said=said, lists=self.desk.disposals(who)[::-1])

    def _disposal(self, request: Request, who: SignedIn, said: str) -> Response:
        view = self.desk.disposal(who, request.path_params["id"])
        return page(request, "desk_disposal.html", said=said, view=view, verdicts=VERDICTS)

    def _on_disposal(self, request: Request, who: SignedIn, form: Form) -> str:
        id, step = request.path_params["id"], _one(form, "step")
        if step == "council":
            self.desk.set_council(who, id, _members(form), _one(form, "basis"))
        elif step == "verdict":
            exceptions = _exceptions(form, self.desk.disposal(who, id).lines)
            self.desk.give_verdict(who, id, form.get("present", []), _one(form, "minutes"), exceptions)
        elif step == "opinion":
            agrees = _one(form, "agrees") == "yes"
            self.desk.give_opinion(who, id, _one(form, "authority"), _one(form, "number"), agrees)
        elif step == "approval":
            self.desk.approve(who, id, _one(form, "number"))
        elif step == "destruction":
            self.desk.destroy(who, id, _one(form, "second"), "".join(form.get("password", [])))
        return f"{ROOT}/xet-huy/{id}"

    def _holds(self, request: Request, who: SignedIn, said: str) -> Response:
        return page(request, "desk_holds.html", said=said, holds=self.desk.holds(who), kinds=HOLD_KINDS)

    def _hold(self, _request: Request, who: SignedIn, form: Form) -> str:
        if "lift" in form:
            self.desk.lift_hold(who, _one(form, "lift"), _one(form, "basis"))
            return f"{ROOT}/lenh-giu"
        kind, keys = _one(form, "kind"), (form.get("records") or [""])[0].split()
        if kind not in HOLD_KINDS or bool(keys) == bool(form.get("agency", [""])[0]):
            raise UsageError(reason="kind, records | agency")
        wanted = Wanted(
            kind, _one(form, "reason"), _one(form, "authority"), _day((form.get("until") or [""])[0])
        )
        self.desk.place_hold(who, keys, form.get("agency", [""])[0], (form.get("fonds") or [""])[0], wanted)
        return f"{ROOT}/lenh-giu"

    def _handovers(self, request: Request, who: SignedIn, said: str) -> Response:
        return page(
            request, "desk_handovers.html", said=said, lists=self.desk.handovers(who)[::-1], kinds=KINDS
        )

    def _freeze(self, _request: Request, who: SignedIn, form: Form) -> str:
        kind = _one(form, "kind")
        if kind not in KINDS:
            raise UsageError(reason=kind)
        id = self.desk.freeze(who, kind, _one(form, "sender"), _one(form, "receiver"), _one(form, "basis"))
        return f"{ROOT}/ban-giao/{id}"

    def _handover(self, request: Request, who: SignedIn, said: str) -> Response:
        row, lines, titles, may = self.desk.handover(who, request.path_params["id"])
        return page(request, "desk_handover.html", said=said, row=row, lines=lines, titles=titles, may=may)

    def _settle(self, request: Request, who: SignedIn, form: Form) -> str:
        id = request.path_params["id"]
        keys = form.get("refused", [])
        refused = {key: _one(form, f"reason-{key}") for key in keys}
        self.desk.settle(who, id, _one(form, "number"), _one(form, "received_by"), refused)
        return f"{ROOT}/ban-giao/{id}"

    def _register(self, request: Request, who: SignedIn, said: str) -> Response:
        asked = {n: request.query_params.get(n, "") for n in ("agency", "fonds", "inventory", "box")}
        if not asked["agency"]:
            return page(request, "desk_fonds.html", said=said, fonds=self.desk.fonds(who))
        where = {n: asked[n] for n in ("inventory", "box") if asked[n]}
        entries, acts, may = self.desk.register(who, asked["agency"], asked["fonds"], where)
        return page(request, "desk_register.html", said=said, entries=entries, acts=acts, may=may, asked=asked,
                    self_query=with_query([(n, v) for n, v in asked.items() if v]), fields=_FIELDS)  # fmt: skip

    def _arrange(self, request: Request, who: SignedIn, form: Form) -> str:
        agency, fonds = request.query_params.get("agency", ""), request.query_params.get("fonds", "")
        act, field = _one(form, "what"), form.get("field", [""])[0]
        values = {"act": _one(form, "act")} if act == "undo" else {}
        if act == "set":
            if field not in _FIELDS:
                raise UsageError(reason=field)
            values = {field: form.get("value", [""])[0]}
        elif act == "renumber":
            number = form.get("value", [""])[0]
            if number and not number.isdigit():
                raise UsageError(reason=number)
            values = {"number": number}
        self.desk.arrange(who, agency, fonds, act, form.get("id", []), values)
        return f"{ROOT}/chinh-ly{with_query(request.query_params.multi_items())}"

    def _inventory(self, request: Request, who: SignedIn, _said: str) -> Response:
        kind = _kind(request)
        content = self.desk.inventory(
            who, request.query_params.get("agency", ""), request.query_params.get("fonds", ""), kind
        )
        return _file(content, kind, "muc-luc")

    def _programme(self, request: Request, who: SignedIn, said: str) -> Response:
        by, phase = _asked(request)
        return page(request, "desk_programme.html", said=said, report=self.desk.programme(who, by, phase), by=by,
                    phase=phase, groups=BY, phases=phases())  # fmt: skip

    def _programme_file(self, request: Request, who: SignedIn, _said: str) -> Response:
        kind = _kind(request)
        return _file(self.desk.programme_file(who, *_asked(request), kind), kind, "bao-cao")


_FIELDS: Final = (
    "title",
    "number",
    "box",
    "inventory",
    "grouped",
    "term",
    "start",
    "end",
    "sheets",
    "condition",
    "note",
)


def _shown(show: Callable[[Request, SignedIn, str], Response], request: Request, who: SignedIn) -> Response:
    try:
        return show(request, who, "")
    except KhoError as error:
        if isinstance(error, UsageError) or (error.exit_code in (1, 2, 3) and _is_missing(error)):
            raise HTTPException(404) from error
        raise


def _is_missing(error: KhoError) -> bool:
    return error.code.startswith("no-such") or error.code == "not-your-post"


def _acted(
    act: Callable[[Request, SignedIn, Form], str], show: Callable[[Request, SignedIn, str], Response], request: Request,
    who: SignedIn, form: Form,
) -> Response:  # fmt: skip
    try:
        onward = act(request, who, form)
    except KhoError as error:
        said = error.text(texts_of(request).lang)
        answer = _shown(lambda r, w, _said: show(r, w, said), request, who)
        answer.status_code = 403 if error.code == "not-your-post" else 409
        return answer
    return RedirectResponse(onward, 303, {"Cache-Control": "no-store"})


def _one(form: Form, name: str) -> str:
    """A field that has to be there. Raises UsageError."""
    value = (form.get(name) or [""])[0]
    if not value:
        raise UsageError(reason=name)
    return value


def _day(given: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(given) if given else None
    except ValueError as error:
        raise HTTPException(400) from error


def _members(form: Form) -> list[dict[str, str]]:
    """The council out of the rows of the form; rows without a name are left out."""
    rows = zip(form.get("name", []), form.get("role", []), form.get("stands_for", []), strict=False)
    return [
        {"name": n, "role": r, "stands_for": s}
        for n, r, s in rows
        if n and r in ("chair", "secretary", "member")
    ]


def _exceptions(form: Form, lines: Any) -> list[Exception_]:
    """Lines decided otherwise: `verdict-N`, `reason-N`, `years-N`, `dissent-N` by the line's number."""
    found = []
    for line in lines:
        verdict = (form.get(f"verdict-{line.ordinal}") or ["destroy"])[0]
        dissent = tuple(
            p.strip() for p in (form.get(f"dissent-{line.ordinal}") or [""])[0].split(";") if p.strip()
        )
        if verdict not in VERDICTS or (verdict == "destroy" and not dissent):
            continue
        years = (form.get(f"years-{line.ordinal}") or [""])[0]
        if years and not years.isdigit():
            raise UsageError(reason=years)
        reason = (form.get(f"reason-{line.ordinal}") or [""])[0]
        found.append(Exception_(line.aip, verdict, reason, dissent, int(years) if years else None))
    return found


def _kind(request: Request) -> str:
    kind = str(request.path_params["kind"])
    if kind not in _KINDS:
        raise HTTPException(404)
    return kind


def _asked(request: Request) -> tuple[str, str | None]:
    by, phase = request.query_params.get("group", "body"), request.query_params.get("phase") or None
    if by not in BY or (phase is not None and phase not in phases()):
        raise HTTPException(400)
    return by, phase


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', "Cache-Control": "no-store"}
    return Response(content, media_type=_KINDS[kind], headers=headers)
