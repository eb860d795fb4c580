"""Slack over HTTP: signed requests to `/slack/events`. slack-bolt verifies the signature."""

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

from adapters.http_server import Handler
from adapters.slack.platform import Slack


def handler(slack: Slack) -> Handler:
    """A handler that gives requests to slack-bolt. It answers 503 until the tokens were checked, and while
    they are refused, so that Slack tries again."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if slack.app is None or slack.stopping or slack.api.refused is not None:
            return web.Response(status=503)
        response: web.Response = await to_aiohttp_response(
            await slack.app.async_dispatch(await to_bolt_request(request))
        )
        return response

    return handle
