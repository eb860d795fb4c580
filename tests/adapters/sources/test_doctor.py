"""`analects doctor` and `analects check` report the fetching of notes from Readwise and git."""

from __future__ import annotations

import json

import pytest

from tests.adapters.sources.command_line import Analects
from tests.git_server import GitServer
from tests.readwise_server import Fault, ReadwiseServer


async def findings(analects: Analects) -> dict[str, tuple[bool, str]]:
    """The findings of `analects doctor` by check: whether it is fine, and the finding with its fix."""
    found = json.loads(await analects("doctor", "--json"))
    return {
        finding["check"]: (finding["ok"], f"{finding['finding']} {finding['fix'] or ''}") for finding in found
    }


@pytest.mark.long
async def test_doctor_checks_the_token_the_repository_and_the_folder(
    analects: Analects, readwise_with_book: ReadwiseServer, host: GitServer
) -> None:
    analects.settings |= host.settings
    found = await findings(analects)
    assert found["Readwise"] == (True, "the token is valid ")
    assert not found["Readwise sync"][0]
    assert not found["git"][0]
    host.create().commit({"a.md": "# A\n\n## Highlights\n- Gulls remember faces.\n"})
    await analects("sync")
    found = await findings(analects)
    assert all(found[name][0] for name in ("Readwise", "Readwise sync", "git", "git sync", "notes"))
    assert "Newest highlight" in found["notes"][1]
    analects.settings |= {"READWISE_TOKEN": "zebra-token", "CORPUS_GIT_TOKEN": "zebra-token"}
    found = await findings(analects)
    assert not found["Readwise"][0]
    assert "https://readwise.io/access_token" in found["Readwise"][1]
    assert "CORPUS_GIT_TOKEN" in found["git"][1]


@pytest.mark.long
async def test_check_and_doctor_report_a_failed_sync_until_one_works(
    analects: Analects, readwise_with_book: ReadwiseServer
) -> None:
    await analects("sync")
    assert "sync_failed" not in await analects.json("check")
    readwise_with_book.always = Fault("status", 401)
    await analects("sync")
    assert analects.code == 2
    report = await analects.json("check")
    assert report["highlights"] == 2
    assert report["synced"]["readwise"] is not None
    assert report["sync_failed"]["readwise"]["problem"].startswith(
        "READWISE_TOKEN: Readwise refuses this token"
    )
    assert "The last attempt, less than a minute ago, failed: READWISE_TOKEN" in " ".join(
        (await analects("check")).split()
    )
    readwise_with_book.always = None
    ok, finding = (await findings(analects))["Readwise sync"]
    assert not ok
    assert "last fetched" in finding
    assert "https://readwise.io/access_token" in finding
    await analects("sync")
    assert "sync_failed" not in await analects.json("check")
    assert (await findings(analects))["Readwise sync"][0]


async def test_doctor_names_a_setting_that_needs_another_one(analects: Analects) -> None:
    analects.settings["CORPUS_GIT_TOKEN"] = "zebra-token"
    output = await analects("doctor")
    assert "CORPUS_GIT_TOKEN is set, and CORPUS_GIT is not" in output


@pytest.mark.long
async def test_doctor_says_what_to_do_if_readwise_is_down_and_promises_no_notes_that_were_not_fetched(
    analects: Analects, readwise_with_book: ReadwiseServer
) -> None:
    readwise_with_book.always = Fault("status", 503)
    found = await findings(analects)
    assert "nothing was fetched yet: run `analects sync`" in found["notes"][1]
    assert "check the network and READWISE_API_URL, or try again later" in found["Readwise"][1]
    assert "answers questions" not in found["Readwise"][1]
    readwise_with_book.always = None
    await analects("sync")
    readwise_with_book.always = Fault("status", 503)
    assert "what was fetched before still answers questions" in (await findings(analects))["Readwise"][1]
