"""Which act each route and each command is. A route that is not here is refused, whoever asks."""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.people.permissions import Act

OPEN: frozenset[tuple[str, str]] = frozenset(
    {
        ("GET", "/sign-in"),
        ("GET", "/sign-in/start"),
        ("GET", "/sign-in/back"),
        ("GET", "/signed-out"),
        ("GET", "/sign-out/there"),
        ("POST", "/back-channel-logout"),
    }
)
"""Routes that need no session: they are how one gets one, or how the provider ends it."""
BETWEEN_SERVERS: frozenset[tuple[str, str]] = frozenset({("POST", "/back-channel-logout")})
"""Those of them that the provider asks for, from one address for everybody: how often is not limited."""
OPEN_FOLDERS: frozenset[str] = frozenset({"/static"})
"""Mounted folders that need no session. They hold nothing of any board."""


def _form(path: str, act: Act) -> dict[tuple[str, str], Act]:
    """A form and what it does: whoever may not do it does not see the form either."""
    return {("GET", path): act, ("POST", path): act}


ROUTES: Mapping[tuple[str, str], Act] = {
    ("POST", "/sign-out"): Act.SIGN_OUT,
    ("GET", "/"): Act.SEE_OWN_ACCOUNT,
    ("GET", "/account"): Act.SEE_OWN_ACCOUNT,
    ("GET", "/typed"): Act.SEE_OWN_ACCOUNT,
    ("POST", "/typed"): Act.SEE_OWN_ACCOUNT,
    **_form("/sessions", Act.SEE_OWN_ACCOUNT),
    ("GET", "/methods"): Act.SEE_OWN_ACCOUNT,
    ("GET", "/help"): Act.SEE_OWN_ACCOUNT,
    ("GET", "/help/tour/{number}"): Act.SEE_OWN_ACCOUNT,
    ("GET", "/glossary"): Act.SEE_OWN_ACCOUNT,
    ("GET", "/boards/{code}"): Act.SEE_FIGURES,
    ("GET", "/boards/{code}/kinds"): Act.SEE_FIGURES,
    ("GET", "/boards/{code}/recognition"): Act.SEE_FIGURES,
    ("GET", "/boards/{code}/responses"): Act.SEE_FIGURES,
    ("GET", "/boards/{code}/figures"): Act.SEE_FIGURES,
    ("GET", "/boards/{code}/measures"): Act.SEE_FIGURES,
    ("GET", "/boards/{code}/measures/{measure}"): Act.SEE_FIGURES,
    ("GET", "/boards/{code}/signals"): Act.SEE_FIGURES,
    **_form("/boards/{code}/signals/scan", Act.REQUEST_SCAN),
    ("GET", "/boards/{code}/training"): Act.SEE_FIGURES,
    ("GET", "/boards/{code}/voices"): Act.SEE_FIGURES,
    ("GET", "/boards/{code}/inspection"): Act.SEE_FIGURES,
    ("GET", "/boards/{code}/compared"): Act.SEE_FIGURES,
    ("GET", "/boards/{code}/inspection/csv"): Act.TAKE_FILES,
    ("GET", "/boards/{code}/where"): Act.SEE_FIGURES,
    ("GET", "/boards/{code}/places/{place}"): Act.SEE_FIGURES,
    ("GET", "/boards/{code}/files"): Act.SEE_FIGURES,
    ("GET", "/boards/{code}/actions"): Act.SEE_ACTIONS,
    **_form("/boards/{code}/actions/add", Act.CHANGE_ACTIONS),
    ("GET", "/boards/{code}/actions/{action}"): Act.SEE_ACTIONS,
    **_form("/boards/{code}/actions/{action}/change", Act.CHANGE_ACTIONS),
    **_form("/boards/{code}/actions/{action}/tell", Act.CHANGE_ACTIONS),
    **_form("/boards/{code}/actions/{action}/impact", Act.CHANGE_ACTIONS),
    **_form("/boards/{code}/actions/{action}/close", Act.CHANGE_ACTIONS),
    **_form("/boards/{code}/actions/{action}/acknowledge/{agency}", Act.ACKNOWLEDGE_ACTION),
    ("GET", "/boards/{code}/erasures"): Act.FOLLOW_ERASURE,
    **_form("/boards/{code}/erasures/ask", Act.ERASE_AGENCY),
    ("GET", "/boards/{code}/access"): Act.MANAGE_ACCESS,
    **_form("/boards/{code}/access/give", Act.MANAGE_ACCESS),
    **_form("/boards/{code}/access/{grant}/confirm", Act.MANAGE_ACCESS),
    **_form("/boards/{code}/access/{grant}/revoke", Act.MANAGE_ACCESS),
    ("GET", "/boards/{code}/audit"): Act.READ_AUDIT,
    ("GET", "/boards/{code}/audit/csv"): Act.READ_AUDIT,
    ("GET", "/boards/{code}/audit/chain"): Act.READ_AUDIT,
    ("GET", "/operations"): Act.MEND,
    **_form("/operations/skip", Act.MEND),
    **_form("/operations/resume", Act.MEND),
    **_form("/operations/redrive", Act.MEND),
    **_form("/operations/close", Act.MEND),
    **_form("/operations/requests/{request}/confirm", Act.MEND),
    ("GET", "/audit"): Act.ANSWER_FOR_ALL,
    ("GET", "/audit/csv"): Act.ANSWER_FOR_ALL,
    ("GET", "/audit/chain"): Act.ANSWER_FOR_ALL,
    ("GET", "/releases/{name}"): Act.TAKE_FILES,
    ("GET", "/boards/{code}/pack"): Act.TAKE_PACK,
    ("GET", "/boards/{code}/pack/agency-{agency}.pdf"): Act.TAKE_SHEET,
    ("GET", "/boards/{code}/pack/{paper}"): Act.TAKE_PACK,
    ("GET", "/boards/{code}/releases"): Act.SEE_WAITING,
    **_form("/boards/{code}/releases/ask", Act.REQUEST_RELEASE),
    ("GET", "/boards/{code}/releases/{release}"): Act.SEE_WAITING,
    **_form("/boards/{code}/releases/{release}/approve", Act.APPROVE_RELEASE),
    **_form("/boards/{code}/releases/{release}/refuse", Act.APPROVE_RELEASE),
    **_form("/boards/{code}/releases/{release}/withdraw", Act.WITHDRAW_RELEASE),
    **_form("/boards/{code}/releases/{release}/correct", Act.CORRECT_RELEASE),
    **_form("/boards/{code}/releases/{release}/annotate", Act.ANNOTATE_RELEASE),
}
"""Method and path of a route -> what it does."""

