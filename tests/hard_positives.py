"""The hard positives: shutdowns that hide from one instrument or another, or were the first of their kind."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve

import shutdownkit as sk

from .hard_case import HardCase
from .hard_worlds import (
    BGP,
    HOUR,
    HTTP3,
    MINUTE,
    PROBING,
    TELESCOPE,
    TRAFFIC,
    V6,
    Dip,
    Place,
    at,
    repeated,
)

__all__ = ["POSITIVES"]

_M = sk.Mechanism
_OUTAGE = frozenset({sk.Condition.OUTAGE})
FACTS = "facts on shutdowns, sections 2 and 5"


def _spells(dips: tuple[Dip, ...]) -> tuple[sk.TimeWindow, ...]:
    return tuple(sk.TimeWindow(dip.begin, dip.end) for dip in dips)


_JANUARY = sk.TimeWindow("2026-01-08T18:45:00Z", "2026-01-20T08:20:00Z")
IRAN_2026 = HardCase(
    name="Iran January 2026 (stealth)",
    what="IPv6 was withdrawn seven hours before all went dark; IPv4 routes stayed.",
    is_deliberate=True,
    published="HTTP/3 from 40 to 5 % on 31 December; IPv6 prefixes 433 to 43 on 8 January 11:50 UTC; "
    "blackout 18:45 UTC; IPv4 prefixes 8209 to 7857 (-4 %)",
    made_up="that probing lost 93 %, radiation 85 % and traffic 97 %; the end",
    source=FACTS,
    spells=(_JANUARY,),
    own=Place(
        "IR",
        {
            BGP: [Dip(_JANUARY.start, _JANUARY.end, 0.043)],
            V6: [Dip(at("2026-01-08T11:50"), _JANUARY.end, 0.9)],
            PROBING: [Dip(_JANUARY.start, _JANUARY.end, 0.93)],
            TELESCOPE: [Dip(_JANUARY.start, _JANUARY.end, 0.85)],
            TRAFFIC: [Dip(_JANUARY.start, _JANUARY.end, 0.97)],
            HTTP3: [Dip(at("2025-12-31T06:00"), _JANUARY.end, 0.875)],
        },
    ),
    conditions=_OUTAGE,
    mechanism=_M.FILTERING,
)

_JUNE = sk.TimeWindow("2025-06-18T12:50:00Z", "2025-06-21T05:40:00Z")
IRAN_2025 = HardCase(
    name="Iran June 2025 (stealth)",
    what="Nine tenths of the traffic were gone and all routes stayed.",
    is_deliberate=True,
    published="June 2025; about 90 % of the traffic lost with BGP intact; IPv6 off",
    made_up="the times; that IPv6 went five hours before; what probing and the telescope saw",
    source=FACTS,
    spells=(_JUNE,),
    own=Place(
        "IR",
        {
            BGP: [Dip(_JUNE.start, _JUNE.end, 0.02)],
            V6: [Dip(_JUNE.start - 5 * HOUR, _JUNE.end, 0.9)],
            PROBING: [Dip(_JUNE.start, _JUNE.end, 0.85, fall=30 * MINUTE)],
            TELESCOPE: [Dip(_JUNE.start, _JUNE.end, 0.75, fall=30 * MINUTE)],
            TRAFFIC: [Dip(_JUNE.start, _JUNE.end, 0.9, fall=30 * MINUTE)],
        },
    ),
    conditions=_OUTAGE,
    mechanism=_M.FILTERING,
)

_CURFEW = repeated(Dip(at("2021-02-14T18:30"), at("2021-02-15T02:30"), 0.9), 8)
MYANMAR = HardCase(
    name="Myanmar 2021 (curfew)",
    what="Every night from 01:00 to 09:00 local the country was cut off.",
    is_deliberate=True,
    published="from 14 February 2021, 18:30 UTC, 8 hours, near-identical ends; all three signals fell",
    made_up="nine tenths of each signal, eight of the 72 nights",
    source=f"{FACTS}; Padmanabhan et al., FOCI 2021; curated IODA list",
    spells=_spells(_CURFEW),
    own=Place("MM", dict.fromkeys((BGP, PROBING, TELESCOPE), _CURFEW)),
    conditions=_OUTAGE,
)

_EXAMS = repeated(Dip(at("2023-06-04T02:30"), at("2023-06-04T05:30"), 0.92), 5)
IRAQ = HardCase(
    name="exam mornings",
    what="On five mornings, from 05:30 to 08:30 local, the country was cut off.",
    is_deliberate=True,
    published="Iraq: 05:30 local, 2.5 to 3.5 hours; all three signals fall in 92 % of such cuts",
    made_up="the days, nine tenths of each signal",
    source=f"{FACTS}; curated IODA list",
    spells=_spells(_EXAMS),
    own=Place("IQ", dict.fromkeys((BGP, PROBING, TELESCOPE), _EXAMS)),
    conditions=_OUTAGE,
)

_MOBILE = sk.TimeWindow("2021-03-14T18:30:00Z", "2021-03-24T18:30:00Z")
MOBILE_ONLY = HardCase(
    name="mobile-only cut",
    what="Mobile networks were switched off; address translation hides them from all but traffic.",
    is_deliberate=True,
    published="Myanmar from 15 March 2021: invisible to IODA, visible as traffic of the mobile networks",
    made_up="the minute, ten days, 65 % of the country's traffic; the nightly cuts are left out",
    source=f"{FACTS}; Padmanabhan et al., FOCI 2021",
    spells=(_MOBILE,),
    own=Place("MM", {TRAFFIC: [Dip(_MOBILE.start, _MOBILE.end, 0.65)], BGP: [], PROBING: [], TELESCOPE: []}),
    others=(
        *(
            Place(
                f"AS{64501 + k}",
                {TRAFFIC: [Dip(_MOBILE.start, _MOBILE.end, 0.98)], BGP: [], PROBING: []},
                0.2,
            )
            for k in range(3)
        ),
        *(Place(f"AS{64505 + k}", {TRAFFIC: [], BGP: [], PROBING: []}, 0.1) for k in range(2)),
    ),
    conditions=_OUTAGE,
    mechanism=_M.MOBILE_ONLY,
)

MOBILE_DEEP = evolve(
    MOBILE_ONLY,
    name="mobile-only cut, deep",
    what="The same in a country where nearly all are on mobile networks.",
    made_up=MOBILE_ONLY.made_up.replace("65 %", "88 %"),
    own=evolve(
        MOBILE_ONLY.own,
        losses={**MOBILE_ONLY.own.losses, TRAFFIC: [Dip(_MOBILE.start, _MOBILE.end, 0.88)]},
    ),
)

_EGYPT = sk.TimeWindow("2011-01-27T22:12:00Z", "2011-02-02T09:29:00Z")
EGYPT = HardCase(
    name="Egypt 2011",
    what="Routes were withdrawn within 20 minutes just after midnight; back as suddenly five days later.",
    is_deliberate=True,
    published="2928 to 176 prefixes, most in 20 minutes from 22:12:26 UTC on 27 January 2011; back from "
    "09:29:31 on 2 February; 1 % of Ark probes answered against 16 to 17 %",
    made_up="that half of the radiation stayed (infected hosts went on sending), five networks in turn",
    source=f"{FACTS}; Dainotti et al., IMC 2011",
    spells=(_EGYPT,),
    own=Place(
        "EG",
        {
            BGP: [Dip(_EGYPT.start, _EGYPT.end, 0.94, fall=20 * MINUTE)],
            PROBING: [Dip(_EGYPT.start, _EGYPT.end, 0.94, fall=20 * MINUTE)],
            TELESCOPE: [Dip(_EGYPT.start, _EGYPT.end, 0.5, fall=20 * MINUTE)],
        },
    ),
    others=tuple(
        Place(
            f"AS{64501 + k}",
            {
                kind: [Dip(_EGYPT.start + k * timedelta(minutes=3), _EGYPT.end, 0.96)]
                for kind in (BGP, PROBING)
            },
            0.2,
        )
        for k in range(5)
    ),
    conditions=_OUTAGE,
    mechanism=_M.ROUTING_WITHDRAWAL,
)

_KZ = sk.TimeWindow("2022-01-05T10:30:00Z", "2022-01-11T02:15:00Z")
_KZ_BACK = at("2022-01-07T00:00")
KAZAKHSTAN = HardCase(
    name="Kazakhstan 2022",
    what="All networks fell silent at one instant and stayed in BGP.",
    is_deliberate=True,
    published="about 10:30 UTC on 5 January 2022; networks stayed in BGP; synchronised start; infrastructure "
    "back 7 January 00:00, end users 11 January 02:15 UTC; traffic down to 2 %",
    made_up="95 % of the blocks and nine tenths of the radiation lost, four networks",
    source=f"{FACTS}; RIPE Labs, NetBlocks",
    spells=(_KZ,),
    own=Place(
        "KZ",
        {
            BGP: [],
            PROBING: [Dip(_KZ.start, _KZ_BACK, 0.95)],
            TELESCOPE: [Dip(_KZ.start, _KZ.end, 0.9)],
            TRAFFIC: [Dip(_KZ.start, _KZ.end, 0.98)],
        },
    ),
    others=tuple(
        Place(f"AS{64501 + k}", {BGP: [], PROBING: [Dip(_KZ.start, _KZ_BACK + k * HOUR, 0.95)]}, 0.2)
        for k in range(4)
    ),
    conditions=_OUTAGE,
    mechanism=_M.FILTERING,
)

POSITIVES = (IRAN_2026, IRAN_2025, MYANMAR, IRAQ, MOBILE_ONLY, MOBILE_DEEP, EGYPT, KAZAKHSTAN)
