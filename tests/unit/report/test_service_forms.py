"""The JSON of services: its documented shape, and what a reader says of values that contradict."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import jsonschema
import pytest

from shutdownkit.errors import CallerError
from shutdownkit.report.report import Report
from shutdownkit.report.schema import report_schema
from shutdownkit.report.tables import report_csv
from tests.unit.report.samples import report
from tests.unit.report.service_samples import BLOCKING, SERVICES, blocking_report

BLOCK = ("episodes", 0, "blocking", "blocks", 0)
REACHED = ("services", 6)


def plain() -> Any:
    return json.loads(blocking_report().to_json())


def test_the_documented_shape() -> None:
    document = plain()
    (episode,) = document["episodes"]
    assert episode["blocking"]["held"] == ["google", "wikipedia"]
    assert episode["blocking"]["failed_too"] == ["domain:gone.example"]
    assert episode["blocking"]["blocks"][0] == {
        "service": "telegram",
        "title": "Telegram",
        "subjects": ["app:telegram", "domain:web.telegram.org"],
        "start": "2020-08-08T20:30:00Z",
        "end": "2020-08-10T11:00:00Z",
        "last": "2020-08-10T09:00:00Z",
        "worked": "2020-08-08T19:12:00Z",
        "slowed": False,
        "how": ["tls", "http"],
        "networks": ["AS25106", "AS6697"],
        "open": ["AS42772"],
        "unclear": ["AS31143"],
        "tests": 44,
        "failed": 41,
        "confirmed": 12,
        "runs": 9,
        "hours": 7,
    }
    lasting = episode["blocking"]["blocks"][1]
    assert (lasting["end"], lasting["worked"], lasting["slowed"]) == (None, None, True)
    assert document["services"][4] == {
        "service": "vendor",
        "title": "Vendor",
        "subjects": ["domain:vendor.example"],
        "reach": "down",
        "networks": [
            {
                "network": None,
                "reach": "down",
                "tests": 4,
                "failed": 0,
                "confirmed": 0,
                "runs": 2,
                "how": [],
                "reason": "it fails elsewhere as well",
            }
        ],
        "discards": [
            {"reason": "geo-DNS", "tests": 1},
            {"reason": "broken version of the test", "tests": 3},
        ],
    }


def test_it_is_read_as_it_was_written() -> None:
    back = Report.from_json(json.dumps(plain()))
    assert back == blocking_report()
    assert back.episodes[0].blocking == BLOCKING
    assert back.services == SERVICES


def test_what_an_earlier_version_wrote_has_no_services() -> None:
    document = json.loads(report().to_json())
    assert document["services"] == []
    assert document["episodes"][0]["blocking"] is None
    del document["services"], document["episodes"][0]["blocking"]
    assert Report.from_json(json.dumps(document)) == report()


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ((*BLOCK, "end"), "2020-08-10T08:59:59Z", "is before the last test that failed"),
        ((*BLOCK, "last"), "2020-08-08T20:29:00Z", "is before the start"),
        ((*BLOCK, "worked"), "2020-08-08T20:31:00Z", "is after the start"),
        ((*BLOCK, "failed"), 45, "45 is more than the 44 tests"),
        ((*BLOCK, "confirmed"), 42, "42 is more than the 41 tests that failed"),
        ((*BLOCK, "tests"), 44.0, "44.0 is not a whole number"),
        ((*BLOCK, "tests"), "44", "'44' is not a whole number"),
        ((*BLOCK, "runs"), -1, "-1 is under 0"),
        ((*BLOCK, "hours"), True, "True is not a whole number"),
        ((*BLOCK, "hours"), None, "None is not a whole number"),
        ((*BLOCK, "slowed"), 0, "0 is neither true nor false"),
        ((*BLOCK, "title"), " ", "' ' is empty"),
        ((*BLOCK, "how", 1), "TLS", "'TLS' is none of dns, tcp, tls, http"),
        ((*BLOCK, "networks", 0), "BY", "'BY' is not a network"),
        ((*BLOCK, "open", 0), "AS25106", "'AS25106' stands in networks as well"),
        ((*BLOCK, "unclear", 0), "AS42772", "'AS42772' stands in open as well"),
        ((*BLOCK[:-1],), [], "() are none"),
        ((*BLOCK[:-2], "held", 1), "telegram", "'telegram' stands in blocks as well"),
        ((*BLOCK[:-2], "failed_too", 0), "google", "'google' stands in held as well"),
        (("services",), None, "None is not a list"),
        ((*REACHED, "reach"), "ok", "'ok' is not blocked, the gravest of its networks"),
        (("services", 3, "reach"), "blocked", "'blocked' is not insufficient, the gravest of its networks"),
        ((*REACHED, "networks", 0, "network"), "BY", "'BY' is not a network"),
        ((*REACHED, "networks", 1, "failed"), 31, "31 is more than the 30 tests"),
        ((*REACHED, "networks", 1, "confirmed"), 30, "30 is more than the 29 tests that failed"),
        ((*REACHED, "networks", 0, "reach"), "open", "'open' is none of blocked, slowed"),
        (("services", 0, "discards", 0, "reason"), "", "'' is empty"),
        (("services", 0, "discards", 0, "tests"), -3, "-3 is under 0"),
    ],
)
def test_what_contradicts_itself_is_refused_by_its_path(
    path: tuple[str | int, ...], value: object, message: str
) -> None:
    document = plain()
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    with pytest.raises(CallerError) as caught:
        Report.from_json(json.dumps(document))
    where = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")
    assert str(caught.value).startswith(f"{where}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((*BLOCK, "tests"), 44.5),
        ((*BLOCK, "runs"), -1),
        ((*BLOCK, "slowed"), 0),
        ((*BLOCK, "how", 1), "TLS"),
        ((*BLOCK, "networks", 0), "BY"),
        ((*BLOCK[:-1],), []),
        ((*REACHED, "networks", 0, "network"), "BY"),
        ((*REACHED, "networks", 0, "reach"), "open"),
        (("services", 0, "discards", 0, "reason"), ""),
        (("services",), None),
    ],
)
def test_what_is_of_another_form_is_not_of_the_schema(path: tuple[str | int, ...], value: object) -> None:
    validator = jsonschema.Draft202012Validator(report_schema())
    document = plain()
    validator.validate(document)
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    assert not validator.is_valid(document)
    with pytest.raises(CallerError):
        Report.from_json(json.dumps(document))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((*BLOCK, "end"), "2020-08-10T09:00:00Z"),
        ((*BLOCK, "worked"), "2020-08-08T20:30:00Z"),
        ((*BLOCK, "failed"), 44),
        ((*BLOCK, "confirmed"), 41),
        ((*REACHED, "networks", 1, "confirmed"), 29),
    ],
)
def test_what_is_just_possible_is_read(path: tuple[str | int, ...], value: object) -> None:
    document = plain()
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    assert json.loads(Report.from_json(json.dumps(document)).to_json()) == document


def test_a_table_s_row_names_what_was_blocked_and_where() -> None:
    (row,) = csv.DictReader(io.StringIO(report_csv(blocking_report()), newline=""))
    assert row["services"] == "telegram;domain:video.example"
    assert row["networks_blocking"] == "AS25106;AS6697"
    assert list(row)[18:20] == ["services", "networks_blocking"]
    assert blocking_report().to_frame()["networks_blocking"].tolist() == ["AS25106;AS6697"]
