"""The provider's pages and endpoints. The first page says that all is synthetic, and has a button for each person."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.provider.people import PEOPLE
from demo.provider.protocol import PARAMETERS, NotAsked, Protocol

_HERE = Path(__file__).parent
LONGEST_FORM = 16 * 1024
_BY_SUBJECT = {person.subject: person for person in PEOPLE}


def provider_app(protocol: Protocol) -> ASGIApp:
    """The provider as an application, for requests that name it as this machine."""
    templates = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined)

    def page(status: int = 200, given: Mapping[str, str] | None = None, why: str = "") -> Response:
        shown = templates.get_template("people.html").render(people=PEOPLE, given=given or {}, why=why)
        return HTMLResponse(shown, status)

    async def discovery(_: Request) -> Response:
        return JSONResponse(protocol.discovery())

    async def keys(_: Request) -> Response:
        return JSONResponse(protocol.keys())

    async def choose(request: Request) -> Response:
        given = dict(request.query_params)
        try:
            protocol.asked(given)
        except NotAsked as refused:
            return page(400, why=str(refused))
        return page(given={name: given[name] for name in PARAMETERS})

    async def chosen(request: Request) -> Response:
        given = await _form(request)
        person = _BY_SUBJECT.get(given.get("person", ""))
        try:
            asked = protocol.asked(given)
            if person is None:
                raise NotAsked("There is nobody of that name here. Start again from the sign-in of the demo's pages.")
        except NotAsked as refused:
            return page(400, why=str(refused))
        return RedirectResponse(f"{protocol.redirect}?{urlencode(protocol.answer(asked, person))}", status_code=303)

    async def token(request: Request) -> Response:
        tokens = protocol.redeemed(await _form(request))
        return JSONResponse(tokens or {"error": "invalid_grant"}, 200 if tokens else 400)

    async def end(request: Request) -> Response:
        # Nobody is remembered here, so there is nothing to end: whoever signs in chooses again.
        if request.query_params.get("post_logout_redirect_uri") == protocol.after_sign_out:
            return RedirectResponse(protocol.after_sign_out, status_code=303)
        return page(400, why="You are signed out here. Start again from the sign-in of the demo's pages.")

    async def style(_: Request) -> Response:
        return FileResponse(_HERE / "people.css", media_type="text/css")

    routes = [
        Route("/.well-known/openid-configuration", discovery), Route("/keys", keys), Route("/authorize", choose),
        Route("/authorize", chosen, methods=["POST"]), Route("/token", token, methods=["POST"]), Route("/end", end),
        Route("/people.css", style),
    ]  # fmt: skip
    return Starlette(routes=routes, middleware=[Middleware(ThisMachineOnly, protocol=protocol)])


class ThisMachineOnly:
    """Refuses what was asked for under another name than the provider's own; sets the headers of every answer."""

    def __init__(self, app: ASGIApp, protocol: Protocol) -> None:
        self._app = app
        self._host = urlsplit(protocol.issuer).netloc
        pages = urlsplit(protocol.redirect)
        # A browser applies form-action to where a form's answer leads too, and that is the demo's pages.
        policy = f"default-src 'none'; style-src 'self'; form-action 'self' {pages.scheme}://{pages.netloc}; "
        self._headers = {
            "content-security-policy": f"{policy}frame-ancestors 'none'; base-uri 'none'",
            "cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
        }  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.encode(), value.encode()) for name, value in self._headers.items()]
                message = {**message, "headers": [*message["headers"], *own]}
            await send(message)

        if Request(scope).headers.getlist("host") != [self._host]:
            await Response("This is not the demo's provider.", 400)(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form; none of a body that is too long."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_FORM:
            return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
