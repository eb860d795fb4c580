"""Notes are rewritten, cut, renamed, deleted and restored while questions are answered. No passage is doubled, mixed up or lost."""

import threading
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import time

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.answering.answer import answer
from bot.chat.conversation import Bot
from bot.library.held_back import QUIET_S
from bot.library.reloading import Reloader
from bot.library.snapshot import load_snapshot
from bot.model import Answer, Question
from corpus.folder.known import Known
from corpus.folder.roots import listed
from corpus.folder.selection import Rules
from corpus.folder.state import refresh
from corpus.load import load
from tests.examples import examples
from tests.notes_on_disk import note, write

WORDS = "hedge wren winter mason quarry river ferry lantern orchard thistle anvil harbour".split()  # noqa: SIM905
SHARED = [f"- {' '.join([word] * 12)} is shared by many notes" for word in WORDS[:5]]
FIXED = "The lighthouse stands"


@pytest.fixture(autouse=True)
def _trust_young_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trusts the times of files after 20 ms. Otherwise every young note would be read again each time."""
    monkeypatch.setattr("corpus.folder.known.RACY_NS", 20_000_000)


def random_note(random: Random) -> str:
    """Returns a note that shares its source, a text or a link with others. Some have private parts."""
    bullets = [f"- The {' '.join(random.sample(WORDS, 4))} number {random.randrange(30)}." for _ in range(3)]
    bullets += random.sample(SHARED, random.randrange(3))
    link = f"([View Highlight](https://read.readwise.io/read/{random.randrange(12)}))"
    bullets.append(f"- A linked {random.choice(WORDS)} {link}")
    if random.random() < 0.2:
        bullets[-1] += "\n    - Tags: private"
    head = (
        "---\ntags: [private]\n---"
        if random.random() < 0.1
        else f"---\nurl: https://x.example/{random.randrange(3)}\n---"
    )
    if random.random() < 0.15:
        return f"A plain {random.choice(WORDS)} and {random.choice(SHARED)}\n"
    return note(*bullets, title=f"On {random.choice(WORDS)}", author=random.choice(["Ann", "Bo"]), head=head)


def change_a_note(root: Path, random: Random) -> None:
    """Makes one change such as editors, exporters and synchronisers make."""
    path = root / f"{random.randrange(12)}.md"
    if not path.exists():
        path.write_text(random_note(random))
        return
    old = path.read_text()
    other = root / f"{random.randrange(12)}.md"

    def rewrite() -> None:
        path.unlink()
        path.write_text(old)

    changes: tuple[Callable[[], object], ...] = (
        lambda: path.write_text(random_note(random)),
        lambda: path.write_text(old[: random.randrange(len(old) + 1)]),
        lambda: path.write_text(old + "- Appended " + random.choice(WORDS) + ".\n"),
        lambda: path.write_text(old.replace("hedge", "ledge")),
        lambda: path.replace(other),
        path.unlink,
        rewrite,
        lambda: other.write_text(old),
        path.touch,
    )
    random.choice(changes)()


def write_folder(root: Path, random: Random) -> Path:
    write(root, {f"{number}.md": random_note(random) for number in range(8)})
    return write(root, {"fixed.md": note(f"- {FIXED}.", title="Lights")})


@pytest.mark.long
@settings(
    max_examples=examples(60), deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(seed=st.integers(0, 2**32), plain=st.sampled_from(["on", "off", "auto"]))
def test_a_reloaded_library_equals_a_fresh_one(
    tmp_path_factory: pytest.TempPathFactory, seed: int, plain: str
) -> None:
    random = Random(seed)
    root = write_folder(tmp_path_factory.mktemp("notes"), random)
    rules = Rules(plain, private_paths=("3.md",))  # type: ignore[arg-type]
    known = refresh(Known(rules), listed(root))
    for _ in range(6):
        for _ in range(random.randrange(1, 4)):
            change_a_note(root, random)
        known = refresh(known, listed(root))
        assert known.library == load(root, rules)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_questions_are_answered_correctly_while_notes_change(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    root = write_folder(tmp_path / "notes", random)
    snapshot = load_snapshot(root, Rules())
    bot = Bot(snapshot.index)
    later = 0.0
    reloader = Reloader(bot, snapshot, root, clock=lambda: time() + later)
    done = threading.Event()
    wrong: list[object] = []

    def ask(word: str) -> None:
        while not done.is_set():
            index = bot.index
            reply = bot.reply(Question("lighthouse stands"))
            ids = [highlight.id for highlight in index.library.highlights]
            if not isinstance(reply, Answer) or [quote.text for quote in reply.quotes] != [f"{FIXED}."]:
                wrong.append(reply)
            if len(set(ids)) != len(ids):
                wrong.append("two highlights share an id")
            again = bot.reply(Question(word, 10))
            if not isinstance(again, Answer):
                wrong.append(again)

    threads = [threading.Thread(target=ask, args=(word,)) for word in WORDS[:3]]
    for thread in threads:
        thread.start()
    for _ in range(25):
        for _ in range(random.randrange(1, 4)):
            change_a_note(root, random)
        assert reloader.update().stale_since is None
    done.set()
    for thread in threads:
        thread.join(30)
    assert not wrong
    later = 2 * QUIET_S  # passages of notes that were private are no longer held back
    reloader.update()
    fresh = load_snapshot(root, Rules()).index
    for word in WORDS:
        asked = Question(f"{word} river", 20)
        reloaded, expected = answer(asked, bot.index), answer(asked, fresh)
        assert (reloaded.quotes, reloaded.total, reloaded.suggestions) == (
            expected.quotes,
            expected.total,
            expected.suggestions,
        )
