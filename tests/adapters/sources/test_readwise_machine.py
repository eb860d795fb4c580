"""Changes an account at random, fetches from it at random, and breaks runs off at random.

After a complete full run the copy equals the account. At any time the copy has every highlight that was fetched once and is still
in the account.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from adapters.sources.errors import OutOfReachError
from tests.adapters.sources.bench import FetchedCopy, is_private
from tests.readwise_server import Fault, ReadwiseServer, Source

PRIVATE = {"tags": [{"id": 1, "name": "private"}]}
PUBLIC: dict[str, object] = {"tags": []}


class ReadwiseMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.server = ReadwiseServer()
        self.run(self.server.__aenter__())
        self.account = self.server.account
        self.copy = FetchedCopy(self.folder / "fetched", self.server)
        self.fetched: set[int] = set()
        """Highlights that were in the copy once, and that the account has not removed or hidden since."""
        self.hours = 0.0

    def teardown(self) -> None:
        self.run(self.server.__aexit__(None, None, None))
        self.runner.close()
        shutil.rmtree(self.folder)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    @property
    def upstream(self) -> dict[int, dict[int, str]]:
        """The texts in the account that may be fetched."""
        found = {}
        for id_, texts in self.account.exported().items():
            source = self.account.sources[id_]
            public = {
                number: text
                for number, text in texts.items()
                if not is_private(_tags(source.highlights[number].fields))
            }
            if public and not is_private(_tags(source.fields)):
                found[id_] = public
        return found

    def any_source(self, number: int) -> Source:
        found = list(self.account.sources.values())
        return found[number % len(found)]

    def forget_hidden(self) -> None:
        """Forgets highlights that the account has removed or hidden. They may leave the copy, and only a full run must bring them
        back."""
        self.fetched &= {id_ for texts in self.upstream.values() for id_ in texts}

    @initialize(per_page=st.sampled_from([1, 3, 100]), paging=st.sampled_from(["id", "offset"]))
    def begin(self, per_page: int, paging: str) -> None:
        self.server.per_page, self.server.paging = per_page, paging
        self.account.fill(3, 2)

    @rule(highlights=st.integers(0, 3))
    def add_source(self, highlights: int) -> None:
        source = self.account.add_source(f"Volume {len(self.account.sources)}")
        for number in range(highlights):
            self.account.add_highlight(source, f"Sentence {number} of {source.title}.")

    @rule(number=st.integers(0, 50))
    def add_highlight(self, number: int) -> None:
        self.account.add_highlight(self.any_source(number), f"Another sentence, {number}.")

    @rule(
        number=st.integers(0, 50),
        which=st.integers(0, 5),
        what=st.sampled_from(["text", "delete", "discard", "keep", "hide", "show"]),
    )
    def change_highlight(self, number: int, which: int, what: str) -> None:
        found = list(self.any_source(number).highlights.values())
        if not found:
            return
        highlight = found[which % len(found)]
        if what == "delete":
            self.account.delete(highlight)
        else:
            changes: dict[str, dict[str, Any]] = {
                "text": {"text": f"Rewritten, {number}."},
                "discard": {"is_discard": True},
                "keep": {"is_discard": False},
                "hide": PRIVATE,
                "show": PUBLIC,
            }
            self.account.change(highlight, **changes[what])
        self.forget_hidden()

    @rule(number=st.integers(0, 50), what=st.sampled_from(["delete", "purge", "hide", "show", "rename"]))
    def change_source(self, number: int, what: str) -> None:
        source = self.any_source(number)
        if what == "delete":
            self.account.delete_source(source)
        elif what == "purge":
            self.account.purge(source)
        elif what == "rename":
            self.account.change_source(source, title=f"Renamed {number}")
        else:
            tags = PRIVATE["tags"] if what == "hide" else []
            self.account.change_source(source, book_tags=tags)
        self.forget_hidden()

    @rule(hours=st.sampled_from([0.2, 3.0, 30.0]))
    def time_passes(self, hours: float) -> None:
        self.hours += hours
        self.copy.later(self.hours)

    @rule(full=st.booleans(), at=st.integers(1, 6))
    def break_off(self, full: bool, at: int) -> None:
        sent = len(self.server.requests)
        self.server.faults = {sent + at + attempt: Fault("status", 503) for attempt in range(4)}
        with contextlib.suppress(OutOfReachError):
            self.run(self.copy.sync(full, force=True))
        self.server.faults = {}
        self.fetched |= self.copy.highlights
        self.forget_hidden()

    @rule()
    def fetch_changes(self) -> None:
        self.run(self.copy.sync(force=True))
        self.fetched |= self.copy.highlights
        self.forget_hidden()

    @rule(change_between=st.booleans())
    def fetch_everything(self, change_between: bool) -> None:
        if change_between:
            self.server.before_answer = self._change_between
        self.run(self.copy.sync(full=True, force=True))
        self.server.before_answer = lambda number: None
        self.fetched |= self.copy.highlights
        if not change_between:
            assert self.copy.texts == self.upstream
            self.check_withheld()
        self.forget_hidden()

    def check_withheld(self) -> None:
        """All private highlights of the account are withheld, and no public ones."""
        for source in self.account.sources.values():
            if source.deleted or source.purged:
                continue
            found = self.copy.store.withheld(source.id)
            private = set(found.private) if found is not None else set()
            public = self.upstream.get(source.id, {}).keys()
            alive = {highlight.id for highlight in source.highlights.values() if not highlight.deleted}
            hidden = {
                id_
                for id_ in alive
                if is_private(_tags(source.fields)) or is_private(_tags(source.highlights[id_].fields))
            }
            assert hidden <= private
            assert not private & public

    def _change_between(self, number: int) -> None:
        self.account.purge(self.any_source(number))
        self.account.add_source(f"Meanwhile {number}")
        self.server.before_answer = lambda number: None

    @precondition(lambda self: self.fetched)
    @invariant()
    def nothing_is_missing_that_was_fetched_once(self) -> None:
        assert self.fetched <= self.copy.highlights

    @invariant()
    def a_copy_holds_no_highlight_twice(self) -> None:
        found = [id_ for texts in self.copy.texts.values() for id_ in texts]
        assert len(found) == len(set(found))


def _tags(fields: dict[str, object]) -> list[str]:
    tags = [*fields.get("tags", []), *fields.get("book_tags", [])]  # type: ignore[misc]
    return [tag["name"] for tag in tags]


TestReadwiseMachine = ReadwiseMachine.TestCase
TestReadwiseMachine.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
