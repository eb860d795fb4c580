"""PostgreSQL as the state: forms of its URL, refusals, outages and slow responses."""

import asyncio
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.state.claims import LEASE_S, NEWER, Claim, StateError
from bot.state.database import engine as database_module
from bot.state.database.claims import DatabaseClaims
from bot.state.database.engine import Database, address
from bot.state.fallback import StateWithFallback
from bot.state.migrations import LOCK
from bot.state.opening import StateTimeouts, opener
from tests.postgres import ENCODED, PASSWORD, PostgresServer

SHORT_RETRIES = StateTimeouts(retry_s=0.05, max_retry_s=0.1)


@asynccontextmanager
async def open_with_fallback(
    url: str, timeouts: StateTimeouts = SHORT_RETRIES
) -> AsyncIterator[StateWithFallback]:
    state = StateWithFallback(opener(url, Path()), timeouts)
    await state.open()
    try:
        yield state
    finally:
        await state.close()


async def wait_until(state: StateWithFallback, works: bool) -> None:
    async with asyncio.timeout(60):
        while (state.problem is None) is not works:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def refusal(url: str) -> str:
    """Returns the error of a state that cannot be opened."""
    with pytest.raises(StateError) as caught:
        await DatabaseClaims.open(address(url, Path()))
    sentence = str(caught.value)
    assert not any(secret in sentence for secret in (PASSWORD, ENCODED, "s3cret", "127.0.0.1"))
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(
    "scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg2", "POSTGRES"]
)
async def test_every_scheme_for_postgresql_is_accepted(postgres: PostgresServer, scheme: str) -> None:
    claims = await DatabaseClaims.open(scheme + (await postgres.fresh()).removeprefix("postgresql"))
    assert await claims.claim("k") is Claim.MINE
    await claims.close()


@pytest.mark.parametrize(
    "parameters",
    [
        "sslmode=disable", "sslmode=prefer", "ssl=false", "ssl=prefer", "connect_timeout=5", "pgbouncer=true",
        "sslmode=prefer&channel_binding=prefer&keepalives=1", "application_name=mine", "options=-c%20statement_timeout%3D5000",
        "prepared_statement_cache_size=0", "target_session_attrs=read-write", "sslcompression=0&gssencmode=disable",
    ],
)  # fmt: skip
async def test_url_parameters_of_providers_are_accepted(postgres: PostgresServer, parameters: str) -> None:
    claims = await DatabaseClaims.open(f"{await postgres.fresh()}&{parameters}")
    assert await claims.claim("k") is Claim.MINE
    await claims.close()


async def test_a_database_that_does_not_open_is_explained(postgres: PostgresServer) -> None:
    """One sentence says what is wrong and how to fix it. It never contains the password."""
    url = postgres.url()
    assert "password" in await refusal(postgres.url(password="s3cret"))
    assert "password" in await refusal(postgres.url(user="nobody"))
    assert "does not exist" in await refusal(postgres.url("missing"))
    assert await refusal(url.replace(f":{postgres.port}/", ":1/")) == "no connection to the database"
    assert "host" in await refusal(url.replace("127.0.0.1", "no.such.host.invalid"))
    assert "socket" in await refusal("postgresql:///x?host=/no/such/folder")
    assert "TLS" in await refusal(url + "?sslmode=require")
    assert "TLS" in await refusal(url + "?ssl=true")
    assert "parameter" in await refusal(url + "?sslmode=nonsense")
    assert "certificate" in await refusal(url + "?sslmode=verify-full&sslrootcert=/no/such/file")
    assert "no_such_setting" in await refusal(url + "?no_such_setting=1")
    assert "read-only" in await refusal(await postgres.fresh() + "&default_transaction_read_only=on")
    for unreadable in (PASSWORD, "a#s3cret", "s3cret[", "x%zz:1:2"):
        assert "percent-encoded" in await refusal(postgres.url(password=unreadable)) or "%" in unreadable
    assert "percent-encoded" in await refusal("postgresql://u:p@127.0.0.1:port/d")
    assert "is not supported" in await refusal("mysql://u:s3cret@127.0.0.1/d")


