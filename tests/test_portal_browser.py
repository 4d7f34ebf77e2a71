"""The portal in a real browser: Debian's Chromium over a served app, with real page images of the demo's scans."""

import random
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from access.demo.fonds import demo_documents
from access.demo.letter import leaves
from access.demo.pdfa import Provenance, write_pdfa
from access.demo.scan import scan
from access.portal import create_app
from access.portal.addresses import address_of
from tests.portal_fixtures import FakePeople, FakeRecords, FakeSearch, RealRender, aip_id, document_row

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from axe_playwright_python.sync_playwright import Axe  # noqa: E402

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
RECORD, DOCUMENT = f"/hoso/{address_of(aip_id('04'))}", f"/vanban/{address_of(aip_id('04'))}.4"
PAGES = [
    "/",
    "/dang-nhap",
    "/duyet",
    "/duyet?agency=H26.99.07&fonds=P9907",
    "/search?q=quyet+dinh",
    RECORD,
    f"{DOCUMENT}?q=giay+khen",
    "/hoso/nothing",
]


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The PDFs of hồ sơ 04."""
    folder = tmp_path_factory.mktemp("scans")
    for document in demo_documents("04"):
        rng = random.Random(document.order)
        pages = [scan(leaf, rng) for leaf in leaves(document)]
        name = (document_row(document).original_name or "").rpartition("/")[2]
        (folder / name).write_bytes(
            write_pdfa(pages, Provenance(document.subject, "2025-08-01T08:00:00+07:00"))
        )
    return folder


@pytest.fixture(scope="module")
def served(scans: Path) -> Iterator[str]:
    """The address of the served portal."""
    records = FakeRecords(published=("04",), folder=scans)
    search = FakeSearch(records)
    app = create_app(records, search, RealRender(), people=FakePeople(records, search))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        until = time.monotonic() + 30
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(30)


@pytest.fixture(scope="module")
def browser() -> Iterator["sync_api.Browser"]:
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed (apt install chromium)")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield started
        started.close()


def test_a_reader_finds_and_reads_a_record(browser: "sync_api.Browser", served: str) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(served)
    page.get_by_role("searchbox").fill("khen thuong lang van hoa")
    page.get_by_role("button", name="Tìm kiếm").click()
    page.get_by_role("link", name="làng văn hoá").click()
    assert page.get_by_role("heading", level=1).inner_text().endswith("làng văn hoá")
    image = page.get_by_role("img").first
    image.scroll_into_view_if_needed()
    assert image.evaluate("i => i.decode().then(() => i.naturalWidth)") == 900
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải bản gốc").click()
    assert Path(download.value.path()).read_bytes()[:5] == b"%PDF-"
    page.goto(f"{served}{RECORD}")
    assert page.get_by_role("row").count() == 5
    assert complaints == []
    assert [url for url in asked if not url.startswith((served, "data:"))] == []
    page.close()


def test_it_works_without_javascript(browser: "sync_api.Browser", served: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{served}/?lang=en")
    page.get_by_label("Search files and documents").fill("lut bao")
    page.get_by_role("button", name="Search").click()
    assert page.get_by_role("status").inner_text() == "1 record found"
    page.context.close()


@pytest.mark.parametrize("address", PAGES)
def test_a_phone_needs_no_sideways_scrolling(browser: "sync_api.Browser", served: str, address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(served + address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing_against_wcag_2_2_aa(
    browser: "sync_api.Browser", served: str, address: str, scheme: str
) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.goto(served + address)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert violations(page) == []
    page.close()


def violations(page: "sync_api.Page") -> list[str]:
    """What axe-core says against WCAG 2.2 A and AA, in a line each."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
    told = Axe().run(page, options={"runOnly": {"type": "tag", "values": rules}}).response["violations"]
    return [f"{v['id']}: {v['help']} {[n['target'] for n in v['nodes']][:3]}" for v in told]


