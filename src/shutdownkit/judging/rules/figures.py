"""Where the rules' figures come from, named once."""

SIGCOMM = "Bischof et al., Destination Unreachable, SIGCOMM 2023, 10.1145/3603269.3604883"

CURATED = (
    f"fitted to the national events of the curated IODA list behind {SIGCOMM}: 506 events, 111 of them "
    "shutdowns by the paper's label rule; the list's times were set by hand after the fact, and two "
    "countries make four fifths of its shutdowns"
)

EGYPT = "Dainotti et al., IMC 2011 (Egypt, Libya); the weight is a proposal"

IRAN_2019 = "OONI and IODA on Iran, November 2019; the weight is a proposal"

MONASH = (
    "Monash IP Observatory, Venezuela 22 July 2019 and Hurricane Laura 2020: falls over hours, returns "
    "over a day; the weight is a proposal"
)

OONI_UGANDA = (
    "OONI on Uganda 2021 and 2026, Belarus 2020: services blocked before and after the cut; the weight "
    "is a proposal"
)

CENSORED_PLANET = (
    "Raman et al., Censored Planet, FOCI 2023: failing controls mean an outage, failing tests alone "
    "mean blocking; the weight is a proposal"
)

CROSS_NETWORK = (
    "OONI's ontology (ooni/data, docs/ontology.md): agreement between networks is the best filter of false "
    "positives there is; the weight is a proposal"
)

BENSON = "Benson 2013: congestion preceded the Dodo-Telstra leak by 20 minutes; the weight is a proposal"

IPV6_IRAN = (
    "RIPE RIS on Iran, 8 January 2026: IPv6 prefixes 433 to 43 seven hours before the cut; the weight is a "
    "proposal"
)

NEIGHBOURS = (
    "cable faults hit several countries at once (ACE, 30 March 2018; West Africa, March 2024); the weight "
    "is a proposal"
)

REPORT = "the report cited in the context event; the weight is a proposal"

INSTRUMENT = "known faults of the instruments: telescope, collectors, Atlas controllers, OONI's backend"

DETECTORS = "as cited in the text; a detector on the same instrument is no second witness"

OPERATORS = (
    "faults of one operator: Gambia, 4 January 2022; Time Warner Cable, 27 August 2014; the weight is a "
    "proposal"
)

BALTIC = (
    "RIPE Labs on the Baltic cables, November 2024: latency up on 20 to 30 % of paths, no extra loss; the "
    "weight is a proposal"
)

LIBERIA = "Liberia 2016: short repeated bursts of more than 500 Gb/s; the weight is a proposal"

REHEARSALS = (
    "Belarus, 19 June 2020, 01:23 to 03:00 local (newgrodno.by citing netobservatory); Libya 2011, tests of "
    "the firewall before the cut (Dainotti et al.); the weight is a proposal"
)

QUIC_IRAN = (
    "Cloudflare Radar on Iran, 31 December 2025: HTTP/3 from 40 to 5 %; FOCI 2026 (net4people/bbs#648): QUIC "
    "blocked before the cut; the weight is a proposal"
)
