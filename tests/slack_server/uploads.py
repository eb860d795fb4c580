"""File uploads: the app gets an address, posts the bytes there, and then a message with the file appears.

Source: docs.slack.dev/messaging/working-with-files (files.getUploadURLExternal, files.completeUploadExternal).
"""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from tests.slack_server.core import Core
from tests.slack_server.json_types import Json
from tests.slack_server.web_api import Method, RefusalError, argument, structure


@dataclass(eq=False)
class Upload:
    """A file that the app uploads."""

    name: str
    alt_text: str
    length: int
    data: bytes = b""
    channel: str = ""
    thread: str = ""


class Uploads:
    """All files that the app uploaded."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.files: dict[str, Upload] = {}

    @property
    def methods(self) -> dict[str, Method]:
        return {
            "files.getUploadURLExternal": Method(self._address, ("files:write",)),
            "files.completeUploadExternal": Method(self._complete, ("files:write",)),
        }

    async def handle(self, request: web.Request) -> web.Response:
        upload = self.files.get(request.match_info["id"])
        data = await request.read()
        if upload is None or len(data) != upload.length:
            return web.Response(status=400)
        upload.data = data
        return web.Response(text=f"OK - {len(data)}")

    def _address(self, core: Core, arguments: Json) -> Json:
        identity = core.workspace.next_id("F")
        length = int(argument(arguments, "length"))
        alt_text = str(arguments.get("alt_txt") or "")
        if len(alt_text) > 1_000:
            raise RefusalError("alt_txt_too_large")
        self.files[identity] = Upload(argument(arguments, "filename"), alt_text, length)
        return {"upload_url": f"{core.base}/upload/{identity}", "file_id": identity}

    def _complete(self, core: Core, arguments: Json) -> Json:
        files = structure(arguments, "files", "invalid_arguments")
        channel = str(arguments.get("channel_id") or "")
        if channel and channel not in core.workspace.channels:
            raise RefusalError("channel_not_found")
        assert isinstance(files, list)
        for file in files:
            upload = self.files.get(file["id"])
            if upload is None or not upload.data:
                raise RefusalError("file_not_found")
            upload.channel, upload.thread = channel, str(arguments.get("thread_ts") or "")
        core.touch()
        return {"files": [{"id": file["id"], "title": file.get("title", "")} for file in files]}
