"""The whole way of each user, in Vietnamese, in a real browser, at a portal that `kho serve` serves.

With KHO_PICTURES=FOLDER the pictures of the README are taken on the way.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from access.rights import today
from repository import catalogue, people
from repository.config import Settings
from repository.home import Home
from repository.opening import Opened, open_catalogue
from repository.people import NewPost
from repository.services.ports import free_port
from tests.make_delivery import FONDS, plan, write_plan
from tests.running import kho, served

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
PASSWORD = "mot cau du dai de nho"
NUMBER = "001085012345"


@pytest.fixture(scope="module")
def opened(kho_home_of_module: Home, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """Hồ sơ 2 is conditional, and a person's number stands in its first document."""
    made = plan(3, 3)
    for row in made.rows:
        if int(str(row["file.fileCode"])[5:7]) == 2:
            row["file.mode"] = row["document.mode"] = "Sử dụng có điều kiện"
            if row["document.docOrdinal"] == 1:
                row["document.subject"] = f"Đơn của người có số định danh cá nhân {NUMBER}"
    folder = write_plan(tmp_path_factory.mktemp("ways") / "dot", made)
    assert kho("ingest", folder, "--agency", "H26.99.07", "--wait", "--json").code == 0
    assert kho("rights", "publish", FONDS, "--basis", "Quyết định số 1").code == 0
    return open_catalogue(Settings.load())


@pytest.fixture(scope="module")
def portal(opened: Opened) -> Iterator[str]:
    port = free_port()
    server = served(port, "serve")
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    assert server.wait(60) == 0


@pytest.fixture(scope="module")
def browser() -> Iterator["sync_api.Browser"]:
    from tests.test_portal_browser import CHROMIUM, FLAGS

    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed (apt install chromium)")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: "sync_api.Browser") -> Iterator["sync_api.Page"]:
    """A page whose console stays silent."""
    context = browser.new_context(locale="vi-VN", viewport={"width": 1200, "height": 860})
    made = context.new_page()
    made.set_default_timeout(90_000)  # the machine may be busy
    complaints: list[str] = []
    made.on("console", lambda message: complaints.append(message.text))
    yield made
    assert complaints == []
    context.close()


