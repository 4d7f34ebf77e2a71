"""Commands about the copies: replicate, offline sets, policies."""

import click

from access.cli import telling
from access.cli.common import DONE, REFUSED, Call, command, size_words
from access.cli.storage import store
from repository import catalogue, locations, offline
from repository.copy_status import copy_status
from repository.locations import ONLINE, PRIMARY, REPLICA, Location
from repository.opening import Opened
from repository.policies import EVERY, Policy, policies, set_policy
from repository.replicating import Replicated, replicate
from repository.separation import separation
from standards.errors import KhoError


@command(store, "replicate")
@click.option("--to", "names", multiple=True, help="NAME")
@click.option("--most", type=click.IntRange(1), default=None)
def store_replicate(call: Call, names: tuple[str, ...], most: int | None) -> int:
    """Chép những gì các nơi lưu trữ còn thiếu, đọc lại từng byte / copy what the locations lack, and read it back."""
    opened = call.open(writing=True)
    opened.store.recover()
    with opened.connect() as connection:
        known = locations.locations(connection)
        chosen = [locations.location(connection, name) for name in names] or [
            p for p in known if p.role == REPLICA and p.state == ONLINE
        ]
    done, skipped = [], []
    for place in chosen:
        try:
            done.append(_replicate(call, opened, place, most))
        except KhoError as problem:
            skipped.append({"location": place.name, **problem.as_json()["error"]})
            call.tell("location-skipped", location=place.name, text=problem.text(call.lang))
    call.emit({"schema": 1, "locations": [each.as_json() for each in done], "skipped": skipped})
    return REFUSED if skipped or any(each.failed for each in done) else DONE


def _replicate(call: Call, opened: Opened, place: Location, most: int | None) -> Replicated:
    with telling.progress(call, "replicating") as advance:
        done = replicate(opened, place, advance, most)
    call.tell("replicated-line", location=place.name, copied=done.copied, failed=len(done.failed),
              size=size_words(done.bytes, call.lang))  # fmt: skip
    for each in done.failed:
        call.tell("replicated-failed", object=each["object"], text=each[call.lang])
    return done


@command(store, "separation")
def store_separation(call: Call) -> int:
    """Bản sao nào nằm ngoài tầm xoá của tài khoản này / which copies this account cannot destroy."""
    opened = call.open(create=False)
    with opened.connect() as connection:
        told = [separation(opened.home, place) for place in locations.locations(connection)]
        whole = {s["name"] for s in copy_status(connection, call.settings)["locations"] if not s["behind"]}
    holds = any(each.apart and each.location in whole for each in told)
    call.emit({"schema": 1, "holds": holds, "locations": [
        {**each.as_json(), "complete": each.location in whole} for each in told]})  # fmt: skip
    for each in told:
        call.tell("separation-line", location=each.location, reason=call.word(f"separation-{each.reason}"))
    call.tell("separation-holds" if holds else "separation-fails")
    return DONE if holds else REFUSED


@store.group("offline")
def offline_group() -> None:
    """Bộ lưu trữ rời / offline sets."""


@command(offline_group, "away")
@click.argument("name")
@click.option("--label", required=True)
def offline_away(call: Call, name: str, label: str) -> int:
    """Ghi nhận bộ lưu trữ đã tháo ra và cất đi / record that a set was taken away."""
    opened = call.open(writing=True)
    with opened.connect() as connection:
        place = locations.location(connection, name)
        offline.take_away(connection, place, label)
        connection.commit()
        counted = next(iter(catalogue.as_dicts(connection, "copies_of_location", name=name)))
    call.emit({"schema": 1, "location": name, "label": label, "objects": counted["objects"],
               "behind": counted["behind"]})  # fmt: skip
    call.tell("set-away", name=name, label=label, behind=counted["behind"])
    return DONE


@command(offline_group, "return")
@click.argument("name")
def offline_return(call: Call, name: str) -> int:
    """Gắn lại bộ lưu trữ: đối chiếu với những gì đã ghi / a set is back: compare it with what is known of it."""
    opened = call.open(writing=True)
    with opened.connect() as connection:
        told = offline.bring_back(connection, opened.home, locations.location(connection, name))
        connection.commit()
    call.emit({"schema": 1, **told.as_json()})
    call.tell("set-returned", name=name, objects=told.objects, gone=len(told.gone))
    return REFUSED if told.gone else DONE


@store.group("policy")
def policy_group() -> None:
    """Chính sách bản sao / policies of copies."""


@command(policy_group, "set")
@click.option("--agency", default=EVERY)
@click.option("--retention", default=EVERY, help="01")
@click.option("--copies", type=click.IntRange(1, 9), required=True)
@click.option("--location", "names", multiple=True, help="NAME")
def policy_set(call: Call, agency: str, retention: str, copies: int, names: tuple[str, ...]) -> int:
    """Số bản phải có trước khi xác nhận, và nơi lưu / how many copies before a package is confirmed, and where."""
    opened = call.open(writing=True)
    policy = Policy(agency, retention, copies, [n for n in names if n != PRIMARY] or None)
    with opened.connect() as connection:
        set_policy(connection, opened.store, policy)
        connection.commit()
    call.emit({"schema": 1, **policy.as_json()})
    _tell(call, policy)
    return DONE


@command(policy_group, "list")
def policy_list(call: Call) -> int:
    """Các chính sách bản sao / the policies of copies."""
    with call.open(create=False).connect() as connection:
        found = policies(connection)
    call.emit({"schema": 1, "policies": [policy.as_json() for policy in found]})
    for policy in found:
        _tell(call, policy)
    return DONE


def _tell(call: Call, policy: Policy) -> None:
    places = ", ".join(policy.locations) if policy.locations else call.word("every")
    call.tell("policy-line", **{**policy.as_json(), "places": places})
