"""Storage locations: added, listed, refused where they are not places of their own."""

from pathlib import Path

import pytest

from repository import locations
from repository.config import Settings
from repository.home import Home
from repository.opening import open_catalogue
from repository.store import NotAStore
from repository.store_fs import FileStore
from tests.running import kho


@pytest.fixture
def opened(kho_home: Home):
    return open_catalogue(Settings.load())


def test_the_homes_own_store_is_the_primary(opened):
    with opened.connect() as connection:
        (place,) = locations.locations(connection)
        store = opened.location(connection, "primary")
    assert (place.name, place.role, place.url) == ("primary", "primary", opened.home.store.as_uri())
    assert store == opened.store


def test_a_location_is_made_listed_and_opened(kho_home: Home, tmp_path: Path):
    url = (tmp_path / "bản sao" / "root").as_uri()
    added = kho("store", "add", "second", url, "--json")
    assert (added.code, added.json["name"], added.json["behind"]) == (0, "second", 0)
    listed = kho("store", "list", "--json").json["locations"]
    assert [(each["name"], each["role"], each["state"]) for each in listed] == [
        ("primary", "primary", "online"), ("second", "replica", "online")]  # fmt: skip
    opened = open_catalogue(Settings.load())
    with opened.connect() as connection:
        assert opened.location(connection, "second") == FileStore(tmp_path / "bản sao" / "root")
    assert (tmp_path / "bản sao" / "root" / "README-RECOVERY.txt").is_file()


@pytest.mark.parametrize(
    "url", ["file:relative", "ftp://host/x", "file://host/x", "file:///", "/plain/path", "file:///a?b=c"]
)
def test_what_is_no_url_of_a_place_is_refused(kho_home: Home, url: str):
    refused = kho("store", "add", "second", url, "--json")
    assert (refused.code, refused.json["error"]["code"]) == (2, "bad-location")
    assert len(kho("store", "list", "--json").json["locations"]) == 1


def test_a_place_that_is_another_locations_is_refused(opened, tmp_path: Path):
    home, first = opened.home, tmp_path / "first"
    with opened.connect() as connection:
        locations.add(connection, home, "first", first.as_uri())
        for name, place in [("first", tmp_path / "x"), ("b", first), ("c", first / "in"), ("d", tmp_path),
                            ("e", home.store), ("Tên", tmp_path / "y")]:  # fmt: skip
            with pytest.raises(locations.BadLocation):
                locations.add(connection, home, name, place.as_uri())


def test_a_disk_that_is_gone_is_told(opened, tmp_path: Path):
    with opened.connect() as connection:
        locations.add(connection, opened.home, "disk", (tmp_path / "disk").as_uri())
        (tmp_path / "disk").rename(tmp_path / "elsewhere")
        with pytest.raises(NotAStore):
            opened.location(connection, "disk")
        with pytest.raises(locations.NoSuchLocation):
            opened.location(connection, "none")
