"""A home is made once, belongs to its account alone, and says in words what is wrong with it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from repository.config import BadSetting, Settings
from repository.home import DiskTooFull, HomeBusy, HomeUnusable, NoHome, NotAHome, open_home, require_space


def modes(folder: Path) -> set[int]:
    return {path.stat().st_mode & 0o777 for path in folder.iterdir()}


def test_a_new_home_is_closed_to_other_accounts(tmp_path: Path):
    home = open_home(tmp_path / "a" / "home")
    home.secret("solr")
    assert home.path.stat().st_mode & 0o777 == 0o700
    assert modes(home.path / "secrets") == {0o600}


def test_opened_again_it_has_the_same_id_and_secrets(tmp_path: Path):
    home = open_home(tmp_path / "home")
    again = open_home(tmp_path / "home")
    assert (again.id, again.secret("solr")) == (home.id, home.secret("solr"))
    assert home.secret("solr") != home.secret("kho_app")


def test_two_commands_at_once_make_one_home(tmp_path: Path):
    program = (
        "import sys; from repository.home import open_home;"
        "h = open_home(sys.argv[1]); print(h.id, h.secret('solr'))"
    )
    argv = [sys.executable, "-c", program, str(tmp_path / "home")]
    both = [subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert len({one.communicate()[0] for one in both}) == 1


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path):
    (tmp_path / "thesis.doc").write_text("mine")
    tmp_path.chmod(0o755)
    with pytest.raises(NotAHome, match=str(tmp_path)):
        open_home(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert modes(tmp_path) and [p.name for p in tmp_path.iterdir()] == ["thesis.doc"]


def test_no_home_is_made_where_none_is_wanted(tmp_path: Path):
    with pytest.raises(NoHome):
        open_home(tmp_path / "home", create=False)
    assert not (tmp_path / "home").exists()


def test_a_home_below_a_file_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeUnusable, match="file"):
        open_home(tmp_path / "file" / "home")


def test_a_damaged_id_file_is_told(tmp_path: Path):
    open_home(tmp_path / "home")
    (tmp_path / "home" / "kho.json").write_text("{}")
    with pytest.raises(HomeUnusable):
        open_home(tmp_path / "home")


def test_a_lock_is_held_by_one_at_a_time_and_says_which(tmp_path: Path):
    home = open_home(tmp_path / "home")
    with home.lock("x"), pytest.raises(HomeBusy, match="x"), home.lock("x", timeout=0.05):
        pass
    with home.lock("x", timeout=0.05):
        pass


def test_too_little_room_is_told_in_both_languages(tmp_path: Path):
    with pytest.raises(DiskTooFull) as told:
        require_space(tmp_path, 10**18)
    assert "953674316407 MB" in told.value.text("vi")
    assert "Make room" in told.value.text("en")
    require_space(tmp_path, 1)


def test_settings_come_from_the_environment_and_the_command_line_wins(tmp_path: Path):
    env = {"KHO_HOME": "/elsewhere", "KHO_LANG": "en", "KHO_DEBUG": "1", "KHO_MIN_FREE_MB": "7"}
    read = Settings.load(tmp_path, env)
    assert (read.home, read.lang, read.debug, read.min_free) == (tmp_path, "en", True, 7 * 2**20)
    assert Settings.load(None, env).home == Path("/elsewhere")
    assert Settings.load(None, {}).lang == "vi"


@pytest.mark.parametrize(
    "env", [{"KHO_LANG": "fr"}, {"KHO_MIN_FREE_MB": "much"}, {"KHO_START_TIMEOUT": "nan"}]
)
def test_a_setting_that_cannot_be_used_is_named(env: dict[str, str]):
    with pytest.raises(BadSetting, match=next(iter(env))) as told:
        Settings.load(None, env)
    assert told.value.exit_code == 2


def test_every_setting_is_in_the_operations_page():
    page = (Path(__file__).parent.parent / "docs" / "operations.md").read_text(encoding="utf-8")
    source = (Path(__file__).parent.parent / "repository" / "config.py").read_text(encoding="utf-8")
    names = set(re.findall(r"\"(KHO_[A-Z0-9_]+)\"", source))
    assert len(names) >= 9
    assert [name for name in sorted(names) if f"`{name}`" not in page] == []
