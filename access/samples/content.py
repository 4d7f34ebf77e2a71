"""What an act says, drawn by lot from data/content.toml, with the truth of its fields."""

import functools
import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

_BUSINESS_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


@dataclass(frozen=True, slots=True)
class Act:
    """An act before it is laid out. Every field is as the page shall show it; empty where the act has none.

    `date` is EDTF (2003-06-02); `issuer` is the body's full name; `head` its lines over the act; `office` the lines
    over the signature. `procedure`, `person`, `business`, `parcel` ("412/7": parcel, map sheet) stand in the text.
    """

    block: str
    type_name: str
    type_code: str
    type_short: str
    number: str
    notation: str
    code: str
    date: str
    place: str
    issuer: str
    head: tuple[str, ...]
    subject: str
    office: tuple[str, ...]
    signer: str
    bases: tuple[str, ...]
    paragraphs: tuple[str, ...]
    receivers: tuple[str, ...]
    procedure: str = ""
    person: str = ""
    business: str = ""
    parcel: str = ""

    @property
    def day(self) -> str:
        """The day with its leading nought where below 10."""
        return self.date[8:]

    @property
    def month(self) -> str:
        """The month as NĐ 30/2020 writes it: a leading nought for January and February alone."""
        month = int(self.date[5:7])
        return f"{month:02d}" if month < 3 else str(month)


@functools.cache
def content() -> Mapping[str, Any]:
    """data/content.toml."""
    return tomllib.loads(resources.files("access.samples").joinpath("data/content.toml").read_text("utf-8"))


def body_names() -> tuple[str, ...]:
    """The full name of every body that can issue a generated act: the authority list to check against."""
    return tuple(
        body["name"].replace("{x}", place) for body in content()["bodies"] for place in content()["places"]
    )


def _person(rng: random.Random) -> str:
    words = content()
    return " ".join(rng.choice(words[part]) for part in ("families", "middles", "given"))


def _business(rng: random.Random) -> str:
    """A tax code whose check digit is right; the digits are by lot."""
    while True:
        digits = [0, 1, *(rng.randrange(10) for _ in range(7))]
        check = 10 - sum(w * d for w, d in zip(_BUSINESS_WEIGHTS, digits, strict=True)) % 11
        if 0 <= check <= 9:
            return "".join(map(str, digits)) + str(check)


def _personal_number(rng: random.Random) -> str:
    return f"001{rng.randrange(4)}{rng.randrange(100):02d}{rng.randrange(10**6):06d}"


def _numbers(rng: random.Random) -> dict[str, str]:
    """What the results of administrative procedures carry."""
    return {
        "procedure": f"H26.{rng.randrange(1, 99):02d}.{rng.randrange(1, 99):02d}-{rng.randrange(20, 26)}"
        f"{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}-{rng.randrange(1, 9999):04d}",
        "person": _personal_number(rng),
        "business": _business(rng),
        "parcel": str(rng.randrange(1, 900)),
        "map": str(rng.randrange(1, 60)),
    }


def draw_act(rng: random.Random, block: str, type_name: str | None = None, paragraphs: int = 6) -> Act:
    """An act of a block of bodies: "gov", "party", "mass", or "result" (of an administrative procedure)."""
    words = content()
    body = rng.choice([b for b in words["bodies"] if b["block"] == ("gov" if block == "result" else block)])
    kinds = [t for t in words["types"] if block in t["blocks"] and type_name in (None, t["name"])]
    kind, place = rng.choice(kinds), rng.choice(words["places"])
    values = {
        "x": place, "X": place.upper(), "p": _person(rng), "n": str(rng.randrange(2, 400)),
        "y": str(rng.randrange(1998, 2026)), "street": rng.choice(words["streets"]), **_numbers(rng),
    }  # fmt: skip
    result = block == "result"
    own = [line.format_map(values) for line in words["results"]["lines"]] if result else []
    filling = rng.sample(words["paragraphs"], min(paragraphs, len(words["paragraphs"])))
    subject = rng.choice(words["results"]["subjects"] if result else words["subjects"])
    return Act(
        block=block, type_name=kind["name"], type_code=kind["code"], type_short=kind["short"],
        number=_number(rng), notation=_notation(block, kind, body), code=body["code"],
        date=f"{values['y']}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}",
        place="Hà Nội" if block == "party" else place, issuer=body["name"].format_map(values),
        head=tuple(line.format_map(values) for line in body["head"]),
        subject=kind["joins"] + subject.format_map(values), office=tuple(rng.choice(body["signers"])),
        signer=_person(rng), bases=tuple(line.format_map(values) for line in words["bases"]),
        paragraphs=(*own, *(line.format_map(values) for line in filling)), receivers=tuple(words["receivers"]),
        procedure=values["procedure"] if result else "", person=values["person"] if result else "",
        business=values["business"] if result else "",
        parcel=f"{values['parcel']}/{values['map']}" if result else "",
    )  # fmt: skip


def _number(rng: random.Random) -> str:
    number = rng.choice((rng.randrange(1, 10), rng.randrange(10, 100), rng.randrange(100, 3000)))
    return f"{number:02d}"


def _notation(block: str, kind: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    """QĐ-UBND; a letter carries the body alone (UBND-VP); the Party writes CV/ĐU."""
    if block == "party":
        return f"{kind['short']}/{body['code']}"
    return f"{body['code']}-VP" if kind["short"] == "CV" else f"{kind['short']}-{body['code']}"