def test_found_words_are_marked_where_they_stand(browser: "sync_api.Browser", served: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{served}{DOCUMENT}?q=giay+khen")
    picture = page.locator("a.sheet img").first.bounding_box()
    assert picture is not None
    marks = [m.bounding_box() for m in page.locator(".marks rect").all()]
    assert len(marks) >= 2
    for mark in marks:
        assert mark is not None
        assert picture["x"] <= mark["x"] and mark["x"] + mark["width"] <= picture["x"] + picture["width"] + 2
        assert 4 < mark["height"] < 60
    page.context.close()


def test_the_viewer_zooms_into_finely_drawn_parts_by_keyboard(
    browser: "sync_api.Browser", served: str
) -> None:
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{served}{DOCUMENT}?q=giay+khen")
    link = page.locator("a.sheet").first
    link.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Trang 1 / 2, 100 %").wait_for()
    assert dialog.locator(".marks rect").count() >= 2
    assert violations(page) == []
    for _step in range(5):
        page.keyboard.press("+")
    page.locator(".paper img.part").first.wait_for()
    assert page.locator(".paper img.part").first.evaluate("i => i.decode().then(() => i.naturalWidth)") == 600
    assert any("/manh/" in url for url in asked)
    page.keyboard.press("PageDown")
    dialog.get_by_text("Trang 2 / 2, 100 %").wait_for()
    page.keyboard.press("PageDown")  # there is no third
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
    assert page.evaluate("document.activeElement.className") == "sheet"
    assert complaints == []
    page.close()


def test_the_viewer_works_on_a_phone(browser: "sync_api.Browser", served: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{served}{DOCUMENT}")
    page.locator("a.sheet").first.tap()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Trang 1 / 2, 100 %").wait_for()
    dialog.get_by_role("button", name="Phóng to").tap()
    dialog.get_by_text("140 %").wait_for()
    sizes = [b.bounding_box() for b in dialog.get_by_role("button").all()]
    assert all(s and s["width"] >= 24 and s["height"] >= 24 and s["x"] + s["width"] <= 360 for s in sizes)
    dialog.get_by_role("button", name="Đóng").tap()
    context.close()


def test_a_citation_has_the_permanent_link(browser: "sync_api.Browser", served: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{served}{DOCUMENT}")
    page.get_by_role("button", name="Chép trích dẫn").click()
    page.get_by_role("button", name="Đã chép").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Quyết định 41/QĐ-UBND về việc khen thưởng" in copied
    page.goto(copied.rpartition(" ")[2])
    assert page.get_by_role("heading", level=1).inner_text().endswith("làng văn hoá")
    context.close()


def test_print_has_the_record_and_not_the_portal(browser: "sync_api.Browser", served: str) -> None:
    page = browser.new_page()
    page.goto(f"{served}{DOCUMENT}?q=giay+khen")
    page.emulate_media(media="print")
    assert not page.get_by_role("searchbox").is_visible()
    assert not page.get_by_role("link", name="Duyệt theo phông").first.is_visible()
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.locator("#citation").is_visible()
    page.close()


def test_records_are_browsed_as_they_stand_on_the_shelves(browser: "sync_api.Browser", served: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(served)
    page.get_by_role("link", name="Duyệt theo phông").first.click()
    page.get_by_role("link", name="Phông Ủy ban").click()
    page.get_by_role("link", name="Tập lưu quyết định").click()
    assert page.url.endswith(RECORD)
    page.get_by_role("navigation", name="Vị trí").get_by_role("link", name="Ủy ban").click()
    assert "/duyet?agency=H26.99.07&fonds=P9907" in page.url
    page.context.close()


CONTRASTS = """() => {
  const light = (c) => { const v = c.map(x => { x /= 255; return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4 });
    return .2126 * v[0] + .7152 * v[1] + .0722 * v[2] };
  const parse = (s) => s.match(/[\\d.]+/g).map(Number);
  const ground = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c.slice(0, 3) } return [255, 255, 255] };
  const poor = [];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || e.closest('.skip, details:not([open])')) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color).slice(0, 3)), light(ground(e))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) poor.push(`${e.tagName}.${e.className} ${ratio.toFixed(2)} ${e.innerText.slice(0, 30)}`);
  }
  return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", PAGES)
def test_text_has_contrast_by_day_and_by_night(
    browser: "sync_api.Browser", served: str, address: str, scheme: str
) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.goto(served + address)
    assert page.evaluate(CONTRASTS) == []
    page.close()


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_built_for_assistive_readers(
    browser: "sync_api.Browser", served: str, address: str
) -> None:
    page = browser.new_page()
    page.goto(served + address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    assert page.get_by_role("main").count() == page.get_by_role("heading", level=1).count() == 1
    assert (
        page.evaluate("[...document.querySelectorAll('img')].filter(i => !i.hasAttribute('alt')).length") == 0
    )
    assert page.evaluate("[...document.querySelectorAll('input')].filter(i => !i.labels.length).length") == 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    page.close()


def test_somebody_signs_in_chooses_a_password_and_signs_out(
    browser: "sync_api.Browser", served: str, tmp_path: Path
) -> None:
    page = browser.new_page(locale="vi-VN")
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(served)
    page.get_by_role("link", name="Đăng nhập").click()
    page.get_by_label("Tên tài khoản").fill("canbo")
    page.get_by_label("Mật khẩu").fill("sai")
    page.get_by_role("button", name="Đăng nhập").click()
    assert "chưa đúng" in page.get_by_role("alert").inner_text()
    page.screenshot(path=tmp_path / "sign-in.png")
    page.get_by_label("Tên tài khoản").fill("canbo")
    page.get_by_label("Mật khẩu").fill("dung-mot-lan")
    page.get_by_role("button", name="Đăng nhập").click()
    assert page.url.endswith("/tai-khoan")
    page.goto(f"{served}/search?q=quyet+dinh")
    assert page.url.endswith("/tai-khoan")  # nothing else before a new password
    page.screenshot(path=tmp_path / "account.png")
    page.get_by_label("Mật khẩu hiện tại").fill("dung-mot-lan")
    page.get_by_label("Mật khẩu mới").fill("mot cau du dai de nho")
    page.get_by_role("button", name="Đổi mật khẩu").click()
    page.get_by_label("Tên tài khoản").fill("canbo")
    page.get_by_label("Mật khẩu").fill("mot cau du dai de nho")
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("link", name="Trần Cán Bộ").wait_for()
    page.set_viewport_size({"width": 360, "height": 800})
    page.screenshot(path=tmp_path / "signed-in.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Đăng xuất").click()
    page.get_by_role("link", name="Đăng nhập").wait_for()
    page.close()
    assert [p for p in problems if "403" not in p] == []
