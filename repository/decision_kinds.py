"""Every kind of decision: how it is told in storage and in the journal, and how its rows are made from it again.

`restore(connection, decision)` is what both the deciding command and `kho store rebuild` call: the rows come from the
document alone. Rebuilding calls it for every stored decision in the order of `decided_at`, once the AIPs have rows.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from repository import (
    acts,
    bodies,
    catalogue,
    corrections,
    disposal_rows,
    handover_rows,
    hold_rows,
    programme_rows,
    register_rows,
    retention_rows,
    spill_rows,
)
from repository.decisions import Decision, time_of
from repository.publications import restore_publication


@dataclass(frozen=True, slots=True)
class DecisionKind:
    """`event` is the PREMIS event type, `message` what the object's version says, `restore` makes the rows."""

    event: str
    message: str
    restore: Callable[[psycopg.Connection, Decision], None]


KINDS: Final[Mapping[str, DecisionKind]] = {
    "publication": DecisionKind(
        "policy assignment", "Quyết định công bố / publication decision", restore_publication
    ),
    "bodies": DecisionKind(
        "metadata modification", "Ghi nhận về cơ quan / what is known of bodies", bodies.restore_bodies
    ),
    "merger-plan": DecisionKind(
        "policy assignment", "Phương án sắp xếp cơ quan / plan to reorganise bodies", acts.restore_plan
    ),
    "merger-approval": DecisionKind(
        "policy assignment", "Phê duyệt phương án / word on a plan", acts.restore_approval
    ),
    "merger": DecisionKind("transfer", "Thực hiện sắp xếp cơ quan / bodies reorganised", acts.restore_merger),
    "preservation-note": DecisionKind(
        "policy assignment",
        "Ghi nhận việc bảo quản / note of preservation",
        lambda _connection, _decision: None,
    ),
    corrections.KIND: DecisionKind(
        "metadata modification", "Sửa mô tả / description corrected", corrections.restore_correction
    ),
    "schedule": DecisionKind(
        "policy assignment", "Bảng thời hạn bảo quản / retention schedule", retention_rows.restore_schedule
    ),
    "retention": DecisionKind(
        "policy assignment", "Ấn định thời hạn bảo quản / term decided", retention_rows.restore_terms
    ),
    "retention-event": DecisionKind(
        "metadata modification",
        "Sự kiện tính thời hạn / event that terms count from",
        retention_rows.restore_event,
    ),
    "hold": DecisionKind("policy assignment", "Lệnh giữ hồ sơ / hold", hold_rows.restore_hold),
    "hold-lift": DecisionKind("policy assignment", "Gỡ lệnh giữ / hold lifted", hold_rows.restore_lift),
    "disposal-list": DecisionKind(
        "policy assignment", "Danh mục xét hủy / list for disposal", disposal_rows.restore_list
    ),
    "disposal-council": DecisionKind(
        "policy assignment", "Hội đồng xét hủy / disposal council", disposal_rows.restore_council
    ),
    "disposal-verdict": DecisionKind(
        "policy assignment", "Kết luận của hội đồng / verdict of the council", disposal_rows.restore_verdict
    ),
    "disposal-opinion": DecisionKind(
        "policy assignment", "Ý kiến của cơ quan thẩm quyền / opinion", disposal_rows.restore_opinion
    ),
    "disposal-approval": DecisionKind(
        "deaccession", "Quyết định hủy tài liệu / decision to destroy", disposal_rows.restore_approval
    ),
    "disposal-withdrawal": DecisionKind(
        "policy assignment", "Rút danh mục xét hủy / list withdrawn", disposal_rows.restore_withdrawal
    ),
    "destruction": DecisionKind(
        "deletion", "Đã hủy / destroyed (tombstone)", disposal_rows.restore_destruction
    ),
    "destruction-reached": DecisionKind(
        "deletion", "Đã hủy bản ở bộ lưu trữ rời / offline set reached", disposal_rows.restore_reached
    ),
    "disposal-completion": DecisionKind(
        "deletion", "Hoàn tất việc hủy / disposal complete", disposal_rows.restore_completion
    ),
    "record-link": DecisionKind(
        "policy assignment", "Liên kết giữa hồ sơ / link between records", disposal_rows.restore_link
    ),
    "handover-list": DecisionKind(
        "policy assignment", "Danh mục bàn giao / frozen list of a handover", handover_rows.restore_list
    ),
    "handover-receipt": DecisionKind(
        "transfer", "Bên nhận đã nhận bàn giao / handover received", handover_rows.restore_settlement
    ),
    "handover-received": DecisionKind(
        "transfer", "Đã nhận bàn giao / records taken over", handover_rows.restore_received
    ),
    "handover-withdrawal": DecisionKind(
        "policy assignment", "Rút danh mục bàn giao / handover withdrawn", handover_rows.restore_withdrawal
    ),
    "arrangement": DecisionKind(
        "metadata modification", "Chỉnh lý / arrangement of the register", register_rows.restore_arrangement
    ),
    "programme-targets": DecisionKind(
        "policy assignment", "Chỉ tiêu số hóa / targets of the programme", programme_rows.restore_targets
    ),
    "spill-report": DecisionKind("quarantine", "Báo cáo lộ lọt / spill reported", spill_rows.restore_report),
    "spill-purge": DecisionKind("deletion", "Đã xóa / spill purged (tombstone)", spill_rows.restore_purge),
}


def restore(connection: psycopg.Connection, decision: Decision) -> None:
    """All rows of a decision, whatever its kind; harmless where they are there. Raises KeyError for a kind unknown here."""
    kind = KINDS[decision["decision"]]
    catalogue.do(
        connection, "new_decision", id=decision["id"], kind=decision["decision"], record=dict(decision),
        decided_by=decision["decided_by"], decided_at=time_of(decision),
    )  # fmt: skip
    for about in _about(decision):
        catalogue.do(connection, "new_decision_about", decision=decision["id"], **about)
    kind.restore(connection, decision)


def _about(decision: Decision) -> Iterator[dict[str, Any]]:
    """What a decision is about: the list that it carries, else the fonds that it names."""
    listed = decision.get("about")
    if listed is None:
        listed = [{"agency": decision["agency"], "fonds": decision["fonds"]}] if "fonds" in decision else []
    for each in listed:
        yield {"agency": "", "fonds": "", "aip": "", **each}


def write_event(connection: psycopg.Connection, decision: Decision) -> None:
    """The decision in the journal: ids alone; its event has the decision's id, so that none is written twice.

    What it is about stands in `decision_about`, for one AIP as for 100,000.
    """
    catalogue.do(
        connection, "new_event", id=decision["id"], package=None, aip=None, step=decision["decision"],
        type=KINDS[decision["decision"]].event, outcome="success", codes=[], agents=[],
        detail={"decision": decision["id"]}, time=time_of(decision),
    )  # fmt: skip
