"""The part of the JSON Schema that is about services."""

from __future__ import annotations

from ..model.reach import Reach
from ..model.service_tests import Layer
from .schema_parts import (
    Schema,
    count,
    flag,
    list_of,
    network,
    nullable,
    object_of,
    one_of,
    text,
    time,
)

__all__ = ["blocking", "service_reach"]


def blocking() -> Schema:
    """What was blocked in one episode."""
    return object_of(
        "What was blocked or slowed, where single tests say so; null, or absent from reports of earlier"
        " versions, where none do.",
        {
            "blocks": list_of("By service, ordered by when they began.", _block(), empty=False),
            "held": list_of(
                "Services that were tested on the same networks meanwhile and worked.",
                text("Name of one of them.", empty=True),
            ),
            "failed_too": list_of(
                "Services that failed there as well and are not blocked as far as can be told.",
                text("Name of one of them.", empty=True),
            ),
        },
    )


def service_reach() -> Schema:
    """Whether one service can be reached."""
    return object_of(
        "Whether one service can be reached, by network.",
        {
            **_service("What was tested of it."),
            "reach": one_of(Reach, "The gravest of any network; insufficient where there is none."),
            "networks": list_of("By network, those not known first.", _network_reach()),
            "discards": list_of("Tests that looked like blocking and do not count.", _discards()),
        },
    )


def _service(subjects: str) -> dict[str, Schema]:
    return {
        "service": text("Name of the service."),
        "title": text("The service's name for people."),
        "subjects": list_of(
            subjects, text("One subject, as app:telegram or domain:example.org.", empty=True)
        ),
    }


def _block() -> Schema:
    return object_of(
        "One service that was blocked or slowed.",
        {
            **_service("What failed of it."),
            "start": time("The first test that failed."),
            "end": nullable(time("The first test that worked again; null while it lasts.")),
            "last": time("The last test that failed."),
            "worked": nullable(
                time(
                    "The last test before the start that worked; null where none was made: then it may"
                    " have been blocked long before."
                )
            ),
            "slowed": flag("Whether it was slowed, not blocked."),
            "how": _how(),
            "networks": list_of("Those that block it.", network("One of them.")),
            "open": list_of("Those from which it was reached meanwhile.", network("One of them.")),
            "unclear": list_of("Those that tested it too little to tell.", network("One of them.")),
            "tests": count("Usable tests while it was blocked, on the networks that block it."),
            **_failures(),
            "runs": count("How many runs of probes these come from."),
            "hours": count("In how many hours these were made."),
        },
    )


def _network_reach() -> Schema:
    return object_of(
        "Whether the service can be reached from one network.",
        {
            "network": nullable(network("Where the probes were; null where they did not know.")),
            "reach": one_of(Reach, "The gravest that holds at any time of the window."),
            "tests": count("Tests that say anything: that failed, or did not."),
            **_failures(),
            "runs": count("How many runs of probes the tests come from."),
            "how": _how(),
            "reason": text(
                "Why nobody could tell, or why failures are not blocking; empty where there is no such why.",
                empty=True,
            ),
        },
    )


def _failures() -> dict[str, Schema]:
    return {
        "failed": count("Of these tests, those that failed; never more."),
        "confirmed": count(
            "Of those that failed, those in which a known block page or forged address was served."
        ),
    }


def _how() -> Schema:
    return list_of("The layers at which tests failed, the commonest first.", one_of(Layer, "One layer."))


def _discards() -> Schema:
    return object_of(
        "Tests that looked like blocking and do not count.",
        {"reason": text("Why they do not count."), "tests": count("How many there are.")},
    )
