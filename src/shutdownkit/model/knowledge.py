"""What was known when a verdict was made."""

from __future__ import annotations

import enum

__all__ = ["Intent", "Knowledge"]


class Knowledge(enum.Enum):
    """How much of an episode and its surroundings was known when it was judged.

    A verdict made with more knowledge is another verdict beside the earlier one; it never replaces it
    silently.
    """

    ONSET = "onset"  # it lasts: neither its end nor its length is known
    END = "end"  # it is over; what followed is not known
    HINDSIGHT = "hindsight"  # the week after is known as well, or another episode in it


class Intent(enum.Enum):
    """The answer to "was it deliberate?", as far as one can be given."""

    DELIBERATE = "deliberate"
    SPONTANEOUS = "spontaneous"  # a fault, whichever
    ARTEFACT = "artefact"  # the instrument failed; nothing happened to the network
    UNDETERMINED = "undetermined"  # the evidence does not decide, or there is too little of it
