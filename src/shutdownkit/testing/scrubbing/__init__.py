"""What is taken out of recorded answers before they are written, as rules that can be added to.

A recording is shared, and kept for years: it must not hold a key, the addresses of volunteers' probes or of
whoever recorded it, or anybody's e-mail address.
"""

from .scrubber import HEADERS, SCRUBS, Scrub, Scrubber, blanked, check_no_secret

__all__ = ["HEADERS", "SCRUBS", "Scrub", "Scrubber", "blanked", "check_no_secret"]
