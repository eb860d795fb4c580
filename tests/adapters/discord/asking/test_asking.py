"""People ask in channels, threads, forums and direct messages."""

from time import process_time

import pytest

from adapters.discord.plain_text import Names, plain
from bot.chat import wording
from tests.adapters.discord.conftest import Town, text_of


async def test_a_mention_is_answered_below_the_question(town: Town) -> None:
    replies = await town.ask("what about memory and sleep?")
    assert len(replies) == 1
    assert "> " in replies[0]
    assert "[Remove]" in replies[0]
    (message,) = town.messages()
    assert message.reference is not None
    assert int(message.reference["message_id"]) == town.channel.history()[0].id


async def test_a_reply_to_an_answer_is_answered(town: Town) -> None:
    await town.ask("memory")
    answer = town.channel.last_message
    assert answer is not None
    await town.ann.send(town.channel, "and what about habits?", reply_to=answer)
    assert len(town.bot_texts()) == 2


async def test_a_direct_message_needs_no_mention(town: Town) -> None:
    await town.ann.send_dm("what about memory?")
    replies = town.bot_texts(town.ann.user.dm_channel)
    assert len(replies) == 1
    assert "> " in replies[0]


async def test_more_shows_the_next_quotes(town: Town) -> None:
    await town.ann.send_dm("memory")
    await town.ann.send_dm("more")
    first, second = town.bot_texts(town.ann.user.dm_channel)
    assert first.split("\n> ")[1] not in second


async def test_a_question_that_nothing_fits_is_told_so(town: Town) -> None:
    (reply,) = await town.ask("zebra xylophone quagga")
    assert "Nothing fits" in reply
    assert "zebra" in reply


@pytest.mark.parametrize(
    "text", ["", "   ", " 🎉 <:party:123456789012345678> ", "?!… —", "<@1> **  ** <t:1:R>"]
)
async def test_only_a_mention_gets_a_short_help(town: Town, text: str) -> None:
    await town.ask(text)
    (reply,) = town.bot_texts()
    assert reply == wording.ASK_SOMETHING
    assert len(reply) < 100


async def test_a_file_without_words_gets_a_short_help(town: Town) -> None:
    """Fault 26. The bot does not search for the file's name."""
    await town.ann.send(town.channel, town.me, attachments=[("memory.txt", b"memory")])
    assert town.bot_texts() == [wording.ASK_SOMETHING]


async def test_a_mention_in_a_thread_is_answered_there(town: Town) -> None:
    await town.ann.send(town.channel, "let us talk")
    started = town.env.backend.create_thread(town.channel.id, "talk", owner_id=town.ann.id)
    thread = next(thread for thread in town.channel.threads if thread.id == started.id)
    assert len(await town.ask("memory", thread)) == 1
    assert town.bot_texts() == []


async def test_a_thread_is_allowed_if_its_channel_is(town: Town) -> None:
    town.service.rules.allowlist = type(town.service.rules.allowlist)(
        channels=frozenset({f"discord:{town.channel.id}"})
    )
    started = town.env.backend.create_thread(town.channel.id, "talk", owner_id=town.ann.id)
    thread = next(thread for thread in town.channel.threads if thread.id == started.id)
    other = town.guild.create_text_channel("other")
    assert len(await town.ask("memory", thread)) == 1
    assert await town.ask("memory", other) == []


async def test_markup_of_a_question_is_read_as_words(town: Town) -> None:
    without_markup = await town.ask("memory habits")
    with_markup = (await town.ask("**memory** ||habits|| <:brain:123456789012345678>"))[-1]
    assert without_markup[0].split("\n-#")[0] == with_markup.split("\n-#")[0]


async def test_a_command_typed_as_text_is_answered(town: Town) -> None:
    (reply,) = await town.ask("/highlight sources")
    assert "highlights" in reply


async def test_a_direct_message_from_a_stranger_is_not_answered(town: Town) -> None:
    stranger = town.elsewhere.add_member(town.env.create_user("eve"))
    await stranger.send_dm("memory")
    assert town.bot_texts(stranger.user.dm_channel) == []


