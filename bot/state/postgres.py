"""PostgreSQL by asyncpg: what may stand in `DATABASE_URL`, and refusals in words.

asyncpg was chosen over psycopg because it runs on every event loop (psycopg's async form not on that of Windows), needs no C
library beside it, and names each refusal by its SQLSTATE; it reads addresses as libpq does. Statements are never kept prepared:
behind PgBouncer in transaction mode the next one may run on another connection.
"""

import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.state.claims import StateError

SCHEMES = ("postgres", "postgresql")
CONNECT = 10.0
"""Seconds for a connection; a database that sleeps between questions takes a few to wake."""
STATEMENT = 10.0
"""Seconds for a statement, longer than anybody here waits."""
POOL = 3
"""Connections kept by one replica."""
MORE = 2
"""Connections that it opens beyond those for a moment. Small plans allow some twenty in all."""
RENEW = 240.0
"""Seconds after which a connection is not used again: less than firewalls and load balancers let an idle one live."""

_NOT_FOR_THE_SERVER = frozenset({
    "channel_binding", "connect_timeout", "gssencmode", "keepalives", "keepalives_count", "keepalives_idle", "keepalives_interval",
    "load_balance_hosts", "max_protocol_version", "min_protocol_version", "pgbouncer", "pool_timeout",
    "prepared_statement_cache_size", "require_auth", "requirepeer", "ssl", "sslcertmode", "sslcompression", "sslmode", "sslsni",
    "tcp_user_timeout",
})  # fmt: skip
"""Parameters of an address that asyncpg would send on as settings of the server, which refuses them."""
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

_SAID = {
    "28P01": "PostgreSQL refuses the user or the password of DATABASE_URL",
    "28000": "PostgreSQL refuses the user of DATABASE_URL, or the connection without TLS: add ?sslmode=require",
    "3D000": "the database that DATABASE_URL names does not exist: create it",
    "42501": "the user of DATABASE_URL may not create or change tables: grant it CREATE on the schema, or make it the owner",
    "25006": "the database is read-only: name its primary server",
    "53100": "the disk of the database is full",
    "53300": "the database has no connection left",
    "57P03": "the database is starting up, or shutting down",
    "57014": "the database took too long",
    "08": "the connection to the database broke",
    "57P01": "the database closed the connection",
}
"""By SQLSTATE, or its class (postgresql.org/docs/current/errcodes-appendix.html)."""


def is_postgres(url: str) -> bool:
    """Whether an address names PostgreSQL, with any driver."""
    return url.partition("://")[0].lower().partition("+")[0] in SCHEMES


def engine(url: str) -> AsyncEngine:
    """Connects when asked to. Raises StateError where the address can't be read."""
    dsn, within = _read(url)
    return create_async_engine(
        "postgresql+asyncpg://",
        pool_size=POOL,
        max_overflow=MORE,
        pool_timeout=STATEMENT,
        pool_recycle=RENEW,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "async_creator_fn": _connecting(dsn, within),
            "prepared_statement_cache_size": 0,
            "prepared_statement_name_func": lambda: "",  # never kept, and parsed anew with each execution
        },
    )


def _connecting(dsn: str, within: float) -> Callable[[], Awaitable[Any]]:
    async def connect() -> Any:
        try:
            return await asyncpg.connect(
                dsn,
                timeout=within,
                command_timeout=STATEMENT,
                statement_cache_size=0,
                server_settings=None if "application_name=" in dsn else {"application_name": "analects"},
            )
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
            raise StateError(said(error)) from None

    return connect


def _read(url: str) -> tuple[str, float]:
    """The address for asyncpg, and the seconds that a connection may take."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  read to be checked
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
        within = float(given.get("connect_timeout") or CONNECT)
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
    return urlunsplit(parts._replace(scheme="postgresql", query=urlencode(kept))), max(within, 1.0)


_UNREADABLE = (
    "DATABASE_URL can't be read: write it as postgresql://USER:PASSWORD@HOST:5432/DATABASE, with signs such as @ : / # ? % in the "
    "password percent-encoded (@ is %40)"
)


def said(error: BaseException) -> str:
    """A refusal in words, without statement, address or password."""
    state = getattr(error, "sqlstate", None)
    if state in ("42704", "22023"):  # the words name the parameter, which DATABASE_URL set
        return f"DATABASE_URL: {str(error).splitlines()[0]}"
    if isinstance(state, str):
        return _SAID.get(state) or _SAID.get(state[:2]) or f"PostgreSQL: {type(error).__name__} ({state})"
    if isinstance(error, TimeoutError):
        return "the database does not answer"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "the certificate of the database is not trusted: see to sslrootcert in DATABASE_URL"
    if (
        isinstance(error, ssl.SSLError) or type(error) is ConnectionError
    ):  # so asyncpg says that TLS is refused
        return "no TLS connection to the database: see to sslmode in DATABASE_URL"
    if isinstance(error, socket.gaierror):
        return "the host of DATABASE_URL is not known"
    if isinstance(error, FileNotFoundError):
        return "no PostgreSQL at the socket, or no certificate file, that DATABASE_URL names"
    if isinstance(error, OSError):
        return "no connection to the database"
    if isinstance(error, asyncpg.ClientConfigurationError):
        return "DATABASE_URL has a parameter that can't be used, or names a certificate that is not there"
    if isinstance(error, ValueError):
        return _UNREADABLE
    return f"the database fails: {type(error).__name__}"