async def test_a_user_without_the_right_to_create_tables_is_told(postgres: PostgresServer) -> None:
    """Since PostgreSQL 15, that right is missing in the schema `public` of another user's database."""
    await postgres.do("CREATE ROLE reader LOGIN PASSWORD 'p'")
    sentence = await refusal(postgres.url(user="reader", password="p"))
    assert "grant" in sentence


async def test_a_database_of_a_newer_version_is_not_changed(postgres: PostgresServer) -> None:
    url = await postgres.fresh()
    await (await DatabaseClaims.open(url)).close()
    await postgres.do("UPDATE alembic_version SET version_num = '9999'", url)
    assert await refusal(url) == NEWER
    (row,) = await postgres.do("SELECT version_num FROM alembic_version", url)
    assert row["version_num"] == "9999"


async def test_a_broken_connection_is_replaced_without_a_failure(postgres: PostgresServer) -> None:
    """After a restart, a failover or a firewall's timeout, the next claim uses a new connection."""
    url = await postgres.fresh()
    async with open_with_fallback(url) as state:
        assert await state.claim("k1") is Claim.MINE
        await postgres.do(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'analects'"
        )
        assert await state.claim("k2") is Claim.MINE
        assert state.problem is None
    rows = await postgres.do("SELECT key FROM events ORDER BY key", url)
    assert [row["key"] for row in rows] == ["k1", "k2"]


@pytest.mark.long
@pytest.mark.parametrize("stop_signal", ["SIGINT", "SIGQUIT"], ids=["stopped", "crashed"])
async def test_claims_made_during_an_outage_are_stored_afterwards(
    postgres: PostgresServer, stop_signal: str, caplog: pytest.LogCaptureFixture
) -> None:
    """During the outage, claims are kept in memory. Afterwards, no other replica answers the same questions again."""
    url = await postgres.fresh()
    async with open_with_fallback(url) as state:
        assert await state.claim("before") is Claim.MINE
        await asyncio.to_thread(postgres.stop, signal.Signals[stop_signal])
        try:
            assert await state.claim("during") is Claim.MINE
            assert await state.claim("during") is Claim.HELD
            await state.complete("during", "m1")
            assert state.problem is not None
            assert "connection" in state.problem
        finally:
            await asyncio.to_thread(postgres.start)
        await wait_until(state, works=True)
        assert await state.claim("before") is Claim.HELD
        async with open_with_fallback(url) as other:
            assert await other.claim("before") is Claim.HELD
            assert await other.claim("during") is Claim.DONE
    sentence = [record.message for record in caplog.records if "database unavailable" in record.message]
    assert 1 <= len(sentence) <= 2, "one line for each reason: stopped, then starting up"


async def test_the_bot_starts_while_the_database_is_down(postgres: PostgresServer) -> None:
    url = await postgres.fresh()
    await asyncio.to_thread(postgres.stop)
    try:
        async with open_with_fallback(url) as state:
            assert state.problem == "no connection to the database"
            assert await state.claim("k") is Claim.MINE
            await asyncio.to_thread(postgres.start)
            await wait_until(state, works=True)
    finally:
        if postgres.stopped:
            await asyncio.to_thread(postgres.start)


async def test_the_bot_starts_while_the_database_does_not_respond() -> None:
    """The host accepts the connection and never answers. The bot starts without waiting for it."""
    writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: writers.append(writer), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with open_with_fallback(
        f"postgresql://u:p@127.0.0.1:{port}/d?sslmode=disable", StateTimeouts(statement_s=0.2, opening_s=0.4)
    ) as state:
        assert state.problem == "not opened yet"
        assert await state.claim("k") is Claim.MINE
        async with asyncio.timeout(60):
            while state.problem == "not opened yet":  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert state.problem == "it does not respond"
    for writer in writers:
        writer.close()
    server.close()


