"""A report to read in a terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from ..errors import InvalidValueError
from ..model.verdict import Basis, Condition, Evidence, Stance
from .claim_words import CLAIMS_TITLE, claim_lines, claim_text
from .content import EpisodeVerdict, ReportContent
from .episode_words import episode_facts
from .intent_words import headline
from .picture import BLOCKS, UNMEASURED, picture
from .reach_words import REACH_TITLE, reach_remarks, reach_rows
from .service_words import service_titles
from .words import (
    CONTEXT_TITLE,
    STANCE_WORDS,
    as_of_text,
    capital,
    coverage_text,
    entity_text,
    failure_text,
    fault_text,
    printable,
    window_text,
)

__all__ = ["report_text"]

_USUAL_WIDTH = 100
_LEAST_WIDTH = 60

_BOLD, _RED, _YELLOW = "1", "1;31", "33"
_CONDITION_STYLES = {
    Condition.OUTAGE: _RED,
    Condition.DEGRADED: _RED,
    Condition.BLOCKING: _RED,
    Condition.ARTEFACT: _YELLOW,
    Condition.INSUFFICIENT_DATA: _YELLOW,
    Condition.NORMAL: _BOLD,
}

_NO_BREAK = "\u00a0"
_KEPT = re.compile(r"(?<=:) (?=[<>]?0\.)|(?<=\b[Nn]ot) (?=deliberate:)")
"""The spaces that do not break: between a cause and its probability, and before a cause that is denied."""

_WEIGHED = frozenset({Stance.FOR, Stance.AGAINST})


def report_text(content: ReportContent, *, width: int | None = None, colour: bool = False) -> str:
    """A report as lines of text, for people.

    Args:
        width: the longest line, in characters; 100 where None, at least 60.
        colour: whether to add ANSI escape codes (nothing else changes).

    Raises:
        InvalidValueError: for a width under 60.
    """
    width = _USUAL_WIDTH if width is None else width
    if width < _LEAST_WIDTH:
        raise InvalidValueError("width", width, f"is under {_LEAST_WIDTH}")
    page = _Page(width, colour=colour)
    for notice in content.notices:
        page.paragraph(f"NOTICE: {notice}", style=_YELLOW)
    page.gap()
    page.paragraph(entity_text(content.entity), style=_BOLD)
    page.paragraph(window_text(content.window.start, content.window.end))
    if content.as_of is not None:
        page.paragraph(as_of_text(content.as_of))
    page.paragraph(f"{capital(headline(content))}.", style=_CONDITION_STYLES[content.condition])
    _picture(page, content)
    references = _references(content)
    for number, judged in enumerate(content.episodes, start=1):
        _episode(page, number, judged, content, references)
    _services(page, content)
    if references:
        page.title("Sources of the evidence")
        for source, number in references.items():
            page.paragraph(source, first=f"  [{number}] ")
    _remainder(page, content)
    return page.text()


class _Page:
    """Lines under construction, wrapped to a width."""

    def __init__(self, width: int, *, colour: bool) -> None:
        self.width = width
        self._colour = colour
        self._lines: list[str] = []

    def gap(self) -> None:
        """An empty line, unless there is one or the page is empty."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def title(self, text: str) -> None:
        """A heading after an empty line."""
        self.gap()
        self.paragraph(text, style=_BOLD)

    def paragraph(self, text: str, *, first: str = "", rest: str | None = None, style: str = "") -> None:
        """Wrapped text; ``first`` and ``rest`` start its lines."""
        lines = textwrap.wrap(
            _KEPT.sub(_NO_BREAK, printable(text)),
            self.width,
            initial_indent=first,
            subsequent_indent=" " * len(first) if rest is None else rest,
            break_on_hyphens=False,
        )
        self._lines += [self._styled(line.replace(_NO_BREAK, " "), style) for line in lines]

    def field(self, name: str, text: str) -> None:
        """A name and, in a column of its own, what it is."""
        self.paragraph(text, first=f"  {name:<11}")

    def items(self, texts: Iterable[str]) -> None:
        """A list with a dash before each item."""
        for text in texts:
            self.paragraph(text, first="  - ")

    def drawn(self, lines: Iterable[str]) -> None:
        """Lines that are to stay as they are."""
        self._lines += lines

    def text(self) -> str:
        """The page, with a line end after the last line."""
        return "\n".join(self._lines) + "\n"

    def _styled(self, line: str, style: str) -> str:
        return f"\x1b[{style}m{line}\x1b[0m" if self._colour and style else line


