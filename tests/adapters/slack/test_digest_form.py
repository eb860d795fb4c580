"""`/highlight digest` without further words opens a form for those who may set a digest."""

from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import Channel, Json, SlackServer, Timing, User, View


def option(value: str) -> Json:
    return {"chosen": {"selected_option": {"text": {"type": "plain_text", "text": value}, "value": value}}}


async def open_form(slack: SlackServer, user: User, channel: Channel, text: str = "digest") -> View:
    await slack.slash(user, channel, "/highlight", text)
    return await slack.modal_for(user)


async def private_reply(slack: SlackServer, user: User, channel: Channel, text: str = "digest") -> str:
    """The private answer that comes instead of a form."""
    command = await slack.slash(user, channel, "/highlight", text)
    answer = await slack.reply_to(command)
    assert answer.ephemeral_to == user.id
    assert slack.views(user) == []
    return slack.visible_text(answer)


async def test_the_form_has_the_defaults_and_the_persons_time_zone(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann", tz="Asia/Kolkata")
        general = slack.channel("general", [ann], creator=ann)
        for text in ("digest", " Digest  set "):
            form = await open_form(slack, ann, general, text)
            shown = [block["element"] for block in form.content["blocks"]]
            assert [text_shown.get("initial_option", {}).get("value", text_shown.get("initial_time")) for text_shown in shown] == [
                None, "daily", "09:00", "Asia/Kolkata", None, None, None, None,
            ]  # fmt: skip
            form.open = False


async def offered_options(slack: SlackServer, user: User, form: View, block: str, typed: str) -> Json:
    options = await slack.ask_options(user, form, "chosen", typed, block_id=block)
    await slack.acknowledged(options)
    assert options.error is None
    return options.response or {}


async def test_zones_and_filters_are_offered_while_a_person_types(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        form = await open_form(slack, ann, slack.channel("general", [ann], creator=ann))
        zones = await offered_options(slack, ann, form, "zone", "kolk")
        assert "Asia/Kolkata" in [option["value"] for option in zones["options"]]
        groups = (await offered_options(slack, ann, form, "only", "m"))["option_groups"]
        assert {group["label"]["text"] for group in groups} <= {
            wording.DIGEST_OTHER_THEMES,
            *wording.DIGEST_FILTERS.values(),
        }
        kinds = [{option["value"].partition(":")[0] for option in group["options"]} for group in groups]
        assert all(len(kind) == 1 for kind in kinds)
        assert len(kinds) > 1
        assert await offered_options(slack, ann, form, "only", "qqqqqq") == {"options": []}


async def test_an_error_is_shown_at_its_field(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        form = await open_form(slack, ann, slack.channel("general", [ann], creator=ann))
        await slack.submit_view(ann, form, {"zone": option("Europe/Berlim")})
        await slack.until(lambda: bool(form.errors))
        assert form.open
        assert list(form.errors) == ["zone"]
        assert "Did you mean Europe/Berlin" in form.errors["zone"]
        sent = await slack.submit_view(ann, form)
        await slack.until(lambda: not form.open)
        assert (sent.error, form.errors) == (None, {})


async def test_where_the_bot_cannot_post_no_form_is_opened(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann, bob = slack.user("ann"), slack.user("bob")
        other_people = slack.workspace.add_channel(
            Channel("D0THEIRS01", "", {ann.id, bob.id}, im_with=bob.id)
        )
        for place in (
            slack.channel("elsewhere", [ann], bot=False, creator=ann),
            slack.channel("closed", [ann], bot=False, private=True, creator=ann),
            other_people,
        ):
            for text in ("digest", "digest daily at 9", "digest now"):
                assert await private_reply(slack, ann, place, text) == wording.NOT_INVITED


async def test_an_expired_trigger_asks_to_type_the_command(start: Starting) -> None:
    async with SlackServer(timing=Timing(trigger=0.0)) as slack, start(slack):
        ann = slack.user("ann")
        assert await private_reply(
            slack, ann, slack.channel("general", [ann], creator=ann)
        ) == wording.as_typed(wording.FORM_NOT_OPENED)


async def test_no_form_is_opened_in_a_place_that_is_not_allowed(start: Starting) -> None:
    async with SlackServer() as slack, start(slack, ALLOWED_CHANNELS="slack:C0OTHER"):
        ann = slack.user("ann")
        command = await slack.slash(ann, slack.channel("general", [ann], creator=ann), "/highlight", "digest")
        assert slack.visible_text(await slack.reply_to(command)) == wording.NOT_HERE
        assert slack.views(ann) == []


async def test_several_filters_can_be_chosen_at_once(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann], creator=ann)
        form = await open_form(slack, ann, general)
        chosen = [option(f"{kind}:{name}")["chosen"]["selected_option"] for kind, name in
                 (("tag", "favorite"), ("by", "Renée Castagnol"))]  # fmt: skip
        answer = await slack.reply_to(
            await slack.submit_view(ann, form, {"only": {"chosen": {"selected_options": chosen}}})
        )
        assert "tagged favorite, by Renée Castagnol." in slack.visible_text(answer)
        second_form = await open_form(slack, ann, general)
        element = next(block for block in second_form.content["blocks"] if block["block_id"] == "only")[
            "element"
        ]
        assert [option["value"] for option in element["initial_options"]] == [
            name["value"] for name in chosen
        ]
