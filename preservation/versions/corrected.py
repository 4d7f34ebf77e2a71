"""The content of an AIP's next version: the held one with corrections, and an event for each of them."""

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from repository.decisions import Decision
from repository.packages import Agent, AipContent, AipDocument, AipFile, ContentFile, Event
from repository.store_tree import FileTree

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True)
class Each(Generic[T]):
    """What `of` makes of each of `source`, made again at each iteration: nothing is kept in memory."""

    source: Iterable[T]
    of: Callable[[T], T]

    def __iter__(self) -> Iterator[T]:
        return map(self.of, self.source)


def corrected(held: AipContent, decisions: Sequence[Decision]) -> AipContent:
    """The held content with the decisions' words, in their order; its files, events and times are the held ones."""
    fields, documents = dict(held.fields), dict[int, dict[str, str]]()
    for decision in decisions:
        fields |= decision["fields"]
        for order, values in decision["documents"].items():
            documents.setdefault(int(order), {}).update(values)
    fields = {name: value for name, value in fields.items() if value}

    def described(document: AipDocument) -> AipDocument:
        changes = documents.get(document.order)
        if changes is None:
            return document
        new = {name: value for name, value in {**document.fields, **changes}.items() if value}
        return dataclasses.replace(document, fields=new, described=True)

    return dataclasses.replace(
        held, fields=fields, label=fields.get("title", held.label), documents=Each(held.documents, described)
    )


def next_content(tree: FileTree, held: AipContent, decisions: Sequence[Decision], time: str) -> AipContent:
    """All that the next version is made of; `time` is when it is made. The files' bytes are those in the store."""

    def placed(file: ContentFile) -> ContentFile:
        return dataclasses.replace(file, source=tree.content_path(str(file.source)))

    def document(each: AipDocument) -> AipDocument:
        return dataclasses.replace(each, file=placed(each.file))

    def other(each: AipFile) -> AipFile:
        return dataclasses.replace(each, file=placed(each.file))

    content = corrected(held, decisions)
    persons = {agent.id: agent for agent in (_person(decision) for decision in decisions)}
    return dataclasses.replace(
        content, created=time, begun=held.begun or held.created,
        documents=Each(content.documents, document), files=Each(content.files, other),
        documentation=Each(content.documentation, placed), submission=Each(content.submission, placed),
        events=[*held.events, *map(_event, decisions)],
        agents=(*(agent for agent in held.agents if agent.id not in persons), *persons.values()),
    )  # fmt: skip


def _person(decision: Decision) -> Agent:
    return Agent(id=f"person:{decision['decided_by']}", name=decision["decided_by"], kind="person")


def _event(decision: Decision) -> Event:
    """The decision as the package tells it. Its id is the decision's, by which a rebuild knows that it was applied."""
    return Event(
        id=f"urn:uuid:{decision['id']}", type="metadata modification", time=decision["decided_at"], outcome="success",
        detail=json.dumps(_detail(decision), ensure_ascii=False, sort_keys=True),
        agents=((_person(decision).id, "authorizer"), ("kho", "executing program")),
    )  # fmt: skip


def _detail(decision: Decision) -> Mapping[str, Any]:
    """What was changed and why: names of fields and the reason; the values are in the descriptions."""
    told: dict[str, Any] = {"reason": decision["basis"], "step": decision["decision"]}
    if decision["fields"]:
        told["fields"] = sorted(decision["fields"])
    if decision["documents"]:
        told["documents"] = {order: sorted(values) for order, values in decision["documents"].items()}
    return told
