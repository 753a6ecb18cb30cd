"""Faults of the files of a source that reads a folder."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

__all__ = ["cut_file", "folder_for_file", "garbage_lines", "missing_folder", "unreadable_file"]

_GARBAGE = b'\x00\xff\xfe no line of yours\n{"half": \n[1, 2\n'


def missing_folder(path: Path) -> None:
    """The folder is not there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def cut_file(path: Path) -> None:
    """Each file stops in its middle: of a gzip, in the middle of what is packed."""
    _each(path, lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]))


def garbage_lines(path: Path) -> None:
    """Each file has, after its first line, lines that are none of its format: not UTF-8, half an object."""
    _each(path, _with_garbage)


def unreadable_file(path: Path) -> None:
    """Each file is a link to itself: there by its name, and nobody can open it, the superuser included."""

    def link(file: Path) -> None:
        file.unlink()
        file.symlink_to(file.name)

    _each(path, link)


def folder_for_file(path: Path) -> None:
    """Each file is a folder of the same name."""

    def replace(file: Path) -> None:
        file.unlink()
        file.mkdir()

    _each(path, replace)


def _each(path: Path, damage: Callable[[Path], object]) -> None:
    """Damage a file, or each file below a folder, in the order of their names."""
    files = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
    for file in files:
        damage(file)


def _with_garbage(file: Path) -> None:
    packed = file.name.endswith(".gz")
    body = gzip.decompress(file.read_bytes()) if packed else file.read_bytes()
    first, end, rest = body.partition(b"\n")
    body = first + (end or b"\n") + _GARBAGE + rest
    file.write_bytes(gzip.compress(body, mtime=0) if packed else body)
