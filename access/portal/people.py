"""Signing in: the session cookie, the forms, and the guard against requests that another site makes.

The cookie is HttpOnly and SameSite=Strict, and holds a random token of which the catalogue knows the digest alone. A form
is taken only from a page of this very site. Wrong name, wrong password and locked account are one answer.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from access.portal.addresses import address_of
from access.portal.bearer import bearer
from access.portal.pages import page, texts_of
from access.portal.ports import PortalPeople, PortalProvider, SignedIn
from access.rights import today, told
from repository.identifiers import Mention, entitled
from repository.people import SHORTEST, SignInRefused, WeakPassword
from standards.errors import KhoError
from standards.personal import mask_identifiers

COOKIE, PROVIDER_COOKIE = "kho_session", "kho_oidc"
LONGEST_FORM = 4096
SIGN_IN, ACCOUNT, BY_PROVIDER = "/dang-nhap", "/tai-khoan", "/dang-nhap/oidc"


def _set_session(request: Request, response: Response, token: str) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure, path="/")


def _way_back(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}{BY_PROVIDER}/ve"


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form. Refuses what another site sent, what is too long, what is no form (400)."""
    return dict(await read_pairs(request, longest=LONGEST_FORM, most=20))


async def read_pairs(request: Request, *, longest: int, most: int) -> list[tuple[str, str]]:
    """The same with the fields in their order, of which some may come more than once."""
    if not from_this_site(request):
        raise HTTPException(400)
    content = b""
    async for block in request.stream():
        content += block
        if len(content) > longest:
            raise HTTPException(400)
    try:
        return parse_qsl(content.decode("utf-8"), keep_blank_values=True, max_num_fields=most)
    except ValueError as error:
        raise HTTPException(400) from error


