"""Bodies: whole, decompressed, within their limit."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from urllib3 import HTTPResponse

from shutdownkit.errors import WrongAnswerError
from shutdownkit.reading.http.body import PIECE, BrokenBodyError, read_body


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def _members(data: bytes) -> bytes:
    half = len(data) // 2
    return gzip.compress(data[:half], mtime=0) + gzip.compress(data[half:])


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "plain": ("", bytes),
    "identity": ("identity", bytes),
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZIP", gzip.compress),
    "members": ("gzip", _members),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", _raw_deflate),
}
BODIES = st.binary(max_size=300) | st.builds(
    lambda unit, count: unit * count, st.binary(min_size=1, max_size=3), st.integers(0, 4 * PIECE)
)


def response(body: bytes, encoding: str) -> HTTPResponse:
    return HTTPResponse(io.BytesIO(body), {"Content-Encoding": encoding}, 200, preload_content=False)


@given(BODIES, st.sampled_from(sorted(PACKERS)), st.integers(-2, 2))
def test_a_body_comes_back_unless_it_is_too_large(data: bytes, name: str, spare: int) -> None:
    encoding, pack = PACKERS[name]
    limit = max(len(data) + spare, 0)
    if len(data) <= limit:
        assert read_body(response(pack(data), encoding), limit) == data
    else:
        with pytest.raises(WrongAnswerError, match=f"more than {limit} bytes"):
            read_body(response(pack(data), encoding), limit)


@pytest.mark.parametrize("over", range(0, 300, 3))
def test_what_zlib_holds_back_at_the_end_of_a_piece_is_not_lost(over: int) -> None:
    data = b"a" * (PIECE + over)  # its last match may be read whole before it is given whole
    assert read_body(response(_raw_deflate(data), "deflate"), len(data)) == data


@given(BODIES, st.sampled_from(["gzip", "deflate", "raw deflate"]), st.integers(min_value=1))
def test_a_compressed_body_that_stops_early_is_broken(data: bytes, name: str, cut: int) -> None:
    encoding, pack = PACKERS[name]
    packed = pack(data)
    kept = packed[: -(cut % len(packed)) or None]
    assume(kept != packed)
    with pytest.raises(BrokenBodyError, match="middle"):
        read_body(response(kept, encoding), len(data))


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"{}", "gzip"),
        (gzip.compress(b"{}", mtime=0)[:-8] + b"12345678", "gzip"),
        (gzip.compress(b"{}", mtime=0) + b"more", "gzip"),
        (zlib.compress(b"{}") + b"more", "deflate"),
    ],
)
def test_a_compression_that_is_none_is_broken(body: bytes, encoding: str) -> None:
    with pytest.raises(BrokenBodyError):
        read_body(response(body, encoding), 100)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "\x00"])
def test_what_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(WrongAnswerError, match="was not asked for"):
        read_body(response(b"{}", encoding), 100)
