"""Building and reading AIPs: nothing lost, nothing left to chance, memory flat."""

import dataclasses
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from repository.aip import build_aip, open_built, read_aip
from repository.aip_files import DoubleName
from repository.aip_read import NotOurAip
from repository.export import export_aip
from repository.packages import AipDocument, AipFile, data_path
from repository.verify import verify
from standards.eark_rules import check_package
from standards.findings import Level
from standards.package_tree import FolderTree, ManifestTree, MemoryTree, read_bytes
from standards.xml import BadXml, read_small
from tests.aip_fixtures import FOLDER, OBJID, alike, contents, plain, small_content


def built(tmp_path: Path, content=None, name="aip", profile="eark"):
    folder = tmp_path / name
    folder.mkdir()
    return build_aip(content or small_content(tmp_path / "in"), folder, profile)


def musts(tree, profile="eark"):
    return [(f.code, f.path, f.text("en")) for f in check_package(tree, profile) if f.level is Level.MUST]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_everything_of_a_content_is_read_back_from_its_package(data):
    with tempfile.TemporaryDirectory() as folder:
        given_content = data.draw(contents(Path(folder)))
        made = built(Path(folder), given_content)
        with ManifestTree(made.manifest) as tree:
            assert plain(read_aip(tree)) == plain(given_content)
            assert musts(tree) == []


def test_the_files_of_a_package_are_those_of_the_format(tmp_path):
    made = built(tmp_path)
    first = "representations/rep1/metadata/descriptive/EAD_doc_001.03.08.H30.81.2024.K4.01.02.082.pdf.xml"
    paths = {f.logical_path for f in made.files()}
    assert {
        "METS.xml", "metadata/descriptive/EAD.xml", "metadata/preservation/PREMIS.xml", "metadata/other/kho.json",
        "representations/rep1/METS.xml", "representations/rep1/metadata/preservation/PREMIS_rep1.xml", first,
        "schemas/EAD.xsd", "schemas/EAD_doc.xsd", "schemas/EAD_pic.xsd", "schemas/EAD_media.xsd", "schemas/METS.xsd",
        "documentation/B=C3=ACa_hoso01.pdf", "submission/rows.csv",
    } <= paths  # fmt: skip
    assert len(paths) == made.count
    assert sum(f.size for f in made.files()) == made.bytes


def test_content_stays_where_it_is(tmp_path):
    content = small_content(tmp_path / "in")
    made = built(tmp_path, content)
    sources = {f.logical_path: f.source for f in made.files()}
    for document in content.documents:
        assert sources[f"representations/rep1/data/{document.file.name}"] == document.file.source


def test_the_same_content_gives_the_same_bytes(tmp_path):
    content = small_content(tmp_path / "in")
    one, other = built(tmp_path, content, "one"), built(tmp_path, content, "other")
    assert [(f.logical_path, f.sha512) for f in one.files()] == [
        (f.logical_path, f.sha512) for f in other.files()
    ]


def with_derived(folder: Path):
    """The small content, its second document as a picture and a PDF made of it, and an attachment further down."""
    content = small_content(folder)
    second = content.documents[1]
    made = AipFile(
        dataclasses.replace(second.file, name="155.pdf"), "rep2", data_path(second), content.events[0].id
    )
    attached = AipFile(dataclasses.replace(second.file, name="phu=20luc/Bang.pdf"), "rep2")
    below = dataclasses.replace(content.documents[3].file, name="a/b.pdf")
    last = dataclasses.replace(content.documents[3], file=below, representation="rep2")
    undescribed = dataclasses.replace(content.documents[2], described=False)
    return dataclasses.replace(
        content,
        documents=(*content.documents[:2], undescribed, last),
        files=(made, attached),
        representations=("rep1", "rep2"),
    )


def test_representations_are_kept_apart_with_what_was_made_from_what(tmp_path):
    content = with_derived(tmp_path / "in")
    made = built(tmp_path, content)
    with ManifestTree(made.manifest, FOLDER) as tree:
        assert [f.code for f in check_package(tree, "eark")] == []
        assert plain(read_aip(tree)) == plain(content)
        paths = set(tree.paths())
        first = read_bytes(tree, "representations/rep1/metadata/preservation/PREMIS_rep1.xml").decode()
        second = read_bytes(tree, "representations/rep2/metadata/preservation/PREMIS_rep2.xml").decode()
        root = read_bytes(tree, "METS.xml").decode()
    assert {"representations/rep2/data/155.pdf", "representations/rep2/data/phu=20luc/Bang.pdf"} <= paths
    assert "representations/rep2/metadata/descriptive/EAD_doc_a=2Fb.pdf.xml" in paths
    assert sum("EAD_doc_" in path for path in paths) == 3
    assert (first.count("is source of"), first.count("has source")) == (1, 0)
    assert (second.count("is source of"), second.count("has source")) == (0, 1)
    assert second.count(f"<relatedEventIdentifierValue>{content.events[0].id}<") == 1
    assert root.count('USE="Representations/rep2"') == 1


@pytest.mark.parametrize("form", ["dip", "tt05", "bag"])
def test_exports_know_every_representation(tmp_path, form):
    with ManifestTree(built(tmp_path, with_derived(tmp_path / "in")).manifest) as tree:
        made = export_aip(tree, read_aip(tree), tmp_path / "out", form)
    assert [f for f in verify(made).findings if f.level is Level.MUST and f.code != "CSIP31"] == []
    assert len(list(made.rglob("a/b.pdf"))) == 1


def test_a_finished_package_is_opened_again(tmp_path):
    made = built(tmp_path)
    assert open_built(made.folder) == made
    with pytest.raises(FileNotFoundError):
        open_built(tmp_path)


