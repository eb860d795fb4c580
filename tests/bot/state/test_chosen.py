"""Settings that people choose for a place survive a restart, a lost state file and a database outage."""

import asyncio
from pathlib import Path

import pytest

from bot.access.choices import REREAD_AFTER_S, Choices
from bot.state.chosen import PostingChoices, ServerChoices
from bot.state.claims import StateError
from bot.state.database.engine import FILE, address
from bot.state.fallback import StateWithFallback
from bot.state.opening import StateTimeouts, open_state, opener

SERVER = "discord:1"
CHOSEN = ServerChoices(("12", "13"), ("7",), True, "asker", "managers")


async def test_another_process_reads_the_chosen_settings(state_url: str) -> None:
    clock = [0.0]
    first, second = await open_state(state_url), await open_state(state_url)
    assert first.chosen is not None
    assert second.chosen is not None
    first_choices, second_choices = Choices(first.chosen), Choices(second.chosen, clock=lambda: clock[0])
    assert await second_choices.of_server(SERVER) == ServerChoices()
    await first_choices.set_server(SERVER, CHOSEN)
    await first_choices.set_posting(SERVER, PostingChoices(True, "9", True))
    assert await first_choices.of_server(SERVER) == CHOSEN
    clock[0] += REREAD_AFTER_S
    assert await second_choices.of_server(SERVER) == CHOSEN
    assert await second_choices.of_posting(SERVER) == PostingChoices(True, "9", True)
    await first_choices.set_server(SERVER, ServerChoices())
    clock[0] += REREAD_AFTER_S
    assert await second_choices.of_server(SERVER) == ServerChoices()
    for state in (first, second):
        await state.claims.close()


async def test_a_choice_survives_the_loss_of_the_file(tmp_path: Path) -> None:
    state = StateWithFallback(opener(None, tmp_path), StateTimeouts(retry_s=0.005, max_retry_s=0.01))
    await state.open()
    await Choices(state.chosen).set_server(SERVER, CHOSEN)
    (tmp_path / FILE).unlink()
    await state.claim("slack:C1:1")  # notices the loss of the file
    async with asyncio.timeout(30):
        while state.problem is not None:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    await state.close()
    opened = await open_state(address(None, tmp_path))
    assert opened.chosen is not None
    assert await Choices(opened.chosen).of_server(SERVER) == CHOSEN
    await opened.claims.close()


async def test_without_the_database_a_choice_still_applies_but_cannot_be_changed(tmp_path: Path) -> None:
    is_down = False

    async def opening() -> object:
        if is_down:
            raise StateError("away")
        return await open_state(address(None, tmp_path))

    state = StateWithFallback(opening)  # type: ignore[arg-type]
    await state.open()
    await Choices(state.chosen).set_server(SERVER, CHOSEN)
    is_down = True
    (tmp_path / FILE).unlink()
    await state.claim("slack:C1:1")
    assert state.problem is not None
    assert await Choices(state.chosen).of_server(SERVER) == CHOSEN
    with pytest.raises(StateError):
        await Choices(state.chosen).set_server(SERVER, ServerChoices())
    await state.close()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"buttons": "nobody"}', "{"])
def test_a_damaged_choice_raises_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"Expecting|object|choice"):
        ServerChoices.decode(text)