async def test_a_slow_database_is_given_up_and_recovers(postgres: PostgresServer) -> None:
    """Another session locks the table. Claims wait no longer than their timeout, and the state recovers by itself."""
    url = await postgres.fresh()
    async with open_with_fallback(url):
        """Opens the state with tables that exist: making them could take longer than the short timeouts of this test."""
    async with open_with_fallback(
        url, StateTimeouts(statement_s=0.5, retry_s=0.05, max_retry_s=0.1)
    ) as state:
        await wait_until(state, works=True)
        locking_database = Database(database_module._engine(url))
        async with locking_database.begin() as connection:
            await connection.exec_driver_sql("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
            async with asyncio.timeout(60):
                assert await state.claim("k0") is Claim.MINE
                assert state.problem is None, "a single slow claim must not make the bot give the database up"
                assert [await state.claim(f"k{number}") for number in (1, 2)] == [Claim.MINE] * 2
            assert state.problem == "it does not respond"
        await locking_database.close()
        await wait_until(state, works=True)


async def test_replicas_that_start_at_once_create_the_tables_one_after_the_other(
    postgres: PostgresServer,
) -> None:
    url = await postgres.fresh()
    first = Database(database_module._engine(url))
    async with first.begin() as connection:
        await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        second = asyncio.create_task(DatabaseClaims.open(url))
        async with asyncio.timeout(60):
            while not await postgres.do("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
                assert not second.done()
    claims = await second
    assert await claims.claim("k") is Claim.MINE
    await claims.close()
    await first.close()


async def test_leases_are_measured_by_the_clock_of_the_database(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replica whose clock is an hour ahead does not take a claim that another replica is working on."""
    url = await postgres.fresh()
    first, second = await DatabaseClaims.open(url), await DatabaseClaims.open(url)
    assert await first.claim("k") is Claim.MINE
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3600)
    assert await second.claim("k") is Claim.HELD
    (row,) = await postgres.do(
        "SELECT until - extract(epoch FROM clock_timestamp()) AS left FROM events", url
    )
    assert LEASE_S - 10 < row["left"] <= LEASE_S
    await first.close()
    await second.close()


async def test_a_replica_keeps_few_connections(postgres: PostgresServer) -> None:
    url = await postgres.create()
    claims = await DatabaseClaims.open(url)
    results = await asyncio.gather(*(claims.claim(f"k{number % 15}") for number in range(60)))
    assert results.count(Claim.MINE) == 15
    own_connections = f"application_name = 'analects' AND datname = '{url.rsplit('/', 1)[1]}'"
    (row,) = await postgres.do(f"SELECT count(*) FROM pg_stat_activity WHERE {own_connections}")
    assert row["count"] <= 3
    await claims.close()


@pytest.mark.long
async def test_tls_is_used_and_certificates_are_checked(postgres: PostgresServer, tmp_path: Path) -> None:
    """`sslmode=require` and `verify-full`, with a trusted certificate and with an untrusted one."""
    try:
        certificate = postgres.with_tls()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("openssl is not installed")
    url = await postgres.fresh()
    try:
        await asyncio.to_thread(postgres.restart)
        for parameters in (
            "sslmode=require",
            "ssl=require",
            "ssl=true",
            f"sslmode=verify-ca&sslrootcert={certificate}",
        ):
            claims = await DatabaseClaims.open(f"{url}&{parameters}")
            (row,) = await postgres.do(
                "SELECT bool_and(ssl) AS all FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'analects'"
            )
            assert row["all"], parameters
            await claims.close()
        assert "not trusted" in await refusal(f"{url}&sslmode=verify-full&sslrootcert=system")
        host = urlsplit(url).hostname
        assert host == "127.0.0.1"
        assert "not trusted" in await refusal(f"{url}&sslmode=verify-full&sslrootcert={certificate}"), (
            "the certificate is for another host name"
        )
    finally:
        postgres.without_tls()
        await asyncio.to_thread(postgres.restart)
