"""Every kind of bad input in ``bench/bad_input.py`` gets one line and status 2."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "bench" / "bad_input.py"


def test_every_kind_of_bad_input_gets_one_line() -> None:
    ran = subprocess.run(
        [sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False, timeout=600
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "kinds of bad input, 0 answered wrongly" in ran.stdout
