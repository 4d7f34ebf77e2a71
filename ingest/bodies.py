"""The bodies whose records come in: known under any code that they ever had, and told where they have ended."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace

from preservation.bodies.days import today
from repository.bodies import Bodies
from repository.packages import DeliveredFileUnit, Delivery
from standards.findings import Finding, finding


def under_known(bodies: Bodies, unit: DeliveredFileUnit) -> DeliveredFileUnit:
    """The hồ sơ under the code that its body has in Kho for ever, whichever of its codes the delivery names."""
    id = bodies.find(unit.agency) if unit.agency else None
    if id in (None, unit.agency):
        return unit
    key = unit.key and f"{id}{unit.key.removeprefix(unit.agency)}"
    return replace(unit, agency=id or "", key=key)


def delivery_under_known(bodies: Bodies, delivery: Delivery) -> Delivery:
    """All hồ sơ of a delivery so."""
    return replace(delivery, units=tuple(under_known(bodies, unit) for unit in delivery.units))


def told_of_bodies(bodies: Bodies, codes: Iterable[str]) -> Iterator[Finding]:
    """A finding for each code that is not a body's own, and for each body that is not there any more."""
    on = today()
    for code in dict.fromkeys(codes):
        id = bodies.find(code)
        if id is not None:
            yield from _told(bodies, code, id, on)


def _told(bodies: Bodies, code: str, id: str, on: dt.date) -> Iterator[Finding]:
    if code != id:
        yield finding("BODY-OTHER-CODE", agency=code, id=id)
    _since, until = bodies.life(id)
    if until is not None and until < on:
        holder = bodies.custodian(id, "", on)
        custodian = f"{holder} ({bodies.name(holder, on)})" if holder != id else "—"
        yield finding("BODY-HAS-ENDED", agency=id, day=until.strftime("%d/%m/%Y"), custodian=custodian)
