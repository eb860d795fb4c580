"""`analects health`: asks a running `analects run` over HTTP whether it works. The image uses it as HEALTHCHECK."""

import json
from http.client import HTTPConnection, HTTPException

from bot.settings import Settings

TIMEOUT_S = 3.0
"""Seconds to wait for an answer. Docker gives the whole command ten seconds."""
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 if `run` listens on all addresses, ask the loopback one


def check_health(settings: Settings, ready: bool) -> tuple[bool, str]:
    """Whether it is alive (with `ready`, also connected), and a sentence for a person."""
    if not settings.http_port:
        return False, "HTTP_PORT: it is empty or 0, so there is nothing to ask; set a port"
    host = _LOOPBACK.get(settings.http_host, settings.http_host)
    try:
        answer = _readyz(host, settings.http_port)
    except (OSError, HTTPException, ValueError) as error:
        return (
            False,
            f"no answer from {host}:{settings.http_port} ({type(error).__name__}); is `analects run` up?",
        )
    waiting = _problems(answer)
    return not (ready and waiting), f"alive, but {waiting}" if waiting else "alive and ready"


def _readyz(host: str, port: int) -> dict[str, object]:
    """The answer of `/readyz`. A process that answers is alive."""
    connection = HTTPConnection(host, port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/readyz")
        answer = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    if not isinstance(answer, dict):
        raise ValueError("no object")
    return answer


def _problems(answer: dict[str, object]) -> str:
    """The platforms that are not connected, each with its problem; empty if all are."""
    if answer.get("ready") is True:
        return ""
    platforms = answer.get("platforms")
    down = [
        f"{name} is not connected: {state.get('problem')}"
        for name, state in (platforms if isinstance(platforms, dict) else {}).items()
        if isinstance(state, dict) and not state.get("up")
    ]
    return "; ".join(down) or "not ready"
