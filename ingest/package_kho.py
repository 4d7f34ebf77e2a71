"""A package that a Kho wrote says more than the standards have a place for: its own account is read over them."""

from collections.abc import Mapping

from ingest.package_parts import Parts
from repository.aip_read import NotOurAip, read_aip
from repository.packages import DeliveredFile, data_path
from standards.described import secrecy_in
from standards.package_tree import PackageTree


def overlay(parts: Parts, tree: PackageTree, own: Mapping[str, DeliveredFile]) -> None:
    """Descriptions, agency and fonds as Kho's account has them; an account that cannot be read changes nothing."""
    described: dict[str, Mapping[str, str]] = {}
    try:
        content = read_aip(tree)
        for document in content.documents:
            file = own.get(data_path(document))
            parts.secret = parts.secret or bool(secrecy_in(document.fields))
            if file and document.described:
                described[file.path] = {"docOrdinal": str(document.order), **document.fields}
    except NotOurAip:
        return
    parts.secret = parts.secret or bool(secrecy_in({**content.fields, "mode": content.mode}))
    parts.described = described
    parts.fields = {**content.fields, "x_fonds": content.fonds}
    parts.agency, parts.agency_name = content.agency, content.agency_name