COSTLY: frozenset[tuple[str, str]] = frozenset(
    {
        ("GET", "/releases/{name}"),
        ("GET", "/boards/{code}/inspection/csv"),
        ("GET", "/boards/{code}/pack/agency-{agency}.pdf"),
        ("GET", "/boards/{code}/pack/{paper}"),
        ("GET", "/audit/csv"),
        ("GET", "/boards/{code}/audit/csv"),
        ("GET", "/audit/chain"),
        ("GET", "/boards/{code}/audit/chain"),
    }
)
"""Routes that make a file or read a whole log. Nobody may ask for them as often as for a page."""

COMMANDS: Mapping[str, Act] = {
    "dashboards serve": Act.RUN_SERVICE,
    "dashboards roles": Act.SEE_OWN_ACCOUNT,
    "dashboards life": Act.SEE_OWN_ACCOUNT,
    "dashboards releases": Act.SEE_WAITING,
    "dashboards approve": Act.APPROVE_RELEASE,
    "dashboards withdraw": Act.WITHDRAW_RELEASE,
    "dashboards correct": Act.CORRECT_RELEASE,
    "dashboards export": Act.TAKE_FILES,
    "dashboards pack": Act.TAKE_PACK,
    "dashboards actions add": Act.CHANGE_ACTIONS,
    "dashboards actions update": Act.CHANGE_ACTIONS,
    "dashboards actions close": Act.CHANGE_ACTIONS,
    "dashboards actions list": Act.SEE_ACTIONS,
    "dashboards outlines check": Act.RUN_SERVICE,
    "dashboards audit verify": Act.ANSWER_FOR_ALL,
    "dashboards audit anchor": Act.ANSWER_FOR_ALL,
    "dashboards audit removals": Act.ANSWER_FOR_ALL,
    "dashboards breach-report": Act.ANSWER_FOR_ALL,
    "dashboards end-sessions": Act.END_SESSIONS,
    "dashboards service-tokens make": Act.MANAGE_TOKENS,
    "dashboards service-tokens list": Act.MANAGE_TOKENS,
    "dashboards service-tokens revoke": Act.MANAGE_TOKENS,
    "consumers sink": Act.RUN_SERVICE,
    "consumers request-release": Act.REQUEST_RELEASE,
    "consumers request-scan": Act.REQUEST_SCAN,
    "consumers request-erasure": Act.ERASE_AGENCY,
}
"""What follows `python -m` -> what it does. Whoever has the login of the database can run them; the table says who
should be given it."""


def board_of(path_parameters: Mapping[str, str]) -> str:
    """The board that a route's address is about; empty if none. A release's name begins with its board's code."""
    if code := path_parameters.get("code"):
        return code
    return path_parameters.get("name", "").partition(".")[0]
