"""What the tests share: the sample notes as a library and a bot over them."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from bot.conversation import Bot
from bot.index import Index
from corpus.load import SAMPLE_NOTES, load
from corpus.model import Library

ROOT = Path(__file__).parent.parent

# Machines are noisy, so no example has a deadline; a check before landing tries the same examples each time.
settings.register_profile("steady", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("steady")


@pytest.fixture(scope="session")
def sample() -> Library:
    return load(SAMPLE_NOTES)


@pytest.fixture(scope="session")
def bot(sample: Library) -> Bot:
    return Bot(Index.build(sample))


@pytest.fixture(autouse=True)
def _no_settings_of_the_host(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No setting of the machine that runs the tests reaches them, nor does a `.env` beside them."""
    from bot.settings import Settings

    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("SECRETS_DIR", raising=False)
    monkeypatch.chdir(tmp_path_factory.mktemp("cwd"))
