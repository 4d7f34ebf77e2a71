"""Rows grouped into hồ sơ: the same agency, inventory and file code are one, wherever they stand in the delivery.

The key of a hồ sơ is agency + "/" + file code as in the list. Two inventories that use one code give two hồ sơ with
one key: both are refused until the codes differ (DLV-KEY-TWICE). A hồ sơ over several worksheets is put together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from ingest.delivery_cells import ListRow, cell_finding, sheet_path, tidy
from ingest.delivery_tree import Match, Paths, folder_of
from ingest.sheet import as_received, cell_name
from repository.packages import DeliveredFile
from standards.findings import Finding
from standards.secrecy import secrecy_word, secret_mode

_MODES: Final = ("file.mode", "document.mode", "file.x_secrecy", "document.x_secrecy")


@dataclass(slots=True, eq=False)
class Group:
    """The rows of one hồ sơ in the order of the list, and the file that each row's path leads to."""

    agency: str
    inventory: str
    code: str = ""
    rows: list[ListRow] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    sealed: list[tuple[ListRow, str]] = field(default_factory=list)

    @property
    def key(self) -> str | None:
        """Agency and file code; None where one is missing."""
        return f"{self.agency}/{self.code}" if self.agency and self.code else None

    def take(self, other: "Group") -> None:
        """The rows of another group, which is the same hồ sơ, and what it tells beyond this one."""
        self.agency, self.inventory = self.agency or other.agency, self.inventory or other.inventory
        self.rows += other.rows
        self.sealed += other.sealed


def group_rows(rows: Iterable[ListRow], agency: str | None) -> list[Group]:
    """The groups in the order in which they first appear.

    Cells that were skipped part no hồ sơ. A row of the same code without agency or inventory is of the hồ sơ that the
    row above is of, or of the only one with that code. A row without a file code is of the row above where it gives no
    other title, or of the one with its title; it breaks a MUST there, so that no hồ sơ is taken in without some of its
    rows. Else it stands alone.
    """
    groups: dict[tuple[str, ...], Group] = {}
    above: Group | None = None
    for row in rows:
        if above is None or not _goes_on(row, above, agency):
            above = _group_of(row, agency, groups)
        sealed = [(row, cell) for cell in sealing_cells(row)]
        above.take(Group(*_place(row, agency), rows=[row], sealed=sealed))
    return _with_rows_by_title(_with_rows_by_code(list(groups.values())))


def _goes_on(row: ListRow, above: Group, agency: str | None) -> bool:
    """Whether a row with skipped cells goes on with the hồ sơ of the row above it in the same table."""
    last = above.rows[-1]
    if row.source is not last.source or not _fits(_place(row, agency), above):
        return False
    code, title = row.text("file.fileCode"), row.text("file.title")
    if code:
        return _plain_number(code) == _plain_number(above.code)
    return not title or title == last.text("file.title")


def _place(row: ListRow, agency: str | None) -> tuple[str, str]:
    """The agency and the inventory that a row names; "" where it names none."""
    owner = agency or row.text("file.x_agency") or row.text("file.x_fonds")
    return owner, row.text("file.x_inventory")


def _fits(place: tuple[str, str], group: Group) -> bool:
    """Whether agency and inventory are those of a group, as far as both are told; only a skipped cell is open."""
    pairs = ((place[0], group.agency), (_plain_number(place[1]), _plain_number(group.inventory)))
    return all(a == b or not a or not b for a, b in pairs)


def _group_of(row: ListRow, agency: str | None, groups: dict[tuple[str, ...], Group]) -> Group:
    owner, inventory = _place(row, agency)
    code = row.text("file.fileCode")
    title = "" if code else row.text("file.title")
    place = (owner, _plain_number(inventory), _plain_number(code), title)
    return groups.setdefault(place, Group(owner, inventory, code))


def _plain_number(text: str) -> str:
    """A number without leading zeros: one cell of a column may be text ("02"), the next a number (2)."""
    return text.lstrip("0") or "0" if text.isdigit() else text


def _with_rows_by_code(groups: list[Group]) -> list[Group]:
    """The groups; two of one code that can be of each other alone, since one skips what the other tells, put together."""
    coded: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        if group.code:
            coded[_plain_number(group.code)].append(group)
    gone: set[int] = set()
    for same in coded.values():
        for home, group in _twins(same):
            home.take(group)
            gone.add(id(group))
    return [g for g in groups if id(g) not in gone]