async def test_a_server_that_is_not_allowed_gets_no_answer_and_is_logged_once(
    town: Town, caplog: object
) -> None:
    channel = town.elsewhere.create_text_channel("lobby")
    eve = town.elsewhere.add_member(town.env.create_user("eve"))
    await eve.send(channel, f"{town.me} memory")
    await eve.send(channel, f"{town.me} memory again")
    assert town.bot_texts(channel) == []
    lines = [record.message for record in caplog.records if "not allowed" in record.message]  # type: ignore[attr-defined]
    assert lines == [
        f"not answered: channel discord:{channel.id} is not allowed; to answer there, add "
        f"ALLOWED_CHANNELS=discord:{channel.id} to the settings"
    ]


async def test_no_post_pings_anyone(town: Town) -> None:
    await town.ask("memory")
    await town.ann.slash(town.channel, "highlight random")
    for body in town.posts():
        data = body.get("data", body)
        if isinstance(data, dict) and data.get("components"):
            assert data["allowed_mentions"]["parse"] == []
            assert not data["allowed_mentions"].get("replied_user")


async def test_an_answer_has_a_text(town: Town) -> None:
    await town.ask("memory")
    (message,) = town.messages()
    assert text_of(message.components)


async def test_a_forum_post_asks_with_its_title(town: Town) -> None:
    forum = town.guild.create_forum_channel("questions")
    backend = town.env.backend
    post = backend.create_thread(forum.id, "memory", owner_id=town.ann.id)
    started = backend.prepare_message(post.id, town.ann.id, town.me)
    started.id = post.id  # the first message of a forum post has the id of the post
    backend.commit_message(started)
    await town.env.settle()
    (reply,) = [
        text_of(message.components) for message in backend.messages[post.id].values() if message.id != post.id
    ]
    assert "> " in reply
    assert "[▶]" in reply


async def test_the_next_page_of_a_forum_post_reads_its_title_again(town: Town) -> None:
    forum = town.guild.create_forum_channel("questions")
    backend = town.env.backend
    post = backend.create_thread(forum.id, "memory", owner_id=town.ann.id)
    started = backend.prepare_message(post.id, town.ann.id, town.me)
    started.id = post.id
    backend.commit_message(started)
    await town.env.settle()
    thread = next(thread for thread in forum.threads if thread.id == post.id)
    answer = thread.last_message
    assert answer is not None
    await town.restart()
    before = town.bot_texts(thread)
    await town.ann.click(answer, label="▶")
    (turned,) = town.bot_texts(thread)
    assert "> " in turned
    assert [turned] != before


async def test_reading_the_worst_markup_takes_less_than_a_second() -> None:
    """Fault 27. The worst text of 4,000 characters for the code that reads markup takes only a short time."""
    for text in (
        "**" * 2000,
        "_" * 4000,
        "[" * 4000,
        "||a" * 1300,
        "`" * 4000,
        "<@" * 2000,
        "\\" * 4000,
        "~~a~~" * 800,
    ):
        began = process_time()
        plain(text, Names())
        assert process_time() - began < 1.0


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("<@1> what did <@2> say in <#3>?", "what did Ann say in books?"),
        ("<@!1>", ""),
        ("[memory](https://a.example/x) **and** ~~no~~ __sleep__", "memory and no sleep"),
        ("> quoted\n# big", "quoted\nbig"),
        ("`code` ```py\nblock```", "code block"),
        ('\\*literal\\* "exact phrase" -word author:x_y', '*literal* "exact phrase" -word author:x_y'),
        ("<t:1700000000:R> </highlight by:123> <a:wave:9>", "/highlight by"),
        ("<https://a.example>", "https://a.example"),
        ("**__||a||__**", "a"),
    ],
)
def test_typed_markup_becomes_plain_text(typed: str, expected: str) -> None:
    names = Names(people={2: "Ann"}, channels={3: "books"})
    assert plain(typed, names, {1}) == expected
