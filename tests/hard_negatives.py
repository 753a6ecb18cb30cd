"""The hard negatives: faults of cables, grids, storms and instruments that must not be called deliberate."""

from __future__ import annotations

from attrs import evolve

import shutdownkit as sk

from .hard_case import HardCase
from .hard_worlds import (
    ATLAS,
    BGP,
    DAY,
    HOUR,
    INDEX,
    LATENCY,
    LOSS,
    MINUTE,
    PROBING,
    TELESCOPE,
    TRAFFIC,
    Dip,
    Place,
    at,
    repeated,
)

__all__ = ["NEGATIVES"]

_C, _M = sk.Condition, sk.Mechanism
_OUTAGE = frozenset({_C.OUTAGE})
_LOST = frozenset({_C.OUTAGE, _C.DEGRADED})
_FAULT = frozenset({_C.ARTEFACT, _C.NORMAL})
FACTS = "facts on shutdowns, section 6 (hard negatives)"


def _span(begin: str, end: str) -> sk.TimeWindow:
    return sk.TimeWindow(at(begin), at(end))


def _told(kind: sk.ContextKind, begin: str, days: int, place: str, text: str) -> sk.ContextEvent:
    window = sk.TimeWindow(at(begin), at(begin) + days * DAY)
    return sk.ContextEvent(kind, sk.Entity.parse(place), window, text, "the press")


# --- Somalia, with what was known of politics and without

_SO = _span("2020-07-26T07:20", "2020-07-27T14:30")
SOMALIA = HardCase(
    name="Somalia 2020",
    what="A submarine cable failed the day after the prime minister was ousted; it was called intentional.",
    is_deliberate=False,
    published="07:20 UTC on 26 July to 14:30 UTC on 27 July 2020; routing and probing fell, the telescope "
    "did not; Generic-Technical, confirmed",
    made_up="80 % of routes and 85 % of blocks lost at once",
    source=f"{FACTS}; curated IODA list",
    spells=(_SO,),
    own=Place(
        "SO",
        {
            BGP: [Dip(_SO.start, _SO.end, 0.8)],
            PROBING: [Dip(_SO.start, _SO.end, 0.85)],
            TELESCOPE: [],
        },
    ),
    conditions=_OUTAGE,
)
_OUSTED = "The prime minister was ousted."
SOMALIA_TOLD = tuple(
    evolve(
        SOMALIA,
        name=f"Somalia 2020, {kind.value} {when}",
        made_up=f"{SOMALIA.made_up}; told as a {kind.value} {when}",
        context=(_told(kind, day, 1, "SO", _OUSTED),),
    )
    for kind, when, day in (
        (sk.ContextKind.COUP, "the day before", "2020-07-25"),
        (sk.ContextKind.PROTEST, "the day before", "2020-07-25"),
        (sk.ContextKind.COUP, "that day", "2020-07-26"),
        (sk.ContextKind.PROTEST, "that day", "2020-07-26"),
    )
)

# --- cables

_SL = _span("2018-03-30T09:25", "2018-03-31T05:45")
SIERRA_LEONE = HardCase(
    name="Sierra Leone 2018",
    what="The ACE cable was cut, neighbours were hit; the night after next there was a real shutdown.",
    is_deliberate=False,
    published="30 March 2018; networks lost in part; neighbours hit; a real shutdown followed the election",
    made_up="the times of day, the depths, the numbers of the networks, the hours of the real shutdown",
    source=FACTS,
    spells=(_SL,),
    own=Place(
        "SL", {BGP: [Dip(_SL.start, _SL.end, 0.45)], PROBING: [Dip(_SL.start, _SL.end, 0.6)], TELESCOPE: []}
    ),
    others=(
        *(
            Place(code, {kind: [Dip(_SL.start, _SL.end - k * 2 * HOUR, 0.55)] for kind in (BGP, PROBING)})
            for k, code in enumerate(("LR", "GN", "MR", "GM"))
        ),
        *(
            Place(f"AS{64501 + k}", {kind: [Dip(_SL.start, _SL.end, lost)] for kind in (BGP, PROBING)}, 0.1)
            for k, lost in enumerate((0.97, 0.95, 0.6, 0.55, 0.0))
        ),
    ),
    history=(sk.Episode(sk.Entity.parse("SL"), _span("2018-03-31T22:20", "2018-04-01T07:20")),),
    conditions=_OUTAGE,
    cause=sk.Cause.CABLE,
    after=15 * HOUR,  # until the evening of 31 March: the real shutdown is known from the list
)