def _twins(same: list[Group]) -> Iterator[tuple[Group, Group]]:
    """The pairs, the earlier first, of which each fits the other alone."""
    if len(same) == 1:
        return
    fits = {
        i: [k for k, g in enumerate(same) if k != i and _fits((one.agency, one.inventory), g)]
        for i, one in enumerate(same)
    }
    for index, group in enumerate(same):
        others = fits[index]
        if len(others) == 1 and others[0] > index and fits[others[0]] == [index]:
            yield group, same[others[0]]


def _with_rows_by_title(groups: list[Group]) -> list[Group]:
    """The groups; those without a code put to the one group with a code, of their agency, that has their title."""
    titled: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    for index, group in enumerate(groups):
        if group.code:
            titled[(group.agency, group.inventory, group.rows[0].text("file.title"))].add(index)
    kept = []
    for group in groups:
        title = group.rows[0].text("file.title")
        same = titled.get((group.agency, group.inventory, title), set())
        if group.code or not title or len(same) != 1:
            kept.append(group)
            continue
        groups[next(iter(same))].take(group)
    return kept


def sealing_cells(row: ListRow) -> Iterator[str]:
    """The cells of a row that carry a secrecy mark: the mode and secrecy columns in any wording, and any other cell,
    even of a column that no mapping knows, that is nothing but the mark."""
    modes = {row.source.fit.positions[name] for name in _MODES if name in row.source.fit.positions}
    for index, value in enumerate(row.values):
        if value is None or (index not in modes and not isinstance(value, str)):
            continue
        if index in modes:
            secret = secret_mode(tidy(value).text)
        else:
            secret = secrecy_word(value) if isinstance(value, str) and len(value) <= 60 else None
        if secret:
            yield cell_name(row.source.table, index, row.number)


def find_files(groups: list[Group], paths: Paths) -> None:
    """Fills in the file of each row, and seals every hồ sơ that names a file of a sealed one."""
    for group in groups:
        for row in group.rows:
            written = as_received(row.value("document.path"))
            folder = folder_of(row.source.file.path)
            group.matches.append(paths.find(written, folder) if written.strip() else Match(None))
    shut: set[str] = set()
    while more := {p for g in groups if g.sealed for p in _paths(g)} - shut:
        shut |= more
        for group in groups:
            if not group.sealed and shut & _paths(group):
                group.sealed += [
                    (row, row.cell("document.path") or sheet_path(row))
                    for row, match in zip(group.rows, group.matches, strict=True)
                    if match.file and match.file.path in shut
                ]


def _paths(group: Group) -> set[str]:
    return {m.file.path for m in group.matches if m.file}


def shared_files(groups: list[Group]) -> dict[int, list[Finding]]:
    """DLV-FILE-TWICE for each row, not sealed, that names a file which an earlier row names; by the group's index."""
    seen: dict[str, ListRow] = {}
    found: dict[int, list[Finding]] = defaultdict(list)
    for index, group in enumerate(groups):
        for row, match in zip(group.rows, group.matches, strict=True):
            if match.file is None or group.sealed:
                continue
            first = seen.setdefault(match.file.path, row)
            if first is not row:
                other = first.cell("document.path") or ""
                name = as_received(row.value("document.path"))
                told = cell_finding(row, "DLV-FILE-TWICE", "document.path", file=name, other=other)
                found[index].append(told)
    return found


def shared_keys(groups: list[Group]) -> dict[int, list[Finding]]:
    """DLV-KEY-TWICE for each group whose key another one has too, a sealed one as well; by the group's index."""
    by_key: dict[str, list[int]] = defaultdict(list)
    for index, group in enumerate(groups):
        if group.key:
            by_key[group.key].append(index)
    found: dict[int, list[Finding]] = {}
    for same in by_key.values():
        for index in same if len(same) > 1 else ():
            other = next(groups[i].rows[0].cell("file.fileCode") or "" for i in same if i != index)
            row = groups[index].rows[0]
            found[index] = [cell_finding(row, "DLV-KEY-TWICE", "file.fileCode", other=other)]
    return found


def own_files(group: Group) -> Iterator[DeliveredFile]:
    """The files that the rows of a group name, each once."""
    yield from {m.file.path: m.file for m in group.matches if m.file}.values()
