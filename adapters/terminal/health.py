"""`analects health`: asks the `run` beside it how it is, over the port that these settings name. It is the image's HEALTHCHECK."""

import json
from http.client import HTTPConnection, HTTPException

from bot.settings import Settings

PATIENCE = 3.0
"""Seconds for an answer; Docker waits ten for the whole command."""
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 where all addresses are listened on, one of them is asked


def look(settings: Settings, ready: bool) -> tuple[bool, str]:
    """Whether it is alive, or `ready` as well; and a sentence for a person."""
    if not settings.http_port:
        return False, "HTTP_PORT: nothing can be asked where it is empty or 0; give a port"
    host = _ANY.get(settings.http_host, settings.http_host)
    try:
        told = _asked(host, settings.http_port)
    except (OSError, HTTPException, ValueError) as error:
        return (
            False,
            f"no answer from {host}:{settings.http_port} ({type(error).__name__}); is `analects run` up?",
        )
    waiting = _not_up(told)
    return not (ready and waiting), f"alive, but {waiting}" if waiting else "alive and ready"


def _asked(host: str, port: int) -> dict[str, object]:
    """What `/readyz` tells. A process that answers there is alive."""
    connection = HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection.request("GET", "/readyz")
        told = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    if not isinstance(told, dict):
        raise ValueError("no object")
    return told


def _not_up(told: dict[str, object]) -> str:
    """The platforms that are not connected, each with its problem; nothing when it is ready."""
    if told.get("ready") is True:
        return ""
    platforms = told.get("platforms")
    down = [
        f"{name} is not connected: {one.get('problem')}"
        for name, one in (platforms if isinstance(platforms, dict) else {}).items()
        if isinstance(one, dict) and not one.get("up")
    ]
    return "; ".join(down) or "not ready"
