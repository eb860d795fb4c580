"""PostgreSQL by asyncpg: reads `DATABASE_URL`, and turns errors into sentences.

asyncpg was chosen over psycopg because it runs on every event loop (async psycopg does not run on the one of Windows), needs no C
library, and gives the SQLSTATE of every error. It reads addresses as libpq does. Statements are never prepared: behind PgBouncer
in transaction mode, the next one may run on another connection.
"""

import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.state.claims import StateError

CONNECT_TIMEOUT_S = 10.0
"""A database that sleeps between questions takes a few seconds to wake."""
STATEMENT_TIMEOUT_S = 10.0
"""Longer than any caller's timeout."""
POOL_SIZE = 3
"""Connections kept by one replica."""
MAX_EXTRA_CONNECTIONS = 2
"""Opened beyond the pool for a moment. Small plans allow some twenty connections in all."""
MAX_CONNECTION_AGE_S = 240.0
"""Older connections are replaced: firewalls and load balancers cut idle ones."""

_NOT_FOR_THE_SERVER = frozenset({
    "channel_binding", "connect_timeout", "gssencmode", "keepalives", "keepalives_count", "keepalives_idle", "keepalives_interval",
    "load_balance_hosts", "max_protocol_version", "min_protocol_version", "pgbouncer", "pool_timeout",
    "prepared_statement_cache_size", "require_auth", "requirepeer", "ssl", "sslcertmode", "sslcompression", "sslmode", "sslsni",
    "tcp_user_timeout",
})  # fmt: skip
"""Parameters of an address that asyncpg would pass on as settings of the server, which rejects them."""
_SSL = {
    "": "require",
    "1": "require",
    "on": "require",
    "true": "require",
    "0": "disable",
    "off": "disable",
    "false": "disable",
}
"""`ssl=…`, as other drivers write `sslmode=…`."""

_MESSAGES = {
    "28P01": "PostgreSQL refuses the user or the password of DATABASE_URL",
    "28000": "PostgreSQL refuses the user of DATABASE_URL, or the connection without TLS: add ?sslmode=require",
    "3D000": "the database that DATABASE_URL names does not exist: create it",
    "42501": "the user of DATABASE_URL may not create or change tables: grant it CREATE on the schema, or make it the owner",
    "25006": "the database is read-only: name its primary server",
    "53100": "the disk of the database is full",
    "53300": "the database has no free connection",
    "57P03": "the database is starting up, or shutting down",
    "57014": "the database took too long",
    "08": "the connection to the database broke",
    "57P01": "the database closed the connection",
}
"""By SQLSTATE, or its class (postgresql.org/docs/current/errcodes-appendix.html)."""


def engine(url: str) -> AsyncEngine:
    """An engine that connects when it is first used. Raises StateError if the address cannot be read."""
    dsn, timeout_s = _read(url)
    return create_async_engine(
        "postgresql+asyncpg://",
        pool_size=POOL_SIZE,
        max_overflow=MAX_EXTRA_CONNECTIONS,
        pool_timeout=STATEMENT_TIMEOUT_S,
        pool_recycle=MAX_CONNECTION_AGE_S,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "async_creator_fn": _connector(dsn, timeout_s),
            "prepared_statement_cache_size": 0,
            "prepared_statement_name_func": lambda: "",  # never reused
        },
    )


def _connector(dsn: str, timeout_s: float) -> Callable[[], Awaitable[Any]]:
    async def connect() -> Any:
        try:
            return await asyncpg.connect(
                dsn,
                timeout=timeout_s,
                command_timeout=STATEMENT_TIMEOUT_S,
                statement_cache_size=0,
                server_settings=None if "application_name=" in dsn else {"application_name": "analects"},
            )
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
            raise StateError(describe(error)) from None

    return connect


def _read(url: str) -> tuple[str, float]:
    """The address for asyncpg, and the time limit for connecting, in seconds."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  raises if it is no number
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
        timeout_s = float(given.get("connect_timeout") or CONNECT_TIMEOUT_S)
    except ValueError:
        raise StateError(_UNREADABLE) from None
    if parts.fragment or parts.netloc.count("@") > 1:
        raise StateError(_UNREADABLE)
    kept = {name: value for name, value in given.items() if name not in _NOT_FOR_THE_SERVER}
    mode = given.get("sslmode") or (_SSL.get(given["ssl"].lower(), given["ssl"]) if "ssl" in given else None)
    if mode:
        kept["sslmode"] = mode
    if kept.get("sslrootcert") == "system":  # libpq's word for the certificates of the machine
        kept["sslrootcert"] = ssl.get_default_verify_paths().cafile or ""
    return urlunsplit(parts._replace(scheme="postgresql", query=urlencode(kept))), max(timeout_s, 1.0)


_UNREADABLE = (
    "DATABASE_URL cannot be read: write it as postgresql://USER:PASSWORD@HOST:5432/DATABASE, with @ : / # ? % and the like in the "
    "password percent-encoded (@ is %40)"
)


def describe(error: BaseException) -> str:
    """A sentence for an error, without the statement, the address or the password."""
    state = getattr(error, "sqlstate", None)
    if state in ("42704", "22023"):  # PostgreSQL's message names the parameter, which DATABASE_URL set
        return f"DATABASE_URL: {str(error).splitlines()[0]}"
    if isinstance(state, str):
        return (
            _MESSAGES.get(state)
            or _MESSAGES.get(state[:2])
            or f"PostgreSQL: {type(error).__name__} ({state})"
        )
    if isinstance(error, TimeoutError):
        return "the database does not respond"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "the certificate of the database is not trusted: check sslrootcert in DATABASE_URL"
    if (
        isinstance(error, ssl.SSLError) or type(error) is ConnectionError
    ):  # what asyncpg raises when the server refuses TLS
        return "no TLS connection to the database: check sslmode in DATABASE_URL"
    if isinstance(error, socket.gaierror):
        return "the host of DATABASE_URL is not known"
    if isinstance(error, FileNotFoundError):
        return "no PostgreSQL at the socket, or no certificate file, that DATABASE_URL names"
    if isinstance(error, OSError):
        return "no connection to the database"
    if isinstance(error, asyncpg.ClientConfigurationError):
        return "DATABASE_URL has a parameter that cannot be used, or names a certificate that does not exist"
    if isinstance(error, ValueError):
        return _UNREADABLE
    return f"the database fails: {type(error).__name__}"