def picture(page: "sync_api.Page", name: str) -> None:
    if folder := os.environ.get("KHO_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def account(opened: Opened, name: str, called: str, role: str, **post: Any) -> str:
    """An account with one approved post; its one-time password."""
    with opened.connect() as connection, connection.transaction():
        once = people.add_account(connection, name, called)
        modes = post.pop("modes", ("01",))
        given = people.give_post(
            connection, opened.store, NewPost(name, role, modes, today(), "QĐ 12/QĐ-VP", **post), "x"
        )
        connection.execute("update post set approved_by = 'y', approved_at = now() where id = %s", [given.id])
    return once


def sign_in(page: "sync_api.Page", portal: str, name: str, once: str) -> None:
    """With the one-time password, then with the own one."""
    page.goto(f"{portal}/dang-nhap")
    page.get_by_label("Tên tài khoản").fill(name)
    page.get_by_label("Mật khẩu").fill(once)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_label("Mật khẩu hiện tại").fill(once)
    page.get_by_label("Mật khẩu mới").fill(PASSWORD)
    page.get_by_role("button", name="Đổi mật khẩu").click()
    page.get_by_label("Tên tài khoản").fill(name)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("button", name="Đăng xuất").wait_for()


def test_a_citizen_finds_reads_cites_and_takes_along(page: "sync_api.Page", portal: str) -> None:
    page.goto(portal)
    page.get_by_role("heading", name="Kho đang công bố").wait_for()
    page.get_by_role("searchbox").fill("phan cong nhiem vu")
    page.get_by_role("button", name="Tìm kiếm").click()
    assert "tài liệu" in page.get_by_role("status").inner_text()
    page.get_by_role("link", name="mới nhất").click()
    page.locator(".hits h2 a").first.click()
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_load_state()  # before its script has come a page opens as a picture
    page.locator("a.sheet").first.click()
    page.get_by_role("dialog").get_by_text("100 %").wait_for()
    page.keyboard.press("+")
    page.keyboard.press("Escape")
    assert "/vanban/" in page.locator("#citation").inner_text()
    assert page.locator(".rights").count() == 0  # the public sees what is published
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải bản gốc").click()
    assert Path(download.value.path()).read_bytes()[:5] == b"%PDF-"
    page.goto(f"{portal}/search?q=")
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    assert Path(download.value.path()).read_bytes()[:2] == b"PK"
    page.get_by_role("link", name="Duyệt theo phông").click()
    page.locator(".shelves a").first.click()
    assert "Hồ sơ số 1" in page.content()
    assert "Hồ sơ số 2 " not in page.content()


def test_an_officer_sees_what_the_post_opens_and_keeps_a_search(
    opened: Opened, page: "sync_api.Page", portal: str
) -> None:
    once = account(
        opened,
        "lan.nt",
        "Nguyễn Thị Lan",
        "records-officer",
        modes=("01", "02", "personal"),
        agency="H26.99.07",
    )
    sign_in(page, portal, "lan.nt", once)
    page.get_by_role("searchbox").fill("ho so so 2")
    page.get_by_role("button", name="Tìm kiếm").click()
    page.get_by_role("link", name="Hồ sơ số 2").first.wait_for()
    page.get_by_label("Lưu lần tìm này").fill("Hồ sơ số 2")
    page.get_by_role("button", name="Lưu lần tìm này").click()
    page.get_by_role("link", name="Hồ sơ số 2").wait_for()
    picture(page, "account")
    page.get_by_role("link", name="Tra cứu theo số định danh").click()
    page.get_by_label("Số định danh").fill(NUMBER)
    page.get_by_label("Mục đích").fill("Trích lục theo đơn của công dân")
    page.get_by_label("Căn cứ").fill("Đơn số 12 ngày 03/11/2026")
    page.get_by_role("button", name="Tra cứu và ghi lại").click()
    page.get_by_text("Tìm thấy ở 1 nơi").wait_for()
    assert NUMBER not in page.content()
    assert NUMBER not in page.url
    picture(page, "identifier")
    page.locator("ul a[href^='/vanban/']").first.click()
    assert "●" in page.get_by_role("heading", level=1).inner_text()
    assert "QĐ 12/QĐ-VP" in page.locator(".rights").inner_text()
    with opened.connect() as connection:
        views = connection.execute("select count(*) from view where account = 'lan.nt'").fetchone()
        searches = connection.execute(
            "select purpose from identifier_search where account = 'lan.nt'"
        ).fetchall()
    assert views is not None and views[0] >= 1
    assert searches == [("Trích lục theo đơn của công dân",)]


def test_an_administrator_runs_the_system_without_seeing_content(
    opened: Opened, page: "sync_api.Page", portal: str
) -> None:
    once = account(opened, "quan.tri", "Quản Trị", "administrator")
    sign_in(page, portal, "quan.tri", once)
    page.goto(f"{portal}/search?q=ho+so+so+2")
    assert "Hồ sơ số 2 " not in page.content()
    with opened.connect() as connection:
        shut = next(row.id for row in catalogue.aips(connection) if row.mode == "02").removeprefix(
            "urn:uuid:"
        )
    answer = page.request.get(f"{portal}/hoso/{shut}")
    assert answer.status == 404
    assert page.request.get(f"{portal}/tra-cuu-dinh-danh").status == 404


def test_a_harvester_takes_what_its_key_opens(opened: Opened, portal: str) -> None:
    from sickle import Sickle

    account(opened, "lgsp", "Trục liên thông", "harvester", modes=("01", "02"), agency="H26.99.07")
    key = kho("key", "add", "lgsp", "--name", "LGSP", "--scope", "harvest", "--json").json["key"]
    open_to_all = list(Sickle(f"{portal}/oai").ListRecords(metadataPrefix="oai_dc"))
    by_key = list(
        Sickle(f"{portal}/oai", headers={"Authorization": f"Bearer {key}"}).ListRecords(
            metadataPrefix="oai_dc"
        )
    )
    assert (len(open_to_all), len(by_key)) == (8, 12)
    assert not re.search(NUMBER, " ".join(record.raw for record in by_key))
