"""The home's Solr, found or started, with the configset that Kho ships."""

from pathlib import Path

from access import solr as engine
from repository.config import Settings
from repository.home import Home
from repository.services.solr import ensure_solr

CONFIGSET = Path(__file__).resolve().parent / "solr_configset"


def open_solr(home: Home, settings: Settings) -> engine.Solr:
    """Both cores, answering. Raises what `ensure_solr` raises."""
    address = ensure_solr(home, CONFIGSET, settings)
    return engine.connect(address.url, address.user, address.password, address.prefix)
