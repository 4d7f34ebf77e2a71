"""The web portal: published records, found, read and explained, for anybody, without scripts or cookies."""

from access.portal.app import create_app
from access.portal.ports import PortalRecords, PortalRender, PortalSearch

__all__ = ["PortalRecords", "PortalRender", "PortalSearch", "create_app"]
