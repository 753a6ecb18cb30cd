"""What the recorded whole measurements say, beside what OONI's server said."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from shutdownkit.errors import WrongAnswerError
from shutdownkit.model.service_tests import Layer, Outcome, ServiceTest, Strength
from shutdownkit.sources.ooni.whole import verdict
from shutdownkit.sources.ooni.whole.fingerprints import NONE, Fingerprints
from shutdownkit.sources.ooni.whole.record import Whole, read_whole
from shutdownkit.sources.ooni.whole.times import times_of

pytestmark = pytest.mark.recorded

QA = "qa_measurements"
DISAGREE = {  # with OONI's flags, and why
    "012019111898e81f78c44cf8689fa32f5d1cb664": (Outcome.UNKNOWN, "the control failed (json_parse_error)"),
    "20201029043459.005820_RU_webconnectivity_604f1cb2579d144d": (Outcome.DOWN, "the control gets no page"),
}


@pytest.fixture(scope="module")
def marks(recorded: Path) -> Fingerprints:
    folder = recorded / "ooni" / "fingerprints"
    return Fingerprints.read(folder / "fingerprints_dns.csv", folder / "fingerprints_http.csv")


def measurement(recorded: Path, folder: str, name: str) -> Whole:
    return read_whole((recorded / "ooni" / folder / f"{name}.json").read_bytes())


def judged(recorded: Path, folder: str, name: str, marks: Fingerprints = NONE) -> ServiceTest:
    (found,) = verdict.tests_of(measurement(recorded, folder, name), marks)
    return found


def test_beside_the_flags_of_the_production_server(recorded: Path, marks: Fingerprints) -> None:
    compared = 0
    for path in sorted((recorded / "ooni" / "api_responses").glob("measurement_meta__*")):
        answer = json.loads(path.read_bytes())
        name = answer.get("measurement_uid")
        if name is None:
            continue
        found = verdict.tests_of(measurement(recorded, "raw_measurements", name), marks)
        if not found:
            continue
        compared += 1
        expected = Outcome.BLOCKED if answer["anomaly"] else Outcome.OK
        outcome, reason = DISAGREE.get(name, (expected, ""))
        assert (name, found[0].outcome) == (name, outcome)
        assert reason in found[0].reason
        assert (found[0].strength is Strength.CONFIRMED) == answer["confirmed"]
    assert compared == 21


def test_every_recorded_measurement_is_read_or_refused_for_its_time(
    recorded: Path, marks: Fingerprints
) -> None:
    read, refused = 0, []
    for folder in ("raw_measurements", "fastpath_tests", "spec_examples", QA):
        for path in sorted((recorded / "ooni" / folder).iterdir()):
            body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            if not body.lstrip().startswith(b"{"):
                continue
            try:
                one = read_whole(body)
            except WrongAnswerError as error:
                refused.append(error.problem)
                continue
            read += 1
            times_of(one)
            for found in verdict.tests_of(one, marks):
                assert found.reason or found.outcome is Outcome.OK
                assert found.time == one.time
    assert (read, len(refused)) == (147, 5)
    assert all("measurement_start_time" in problem for problem in refused)


def test_a_block_page_in_russia_is_confirmed(recorded: Path, marks: Fingerprints) -> None:
    name = "01202003039e13e3e38be1918d3a64c2ec27ea22"
    found = judged(recorded, "raw_measurements", name, marks)
    assert (found.subject, found.outcome) == ("domain:rutor.org", Outcome.BLOCKED)
    assert (found.layer, found.strength) == (Layer.HTTP, Strength.CONFIRMED)
    assert judged(recorded, "raw_measurements", name).strength is Strength.WEAK
    assert found.address == f"https://explorer.ooni.org/m/{name}"


def test_a_block_page_that_ooni_overlooked_is_confirmed(recorded: Path, marks: Fingerprints) -> None:
    name = "20250527233111.802678_ID_webconnectivity_5a37ec909dbf14e3"
    found = judged(recorded, "fastpath_tests", name, marks)
    assert (found.outcome, found.strength) == (Outcome.BLOCKED, Strength.CONFIRMED)


SIMULATED: dict[str, tuple[Outcome, Layer | None, Strength | None]] = {
    "badSSLWithExpiredCertificate": (Outcome.DOWN, Layer.TLS, None),
    "badSSLWithUnknownAuthorityWithInconsistentDNS": (Outcome.BLOCKED, Layer.DNS, Strength.PLAIN),
    "cloudflareCAPTCHAWithHTTP": (Outcome.DISCARDED, Layer.HTTP, None),
    "cloudflareCAPTCHAWithHTTPS": (Outcome.DISCARDED, Layer.HTTP, None),
    "controlFailureWithSuccessfulHTTPSWebsite": (Outcome.OK, None, None),
    "controlFailureWithSuccessfulHTTPWebsite": (Outcome.UNKNOWN, None, None),
    "dnsBlockingAndroidDNSCacheNoData": (Outcome.BLOCKED, Layer.DNS, Strength.PLAIN),
    "dnsBlockingBOGON": (Outcome.BLOCKED, Layer.DNS, Strength.PLAIN),
    "dnsBlockingNXDOMAIN": (Outcome.BLOCKED, Layer.DNS, Strength.PLAIN),
    "dnsHijackingToLocalhostWithHTTP": (Outcome.BLOCKED, Layer.DNS, Strength.PLAIN),
    "dnsHijackingToProxyWithHTTPSURL": (Outcome.OK, None, None),
    "ghostDNSBlockingWithHTTP": (Outcome.DOWN, Layer.DNS, None),
    "httpBlockingConnectionReset": (Outcome.BLOCKED, Layer.HTTP, Strength.PLAIN),
    "httpDiffWithConsistentDNS": (Outcome.BLOCKED, Layer.HTTP, Strength.WEAK),
    "httpDiffWithInconsistentDNS": (Outcome.BLOCKED, Layer.HTTP, Strength.WEAK),
    "idnaWithoutCensorshipWithFirstLetterUppercase": (Outcome.OK, None, None),
    "largeFileWithHTTP": (Outcome.OK, None, None),
    "largeFileWithHTTPS": (Outcome.OK, None, None),
    "localhostWithHTTP": (Outcome.DOWN, Layer.DNS, None),
    "redirectWithBrokenLocationForHTTP": (Outcome.BLOCKED, Layer.HTTP, Strength.WEAK),
    "redirectWithBrokenLocationForHTTPS": (Outcome.DISCARDED, Layer.HTTP, None),
    "redirectWithConsistentDNSAndThenConnectionRefusedForHTTP": (Outcome.BLOCKED, Layer.TCP, Strength.PLAIN),
    "redirectWithConsistentDNSAndThenConnectionResetForHTTPS": (Outcome.BLOCKED, Layer.TLS, Strength.PLAIN),
    "redirectWithConsistentDNSAndThenNXDOMAIN": (Outcome.BLOCKED, Layer.DNS, Strength.PLAIN),
    "redirectWithConsistentDNSAndThenTimeoutForHTTP": (Outcome.BLOCKED, Layer.HTTP, Strength.PLAIN),
    "redirectWithConsistentDNSAndThenTimeoutForHTTPS": (Outcome.BLOCKED, Layer.TLS, Strength.PLAIN),
    "redirectWithMoreThanTenRedirectsAndHTTP": (Outcome.UNKNOWN, None, None),
    "successWithHTTP": (Outcome.OK, None, None),
    "tcpBlockingConnectTimeout": (Outcome.BLOCKED, Layer.TCP, Strength.PLAIN),
    "tcpBlockingConnectionRefusedWithInconsistentDNS": (Outcome.BLOCKED, Layer.DNS, Strength.PLAIN),
    "throttlingWithHTTP": (Outcome.SLOWED, Layer.HTTP, Strength.PLAIN),
    "throttlingWithHTTPS": (Outcome.SLOWED, Layer.HTTP, Strength.PLAIN),
    "tlsBlockingConnectionResetWithConsistentDNS": (Outcome.BLOCKED, Layer.TLS, Strength.PLAIN),
    "tlsBlockingConnectionResetWithInconsistentDNS": (Outcome.BLOCKED, Layer.TLS, Strength.PLAIN),
    "websiteDownNXDOMAIN": (Outcome.DOWN, Layer.DNS, None),
    "websiteDownNoAddrs": (Outcome.DOWN, Layer.DNS, None),
    "websiteDownTCPConnect": (Outcome.DOWN, Layer.TCP, None),
}


@pytest.mark.parametrize("name", SIMULATED)
def test_simulated_measurements(recorded: Path, name: str) -> None:
    found = judged(recorded, QA, name)
    assert (found.outcome, found.layer, found.strength) == SIMULATED[name]


def test_of_the_simulated_only_those_with_throttling_are_slowed(recorded: Path) -> None:
    names = [path.stem for path in sorted((recorded / "ooni" / QA).glob("*.json"))]
    slowed = [name for name in names if judged(recorded, QA, name).outcome is Outcome.SLOWED]
    assert slowed == [name for name in names if name.startswith("throttling")]
    assert len(slowed) == 2


@pytest.mark.parametrize(
    ("folder", "name", "outcome", "strength"),
    [
        ("fastpath_tests", "signal_2627", Outcome.DISCARDED, None),
        ("fastpath_tests", "signal_679", Outcome.DISCARDED, None),
        ("fastpath_tests", "signal_022", Outcome.OK, None),
        ("fastpath_tests", "whatsapp", Outcome.OK, None),
        ("fastpath_tests", "telegram_nourl", Outcome.OK, None),
        ("fastpath_tests", "tor_list", Outcome.UNKNOWN, None),
        ("fastpath_tests", "vanilla_tor", Outcome.BLOCKED, Strength.PLAIN),
        ("fastpath_tests", "riseupvpn", Outcome.UNKNOWN, None),
        ("fastpath_tests", "bug_351", Outcome.UNKNOWN, None),
        ("fastpath_tests", "requests_none", Outcome.DOWN, None),
        ("fastpath_tests", "web_connectivity_null2", Outcome.DOWN, None),
        ("fastpath_tests", "web_connectivity_ir_fp", Outcome.BLOCKED, Strength.PLAIN),
        # recorded false positives: blocked at most weakly
        (
            "raw_measurements",
            "20221105223930.168194_JP_whatsapp_e3e891f975f0d5ef",
            Outcome.BLOCKED,
            Strength.WEAK,
        ),
        (
            "raw_measurements",
            "20220121234007.821843_DE_psiphon_f90aefe2132c91d0",
            Outcome.BLOCKED,
            Strength.WEAK,
        ),
        ("raw_measurements", "01202003044cadd4e9b30806be0e72a6e05e161a", Outcome.BLOCKED, Strength.WEAK),
    ],
)
def test_single_measurements(
    recorded: Path, folder: str, name: str, outcome: Outcome, strength: Strength | None
) -> None:
    found = judged(recorded, folder, name)
    assert (found.outcome, found.strength) == (outcome, strength)


def test_times(recorded: Path) -> None:
    raw = "raw_measurements"
    ndt = times_of(measurement(recorded, raw, "20221110105049.153143_DE_ndt_b15c26280f8b5993"))
    assert ndt.download == pytest.approx(29.26686)
    assert (ndt.rtt, ndt.least_rtt) == (100.616, 38.481)
    dash = times_of(measurement(recorded, raw, "20221110111106.870773_US_dash_2d879e766e4a5bde"))
    assert dash.bitrate == 539.093
    failed = times_of(measurement(recorded, raw, "01201911098a2eebcc7e2987c051a332b7769a57"))
    assert (failed.download, failed.rtt) == (None, None)
    web = times_of(measurement(recorded, raw, "20221110100919.165568_US_webconnectivity_782abf479bf32868"))
    assert len(web.handshakes) == 8
    assert web.handshakes[0].duration == pytest.approx(53.5811)
    newest = times_of(
        measurement(recorded, "spec_examples", "ts-017-web-connectivity__2__web_connectivity_IT")
    )
    assert [(one.name, round(one.duration, 3)) for one in newest.handshakes] == [("www.example.com", 266.202)]
    assert times_of(measurement(recorded, QA, "throttlingWithHTTPS")).handshakes == ()
