"""Everyone on Slack gets answers in the language of their own Slack (`users.info` with `include_locale`)."""

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.adapters.slack.conftest import Starting
from tests.platforms import Clock
from tests.slack_server import SlackServer
from tests.slack_server.faults import error

NOTHING = "zzzzqqqq"


async def test_a_german_asks_and_reads_german(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann", locale="de-DE")
        general = slack.channel("general", [ann])
        refused = slack.visible_text(await slack.reply_to(await slack.mention(ann, general, NOTHING)))
        assert f"Nichts Passendes gefunden. Gesucht habe ich {NOTHING}." in refused
        assert "Quellen" in refused
        help_text = slack.visible_text(
            await slack.reply_to(await slack.slash(ann, general, "/highlight", "help"))
        )
        assert "Frag in eigenen Worten" in help_text
        shown = slack.visible_text(await slack.reply_to(await slack.direct_message(ann, "zufällig")))
        assert "Quelle zeigen" in shown


async def test_two_people_at_the_same_time_in_one_channel(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann, ben = slack.user("ann", locale="ja-JP"), slack.user("ben", locale="es-LA")
        general = slack.channel("general", [ann, ben])
        questions = await asyncio.gather(
            *(slack.mention(who, general, NOTHING) for who in (ann, ben, ann, ben, ann, ben))
        )
        answers = [slack.visible_text(await slack.reply_to(question)) for question in questions]
        assert ["該当するものはありません" in answer for answer in answers] == [True, False] * 3
        assert ["No he encontrado nada" in answer for answer in answers] == [False, True] * 3


@pytest.mark.parametrize("locale", ["pt-BR", "en-GB", ""])
async def test_a_language_that_the_bot_does_not_speak_is_answered_in_english(
    start: Starting, locale: str
) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann", locale=locale)
        answer = await slack.reply_to(await slack.mention(ann, slack.channel("general", [ann]), NOTHING))
        assert "Nothing fits." in slack.visible_text(answer)


async def test_home_and_the_form_of_a_digest_are_in_the_persons_language(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann", locale="fr-FR")
        general = slack.channel("general", [ann], creator=ann)
        await slack.open_home(ann)
        assert "Cette bibliothèque, mot pour mot" in slack.visible_text(await slack.home_for(ann))
        await slack.slash(ann, general, "/highlight", "digest")
        form = await slack.modal_for(ann)
        assert form.content["title"]["text"] == "Sélection dans ce canal"


async def test_a_person_whose_language_is_unknown_is_answered_in_english(start: Starting) -> None:
    """The scope users:read is missing, so Slack does not say which language the person uses."""
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann", locale="de-DE")
        slack.faults.order("users.info", error("missing_scope"))
        answer = await slack.reply_to(await slack.mention(ann, slack.channel("general", [ann]), NOTHING))
        assert "Nothing fits." in slack.visible_text(answer)


async def test_a_digest_is_in_the_language_in_which_it_was_set(start: Starting) -> None:
    clock = Clock(datetime(2026, 11, 25, 8, tzinfo=ZoneInfo("Europe/Berlin")).timestamp())
    async with SlackServer(clock=clock) as slack, start(slack, clock=clock) as instance:
        ann, ben = slack.user("ann", locale="de-DE"), slack.user("ben")
        german = slack.channel("general", [ann, ben], creator=ann)
        english = slack.channel("random", [ann, ben], creator=ben)
        for person, channel, begins in (
            (ann, german, "Eingestellt: jeden Tag"),
            (ben, english, "Set: every day"),
        ):
            command = await slack.slash(person, channel, "/highlight", "digest daily at 9")
            await slack.until(lambda: bool(slack.replies_to(command)))  # noqa: B023  at once
            assert begins in slack.visible_text(slack.replies_to(command)[0])
        clock.now += 3_610
        await instance.post_due_digests()
        (digest,) = slack.posts(german)
        assert slack.visible_text(digest).startswith("Aus dieser Bibliothek\n")
        assert "Diese nicht" in slack.visible_text(digest)
        (digest,) = slack.posts(english)
        assert slack.visible_text(digest).startswith("From this library\n")
