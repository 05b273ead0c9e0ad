"""What goes wrong, in types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx


class Problem(Exception):
    """What the server answered instead of what was asked for, or that nobody answered."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        reason: str = "",
        fields: Mapping[str, str] | None = None,
        reasons: Mapping[str, str] | None = None,
        retry_after: float | None = None,
        request_id: str | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail or f"The server answered {status}." if status else detail or "Nobody answered.")
        #: The HTTP status; 0 when no answer came.
        self.status = status
        #: Why, as a stable word; empty where the server gave none.
        self.reason = reason
        #: Faults of single fields, in the server's words.
        self.fields: Mapping[str, str] = fields or {}
        #: The stable words for them, where the server has some.
        self.reasons: Mapping[str, str] = reasons or {}
        #: In how many seconds trying again may help.
        self.retry_after = retry_after
        #: By which the server's log has it.
        self.request_id = request_id
        #: What is behind a refusal, such as `available` and `needed`, or the `order` that was refused.
        self.facts: Mapping[str, Any] = facts or {}


class ClientClosed(Problem):
    """Nobody was asked, or no answer was waited for, because the client is closed."""

    def __init__(self) -> None:
        super().__init__(0, "The client is closed; make another one.", reason="client-closed")


class LiveStopped(Exception):
    """The server closed the socket with a code after which no client reconnects by itself, such as 4429."""

    def __init__(self, code: int) -> None:
        super().__init__(f"The server closed the socket for good, with {code}.")
        self.code = code


def signed_out() -> Problem:
    return Problem(401, "Nobody is signed in.", reason="unauthenticated")


def _texts(errors: Any, key: str) -> dict[str, str]:
    if not isinstance(errors, list):
        return {}
    faults = [fault for fault in errors if isinstance(fault, dict)]
    return {str(fault["field"]): str(fault[key]) for fault in faults if "field" in fault and key in fault}


def _seconds(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() and int(text) > 0 else None


def problem_of(response: httpx.Response) -> Problem:
    """Reads an answer of `application/problem+json`; of a proxy it need be none."""
    try:
        body = response.json()
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    request_id = body.get("requestId")
    facts = body.get("facts")
    return Problem(
        response.status_code,
        str(body.get("detail") or response.reason_phrase),
        reason=str(body.get("code") or "").rsplit(":", 1)[-1],
        fields=_texts(body.get("errors"), "message"),
        reasons=_texts(body.get("errors"), "reason"),
        retry_after=_seconds(response.headers.get("retry-after", "")),
        request_id=request_id if isinstance(request_id, str) else None,
        facts=facts if isinstance(facts, dict) else None,
    )


def body_of(response: httpx.Response) -> dict[str, Any]:
    """The object of a good answer. Raises Problem for what something in between answers for the server."""
    try:
        body = response.json() if response.is_success else None
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Problem(0, f"Something in between answered {response.status_code}, and not the server.")
    return body