_CI = _span("2024-03-14T07:33", "2024-03-15T11:10")
WEST_AFRICA = HardCase(
    name="West Africa 2024",
    what="Several submarine cables failed at once; 13 countries lost part of their traffic.",
    is_deliberate=False,
    published="14 March 2024; 13 countries; several cables",
    made_up="Ivory Coast for all of them, the time of day, its end, the depths, the detour of 40 %",
    source=FACTS,
    spells=(_CI,),
    own=Place(
        "CI",
        {
            BGP: [Dip(_CI.start, _CI.end, 0.35)],
            PROBING: [Dip(_CI.start, _CI.end, 0.6)],
            TRAFFIC: [Dip(_CI.start, _CI.end + 2 * DAY, 0.75, rise=2 * DAY)],
            TELESCOPE: [Dip(_CI.start, _CI.end, 0.15)],
            LATENCY: [Dip(_CI.start, _CI.end + 4 * DAY, 0.4)],
        },
    ),
    others=tuple(
        Place(
            code,
            {
                kind: [Dip(_CI.start + k % 5 * 3 * MINUTE, _CI.end + k * HOUR, 0.52 + 0.02 * k)]
                for kind in (BGP, PROBING)
            },
        )
        for k, code in enumerate(("LR", "BJ", "GH", "NG", "TG", "BF", "NE", "CM", "GM", "GN", "NA", "LS"))
    ),
    conditions=_OUTAGE,
    cause=sk.Cause.CABLE,
)

_FI = _span("2024-11-18T02:04", "2024-11-28T12:00")
BALTIC = HardCase(
    name="Baltic cables 2024",
    what="Two cables in the Baltic were cut: longer ways round, nothing lost.",
    is_deliberate=False,
    published="November 2024; 20 to 30 % of anchor paths with higher latency, no extra loss, no outage",
    made_up="the time of day, the repair, that the latency of all paths together rose by 25 %",
    source=f"{FACTS}; RIPE Labs",
    spells=(_FI,),
    own=Place(
        "FI", {LATENCY: [Dip(_FI.start, _FI.end, 0.25)], LOSS: [], BGP: [], PROBING: [], TELESCOPE: []}
    ),
    others=(
        Place("LT", {LATENCY: [Dip(_FI.start - 17 * HOUR, _FI.end, 0.22)], PROBING: []}),
        Place("SE", {LATENCY: [Dip(_FI.start, _FI.end, 0.05)], PROBING: []}),
    ),
    conditions=frozenset({_C.DEGRADED, _C.NORMAL}),
)

# --- one operator

_GM = _span("2022-01-04T01:10", "2022-01-04T09:20")
GAMBIA = HardCase(
    name="Gambia 2022",
    what="All routes of the country were gone for eight hours: the backup link failed.",
    is_deliberate=False,
    published="4 January 2022, 01:10 UTC; BGP gone; 8 hours; a fault of the backup link",
    made_up="97 % of routes, blocks and radiation lost at once; back at 09:20",
    source=FACTS,
    spells=(_GM,),
    own=Place("GM", {kind: [Dip(_GM.start, _GM.end, 0.97)] for kind in (BGP, PROBING, TELESCOPE)}, 0.2),
    conditions=_OUTAGE,
)