def from_this_site(request: Request) -> bool:
    """Whether a page of this site made the request, as the browser says; no word of it is a no."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("origin") == str(request.base_url).rstrip("/")


def who_asks(request: Request, people: PortalPeople | None) -> SignedIn | None:
    """Whoever the key or the cookie says, where it still holds; remembered for the page's head.

    A key that does not hold is refused (401), and never the public's: a program must not take less for all there is.
    """
    request.state.who = None
    key = bearer(request)
    if key is not None:
        who = people.key(key) if people is not None else None
        if who is None:
            raise HTTPException(
                401, headers={"WWW-Authenticate": 'Bearer realm="kho", error="invalid_token"'}
            )
    else:
        token = request.cookies.get(COOKIE, "")
        who = people.who(token) if people is not None and token else None
    request.state.who = who
    return who


class SigningIn:
    """The pages of signing in and out and of the own account."""

    def __init__(self, people: PortalPeople, provider: PortalProvider | None = None) -> None:
        self.people, self.provider = people, provider

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
        if who is None or who.scopes is not None:  # a program has no page of its own
            return RedirectResponse(SIGN_IN, 303, {"Cache-Control": "no-store"})
        if request.method == "GET":
            return self._account(request, who)
        form = await read_form(request)
        return await run_in_threadpool(self._change_password, request, who, form)

    async def save_search(self, request: Request) -> Response:
        """/tim-da-luu: keep the search of a results page, or forget one."""
        who = await run_in_threadpool(who_asks, request, self.people)
        if who is None or who.scopes is not None or who.must_change:
            return RedirectResponse(SIGN_IN, 303, {"Cache-Control": "no-store"})
        form = await read_form(request)
        await run_in_threadpool(self._save_search, who, form)
        return RedirectResponse(ACCOUNT, 303, {"Cache-Control": "no-store"})

    def _save_search(self, who: SignedIn, form: Mapping[str, str]) -> None:
        if "drop" in form:
            try:
                self.people.drop_saved(who, UUID(form["drop"]))
            except ValueError as error:
                raise HTTPException(400) from error
        else:
            self.people.save(who, form.get("name", ""), form.get("address", ""))

    async def look_up(self, request: Request) -> Response:
        """/tra-cuu-dinh-danh: where a number of a person stands, for those entitled; purpose and basis are recorded.

        The number is sent in a form, so that no address, history or log has it, and is not shown again.
        """
        who = await run_in_threadpool(who_asks, request, self.people)
        if who is None or who.scopes is not None or not entitled(who.viewer, today()):
            raise HTTPException(404)
        if who.must_change:
            return RedirectResponse(ACCOUNT, 303, {"Cache-Control": "no-store"})
        if request.method == "GET":
            return page(request, "identifier.html", said="", found=None, purpose="", basis="")
        form = await read_form(request)
        return await run_in_threadpool(self._look_up, request, who, form)

    def _look_up(self, request: Request, who: SignedIn, form: Mapping[str, str]) -> Response:
        purpose, basis = form.get("purpose", ""), form.get("basis", "")
        try:
            found = self.people.look_up(who.viewer, form.get("number", ""), purpose, basis)
        except KhoError as error:
            said = error.text(texts_of(request).lang)
            return page(
                request, "identifier.html", status=400, said=said, found=None, purpose=purpose, basis=basis
            )
        places = [(address_of(m.document or m.aip), m.document is not None, _name(m), m.page) for m in found]
        return page(request, "identifier.html", said="", found=places, purpose=purpose, basis=basis)

    def _form(self, request: Request, *, status: int = 200, error: KhoError | None = None) -> Response:
        request.state.who = None
        said = error.text(texts_of(request).lang) if error else ""
        provider = self.provider.provider.name if self.provider else ""
        response = page(request, "sign_in.html", status=status, said=said, provider=provider)
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
        _set_session(request, response, token)
        return response

    async def to_provider(self, request: Request) -> Response:
        """/dang-nhap/oidc: off to the identity provider, with a cookie that lets this browser alone come back."""
        return await run_in_threadpool(self._to_provider, request)

    async def from_provider(self, request: Request) -> Response:
        """/dang-nhap/oidc/ve: back from the identity provider."""
        return await run_in_threadpool(self._from_provider, request)

    def _to_provider(self, request: Request) -> Response:
        if self.provider is None:
            raise HTTPException(404)
        try:
            begun = self.provider.begin(_way_back(request))
        except KhoError as error:
            return self._form(request, status=403, error=error)
        response = RedirectResponse(begun.address, 303, {"Cache-Control": "no-store"})
        secure = request.url.scheme == "https"
        response.set_cookie(PROVIDER_COOKIE, begun.kept, max_age=600, httponly=True, samesite="lax", secure=secure,
                            path=BY_PROVIDER)  # fmt: skip
        return response

    def _from_provider(self, request: Request) -> Response:
        if self.provider is None:
            raise HTTPException(404)
        try:
            kept = request.cookies.get(PROVIDER_COOKIE, "")
            person = self.provider.finish(_way_back(request), kept, request.query_params)
            token = self.people.sign_in_by_provider(person)
        except KhoError as error:
            return self._form(request, status=403, error=error)
        # A redirect would still count as the provider's: the strict cookie would not go with it. A page of our own leads on.
        response = page(request, "signed_in.html")
        response.headers["Cache-Control"] = "no-store"
        response.delete_cookie(PROVIDER_COOKIE, path=BY_PROVIDER, httponly=True, samesite="lax")
        _set_session(request, response, token)
        return response

    def _account(
        self, request: Request, who: SignedIn, *, status: int = 200, error: KhoError | None = None
    ) -> Response:
        lang = texts_of(request).lang
        said = error.text(lang) if error else ""
        posts = [(told(post, lang), post.basis) for post in who.posts]
        may = entitled(who.viewer, today())
        return page(
            request,
            "account.html",
            status=status,
            said=said,
            posts=posts,
            shortest=SHORTEST,
            may_look_up=may,
            saved=self.people.saved(who),
        )

    def _change_password(self, request: Request, who: SignedIn, form: Mapping[str, str]) -> Response:
        try:
            self.people.change_password(who, form.get("old", ""), form.get("new", ""))
        except (SignInRefused, WeakPassword) as error:
            return self._account(request, who, status=400, error=error)
        response = RedirectResponse(SIGN_IN, 303, {"Cache-Control": "no-store"})
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
        return response


def _name(found: Mention) -> str:
    fields = found.document_fields or {}
    return mask_identifiers(fields.get("subject") or found.file_fields.get("title") or found.key)
