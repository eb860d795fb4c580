"""If the language detector is missing or another package has its name, only the detection of languages is lost."""

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from bot.answering.answer import answer
from bot.model import Question
from bot.search.index import Index
from bot.text import language_detection
from bot.text.language_detection import detect, detect_short
from tests.libraries import highlight, library_of


class OldModel:
    """Like a model of the `fasttext` package of 2020: it loads, but fails with numpy 2 when it is used."""

    def predict(self, text: str) -> tuple[list[str], list[float]]:
        raise ValueError("Unable to avoid copy while creating an array as requested")


def old_package() -> ModuleType:
    module = ModuleType("fasttext")
    module.load_model = lambda path: OldModel()  # type: ignore[attr-defined]
    return module


@pytest.fixture(params=["an old package", "a package of the same name", "none"])
def _without_detector(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    modules = {
        "an old package": old_package(),
        "a package of the same name": ModuleType("fasttext"),
        "none": None,
    }
    monkeypatch.setitem(sys.modules, "fasttext", modules[request.param])
    language_detection._identifier.cache_clear()
    yield
    language_detection._identifier.cache_clear()


@pytest.mark.usefixtures("_without_detector")
def test_questions_are_answered_and_the_problem_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    passages = ("Der Hafen schläft nie, sagt der Fischer.", "The harbour never sleeps, says the fisherman.")
    index = Index.build(library_of([highlight(str(number), text) for number, text in enumerate(passages)]))
    reply = answer(Question("what does the fisherman say about the harbour?"), index)
    assert reply.quotes[0].highlight.plain == passages[1]
    assert answer(Question("Hafen Fischer"), index).found
    assert detect("The sea is calm in the morning and the boats are out") == "en"
    assert detect("Zzyzx qwrt plmk vbnx") is None
    assert detect_short("Wo liegt der Hafen?") is None
    assert caplog.text.count("languages are told by their common words alone") == 1
