"""Someone presses "As a picture" below a quote."""

import pytest
import simcord

from bot.chat import wording
from bot.pictures.drawing import MissingFontsError
from tests.adapters.discord.conftest import Town, text_of

PNG = b"\x89PNG\r\n\x1a\nnot really"


def button(components: list[dict[str, object]], label: str) -> str:
    """The custom id of the first button with a label."""
    for component in components:
        if component.get("label") == label:
            return str(component["custom_id"])
        inner = component.get("components")
        if isinstance(inner, list) and (found := button(inner, label)):
            return found
    return ""


@pytest.fixture(autouse=True)
def pictures_on(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Switches pictures on for this test only, because other tests share the bot."""
    monkeypatch.setattr(town.service.bot, "pictures", True)


async def press_picture_button(town: Town) -> simcord.InteractionResult:
    """Ann asks, and presses the button below her private answer."""
    answer = await town.ann.slash(town.channel, "highlight search", words="memory")
    assert answer.response is not None
    return await town.ann.click(
        answer.response, custom_id=button(answer.response.components, wording.AS_PICTURE)
    )


async def test_the_picture_has_its_words_as_alt_text(town: Town) -> None:
    town.service.draw = lambda quote: PNG
    result = await press_picture_button(town)
    assert result.response is not None
    assert result.ephemeral
    (shown,) = result.response.attachments
    assert shown.filename == "quote.png"
    assert "—" in str(shown.description)


async def test_a_missing_font_is_named_in_a_notice(town: Town) -> None:
    def draw(_: object) -> bytes:
        raise MissingFontsError("CJK", "fonts-noto-cjk")

    town.service.draw = draw
    result = await press_picture_button(town)
    assert result.response is not None
    assert "fonts-noto-cjk" in text_of(result.response.components)


async def test_there_is_no_button_if_pictures_are_off(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(town.service.bot, "pictures", False)
    answer = await town.ann.slash(town.channel, "highlight search", words="memory")
    assert answer.response is not None
    assert not button(answer.response.components, wording.AS_PICTURE)
