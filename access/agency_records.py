"""Bodies as EAC-CPF records: names, codes and relations out of what is known of them over time."""

from collections.abc import Iterator, Sequence

from preservation.bodies.days import today
from preservation.bodies.merger import FondsHeld
from repository import catalogue
from repository.bodies import UNKNOWN, Bodies, FactRow
from repository.decisions import HANOI
from standards.eac_cpf import Body, Dated, Relation

_HISTORY = {
    "established": "Thành lập ngày {day} ({basis}).",
    "renamed": "Đổi tên từ ngày {day} ({basis}).",
    "recoded": "Đổi mã từ ngày {day} ({basis}).",
    "reordered": "Trực thuộc {other} từ ngày {day} ({basis}).",
    "merged_into": "Sáp nhập vào {other} ngày {day} ({basis}).",
    "split_into": "Chia tách ngày {day}; kế tiếp là {other} ({basis}).",
    "dissolved": "Giải thể ngày {day} ({basis}).",
    "custody_moved": "Tài liệu chuyển cho {other} quản lý từ ngày {day} ({basis}).",
}


def eac_records(bodies: Bodies, fonds: Sequence[FondsHeld]) -> Iterator[Body]:
    """One record for each body, in the order of codes."""
    time = catalogue.now().astimezone(HANOI).isoformat(timespec="seconds")
    for id in sorted(bodies.rows):
        since, until = bodies.life(id)
        made = [(f.code, f.name) for f in fonds if f.agency == id]
        yield Body(
            id=id, agency="Kho", names=_dated(bodies, id, "name") or [Dated(bodies.rows[id].name)],
            codes=_dated(bodies, id, "code") or [Dated(id)],
            exists=Dated("", since.isoformat() if since else "", until.isoformat() if until else ""),
            statuses=[*_dated(bodies, id, "block"), *_dated(bodies, id, "level")], history=list(_history(bodies, id)),
            relations=list(_relations(bodies, id)), fonds=made, time=time,
        )  # fmt: skip


def _dated(bodies: Bodies, id: str, kind: str) -> list[Dated]:
    return [Dated(f.value, _begin(f), f.valid_to.isoformat() if f.valid_to else "")
            for f in bodies.facts.get(id, ()) if f.kind == kind]  # fmt: skip


def _begin(fact: FactRow) -> str:
    return "" if fact.valid_from == UNKNOWN else fact.valid_from.isoformat()


def _history(bodies: Bodies, id: str) -> Iterator[str]:
    for event in bodies.events:
        if event.agency == id:
            other = bodies.name(event.other, event.date) if event.other in bodies.rows else event.other
            yield _HISTORY[event.type].format(
                day=event.date.strftime("%d/%m/%Y"), basis=event.basis or "—", other=other
            )


def _relations(bodies: Bodies, id: str) -> Iterator[Relation]:
    """Who came before, who came after, who is above."""
    on = bodies.life(id)[1] or today()
    for event in bodies.predecessors(id):
        yield Relation("temporal-earlier", event.agency, bodies.name(event.agency, event.date), event.date.isoformat(),
                       event.basis)  # fmt: skip
    for event in bodies.successors(id, today()):
        if event.other in bodies.rows:
            yield Relation("temporal-later", event.other, bodies.name(event.other, event.date), event.date.isoformat(),
                           event.basis)  # fmt: skip
    superior = bodies.of(id, "superior", on)
    if superior in bodies.rows:
        yield Relation("hierarchical-parent", superior, bodies.name(superior, on))
