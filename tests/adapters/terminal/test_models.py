"""`analects model list` and `model fetch`, with a model hub on loopback."""

import asyncio
import json
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.terminal import models
from adapters.terminal.cli import app
from adapters.terminal.models import FetchError
from bot.semantic.catalog import CATALOG, ModelCard, ModelFile
from bot.settings import Settings, load_settings
from tests.model_hub import ModelHub

WEIGHTS, TOKENIZER = bytes(range(256)) * 4_000, b"{}"


def file(path: str, content: bytes) -> ModelFile:
    return ModelFile(path, len(content), sha256(content).hexdigest())


CARD = ModelCard(
    name="tiny",
    title="nobody/tiny",
    english=True,
    dimension=3,
    licence="MIT",
    files=(file("onnx/model.onnx", WEIGHTS), file("tokenizer.json", TOKENIZER)),
    repository="nobody/tiny",
    revision="c0ffee",
)
BASE = "nobody/tiny/resolve/c0ffee/"


@pytest.fixture
async def hub(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ModelHub]:
    monkeypatch.setattr(models, "find_card", lambda name: CARD if name == "tiny" else None)
    monkeypatch.setattr(models, "RETRY_PAUSE_S", 0)
    async with ModelHub(
        {f"{BASE}onnx/model.onnx": WEIGHTS, f"{BASE}tokenizer.json": TOKENIZER}
    ) as hub_server:
        yield hub_server


@pytest.fixture
def settings(hub: ModelHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    monkeypatch.setenv("MODEL_URL", hub.url)
    monkeypatch.setenv("STATE_PATH", str(tmp_path))
    return load_settings()


async def fetch(settings: Settings) -> Path:
    return await asyncio.to_thread(models.fetch, settings, "tiny")


async def test_a_model_is_fetched_only_once(hub: ModelHub, settings: Settings) -> None:
    folder = await fetch(settings)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {
        "model.onnx": WEIGHTS,
        "tokenizer.json": TOKENIZER,
    }
    assert hub.requests == [(f"{BASE}onnx/model.onnx", None), (f"{BASE}tokenizer.json", None)]
    assert await fetch(settings) == folder
    assert len(hub.requests) == 2


async def test_a_download_is_resumed_when_the_connection_breaks(hub: ModelHub, settings: Settings) -> None:
    hub.break_off_after = 300_000
    folder = await fetch(settings)
    assert (folder / "model.onnx").read_bytes() == WEIGHTS
    (_, first), (_, second), _ = hub.requests
    assert first is None
    assert second is not None
    assert 0 < int(second.removeprefix("bytes=").removesuffix("-")) <= 300_000


async def test_the_next_command_resumes_an_interrupted_download(hub: ModelHub, settings: Settings) -> None:
    folder = settings.models_path / "tiny"
    folder.mkdir(parents=True)
    (folder / "model.onnx.part").write_bytes(WEIGHTS[:500])
    await fetch(settings)
    assert hub.requests[0] == (f"{BASE}onnx/model.onnx", "bytes=500-")
    assert (folder / "model.onnx").read_bytes() == WEIGHTS
    assert not (folder / "model.onnx.part").exists()


async def test_a_server_without_range_requests_sends_the_whole_file(
    hub: ModelHub, settings: Settings
) -> None:
    hub.ignores_ranges = True
    folder = settings.models_path / "tiny"
    folder.mkdir(parents=True)
    (folder / "model.onnx.part").write_bytes(b"something else" * 99)
    assert (await fetch(settings) / "model.onnx").read_bytes() == WEIGHTS


async def test_a_file_with_another_hash_is_refused_and_deleted(hub: ModelHub, settings: Settings) -> None:
    hub.files[f"{BASE}onnx/model.onnx"] = WEIGHTS[:-1] + b"?"
    with pytest.raises(FetchError, match=r"wrong SHA-256\) and was deleted; check MODEL_URL"):
        await fetch(settings)
    assert list((settings.models_path / "tiny").iterdir()) == []


async def test_a_file_that_is_too_long_is_not_fetched_whole(hub: ModelHub, settings: Settings) -> None:
    hub.files[f"{BASE}onnx/model.onnx"] = WEIGHTS * 9
    with pytest.raises(FetchError, match="longer than the known file"):
        await fetch(settings)
    assert all(file.stat().st_size <= len(WEIGHTS) for file in (settings.models_path / "tiny").iterdir())


async def test_a_missing_file_is_reported_with_the_http_status(hub: ModelHub, settings: Settings) -> None:
    hub.files.clear()
    with pytest.raises(FetchError, match=r"HTTP 404 from 127.0.0.1\); check MODEL_URL"):
        await fetch(settings)


async def test_a_server_that_cannot_be_reached_is_reported(hub: ModelHub, settings: Settings) -> None:
    closed = settings.model_copy(update={"model_url": "http://127.0.0.1:1/"})
    with pytest.raises(FetchError, match="it resumes where it stopped"):
        await fetch(closed)


async def test_a_folder_that_cannot_be_written_is_reported(hub: ModelHub, settings: Settings) -> None:
    settings.models_path.parent.mkdir(parents=True)
    settings.models_path.write_text("a file")
    with pytest.raises(FetchError, match="cannot be written"):
        await fetch(settings)


def test_an_unknown_model_name_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["model", "fetch", "best"], env={"STATE_PATH": str(tmp_path)})
    assert done.exit_code == 1
    assert "there is no model 'best'; `analects model list` names them" in done.output


def test_the_list_has_every_model_and_how_to_get_it(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["model", "list", "--json"], env={"STATE_PATH": str(tmp_path)})
    listed = json.loads(done.output)
    assert [model["name"] for model in listed] == [card.name for card in CATALOG]
    assert [model["installed"] for model in listed[:3]] == [False] * 3
    output = CliRunner().invoke(app, ["model", "list"], env={"STATE_PATH": str(tmp_path)}).output
    assert all(card.title in output for card in CATALOG)
    assert "english" in output
