"""What a reader of a report must know about an archive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ....model.window import TimeWindow, utc_text
from ..plan import HOUR
from ..regrid import LATE
from .collect import Collected
from .folder import Found
from .measured import EARLY, OLD
from .sample import MOST
from .speeds import LEAST_HOURS, MOST_SITES, Selected
from .tally import Broken, Tally
from .volume import SURE, Volume

__all__ = ["notices_of"]

_MOST_WINDOWS = 6  # named one by one; of more, the number is said


def notices_of(folder: Found, found: Collected, volume: Volume | None, speeds: Selected) -> tuple[str, ...]:
    """Everything worth a line, in a fixed order; each a sentence.

    Args:
        volume: None where numbers were not asked for.
        speeds: those that are told, and how many are not.
    """
    return (
        *_unread(folder, found.tally),
        *_dropped(found),
        *(_volume(found, volume) if volume is not None else ()),
        *_rest(found, speeds),
    )


def _unread(folder: Found, tally: Tally) -> Iterator[str]:
    if tally.broken_files:
        yield (
            f"{tally.broken_files} of {tally.files} archive files are damaged or cut short; what came before "
            f"the damage counts. {_first(tally.damaged)}"
        )
    if tally.broken_lines:
        yield (
            f"{tally.broken_lines} of {tally.lines} lines of the archive are no measurements and were left "
            f"out. {_first(tally.unread)}"
        )
    if folder.post_cans:
        yield (
            f"{folder.post_cans} post-cans (.tar.gz) in the archive's folder were not read: "
            "the .jsonl.gz files hold the same measurements."
        )
    if folder.others:
        yield f"{folder.others} files in the archive's folder are of no known kind and were not read."


def _dropped(found: Collected) -> Iterator[str]:
    if found.tally.misdated:
        yield (
            f"{found.tally.misdated} measurements of the archive were left out for a wrong clock: made more "
            f"than {EARLY // HOUR} h after their upload, or more than {OLD.days} days before it."
        )
    if found.copies:
        yield f"{found.copies} measurements of the archive are copies of others and count once."


def _volume(found: Collected, volume: Volume) -> Iterator[str]:
    if not found.own:
        yield f"The archive has no measurement from {found.entity} in the time asked for."
        return
    if volume.alone:
        yield (
            f"The archive holds no other country than that of {found.entity}: whether an hour without a "
            "measurement was measured cannot be told, so that none is a zero."
        )
    if volume.bracket is not None:
        yield (
            f"The archive's uploads from the country of {found.entity} reach from "
            f"{utc_text(volume.bracket.start)} to {utc_text(volume.bracket.end)}: before and after, an hour "
            "without a measurement is not known. Between them files are taken to be complete."
        )
    if volume.faulty:
        yield (
            f"The other countries of the archive, usually with at least {SURE} measurements an hour, made "
            f"under half of it in {_named(volume.faulty)}: the provider's fault, or missing files; numbers "
            "of these hours are left out."
        )
    if volume.damaged:
        yield (
            f"Numbers of measurements of {_named(volume.damaged)} are left out: archive files that were "
            "uploaded then, or within the hour after, are damaged."
        )
    if volume.undated:
        yield (
            "A damaged archive file does not say when it was uploaded: whether an hour without a measurement "
            "was measured cannot be told, so that none is a zero."
        )
    if volume.late:
        yield (
            f"Numbers of measurements of {_named(volume.late)} are left out: they were under "
            f"{LATE // HOUR} hours old at the archive's last upload, and uploads come late."
        )


def _rest(found: Collected, speeds: Selected) -> Iterator[str]:
    offered = sum(found.sample.offered.values())
    kept = sum(1 for _ in found.sample.of({test.subject for test in found.tests}))
    if kept < offered:
        yield (
            f"Of {offered} tests from other countries {kept} serve for comparison: at most {MOST} of one "
            "subject and day, chosen by a hash, and only of what was tested from the place in question."
        )
    if speeds.beyond:
        yield (
            f"Of {speeds.beyond + MOST_SITES} sites whose TLS handshakes were measured in at least "
            f"{LEAST_HOURS} hours of the archive, {MOST_SITES} have a signal: those named in the question, "
            "then those measured in most hours."
        )
    if speeds.sparse:
        yield (
            f"The archive has fewer than {LEAST_HOURS} measured hours, too few for a signal, of "
            f"{_shown(speeds.sparse)}."
        )


def _first(broken: Sequence[Broken]) -> str:
    return f"First: {broken[0]}."


def _shown(names: Sequence[str]) -> str:
    if len(names) > _MOST_WINDOWS:
        return f"{', '.join(names[:_MOST_WINDOWS])} and {len(names) - _MOST_WINDOWS} more"
    return ", ".join(names)


def _named(windows: Sequence[TimeWindow]) -> str:
    if len(windows) > _MOST_WINDOWS:
        hours = sum(window.duration // HOUR for window in windows)
        return f"{hours} hours between {utc_text(windows[0].start)} and {utc_text(windows[-1].end)}"
    return ", ".join(str(window) for window in windows)