def _picture(page: _Page, content: ReportContent) -> None:
    lines = picture(content, page.width)
    if lines:
        page.title(
            f"Signals, share of the expected level ({BLOCKS[0]} lost, {BLOCKS[-1]} as expected,"
            f" {UNMEASURED} not measured)"
        )
        page.drawn(lines)


def _episode(
    page: _Page, number: int, judged: EpisodeVerdict, content: ReportContent, references: dict[str, int]
) -> None:
    episode = judged.episode
    where = "" if episode.entity == content.entity else f", {entity_text(episode.entity)}"
    page.title(f"Episode {number}{where}: {episode.id}")
    for name, text in episode_facts(judged, service_titles(content)):
        page.field(name, text)
    evidence = judged.verdict.evidence
    _evidence(page, [one for one in evidence if one.basis is Basis.MEASURED], references)
    if context := [one for one in evidence if one.basis is Basis.CONTEXT]:
        page.paragraph(CONTEXT_TITLE, first="  ")
        _evidence(page, context, references, indent="    ")
    _claims(page, judged, references)


def _services(page: _Page, content: ReportContent) -> None:
    if not content.services:
        return
    page.title(REACH_TITLE)
    page.items(f"{row.title}: {row.detail}" for row in reach_rows(content.services))
    page.items(map(capital, reach_remarks(content.services)))


def _references(content: ReportContent) -> dict[str, int]:
    """A number for each source that evidence and the tests of claims cite, in the order of the text."""
    sources = [source for judged in content.episodes for source in _cited(judged)]
    return {source: number for number, source in enumerate(dict.fromkeys(sources), start=1)}


def _cited(judged: EpisodeVerdict) -> Iterator[str]:
    for basis in Basis:
        yield from (one.source for one in judged.verdict.evidence if one.basis is basis)
    for claimed in judged.claims:
        yield from (one.source for one in claimed.check.predictions)


def _evidence(
    page: _Page, evidence: Sequence[Evidence], references: dict[str, int], *, indent: str = "  "
) -> None:
    for stance in Stance:
        group = [one for one in evidence if one.stance is stance]
        if not group:
            continue
        weighed = stance in _WEIGHED
        title = capital(STANCE_WORDS[stance])
        page.paragraph(f"{title} (weights in nats)" if weighed else title, first=indent)
        for one in sorted(group, key=lambda one: -abs(one.weight)):
            first = f"{indent}  {one.weight:+6.2f}  " if weighed else f"{indent}  "
            page.paragraph(f"{one.rule}: {one.text} [{references[one.source]}]", first=first)


def _claims(page: _Page, judged: EpisodeVerdict, references: dict[str, int]) -> None:
    if not judged.claims:
        return
    page.paragraph(CLAIMS_TITLE, first="  ")
    for claimed in judged.claims:
        page.paragraph(claim_text(claimed), first="    ")
        for line in claim_lines(claimed, within=judged.episode.entity):
            cited = "" if line.source is None else f" [{references[line.source]}]"
            page.paragraph(f"{line.text}{cited}", first="      - ")


def _remainder(page: _Page, content: ReportContent) -> None:
    sections = (
        ("Instrument faults", list(map(fault_text, content.faults))),
        ("What could not have been seen", [spot.text for spot in content.blind_spots]),
        ("Sources that failed", [failure_text(one) for one in content.failures]),
        ("Coverage", [coverage_text(one, within=content.entity) for one in content.coverage]),
        ("Licences", content.licences),
    )
    for title, items in sections:
        if items:
            page.title(title)
            page.items(items)
    page.gap()
    page.paragraph(f"Rules {content.ruleset}.")