_TW = _span("2014-08-27T08:30", "2014-08-27T11:15")
TIME_WARNER = HardCase(
    name="Time Warner Cable 2014",
    what="An error in the backbone of one operator took 2 % of the routed networks of the US.",
    is_deliberate=False,
    published="27 August 2014, 08:30 UTC; 2 % of US networks; Atlas 68 to 16 probes, about an hour late",
    made_up="95 % of the operator's routes and blocks lost; its end",
    source=FACTS,
    spells=(_TW,),
    own=Place(
        "AS11426",
        {
            BGP: [Dip(_TW.start, _TW.end, 0.95, fall=20 * MINUTE)],
            PROBING: [Dip(_TW.start, _TW.end, 0.95, fall=20 * MINUTE)],
            ATLAS: [Dip(_TW.start + HOUR, _TW.end + HOUR, 0.76)],
        },
        2.8,
    ),
    others=tuple(Place(f"AS{64501 + k}", {BGP: [], PROBING: []}, 0.5) for k in range(4)),
    conditions=_OUTAGE,
)

_NIGHT = _span("2023-05-23T23:00", "2023-05-24T00:20")  # 02:00 in Nairobi
_NIGHTS = (_NIGHT, sk.TimeWindow(_NIGHT.start + DAY, _NIGHT.end + DAY))
MAINTENANCE = HardCase(
    name="maintenance, the network",
    what="A network is taken down at 02:00 local for 80 minutes on two nights.",
    is_deliberate=False,
    published="much of what is down by night is maintenance (Richter et al., IMC 2018)",
    made_up="all of the rest",
    source="facts on shutdowns, section 2",
    spells=_NIGHTS,
    own=Place(
        "AS64510", {kind: repeated(Dip(_NIGHT.start, _NIGHT.end, 0.97), 2) for kind in (BGP, PROBING)}, 0.1
    ),
    others=tuple(Place(f"AS{64501 + k}", {BGP: [], PROBING: []}, 0.1) for k in range(4)),
    conditions=_OUTAGE,
)
MAINTENANCE_SEEN = evolve(
    MAINTENANCE,
    name="maintenance, the country",
    what="A network with a third of a country is taken down at 02:00 local for 80 minutes on two nights.",
    own=Place(
        "KE",
        {
            BGP: repeated(Dip(_NIGHT.start, _NIGHT.end, 0.33), 2),
            PROBING: repeated(Dip(_NIGHT.start, _NIGHT.end, 0.35), 2),
            TELESCOPE: repeated(Dip(_NIGHT.start, _NIGHT.end, 0.3), 2),
        },
    ),
    others=(MAINTENANCE.own, *MAINTENANCE.others),
    conditions=frozenset({_C.DEGRADED}),
)

# --- power

_VE = _span("2019-07-22T20:41", "2019-07-24T05:00")
VENEZUELA = HardCase(
    name="Venezuela 2019",
    what="The national grid failed; the return took 30 hours, part by part.",
    is_deliberate=False,
    published="22 July 2019, 16:41 local; probing and telescope fell; nearly linear return over 30 hours",
    made_up="the depths; that routes lost a tenth (published as flat for October); that it fell in 70 min",
    source=f"{FACTS}; Monash IP Observatory",
    spells=(_VE,),
    own=Place(
        "VE",
        {
            BGP: [Dip(_VE.start, _VE.end, 0.1)],
            **{
                kind: [Dip(_VE.start, _VE.end, 0.8, fall=70 * MINUTE, rise=30 * HOUR)]
                for kind in (PROBING, TELESCOPE, ATLAS)
            },
        },
    ),
    conditions=_OUTAGE,
    cause=sk.Cause.POWER,
)

_KE = _span("2016-06-07T08:31", "2016-06-07T17:20")
KENYA = HardCase(
    name="Kenya 2016",
    what="The grid failed in two steps; probes came back one by one.",
    is_deliberate=False,
    published="7 June 2016; bursts of disconnections at 08:31 and 13:16 UTC; 21 to 13 probes; back in turn",
    made_up="what probing saw (a quarter, then a third), that routes stayed, the end",
    source=f"{FACTS}; RIPE Atlas, Disco",
    spells=(_KE,),
    own=Place(
        "KE",
        {
            BGP: [],
            **{
                kind: [
                    Dip(_KE.start, at("2016-06-07T13:16"), early, rise=HOUR),
                    Dip(at("2016-06-07T13:16"), _KE.end, late, rise=3 * HOUR),
                ]
                for kind, early, late in ((ATLAS, 0.2, 0.38), (PROBING, 0.25, 0.35))
            },
        },
        0.9,
    ),
    conditions=_LOST,
)

