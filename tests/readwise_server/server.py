"""The HTTP server: `/api/v2/auth/`, `/api/v2/export/`, `/api/v2/highlights/` and `/api/v2/review/`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from .account import Account, Json, Source
from .faults import Fault, limited

TOKEN = "readwise-token-of-the-tests"


class ReadwiseServer:
    """One Readwise. A request's token says whose account it reads."""

    def __init__(
        self, per_page: int = 100, paging: str = "id", port: int = 0, host: str = "127.0.0.1"
    ) -> None:
        self.account = Account()
        self.accounts = {TOKEN: self.account}
        self.per_page = per_page
        """A page is full once it holds this many highlights. It always holds whole sources."""
        self.paging = paging
        """What a page cursor counts: "id" is the last source sent, "offset" the number of sources sent. With "offset", a deletion
        moves the later sources."""
        self.faults: dict[int, Fault] = {}
        """Faults of requests to `/export/`, by the number of the request, from 1."""
        self.always: Fault | None = None
        self.limit: int | None = None
        """This many requests are answered per minute; later ones get 429 until `next_minute` is called."""
        self.in_this_minute = 0
        self.requests: list[dict[str, str]] = []
        """Parameters of the requests to `/export/`, failed ones included."""
        self.posted: list[Json] = []
        """Bodies of the requests that added highlights."""
        self.post_faults: dict[int, Fault] = {}
        """Faults of requests that add highlights, by the number of the request, from 1."""
        self.review_requests = 0
        self.before_answer: Callable[[int], None] = lambda number: None
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/api/v2/auth/", self._auth)
        app.router.add_get("/api/v2/export/", self._export)
        app.router.add_post("/api/v2/highlights/", self._create)
        app.router.add_get("/api/v2/review/", self._review)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def next_minute(self) -> None:
        """Begins the next minute, which lifts the rate limit."""
        self.in_this_minute = 0

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}/api/v2/"

    @property
    def settings(self) -> dict[str, str]:
        return {"READWISE_TOKEN": TOKEN, "READWISE_API_URL": self.url}

    async def _auth(self, request: web.Request) -> web.StreamResponse:
        if self.always is not None:
            return await self.always.answer(request, b"")
        return web.Response(status=204 if self._account(request) is not None else 401)

    async def _export(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(dict(request.query))
        number = len(self.requests)
        self.before_answer(number)
        account = self._account(request)
        if account is None:
            return web.json_response({"detail": "Invalid token."}, status=401)
        body = json.dumps(self._page(account, request.query)).encode()
        self.in_this_minute += 1
        if self.limit is not None and self.in_this_minute > self.limit:
            return await limited(30).answer(request, body)
        fault = self.faults.pop(number, None) or self.always
        if fault is not None:
            return await fault.answer(request, body)
        date = format_datetime(account.now(), usegmt=True)
        return web.Response(body=body, content_type="application/json", headers={"Date": date})

    async def _review(self, request: web.Request) -> web.StreamResponse:
        """Answers with the Daily Review: the account's `review`, with titles and URLs (https://readwise.io/api_deets)."""
        self.review_requests += 1
        account = self._account(request)
        if account is None:
            return web.json_response({"detail": "Invalid token."}, status=401)
        body = json.dumps(account.reviewed()).encode()
        if self.always is not None:
            return await self.always.answer(request, body)
        return web.Response(body=body, content_type="application/json")

    async def _create(self, request: web.Request) -> web.StreamResponse:
        """Adds highlights, except those whose text, title, author and URL are known (https://readwise.io/api_deets)."""
        sent = await request.json()
        self.posted.append(sent)
        account = self._account(request)
        if account is None:
            return web.json_response({"detail": "Invalid token."}, status=401)
        if (fault := self.post_faults.pop(len(self.posted), None)) is not None:
            return await fault.answer(request, b"{}")
        for given in sent["highlights"]:
            account.save(given)
        return web.json_response([])

    def _account(self, request: web.Request) -> Account | None:
        word, _, token = request.headers.get("Authorization", "").partition(" ")
        return self.accounts.get(token) if word == "Token" else None

    def _page(self, account: Account, query: object) -> Json:
        parameters = dict(query)  # type: ignore[call-overload]
        after = _moment(parameters.get("updatedAfter"))
        deleted_too = parameters.get("includeDeleted") == "true"
        ids = {int(id_) for id_ in parameters["ids"].split(",")} if parameters.get("ids") else None
        found = [
            source
            for source in sorted(account.sources.values(), key=lambda source: source.id)
            if not source.purged
            and (ids is None or source.id in ids)
            and (after is None or source.last_change > after)
            and (deleted_too or not source.deleted)
        ]
        begin = int(parameters.get("pageCursor") or 0)
        rest = found[begin:] if self.paging == "offset" else [source for source in found if source.id > begin]
        page: list[Json] = []
        size, last, taken = 0, begin, 0
        for source in rest:
            if size >= self.per_page:
                break
            exported = self._to_json(source, after, deleted_too)
            page.append(exported)
            size += max(1, len(exported["highlights"]))  # type: ignore[arg-type]
            last, taken = source.id, taken + 1
        more = taken < len(rest)
        cursor = (begin + taken if self.paging == "offset" else last) if more else None
        return {"count": len(found), "nextPageCursor": cursor, "results": page}

    def _to_json(self, source: Source, after: datetime | None, deleted_too: bool) -> Json:
        if source.deleted:
            return source.to_json(())
        return source.to_json(
            highlight
            for highlight in source.highlights.values()
            if (after is None or highlight.updated > after) and (deleted_too or not highlight.deleted)
        )


def _moment(value: str | None) -> datetime | None:
    if not value:
        return None
    found = datetime.fromisoformat(value)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
