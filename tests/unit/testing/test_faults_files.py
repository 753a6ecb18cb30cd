"""Files that are not what they were."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from shutdownkit.errors import FileError
from shutdownkit.sources.ooni.archive.folder import find
from shutdownkit.sources.ooni.archive.layout import Choice
from shutdownkit.testing.faults.zoo import FILE_FAULTS

LINES = b'{"a": 1}\n{"a": 2}\n{"a": 3}\n' * 50


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "archive"
    (place / "deep").mkdir(parents=True)
    (place / "deep" / "one.jsonl.gz").write_bytes(gzip.compress(LINES))
    (place / "two.jsonl").write_bytes(LINES)
    return place


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_missing_folder(folder: Path) -> None:
    FILE_FAULTS["missing_folder"].damage(folder)
    assert not folder.exists()
    assert folder.parent.exists()


def test_a_cut_file(folder: Path) -> None:
    FILE_FAULTS["cut_file"].damage(folder)
    assert (folder / "two.jsonl").read_bytes() == LINES[: len(LINES) // 2]
    with pytest.raises(EOFError), gzip.open(folder / "deep" / "one.jsonl.gz") as file:
        file.read()


def test_garbage_lines(folder: Path) -> None:
    FILE_FAULTS["garbage_lines"].damage(folder)
    packed = gzip.decompress((folder / "deep" / "one.jsonl.gz").read_bytes())
    plain = (folder / "two.jsonl").read_bytes()
    assert packed == plain
    good = LINES.splitlines()
    lines = plain.splitlines()
    assert lines[0] == good[0]
    assert lines[-len(good) + 1 :] == good[1:]
    assert len(lines) > len(good)
    with pytest.raises(UnicodeDecodeError):
        plain.decode()


def test_an_unreadable_file(folder: Path) -> None:
    FILE_FAULTS["unreadable_file"].damage(folder)
    for name in ("two.jsonl", "deep/one.jsonl.gz"):
        with pytest.raises(OSError, match=r"symbolic links|Errno"):
            (folder / name).read_bytes()


def test_a_folder_in_a_files_place(folder: Path) -> None:
    FILE_FAULTS["folder_for_file"].damage(folder)
    assert (folder / "two.jsonl").is_dir()
    assert (folder / "deep" / "one.jsonl.gz").is_dir()


@pytest.mark.parametrize("name", sorted(FILE_FAULTS))
def test_no_name_goes_but_the_folders_own_and_one_file_can_be_damaged_alone(name: str, folder: Path) -> None:
    before = names(folder)
    other = (folder / "two.jsonl").read_bytes()
    FILE_FAULTS[name].damage(folder / "deep" / "one.jsonl.gz")
    assert (folder / "two.jsonl").read_bytes() == other
    if name == "missing_folder":
        assert names(folder) == [one for one in before if not one.endswith(".gz")]
        return
    assert names(folder) == before
    FILE_FAULTS[name].damage(folder)
    assert names(folder) == before


def test_the_archive_says_that_a_folder_is_missing(folder: Path) -> None:
    assert len(find(str(folder), Choice(["BY"])).files) == 2
    FILE_FAULTS["missing_folder"].damage(folder)
    with pytest.raises(FileError, match="does not exist"):
        find(str(folder), Choice(["BY"]))


def test_each_is_described() -> None:
    for name, fault in FILE_FAULTS.items():
        assert fault.name == name
        assert fault.description.endswith(".")
    assert len(FILE_FAULTS) == 5
