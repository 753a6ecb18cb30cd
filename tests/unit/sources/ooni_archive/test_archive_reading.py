"""Folders of files: the same measurements however they are cut into files, and whoever reads them."""

from __future__ import annotations

import gzip
import os
import tempfile
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.errors import FileError, InvalidValueError
from shutdownkit.model.window import TimeWindow
from shutdownkit.sources.ooni.archive.file import measurements_of, read_file
from shutdownkit.sources.ooni.archive.folder import find
from shutdownkit.sources.ooni.archive.layout import Choice
from shutdownkit.sources.ooni.archive.measured import Measured, is_misdated
from shutdownkit.sources.ooni.archive.reading import read_archive
from shutdownkit.sources.ooni.archive.tally import Broken, Tally
from tests.unit.sources.ooni_archive.archives import (
    HOUR,
    START,
    line,
    measurement,
    measurements,
    path_of,
    write,
    write_all,
)

EVERYTHING = Choice()
NAMES = [f"part-{number}.jsonl{ending}" for number in range(2) for ending in ("", ".gz")]


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        yield executor


def flat(found: Any) -> Counter[Measured]:
    return Counter(evolve(one, line=0) for file in found for one in file.measured)


def total(found: Any) -> Tally:
    return sum((file.tally for file in found), Tally())


@given(measurements(most=6), st.data())
def test_any_split_into_files_gives_the_same(found: list[dict[str, Any]], data: st.DataObject) -> None:
    lines = [line(one) for one in found]
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as many:
        write(Path(one), "all.jsonl", lines)
        split: dict[str, list[bytes]] = {NAMES[0]: []}
        for each in data.draw(st.permutations(lines)):
            split.setdefault(data.draw(st.sampled_from(NAMES)), []).append(each)
        for name, some in split.items():
            write(Path(many), name, some)
        whole, parts = list(read_archive(one)), list(read_archive(many))
        published = Path(many, "published")
        write_all(published, found)
        as_published = list(read_archive(published)) if found else []
    assert flat(whole) == flat(parts) == flat(as_published)
    assert len(whole[0].measured) == len(found)
    tally = total(parts)
    assert (tally.files, tally.lines, tally.kept) == (len(split), len(lines), len(lines))
    assert tally.text == sum(len(each) + 1 for each in lines)
    assert [file.path for file in parts] == sorted(split)


@given(st.data())
def test_garbage_in_one_line_loses_at_most_that_line(data: st.DataObject) -> None:
    found = data.draw(measurements(most=6).filter(bool))
    lines = [line(one) for one in found]
    which = data.draw(st.integers(0, len(lines) - 1))
    place = data.draw(st.integers(0, len(lines[which])))
    noise = data.draw(st.binary(min_size=1, max_size=20)).replace(b"\n", b"")
    hit = [*lines]
    hit[which] = lines[which][:place] + noise + lines[which][place:]
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), "a.jsonl", lines)
        sound = read_file(folder, "a.jsonl", EVERYTHING)
        write(Path(folder), "a.jsonl", hit)
        broken = read_file(folder, "a.jsonl", EVERYTHING)
    assert [one for one in broken.measured if one.line != which + 1] == [
        one for one in sound.measured if one.line != which + 1
    ]
    tally = broken.tally
    assert tally.lines == len(lines)
    assert tally.kept + tally.misdated + tally.broken_lines == len(lines)
    assert tally.broken_lines + tally.misdated <= 1
    assert all(one.line == which + 1 for one in tally.unread)


