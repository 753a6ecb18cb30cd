"""Exit statuses."""

from __future__ import annotations

__all__ = ["CALLERS_MISTAKE", "DONE", "INTERRUPTED", "NO_ANSWER"]

DONE = 0
CALLERS_MISTAKE = 2
NO_ANSWER = 3
INTERRUPTED = 130  # 128 + SIGINT, as shells report it
