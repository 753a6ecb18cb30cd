"""Where the recorded data are, for the tests that need them."""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def recorded() -> Path:
    """The folder of recorded data: $SHUTDOWNKIT_SHARED_DATA, or ../shared/data beside the project."""
    named = os.environ.get("SHUTDOWNKIT_SHARED_DATA")
    folder = Path(named) if named else BESIDE
    if not folder.is_dir():
        pytest.skip(f"the recorded data are not at {folder}")
    return folder