@given(st.binary(max_size=400))
def test_any_bytes_are_read(noise: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.jsonl", "b.jsonl.gz"):
            Path(folder, name).write_bytes(noise)
        Path(folder, "c.jsonl.gz").write_bytes(gzip.compress(noise))
        plain, damaged, packed = read_archive(folder)
    assert plain.measured == packed.measured
    assert plain.tally.lines == packed.tally.lines
    assert damaged.tally.broken_files == 1 or noise.startswith(b"\x1f\x8b")


def test_a_broken_line_changes_nothing_but_the_count(tmp_path: Path) -> None:
    lines = [line(measurement(number=number)) for number in range(3)]
    write(tmp_path, "x/a.jsonl.gz", lines)
    (sound,) = read_archive(tmp_path)
    write(
        tmp_path,
        "x/a.jsonl.gz",
        [b"", lines[0], b'{"test_name": 5}', b"  ", lines[1], b"\xff", lines[2] + b"\r"],
    )
    (file,) = read_archive(tmp_path)
    assert [evolve(one, line=0) for one in file.measured] == [evolve(one, line=0) for one in sound.measured]
    assert [one.line for one in file.measured] == [2, 5, 7]
    assert (file.tally.lines, file.tally.kept, file.tally.broken_lines) == (5, 3, 2)
    first, second = file.tally.unread
    assert (first.path, first.line, second.line) == ("x/a.jsonl.gz", 3, 6)
    assert str(first).startswith("x/a.jsonl.gz, line 3: not a measurement: ")


def test_a_file_cut_short_keeps_what_came_before(tmp_path: Path) -> None:
    lines = [
        line(measurement(number=number, tested=f"https://{number * 7919}.org/")) for number in range(500)
    ]
    place = write(tmp_path, "a.jsonl.gz", lines)
    (sound,) = read_archive(tmp_path)
    packed = place.read_bytes()
    place.write_bytes(packed[: len(packed) // 2])
    (file,) = read_archive(tmp_path)
    kept = len(file.measured)
    assert 100 < kept < 400
    assert file.measured == sound.measured[:kept]
    assert (file.tally.broken_files, file.tally.broken_lines, file.tally.lines) == (1, 0, kept)
    assert file.tally.damaged == (Broken("a.jsonl.gz", 0, "the gzip stream is cut short"),)
    place.write_bytes(packed[:-1])  # the last byte of the length: every line is there
    (file,) = read_archive(tmp_path)
    assert file.measured == sound.measured
    assert file.tally.broken_files == 1


def test_a_last_line_without_end_counts(tmp_path: Path) -> None:
    text = line(measurement())
    (tmp_path / "a.jsonl").write_bytes(text)
    packed = gzip.compress(text)
    (tmp_path / "b.jsonl.gz").write_bytes(packed)
    (tmp_path / "c.jsonl.gz").write_bytes(packed[:-3])
    assert [len(file.measured) for file in read_archive(tmp_path)] == [1, 1, 1]


def archive(folder: Path) -> list[dict[str, Any]]:
    found = [
        measurement(START + hour * HOUR, country=country, test=test, number=number)
        for hour in range(3)
        for country in ("UG", "KE")
        for test in ("web_connectivity", "telegram", "ndt")
        for number in range(3)
    ]
    write_all(folder, found)
    write(folder, path_of(START, "UG", "telegram", 1), [b"broken", line(measurement(number=99))])
    return found


def test_threads_and_processes_give_what_one_gives(tmp_path: Path, processes: Executor) -> None:
    archive(tmp_path)
    serial = list(read_archive(tmp_path))
    assert len(serial) == 19
    assert list(read_archive(tmp_path, executor=processes)) == serial
    with ThreadPoolExecutor(3) as threads:
        assert list(read_archive(tmp_path, executor=threads)) == serial


class Counting(Executor):
    """Does nothing until it is asked for a result, and says what was given to it and what was called off."""

    def __init__(self) -> None:
        self._max_workers = 2
        self.futures: list[Future[Any]] = []
        self.most = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        done = sum(one.done() for one in self.futures)
        self.futures.append(future)
        self.most = max(self.most, len(self.futures) - done)
        result = future.result

        def run(timeout: float | None = None) -> Any:
            if not future.done():
                future.set_result(fn(*args, **kwargs))
            return result(timeout)

        future.result = run  # type: ignore[method-assign]
        return future


def test_no_more_is_under_way_than_there_is_use_for_and_closing_calls_it_off(tmp_path: Path) -> None:
    archive(tmp_path)
    executor = Counting()
    files = read_archive(tmp_path, executor=executor)
    first = next(files)
    assert len(executor.futures) == 4
    files.close()  # type: ignore[attr-defined]
    assert [one.cancelled() for one in executor.futures] == [False, True, True, True]
    executor = Counting()
    assert [first, *list(read_archive(tmp_path, executor=executor))[1:]] == list(read_archive(tmp_path))
    assert executor.most == 4


def test_only_what_is_wanted_is_kept(tmp_path: Path) -> None:
    found = archive(tmp_path)
    window = TimeWindow(START + HOUR, START + 2 * HOUR)
    files = list(read_archive(tmp_path, countries=["ke"], tests=["web_connectivity", "ndt"], started=window))
    assert len(files) == 6
    assert total(files).kept == 6
    assert total(files).unwanted == 12
    later = list(read_archive(tmp_path, uploaded=TimeWindow(START + 2 * HOUR, START + 9 * HOUR)))
    assert len(later) == 6
    assert total(later).kept == sum(
        one["measurement_start_time"] >= f"{START + 2 * HOUR:%Y-%m-%d %H}" for one in found
    )
    (tmp_path / "any.jsonl").write_bytes(b"\n".join(line(one) for one in found))
    assert total(read_archive(tmp_path, countries=["KE"], details=False)).kept == 27 * 2


@pytest.mark.parametrize(
    ("early", "late", "wrong"),
    [(0, 0, False), (2, 0, False), (2, 1, True), (-8760, 0, False), (-8760, -1, True), (-24, 0, False)],
)
def test_a_clock_that_is_wrong_is_told_by_the_upload(
    tmp_path: Path, early: int, late: int, wrong: bool
) -> None:
    """An hour is allowed after the hour in the path has ended, and 365 days before it began."""
    time = START + early * HOUR
    seconds = TimeWindow("2026-01-08", "2026-01-08T00:00:01Z").duration * late
    assert is_misdated(time + seconds, START, START + HOUR) == wrong
    write(tmp_path, path_of(START, "UG", "web_connectivity"), [line(measurement(time + seconds))])
    unknown = measurement(time + seconds, number=1) | {"measurement_uid": None}
    write(tmp_path, "flat.jsonl", [line(unknown)])
    flat, file = sorted(read_archive(tmp_path), key=lambda one: one.path)
    assert (file.tally.misdated, file.tally.kept, len(file.measured)) == (wrong, not wrong, not wrong)
    assert (flat.tally.misdated, flat.tally.kept) == (0, 1)
    named = measurement(START, number=2, uploaded=START - HOUR - timedelta(seconds=1))
    write(tmp_path, "flat.jsonl", [line(named)])
    assert next(iter(read_archive(tmp_path))).tally.misdated == 1


def test_copies_share_a_mark_and_others_do_not(tmp_path: Path) -> None:
    one = measurement()
    lines = [
        one,
        one | {"measurement_uid": "20260108090000.000000_UG_webconnectivity_ffffffffffffffff"},
        one | {"report_id": "another"},
        one | {"input": "https://another.org/", "measurement_uid": None},
        one | {"report_id": None, "measurement_uid": None},
    ]
    write(tmp_path, "a.jsonl", map(line, lines))
    (file,) = read_archive(tmp_path)
    first, again, same, other, nameless = (set(each.marks) for each in file.measured)
    assert len(first) == 2
    assert len(first & again) == 1
    assert len(first & same) == 1
    assert not first & other
    assert nameless == set()


def test_a_file_is_streamed(tmp_path: Path) -> None:
    page = {"pad": "x" * 50_000}
    lines = (line(measurement(number=number, keys=page, test="ndt")) for number in range(1000))
    write(tmp_path, "a.jsonl.gz", lines)
    tallies: list[Tally] = []
    tracemalloc.start()
    count = sum(1 for _ in measurements_of(str(tmp_path), "a.jsonl.gz", EVERYTHING, tallies.append))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    file = read_file(str(tmp_path), "a.jsonl.gz", EVERYTHING)
    _, whole = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == len(file.measured) == 1000
    assert tallies == [file.tally]
    assert file.tally.text > 50_000_000
    assert peak < 3_000_000
    assert whole < 6_000_000  # what is kept of a measurement is small, and holds nothing of its line


def test_folders_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not exist"):
        read_archive(tmp_path / "none")
    (tmp_path / "a.tar.gz").touch()
    with pytest.raises(FileError, match=r"holds no archive file .*; 1 post-cans"):
        read_archive(tmp_path)
    with pytest.raises(FileError, match="is not a folder"):
        read_archive(tmp_path / "a.tar.gz")
    with pytest.raises(FileError, match="cannot be read: File name too long"):
        read_archive(tmp_path / ("a" * 5000))
    for folder in (None, "", b"x", "a\0"):
        with pytest.raises(InvalidValueError, match="is not a path"):
            read_archive(folder)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="executor"):
        read_archive(tmp_path, executor=3)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="uploaded"):
        read_archive(tmp_path, uploaded="2020")  # type: ignore[arg-type]


def test_what_a_folder_holds_is_counted(tmp_path: Path) -> None:
    write_all(
        tmp_path / "deep" / "er", [measurement(), measurement(START + 9 * HOUR), measurement(country="KE")]
    )
    for name in ("x.tar.gz", "deep/y.tar.gz", "notes.txt", ".hidden.jsonl.gz"):
        (tmp_path / name).touch()
    (tmp_path / "deep" / "back").symlink_to(tmp_path, target_is_directory=True)
    found = find(str(tmp_path), Choice(countries=["UG"]))
    assert (len(found.files), found.left_out, found.post_cans, found.others) == (2, 1, 2, 2)
    assert found.uploads == {
        "KE": TimeWindow(START, START + HOUR),
        "UG": TimeWindow(START, START + 10 * HOUR),
    }
    assert list(found.files) == sorted(found.files)


def test_a_file_that_vanished_is_a_broken_one(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", [line(measurement())])
    write(tmp_path, "b.jsonl", [line(measurement())])
    files = read_archive(tmp_path)
    (tmp_path / "a.jsonl").unlink()
    gone, there = files
    assert gone.tally.damaged == (Broken("a.jsonl", 0, "cannot be opened: No such file or directory"),)
    assert len(there.measured) == 1


def test_what_is_no_regular_file_is_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", [line(measurement())])
    os.mkfifo(tmp_path / "b.jsonl.gz")
    (tmp_path / "c.jsonl").symlink_to("/dev/zero")
    found = list(read_archive(tmp_path))
    assert [file.tally.kept for file in found] == [1, 0, 0]
    assert [file.tally.damaged for file in found[1:]] == [
        (Broken(name, 0, "is no regular file"),) for name in ("b.jsonl.gz", "c.jsonl")
    ]
