"""Bytes to lines, in whatever pieces they come, whatever happens to them."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutdownkit.sources.ooni.archive.chunks import plain, unpacked
from shutdownkit.sources.ooni.archive.lines import DamagedError, Line, lines_of

T = TypeVar("T")

TEXTS = st.lists(st.one_of(st.binary(max_size=30), st.sampled_from([b"\n", b"\r\n", b" ", b"{}"]))).map(
    b"".join
)


def pieces(text: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    return [text[one:other] for one, other in pairwise(places)]


def until_damage(stream: Iterator[T]) -> tuple[list[T], str | None]:
    found = []
    try:
        for one in stream:
            found.append(one)  # noqa: PERF402 (what came before the exception counts)
    except DamagedError as error:
        return found, str(error)
    return found, None


def come(chunks: Iterator[bytes]) -> tuple[bytes, str | None]:
    found, damage = until_damage(chunks)
    return b"".join(found), damage


@given(TEXTS, st.lists(st.integers(0, 1000)), st.integers(1, 12))
def test_lines_are_those_of_the_whole_text(text: bytes, cuts: list[int], longest: int) -> None:
    expected = []
    lines = text.split(b"\n")
    for number, one in enumerate(lines, start=1):
        data = one.removesuffix(b"\r")
        ended = number < len(lines)
        if len(data) > longest:
            expected.append(Line(number, None, ended=ended))
        elif data.strip():
            expected.append(Line(number, data, ended=ended))
    assert list(lines_of(pieces(text, cuts), longest=longest)) == expected


@given(TEXTS, st.lists(st.integers(0, 1000)))
def test_what_came_before_the_damage_is_there(text: bytes, cuts: list[int]) -> None:
    def chunks() -> Iterator[bytes]:
        yield from pieces(text, cuts)
        raise DamagedError("broken")

    found, damage = until_damage(lines_of(chunks()))
    assert damage == "broken"
    whole = list(lines_of([text]))
    assert [one.data for one in found] == [one.data for one in whole]
    assert [one.cut for one in found[:-1]] == [False] * len(found[:-1])
    if found:
        assert found[-1].cut == bool(text.rpartition(b"\n")[2].strip())


MEMBERS = st.lists(st.binary(max_size=200), min_size=1, max_size=4)


@given(MEMBERS, st.integers(0, 3), st.integers(1, 50))
def test_members_are_joined_and_zeros_after_them_are_none(
    members: list[bytes], zeros: int, size: int
) -> None:
    packed = b"".join(gzip.compress(one, mtime=0) + bytes(zeros) for one in members)
    file = io.BytesIO(packed)
    assert come(unpacked(lambda _: file.read(size))) == (b"".join(members), None)


@given(MEMBERS, st.data())
def test_a_file_cut_anywhere_gives_a_beginning_and_is_damaged(
    members: list[bytes], data: st.DataObject
) -> None:
    packed = [gzip.compress(one, mtime=0) for one in members]
    edges = {sum(map(len, packed[:count])) for count in range(1, len(packed) + 1)}
    cut = data.draw(st.integers(0, sum(map(len, packed))))
    text, damage = come(unpacked(io.BytesIO(b"".join(packed)[:cut]).read))
    assert b"".join(members).startswith(text)
    assert (damage is None) == (cut in edges)
    sure = sum(len(one) for count, one in enumerate(members) if sum(map(len, packed[: count + 1])) <= cut)
    assert len(text) >= sure


def test_a_cut_loses_nothing_that_can_be_unpacked() -> None:
    text = b"".join(b"%d,%d\n" % (number, number * 7919 % 1000) for number in range(200_000))
    packed = gzip.compress(text, mtime=0)
    half = packed[: len(packed) // 2]
    found, damage = come(unpacked(io.BytesIO(half).read))
    assert damage == "the gzip stream is cut short"
    assert found == zlib.decompressobj(31).decompress(half)
    assert len(found) > len(text) // 3


def test_a_cut_where_a_portion_is_full_loses_nothing() -> None:
    packed = gzip.compress(bytes(300_000), mtime=0)  # 258 zeros for some bits: more is to come than was read
    for cut in range(20, len(packed) - 8):
        found, _ = come(unpacked(io.BytesIO(packed[:cut]).read))
        assert len(found) == len(zlib.decompressobj(31).decompress(packed[:cut]))


@given(st.binary(min_size=1, max_size=4000), st.data())
def test_a_wrong_checksum_takes_nothing_away(noise: bytes, data: st.DataObject) -> None:
    packed = bytearray(gzip.compress(noise, 0, mtime=0))
    begin = len(packed) - 8 - len(noise)  # stored as they are, before checksum and length
    place = data.draw(st.integers(begin, len(packed) - 1))
    packed[place] ^= 0xFF
    text, damage = come(unpacked(io.BytesIO(bytes(packed)).read))
    assert damage is not None
    assert len(text) == len(noise)
    assert text[: place - begin] == noise[: place - begin]


def test_damage_within_takes_nothing_of_what_stands_before_it() -> None:
    text = b"".join(b"%d,%d\n" % (number, number * 7919 % 1000) for number in range(20_000))
    packed = bytearray(gzip.compress(text, mtime=0))
    middle = len(packed) // 2
    packed[middle : middle + 200] = bytes(200)
    found, damage = come(unpacked(io.BytesIO(bytes(packed)).read))
    sound = zlib.decompressobj(31).decompress(bytes(packed[:middle]))
    assert damage is not None
    assert found[: len(sound)] == sound
    assert len(sound) > len(text) // 3


@pytest.mark.parametrize(
    ("packed", "damage"),
    [
        (b"", "is empty, which is no gzip stream"),
        (b"{}\n", "not a sound gzip stream: "),
        (gzip.compress(b"{}", mtime=0) + b"more", "damaged, or something else than gzip follows: "),
    ],
)
def test_what_is_no_gzip_is_told(packed: bytes, damage: str) -> None:
    assert str(come(unpacked(io.BytesIO(packed).read))[1]).startswith(damage)


def test_a_system_that_fails_is_damage() -> None:
    def read(_: int) -> bytes:
        raise OSError(5, "Input/output error")

    assert come(unpacked(read)) == (b"", "cannot be read on: Input/output error")
    assert come(plain(read)) == (b"", "cannot be read on: Input/output error")


def test_a_line_without_end_and_a_bomb_take_bounded_memory() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(200)) + packer.flush()
    tracemalloc.start()
    lines = list(lines_of(unpacked(io.BytesIO(packed).read), longest=1 << 20))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert lines == [Line(1, None, ended=False)]
    assert peak < 8 << 20  # of 200 MB