_ZA = Dip(at("2023-05-22T16:00"), at("2023-05-22T18:30"), 0.55, rise=HOUR)  # 18:00 in Johannesburg
LOAD_SHEDDING = HardCase(
    name="load shedding",
    what="Half of a country is without power at the same hour on three evenings, and is back within an hour.",
    is_deliberate=False,
    published="of power failures: routes stay, probing and telescope fall, the return is slow",
    made_up="all of the rest",
    source="facts on shutdowns, section 5 (power)",
    spells=tuple(sk.TimeWindow(one.begin, one.end) for one in repeated(_ZA, 3)),
    own=Place(
        "ZA",
        {
            BGP: [],
            PROBING: repeated(_ZA, 3),
            TELESCOPE: repeated(_ZA, 3),
            ATLAS: repeated(_ZA, 3),
            TRAFFIC: repeated(evolve(_ZA, depth=0.4), 3),
        },
    ),
    conditions=_LOST,
)

# --- weather

_LA = _span("2020-08-27T05:00", "2020-08-31T05:00")
LAURA = HardCase(
    name="Hurricane Laura 2020",
    what="A hurricane crossed Louisiana: down over a day, back over days.",
    is_deliberate=False,
    published="27 August 2020; the index from 9.1 to 6.4 over 24 hours; days to recover",
    made_up="the hour it began, three days of return, what probing saw",
    source=f"{FACTS}; Monash IP Observatory",
    spells=(_LA,),
    own=Place(
        "US/LA",
        {
            INDEX: [Dip(_LA.start, _LA.end, 0.3, fall=DAY, rise=3 * DAY)],
            PROBING: [Dip(_LA.start, _LA.end, 0.28, fall=DAY, rise=3 * DAY)],
            BGP: [],
        },
    ),
    conditions=frozenset({_C.DEGRADED}),
)

# --- instruments

_REBOOT = _span("2016-07-13T07:45", "2016-07-13T08:30")
_COUNTRIES = (
    *("AM", "AT", "AU", "AZ", "BA", "BE", "BG", "BR", "CA", "CH", "CZ", "DE", "DK", "EE", "ES", "FI", "FR"),
    *("GB", "GE", "GR", "HR", "HU", "IE", "IL", "IN", "IS", "IT", "JP", "KZ", "LT", "LU", "LV", "MD", "NL"),
    *("NO", "NZ", "PL", "PT", "RO", "RS", "RU", "SE", "SG"),
)
REBOOT = HardCase(
    name="controller reboot 2016",
    what="A controller of RIPE Atlas restarted; probes in 44 countries were gone, and nobody was offline.",
    is_deliberate=False,
    published="13 July 2016, 07:45 UTC; 177 of 185 probes of one controller, in 44 countries",
    made_up="45 minutes; Belarus as the 44th country; what share of each country hung on the controller",
    source=f"{FACTS}; RIPE Atlas",
    spells=(_REBOOT,),
    own=Place("BY", {ATLAS: [Dip(_REBOOT.start, _REBOOT.end, 0.95)], PROBING: []}),
    others=tuple(
        Place(code, {ATLAS: [Dip(_REBOOT.start, _REBOOT.end, 0.5 + 0.45 * (k % 2))]})
        for k, code in enumerate(_COUNTRIES)
    ),
    conditions=_FAULT,
    before=10 * DAY,
)

_ZERO = _span("2019-11-18T18:00", "2019-11-19T05:00")
TELESCOPE_FAULT = HardCase(
    name="telescope fault",
    what="The telescope read zero for everybody by night.",
    is_deliberate=False,
    published="18 November 2019, about 18:00 UTC, 11 hours, every network at once (as recorded of Iran)",
    made_up="other countries, in which nothing else happened",
    source="facts on shutdowns, section 7; OONI and IODA on Iran",
    spells=(_ZERO,),
    own=Place("GE", {TELESCOPE: [Dip(_ZERO.start, _ZERO.end, 1.0)], BGP: [], PROBING: []}),
    others=tuple(
        Place(code, {TELESCOPE: [Dip(_ZERO.start, _ZERO.end, 1.0)], BGP: [], PROBING: []})
        for code in ("AM", "AZ", "TR", "UA")
    ),
    conditions=_FAULT,
)
TELESCOPE_ALONE = evolve(
    TELESCOPE_FAULT,
    name="telescope fault, nobody else seen",
    what="The telescope read zero by night, and no other country is at hand.",
    others=(),
)

