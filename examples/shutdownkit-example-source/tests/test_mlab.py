"""M-Lab's source keeps the laws of sources, and refuses files about something else."""

from __future__ import annotations

import json
import math
import unittest
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from shutdownkit import Query, Source, SourceConfig, TimeWindow, WrongAnswerError
from shutdownkit.reading.http.client import HttpClient
from shutdownkit.testing import LoopbackServer, Received, Reply, SourceContract, Truth, Upstream
from shutdownkit_mlab import MlabSource

QUERY = Query("AS6697", TimeWindow("2020-08-08", "2020-08-09"), history=timedelta(0))
FIELDS = {
    "mlab.addresses": "dl_samples_day",
    "mlab.download": "download_MED",
    "mlab.rtt": "download_minRTT_MED",
}


class TestMlab(SourceContract, unittest.TestCase):
    name = "mlab"
    day = datetime(2020, 12, 30, tzinfo=UTC)  # so that a few days are in two files

    def make_source(self, config: SourceConfig) -> Source:
        return MlabSource(config)

    def publish(self, upstream: Upstream, truth: Truth) -> None:
        upstream.serve(lambda received: answered(truth, received))


def answered(truth: Truth, received: Received) -> Reply:
    """What M-Lab says of a network and a year: of each day with tests two of its eight rows."""
    _, _, _, asn, year, _ = received.path.split("/")
    days: dict[str, dict[str, float | None]] = {}
    for signal in truth.signals:
        if str(signal.entity) == f"AS{asn}":
            for time, value in zip(signal.series.times, signal.series.values.tolist(), strict=True):
                day = days.setdefault(str(time)[:10], {})
                day[FIELDS[signal.kind.name]] = None if math.isnan(value) else value
    rows = [
        {"asn": int(asn), "date": day, "bucket_min": bucket, **numbers}
        for day, numbers in days.items()
        if day.startswith(year) and any(value is not None for value in numbers.values())
        for bucket in (0, 1.7782794100389228)
    ]
    return Reply(json.dumps(rows).encode())


class TestWrongFiles(unittest.TestCase):
    def test_a_file_about_something_else_is_refused(self) -> None:
        day = {"asn": 6697, "date": "2020-08-08", "download_MED": 7.5}
        for wrong in ({"asn": 6698}, {"date": "2019-08-08"}, {"download_MED": 8.5}, {"download_MED": -1}):
            reply = Reply(json.dumps([day, day | wrong]).encode())
            with LoopbackServer(partial(always, reply)) as server, HttpClient() as client:
                source = MlabSource(SourceConfig("mlab", client, server.url))
                with self.subTest(wrong=wrong), pytest.raises(WrongAnswerError):
                    source.fetch(QUERY)


def always(reply: Reply, received: Received) -> Reply:
    del received
    return reply
