"""Signing in: the session cookie, the forms, and the guard against requests that another site makes.

The cookie is HttpOnly and SameSite=Strict, and holds a random token of which the catalogue knows the digest alone. A form
is taken only from a page of this very site. Wrong name, wrong password and locked account are one answer.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from access.portal.pages import page, texts_of
from access.portal.ports import PortalPeople, SignedIn
from access.rights import told
from repository.people import SHORTEST, SignInRefused, WeakPassword
from standards.errors import KhoError

COOKIE = "kho_session"
LONGEST_FORM = 4096
SIGN_IN, ACCOUNT = "/dang-nhap", "/tai-khoan"


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form. Refuses what another site sent, what is too long, what is no form (400)."""
    if not from_this_site(request):
        raise HTTPException(400)
    content = b""
    async for block in request.stream():
        content += block
        if len(content) > LONGEST_FORM:
            raise HTTPException(400)
    try:
        return dict(parse_qsl(content.decode("utf-8"), keep_blank_values=True, max_num_fields=20))
    except ValueError as error:
        raise HTTPException(400) from error


def from_this_site(request: Request) -> bool:
    """Whether a page of this site made the request, as the browser says; no word of it is a no."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("origin") == str(request.base_url).rstrip("/")


def who_asks(request: Request, people: PortalPeople | None) -> SignedIn | None:
    """Whoever the cookie says, where the sign-in still holds; remembered for the page's head."""
    token = request.cookies.get(COOKIE, "")
    who = people.who(token) if people is not None and token else None
    request.state.who = who
    return who


class SigningIn:
    """The pages of signing in and out and of the own account."""

    def __init__(self, people: PortalPeople) -> None:
        self.people = people

    async def sign_in(self, request: Request) -> Response:
        """/dang-nhap: the form, and what becomes of it."""
        if request.method == "GET":
            return self._form(request)
        form = await read_form(request)
        return await run_in_threadpool(self._sign_in, request, form)

    async def sign_out(self, request: Request) -> Response:
        """/dang-xuat: ends the sign-in, here and in the catalogue."""
        await read_form(request)
        await run_in_threadpool(self.people.sign_out, request.cookies.get(COOKIE, ""))
        response = RedirectResponse("/", 303, {"Cache-Control": "no-store"})
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
        return response

    async def account(self, request: Request) -> Response:
        """/tai-khoan: the own name and posts, and a new password."""
        who = await run_in_threadpool(who_asks, request, self.people)
        if who is None:
            return RedirectResponse(SIGN_IN, 303, {"Cache-Control": "no-store"})
        if request.method == "GET":
            return self._account(request, who)
        form = await read_form(request)
        return await run_in_threadpool(self._change_password, request, who, form)

    def _form(self, request: Request, *, status: int = 200, error: KhoError | None = None) -> Response:
        request.state.who = None
        said = error.text(texts_of(request).lang) if error else ""
        response = page(request, "sign_in.html", status=status, said=said)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _sign_in(self, request: Request, form: Mapping[str, str]) -> Response:
        try:
            token = self.people.sign_in(form.get("account", ""), form.get("password", ""))
        except SignInRefused as error:
            return self._form(request, status=403, error=error)
        who = self.people.who(token)
        onward = ACCOUNT if who is not None and who.must_change else "/"
        response = RedirectResponse(onward, 303, {"Cache-Control": "no-store"})
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure, path="/")
        return response

    def _account(
        self, request: Request, who: SignedIn, *, status: int = 200, error: KhoError | None = None
    ) -> Response:
        lang = texts_of(request).lang
        said = error.text(lang) if error else ""
        posts = [(told(post, lang), post.basis) for post in who.posts]
        return page(request, "account.html", status=status, said=said, posts=posts, shortest=SHORTEST)

    def _change_password(self, request: Request, who: SignedIn, form: Mapping[str, str]) -> Response:
        try:
            self.people.change_password(who, form.get("old", ""), form.get("new", ""))
        except (SignInRefused, WeakPassword) as error:
            return self._account(request, who, status=400, error=error)
        response = RedirectResponse(SIGN_IN, 303, {"Cache-Control": "no-store"})
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
        return response
