"""Enterprise Grid: an organisation with two workspaces, and a channel that it shares with another company (fault 55)."""

import pytest

from tests.adapters.slack.conftest import Starting
from tests.adapters.slack.setup.test_doctor import doctor_report
from tests.slack_server import HOME_TEAM, Installation, SlackServer

ORGANISATION, SECOND_TEAM, OTHER_TEAM, OTHER_ORGANISATION = (
    "E0STARSHIP",
    "T0SECOND01",
    "T0OTHER001",
    "E0OTHER001",
)


def installed(for_organisation: bool) -> SlackServer:
    return SlackServer(installation=Installation(enterprise=ORGANISATION, for_organisation=for_organisation))


@pytest.mark.parametrize("for_organisation", [False, True])
async def test_a_colleague_from_another_workspace_is_answered(
    start: Starting, for_organisation: bool
) -> None:
    async with installed(for_organisation) as slack, start(slack):
        bob = slack.user("bob", team=SECOND_TEAM, enterprise=ORGANISATION)
        general = slack.channel("general", [bob], org_shared=True)
        answer = await slack.reply_to(await slack.mention(bob, general, "what about memory?"))
        command = await slack.slash(bob, general, "/highlight", "random")
        assert "highlight" in slack.visible_text(await slack.reply_to(command))
        await slack.reply_to(await slack.direct_message(bob, "what about memory?"))
        pressed = await slack.choose(bob, answer, "From “")
        await slack.reply_to(pressed)
        await slack.open_home(bob)
        assert "highlights from" in slack.visible_text(await slack.home_for(bob))


async def test_an_app_installed_for_the_organisation_answers_in_all_workspaces(start: Starting) -> None:
    async with installed(True) as slack, start(slack):
        for number, team in enumerate((HOME_TEAM, SECOND_TEAM)):
            ann = slack.user(f"ann{number}", team=team, enterprise=ORGANISATION)
            general = slack.channel("general", [ann], team=team)
            await slack.reply_to(await slack.mention(ann, general, "what about memory?"))
            await slack.reply_to(await slack.slash(ann, general, "/highlight", "random"))
            await slack.reply_to(await slack.direct_message(ann, "what about memory?"))


@pytest.mark.parametrize("for_organisation", [False, True])
async def test_another_company_is_not_answered(start: Starting, for_organisation: bool) -> None:
    async with installed(for_organisation) as slack, start(slack) as bot:
        ann = slack.user("ann", enterprise=ORGANISATION)
        eve = slack.user("eve", team=OTHER_TEAM, enterprise=OTHER_ORGANISATION)
        shared = slack.channel("shared", [ann, eve], shared_with=[OTHER_TEAM])
        inside = slack.channel("inside", [ann, eve], org_shared=True)
        for user, place in ((eve, shared), (ann, shared), (eve, inside)):
            await slack.mention(user, place, "what about memory?")
        await slack.direct_message(eve, "what about memory?")
        await slack.until(lambda: bot.service.counts["place"] == 4)
        assert slack.posts() == []


@pytest.mark.parametrize("for_organisation", [False, True])
@pytest.mark.parametrize("listed", [ORGANISATION, SECOND_TEAM])
async def test_an_organisation_or_a_workspace_can_be_listed(
    start: Starting, listed: str, for_organisation: bool
) -> None:
    async with installed(for_organisation) as slack, start(slack, ALLOWED_SERVERS=f"slack:{listed}"):
        bob = slack.user("bob", team=SECOND_TEAM, enterprise=ORGANISATION)
        await slack.reply_to(await slack.direct_message(bob, "what about memory?"))
        if for_organisation:
            general = slack.channel("general", [bob], team=SECOND_TEAM)
            await slack.reply_to(await slack.mention(bob, general, "what about memory?"))


async def test_an_owner_of_the_organisation_may_set_digests(start: Starting) -> None:
    async with installed(True) as slack, start(slack):
        ann = slack.user("ann", enterprise=ORGANISATION)
        boss = slack.user("boss", enterprise=ORGANISATION, organisation_owner=True)
        general = slack.channel("general", [ann, boss], creator=slack.user("zoe"))
        reply = await slack.reply_to(await slack.slash(boss, general, "/highlight", "digest daily at 9"))
        assert "every day at 09:00" in slack.visible_text(reply)
        refused = await slack.reply_to(await slack.slash(ann, general, "/highlight", "digest off"))
        assert "Only people who manage this channel" in slack.visible_text(refused)


@pytest.mark.long
@pytest.mark.parametrize(
    ("for_organisation", "words"),
    [
        (False, f"installed in workspace {HOME_TEAM} of organisation"),
        (True, f"installed for organisation {ORGANISATION}"),
    ],
)
async def test_doctor_reports_the_kind_of_installation(tmp_path, for_organisation: bool, words: str) -> None:  # type: ignore[no-untyped-def]
    async with installed(for_organisation) as slack:
        _, reply = await doctor_report(tmp_path, slack.settings)
        assert words in str(reply)