# --- attack

_LR = (
    _span("2016-11-03T13:07", "2016-11-03T13:37"),
    _span("2016-11-03T14:18", "2016-11-03T14:48"),
    _span("2016-11-03T15:43", "2016-11-03T16:13"),
    _span("2016-11-03T17:12", "2016-11-03T17:42"),
)
LIBERIA = HardCase(
    name="Liberia 2016",
    what="A flood came in short repeated bursts; delays rose before hosts fell silent.",
    is_deliberate=False,
    published="November 2016; over 500 Gb/s in short repeated bursts; that it took the country is disputed",
    made_up="four bursts of half an hour, their times and depths, delays half an hour ahead of each",
    source=f"{FACTS}; section 5 (DDoS)",
    spells=(sk.TimeWindow(_LR[0].start, _LR[-1].end),),
    own=Place(
        "LR",
        {
            BGP: [],
            PROBING: [Dip(one.start, one.end, 0.7) for one in _LR],
            TELESCOPE: [Dip(one.start, one.end, 0.6) for one in _LR],
            LATENCY: [Dip(one.start - 30 * MINUTE, one.end, 1.5) for one in _LR],
            LOSS: [Dip(one.start - 20 * MINUTE, one.end, 0.4) for one in _LR],
        },
        0.5,
    ),
    conditions=_LOST,
)

# --- nothing at all

_FRIDAY = Dip(at("2023-05-04T21:00"), at("2023-05-06T21:00"), 0.3)  # Friday and Saturday in Amman
WEEKEND = HardCase(
    name="weekend dip",
    what="On Fridays and Saturdays there is less traffic, as every week.",
    is_deliberate=False,
    published="Friday weekends dip in the Middle East",
    made_up="30 % of the traffic, 8 % of the blocks",
    source="facts on shutdowns, section 7",
    spells=(sk.TimeWindow(_FRIDAY.begin + 21 * DAY, _FRIDAY.end + 21 * DAY),),
    own=Place(
        "JO",
        {
            BGP: [],
            TRAFFIC: repeated(_FRIDAY, 6, every=7 * DAY),
            PROBING: repeated(evolve(_FRIDAY, depth=0.08), 6, every=7 * DAY),
            TELESCOPE: [],
        },
    ),
    conditions=frozenset({_C.NORMAL}),
    before=28 * DAY,
)
HOLIDAY = evolve(
    WEEKEND,
    name="holiday",
    what="For four days in a row there is less traffic: a feast that comes once a year.",
    made_up="40 % of the traffic, a tenth of the blocks",
    spells=(sk.TimeWindow(_FRIDAY.begin + 20 * DAY, _FRIDAY.begin + 24 * DAY),),
    own=Place(
        "JO",
        {
            BGP: [],
            TRAFFIC: [Dip(_FRIDAY.begin + 20 * DAY, _FRIDAY.begin + 24 * DAY, 0.4)],
            PROBING: [Dip(_FRIDAY.begin + 20 * DAY, _FRIDAY.begin + 24 * DAY, 0.1)],
            TELESCOPE: [],
        },
    ),
    conditions=frozenset({_C.NORMAL, _C.DEGRADED, _C.ARTEFACT}),
)

NEGATIVES = (
    SOMALIA,
    *SOMALIA_TOLD,
    LAURA,
    SIERRA_LEONE,
    GAMBIA,
    BALTIC,
    WEST_AFRICA,
    TIME_WARNER,
    VENEZUELA,
    KENYA,
    REBOOT,
    TELESCOPE_FAULT,
    TELESCOPE_ALONE,
    LIBERIA,
    LOAD_SHEDDING,
    MAINTENANCE,
    MAINTENANCE_SEEN,
    WEEKEND,
    HOLIDAY,
)
