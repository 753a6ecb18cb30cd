"""Where the rules' figures come from, named once."""

SIGCOMM = "Bischof et al., Destination Unreachable, SIGCOMM 2023, 10.1145/3603269.3604883"

CURATED = (
    f"measured on the national events of the curated IODA list behind {SIGCOMM}: 506 events, 111 of them "
    "shutdowns by the paper's label rule; log ratios shrunk by 0.7, because the list's times were set by "
    "hand after the fact and a few countries dominate it"
)

SHRINK = 0.7

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
