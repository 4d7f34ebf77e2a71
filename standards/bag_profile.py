"""Kho's own BagIt profile (BagIt Profiles Specification 1.4): its rules are data, asked of every bag that states it.

The profile is published as `docs/bagit-profile.json`; the bags that Kho exports state and meet it.
"""

import functools
import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from standards.bag_info import read_bag_info
from standards.findings import Finding, finding
from standards.shown import for_people

IDENTIFIER: Final = "urn:kho:bagit-profile:1"
_STATED: Final = "bagit-profile-identifier"


@functools.cache
def profile() -> Mapping[str, Any]:
    """The profile as published."""
    text = (Path(__file__).parent / "profiles" / "bagit-kho.json").read_text(encoding="utf-8")
    told: Mapping[str, Any] = json.loads(text)
    return told


def check_profile(
    bag: Path, version: str, payload: Collection[str], tags: Collection[str]
) -> Iterator[Finding]:
    """Findings of the bag in the folder `bag` against the profile, where its bag-info.txt states it.

    `payload` and `tags` are the algorithms of its manifests and tag manifests.
    """
    info = read_bag_info(bag)
    stated = info.get(_STATED, ())
    for other in stated:
        if other != IDENTIFIER:
            yield _told("BAGIT-PROFILE-OTHER", "bag-info.txt", other)
    if IDENTIFIER not in stated:
        return
    rules = profile()
    if version not in rules["Accept-BagIt-Version"]:
        yield _told("BAGIT-PROFILE", "bagit.txt", f"BagIt-Version {version}")
    if not rules["Allow-Fetch.txt"] and (bag / "fetch.txt").exists():
        yield _told("BAGIT-PROFILE", "fetch.txt", "Allow-Fetch.txt: false")
    yield from _check_info(info, rules["Bag-Info"])
    yield from _check_manifests(
        "manifest", set(payload), rules["Manifests-Required"], rules["Manifests-Allowed"]
    )
    yield from _check_manifests(
        "tagmanifest", set(tags), rules["Tag-Manifests-Required"], rules["Tag-Manifests-Allowed"]
    )


def _check_info(info: Mapping[str, tuple[str, ...]], rules: Mapping[str, Any]) -> Iterator[Finding]:
    for label, rule in rules.items():
        values = info.get(label.lower(), ())
        if rule["required"] and not values:
            yield _told("BAGIT-PROFILE", "bag-info.txt", f"{label}: ∅")
        if len(values) > 1 and not rule.get("repeatable", True):
            yield _told("BAGIT-PROFILE", "bag-info.txt", f"{label}: × {len(values)}")


def _check_manifests(
    name: str, found: set[str], required: Collection[str], allowed: Collection[str]
) -> Iterator[Finding]:
    for algorithm in sorted(set(required) - found):
        yield _told("BAGIT-PROFILE", f"{name}-{algorithm}.txt", "∅")
    for algorithm in sorted(found - set(allowed)):
        yield _told("BAGIT-PROFILE", f"{name}-{algorithm}.txt", ", ".join(allowed))


def _told(code: str, where: str, detail: str) -> Finding:
    return finding(code, path=where, where=where, detail=for_people(detail)[:300])
