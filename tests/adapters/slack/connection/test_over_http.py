"""Slack sends signed HTTP requests instead of using sockets."""

from pathlib import Path

from tests.processes import analects
from tests.slack_server import SlackServer


async def test_the_bot_answers_over_http(tmp_path: Path) -> None:
    async with SlackServer() as slack, analects(tmp_path, slack.http_settings) as bot:
        await bot.ready()
        http = slack.use_http((await bot.says("listening on")).rsplit(" ", 1)[1] + "/slack/events")
        assert await http.verify_url()
        ann = slack.user("ann")
        general = slack.channel("general", [ann], creator=ann)
        question = await slack.mention(ann, general, "what about memory?")
        await slack.reply_to(question)
        await slack.redeliver(question)
        command = await slack.slash(ann, general, "/highlight", "random")
        assert (await slack.reply_to(command)).ephemeral_to == ann.id
        await slack.quiet()
        assert len(slack.replies_to(question)) == 1
        await slack.slash(ann, general, "/highlight", "digest")
        form = await slack.modal_for(ann)
        cities = await slack.ask_options(ann, form, "chosen", "kolk", block_id="zone")
        await slack.acknowledged(cities)
        assert (cities.response or {})["options"][0]["value"] == "Asia/Kolkata"
        nowhere = {"zone": {"chosen": {"selected_option": {"value": "Nowhere"}}}}
        await slack.submit_view(ann, form, nowhere)
        await slack.until(lambda: list(form.errors) == ["zone"])
        await slack.submit_view(ann, form)
        await slack.until(lambda: not form.open)
        http.secret = "another"
        forged = await slack.mention(ann, general, "what about sleep?")
        await slack.until(lambda: forged.attempts[0].failed is not None)
        http.secret, http.age = None, 301
        old = await slack.mention(ann, general, "what about sleep?")
        await slack.until(lambda: old.attempts[0].failed is not None)
        assert {answer.status for answer in http.answers[-2:]} == {401}
        assert await bot.terminate() == 0