@pytest.mark.parametrize("profile", ["eark", "tt05"])
def test_our_own_rules_find_nothing_in_a_finished_package(tmp_path, profile):
    made = built(tmp_path, profile=profile)
    with ManifestTree(made.manifest, FOLDER) as tree:
        assert [f.code for f in check_package(tree, profile)] == []


def test_the_description_is_the_circulars(tmp_path):
    made = built(tmp_path)
    root = read_small((made.folder / "package/metadata/descriptive/EAD.xml").read_bytes(), "EAD.xml")
    told = {child.tag: child.text or "" for child in root}
    assert list(told) == [
        "arcFileCode", "title", "maintenance", "mode", "language", "startDate", "endDate", "keyword", "totalDoc",
        "numberOfPaper", "numberOfPage", "format", "inforSign", "confidenceLevel", "paperFileCode", "riskRecovery",
        "riskRecoveryStatus", "description",
    ]  # fmt: skip
    assert told["title"] == 'Hồ sơ "tổng kết" & báo cáo <năm 1998>'
    assert (told["startDate"], told["endDate"]) == ("1998", "29/12/1998")
    assert (told["totalDoc"], told["numberOfPage"], told["mode"], told["maintenance"]) == (
        "4",
        "12",
        "02",
        "01",
    )


def test_a_value_without_a_form_is_empty_in_the_description_and_whole_in_the_account(tmp_path):
    content = small_content(tmp_path / "in")
    odd = dataclasses.replace(
        content, fields={**content.fields, "totalDoc": "khoảng 80", "endDate": "cuối năm"}
    )
    with ManifestTree(built(tmp_path, odd).manifest) as tree:
        text = read_bytes(tree, "metadata/descriptive/EAD.xml").decode()
        assert "khoảng" not in text
        assert "<endDate/>" in text
        assert read_aip(tree).fields["totalDoc"] == "khoảng 80"
        assert musts(tree) == []


def test_original_names_and_digests_are_in_premis(tmp_path):
    content = small_content(tmp_path / "in")
    made = built(tmp_path, content)
    premis = (made.folder / "package/representations/rep1/metadata/preservation/PREMIS_rep1.xml").read_text(
        "utf-8"
    )
    for document in content.documents[:3]:
        assert f"<originalName>{document.file.original_name}</originalName>" in premis
        assert document.file.facts.sha256 in premis
        assert document.file.facts.sha512 in premis
    assert "<formatRegistryKey>fmt/477</formatRegistryKey>" in premis
    assert "signature version: v122" in premis


def test_an_event_that_names_nobody_is_answered_for_by_the_system(tmp_path):
    made = built(tmp_path)
    premis = (made.folder / "package/metadata/preservation/PREMIS.xml").read_text("utf-8")
    assert premis.count("<linkingAgentIdentifierValue>kho</linkingAgentIdentifierValue>") == 2
    assert "closed until a publication decision is recorded" in premis
    assert "mode proposed: 02" in premis
    assert "<preservationLevelType>retention</preservationLevelType>" in premis


def test_two_files_of_one_name_are_refused(tmp_path):
    content = small_content(tmp_path / "in")
    first, second = content.documents[:2]
    twin = dataclasses.replace(second.file, name=first.file.name.upper())
    doubled = dataclasses.replace(content, documents=(first, AipDocument(2, second.fields, twin)))
    with pytest.raises(DoubleName, match=r"082\.PDF"):
        built(tmp_path, doubled)


def test_a_time_that_is_none_is_refused_at_once(tmp_path):
    content = dataclasses.replace(small_content(tmp_path / "in"), created="hôm qua")
    with pytest.raises(BadXml, match="CREATED"):
        built(tmp_path, content)
    with pytest.raises(FileNotFoundError):
        open_built(tmp_path / "aip")


def test_a_package_without_our_account_is_not_read():
    with pytest.raises(NotOurAip):
        read_aip(MemoryTree({"METS.xml": b"<mets/>"}))
    with pytest.raises(NotOurAip):
        read_aip(MemoryTree({"metadata/other/kho.json": b'{"schema": 2}'}))


class ManyDocuments:
    """Documents made one at a time, as often as they are asked for."""

    def __init__(self, like: AipDocument, count: int) -> None:
        self.like, self.count = like, count

    def __iter__(self):
        for order in range(1, self.count + 1):
            file = dataclasses.replace(self.like.file, name=f"van-ban-{order:06d}.pdf")
            yield AipDocument(order, self.like.fields, file)


def peak_of(tmp_path: Path, count: int) -> int:
    """The most memory (bytes) that building, checking and reading take."""
    content = small_content(tmp_path / "in")
    many = dataclasses.replace(content, documents=ManyDocuments(content.documents[0], count), events=())
    tracemalloc.start()
    made = built(tmp_path, many, f"many{count}")
    with ManifestTree(made.manifest) as tree:
        assert musts(tree) == []
        assert sum(1 for _ in read_aip(tree).documents) == count
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_hardly_grows_with_the_documents(tmp_path):
    # Below a few hundred documents the writers' buffers are still filling.
    few, many = peak_of(tmp_path, 400), peak_of(tmp_path, 1000)
    # 90,000 more documents are to take at most 300 MB: 3,400 bytes each.
    assert (many - few) / 600 < 2500


def test_a_laid_out_package_reads_the_same(tmp_path):
    content = small_content(tmp_path / "in")
    made = built(tmp_path, content)
    with ManifestTree(made.manifest) as tree:
        for path in tree.paths():
            place = tmp_path / "out" / FOLDER / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(read_bytes(tree, path))
    laid = FolderTree(tmp_path / "out" / FOLDER)
    assert alike(read_aip(laid), content)
    assert read_aip(laid).id == OBJID
    assert musts(laid) == []
