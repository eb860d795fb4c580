"""A model hub on loopback. It serves files, resumes downloads, can break one off, and records the requests."""

from types import TracebackType
from typing import Self

from aiohttp import web


class ModelHub:
    """Serves `files` by their path, such as "owner/name/resolve/commit/model.onnx"."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.requests: list[tuple[str, str | None]] = []
        """Path and `Range` header of each request."""
        self.break_off_after: int | None = None
        """If set, the next response breaks off after this many bytes."""
        self.ignores_ranges = False
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _file(self, request: web.Request) -> web.StreamResponse:
        range_header = request.headers.get("Range")
        self.requests.append((request.match_info["path"], range_header))
        content = self.files.get(request.match_info["path"])
        if content is None:
            return web.Response(status=404)
        start = (
            int(range_header.removeprefix("bytes=").removesuffix("-"))
            if range_header and not self.ignores_ranges
            else 0
        )
        response = web.StreamResponse(
            status=206 if start else 200, headers={"Content-Length": str(len(content) - start)}
        )
        await response.prepare(request)
        limit, self.break_off_after = self.break_off_after, None
        await response.write(content[start : len(content) if limit is None else start + limit])
        if limit is not None:
            assert request.transport is not None
            request.transport.abort()
        return response
