"""Rendering: a template with the words, addresses and marks that every page shares."""

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from access.desk_rights import at_the_desk
from access.portal.addresses import address_of
from access.portal.texts import LANGUAGES, Texts
from access.snippets import MARK, UNMARK

LANGUAGE_COOKIE: Final = "lang"


def marked(text: str) -> Markup:
    """A found text for HTML: escaped first, then the engine's marks as <mark>; a stray mark is dropped."""
    parts = str(escape(text)).split(MARK)
    found = [part.partition(UNMARK) for part in parts[1:]]
    inside = "".join(f"<mark>{word}</mark>{rest}" if end else word for word, end, rest in found)
    return Markup((parts[0] + inside).replace(UNMARK, ""))  # noqa: S704 - escaped above


def with_query(pairs: Iterable[tuple[str, str]], path: str = "") -> str:
    """`path?a=1&b=2`, encoded; `path` alone is never empty in front of an empty query."""
    return f"{path}?{urlencode(list(pairs))}"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("access.portal"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(marked=marked, address=address_of)
    return environment


_TEMPLATES: Final = _environment()


def language_of(request: Request) -> str:
    """The page's language: what the address asks for, else the cookie of an earlier choice, else Vietnamese."""
    for wanted in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wanted in LANGUAGES:
            return wanted
    return "vi"


def texts_of(request: Request) -> Texts:
    """The words of the page's language."""
    return Texts(language_of(request))


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The page of a template; a language chosen by the address is remembered in a cookie, which nothing needs."""
    texts = texts_of(request)
    others = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    languages = [(lang, with_query([*others, ("lang", lang)])) for lang in LANGUAGES]
    values.setdefault("query", "")
    values["who"] = getattr(request.state, "who", None)
    values["at_desk"] = values["who"] is not None and at_the_desk(values["who"].posts)
    values["signing_in"] = (
        getattr(request.app.state, "signing_in", False) if "app" in request.scope else False
    )
    html = _TEMPLATES.get_template(template).render(t=texts, languages=languages, status=status, **values)
    response = HTMLResponse(html, status, {"Vary": "Cookie", "Content-Language": texts.lang})
    if values["who"] is not None:
        response.headers["Cache-Control"] = "no-store"
    if request.query_params.get("lang") == texts.lang:
        response.set_cookie(LANGUAGE_COOKIE, texts.lang, max_age=31_536_000, httponly=True, samesite="lax")
    return response
