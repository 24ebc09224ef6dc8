"""Shows a form, shows it again with what is wrong, has the answers checked, and says what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.responses import HTMLResponse, RedirectResponse, Response

from dashboards.errors import DoneAlready, Overtaken
from dashboards.forms.fields import Checked, Form, answer_words, kept, shown
from dashboards.forms.history import line
from dashboards.forms.said import Said, say
from dashboards.forms.sent import NOTHING, SentForm
from dashboards.pages import Pages
from dashboards.people.cookies import Cookies
from dashboards.people.names import PeopleNames
from dashboards.people.visitor import Visitor
from dashboards.registry import RegisterReader
from dashboards.words import capital
from models.register import Board
from models.service.errors import ForeseenError

NOT_SIGNED_IN = (
    "These pages run without sign-in, so nobody knows who you are, and what is done here has to have a name. Nothing "
    "was done. Start the pages with a sign-in provider."
)


class Desk:
    """What all forms of the pages share."""

    def __init__(self, pages: Pages, registry: RegisterReader, cookies: Cookies, names: PeopleNames) -> None:
        self._pages, self._registry, self._cookies, self._names = pages, registry, cookies, names

    def page(self, template: str, board: Board | None, visitor: Visitor, status: int = 200, **view: Any) -> Response:
        """Any page."""
        register = self._registry.current()
        view["names"] = self._names.of(visitor, board)
        return HTMLResponse(self._pages.render(template, register, board, visitor, **view), status_code=status)

    def ask(
        self,
        form: Form,
        board: Board | None,
        visitor: Visitor,
        sent: SentForm = NOTHING,
        errors: dict[str, str] | None = None,
    ) -> Response:
        """The form; with errors it says them first, and keeps what was typed."""
        fields = [shown(field, sent) for field in form.fields]
        linked = [(field.target, errors[field.name]) for field in form.fields if errors and field.name in errors]
        view = {"form": form, "fields": fields, "errors": errors or {}, "linked": linked}
        return self.page("form.html", board, visitor, 422 if errors else 200, **view)

    def unready(self, form: Form, checked: Checked, board: Board | None, visitor: Visitor) -> Response | None:
        """The page that has to come before anything is done; None if all is answered and checked."""
        sent = checked.sent
        if checked.errors:
            return self.ask(form, board, visitor, sent, checked.errors)
        if not form.check or sent.one("confirmed") == "yes":
            return None
        if sent.one("confirmed") == "no":
            return self.ask(form, board, visitor, sent)
        answers = [(field.label, answer_words(field, sent)) for field in form.fields]
        return self.page("check.html", board, visitor, form=form, answers=answers, kept=kept(form, sent))

    def act(
        self, visitor: Visitor, board: Board | None, do: Callable[[], Said], to: str, back: tuple[str, str]
    ) -> Response:
        """Do it, and go on to a page that says so. What is refused is said in place, with where to go on."""
        if not visitor.person.issuer:
            return self.refused(visitor, board, NOT_SIGNED_IN, back, status=403)
        try:
            said = do()
        except DoneAlready:
            said = Said.ALREADY
        except Overtaken as overtaken:
            lines = [line(act) for act in overtaken.acts]
            text = "Somebody acted on this after you had loaded the page. See what happened, then decide again."
            return self.refused(visitor, board, text, back, lines)
        except ForeseenError as refusal:
            return self.refused(visitor, board, f"{capital(str(refusal))}.", back)
        answer = RedirectResponse(to, status_code=303)
        say(answer, said, self._cookies)
        return answer

    def refused(
        self, visitor: Visitor, board: Board | None, text: str, back: tuple[str, str], lines: list[str] | None = None,
        status: int = 409,
    ) -> Response:  # fmt: skip
        """The page of something that was not done."""
        return self.page("not_done.html", board, visitor, status, text=text, back=back, lines=lines or [])
