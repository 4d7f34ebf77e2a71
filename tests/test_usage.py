"""Calls that are not understood are told in the reader's language, with where to read on."""

import json

import pytest

from access.cli import run

CALLS = [
    (["nhap"], "không có lệnh nhap"),
    (["check"], "thiếu PATHS..."),
    (["check", "x", "--nhanh"], "không có tùy chọn --nhanh"),
    (["check", "x", "--jsn"], "không có tùy chọn --jsn"),
    (["check", "x", "--columns"], "sau --columns phải có một giá trị"),
    (["check", "x", "--json=1"], "--json không nhận giá trị"),
    (["batch", "show", "1", "2"], "thừa 2"),
    (["aip", "export", "x", "y", "--format", "zip"], "--format không nhận “zip”; chỉ nhận 'bag'"),
    (["search", "x", "--limit", "-1"], "--limit: -1 nằm ngoài khoảng"),
    (["quarantine", "show", "một"], "ID: “một” không phải là số"),
]


@pytest.mark.parametrize(("words", "told"), CALLS)
def test_it_is_told_in_vietnamese(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KHO_LANG", raising=False)
    assert run(words) == 2
    shown = capsys.readouterr()
    assert told in shown.err
    assert "--help`" in shown.err
    assert shown.out == ""
    for english in ("Missing", "No such", "Invalid", "unexpected", "requires", "is not"):
        assert english not in shown.err


@pytest.mark.parametrize(("words", "_told"), CALLS)
def test_programs_get_both_languages(
    words: list[str], _told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*words, "--json"] if "--columns" not in words else ["--json", *words]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["code"], error["vi"] != error["en"]) == ("usage", True)


@pytest.mark.parametrize("words", [[], ["batch"]])
def test_a_group_alone_shows_its_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    shown = capsys.readouterr()
    assert ("list" in shown.err or "ingest" in shown.err, shown.out) == (True, "")
    assert run(["--json", *words]) == 2
    assert "thiếu tên lệnh" in json.loads(capsys.readouterr().out)["error"]["vi"]


@pytest.mark.parametrize("command", ["check", "ingest"])
def test_a_name_that_no_file_can_have_is_a_path_that_is_not_there(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--json", command, "x" * 300]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "path-not-found"
