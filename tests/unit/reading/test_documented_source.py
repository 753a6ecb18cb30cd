"""The source that docs/sources.md shows is one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from shutdownkit.reading.gather import gather
from shutdownkit.testing.server import LoopbackServer, Reply

from .fake_sources import QUERY
from .plugins import Install

PAGE = Path(__file__).parents[3] / "docs" / "sources.md"


def documented() -> str:
    (code,) = (
        block.partition("\n```")[0]
        for block in PAGE.read_text(encoding="utf-8").split("```python\n")
        if "class AcmeSource" in block
    )
    return code


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"hourly": [0, None, *[5.5] * 214]}, None),
        ({"hourly": "5"}, "no list named hourly"),
        ([], "no list named hourly"),
        ({"hourly": [5] * 300}, "gave probing.up-slash24s over"),
    ],
)
def test_it_gives_what_was_measured_and_refuses_what_is_none(
    install: Install, document: object, problem: str | None
) -> None:
    install("acme-pack", {"acme": "acme_source:AcmeSource"}, modules={"acme_source": documented()})
    with LoopbackServer(lambda _: Reply(json.dumps(document).encode())) as server:
        environ = {"SHUTDOWNKIT_ACME_URL": server.url}
        gathered = gather(QUERY, sources=["acme"], cache=False, environ=environ)
    if problem is None:
        (signal,) = gathered.signals
        np.testing.assert_array_equal(signal.series.values[:3], [0, np.nan, 5.5])
        assert gathered.failures == ()
    else:
        (failure,) = gathered.failures
        assert failure.problem.startswith(problem)
