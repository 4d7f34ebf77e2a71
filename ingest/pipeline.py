"""The way in, as one list that reads from top to bottom: name, PREMIS event type (id.loc.gov), function."""

from ingest import steps
from ingest.context import Context
from repository.faults import register
from repository.steps import Step

PIPELINE: tuple[Step[Context], ...] = (
    Step("unpack",           "unpacking",                    steps.unpack),
    Step("scan-viruses",     "virus check",                  steps.scan_viruses),
    Step("screen-secrecy",   "metadata extraction",          steps.screen_secrecy),
    Step("find-held",        "message digest calculation",   steps.find_held),
    Step("receive",          "transfer",                     steps.receive, durable=True),
    Step("identify-formats", "format identification",        steps.identify_formats),
    Step("validate-files",   "validation",                   steps.validate_files),
    Step("access-copies",    "normalization",                steps.make_access_copies),
    Step("validate-package", "validation",                   steps.validate_package),
    Step("assign-retention", "policy assignment",            steps.assign_retention),
    Step("build-aip",        "information package creation", steps.build),
    Step("check-aip",        "fixity check",                 steps.check_aip),
    Step("store",            "ingestion end",                steps.store, durable=True),
)  # fmt: skip

# Where the way begins: a hồ sơ of a delivery is read before it is registered, a package of others is read on its way.
OF_PACKAGES, OF_DELIVERIES = PIPELINE[0].name, PIPELINE[1].name

POINTS = register(
    *(f"step.{step.name}.{when}" for step in PIPELINE for when in ("begin", "done", "committed"))
)
