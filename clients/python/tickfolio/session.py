"""Who is signed in: tokens, and when they are renewed. The wall clock plays no part; it may be wrong."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypedDict

import httpx

from .lives import Lives
from .problem import ClientClosed, Problem, body_of, problem_of, signed_out
from .rules import LEFT_PART, LEFT_SECONDS, LONGEST_ASKED, RENEW_AGAIN, WHOLE_ANSWER, Clock

_auth = "/api/v1/auth"
_cookie = re.compile(r"^refreshToken=([^;]*)")


@dataclass(frozen=True)
class KeptSession:
    """What goes on after a restart; keep the refresh token like a password."""

    user_id: str
    user_name: str
    refresh_token: str


class SecondFactor(TypedDict):
    """What opens an account with an authenticator app, besides the password."""

    #: `totp`: of the app; `recovery-code`: off the sheet.
    kind: str
    code: str


@dataclass(frozen=True)
class Wanted:
    """A login that opens nothing yet: what is asked for besides the password."""

    #: Good for some minutes and some tries.
    ticket: str
    #: `totp`, `recovery-code`; a newer server may have more.
    kinds: tuple[str, ...]


def _read_wanted(answer: dict[str, Any]) -> Wanted | None:
    """None for the answer to a login that needs no second factor."""
    wanted = answer.get("secondFactor")
    if not isinstance(wanted, dict) or not isinstance(wanted.get("kinds"), list):
        return None
    return Wanted(str(wanted.get("ticket")), tuple(str(kind) for kind in wanted["kinds"]))


def without_answer() -> Problem:
    return Problem(401, "The account asks for a second factor.", reason="second-factor")


@dataclass(frozen=True)
class _Held:
    token: str
    user_id: str
    user_name: str
    ends_at: float
    lifetime: float


def _read_token(token: str, now: float) -> _Held:
    """Reads the claims; the server verifies them, and here nothing depends on them being true."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        lifetime = float(claims["exp"] - claims["iat"])
        return _Held(token, str(claims["sub"]), str(claims["name"]), now + lifetime, lifetime)
    except (IndexError, KeyError, TypeError, ValueError):
        raise Problem(0, "The server sent no access token.") from None


class Session:
    def __init__(
        self,
        http: httpx.AsyncClient,
        clock: Clock,
        on_session: Callable[[KeptSession | None], None] | None,
        lives: Lives,
    ) -> None:
        self._http = http
        self._lives = lives
        self.clock = clock
        self._on_session = on_session
        self._held: _Held | None = None
        self._refresh_token: str | None = None
        self._turn = asyncio.Lock()
        #: Until then a token that is still good is not renewed; by the monotonic clock.
        self._not_before = 0.0
        self.on_token: set[Callable[[str], None]] = set()

    @property
    def user_id(self) -> str | None:
        return self._held.user_id if self._held else None

    @property
    def user_name(self) -> str | None:
        return self._held.user_name if self._held else None

    async def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """One call. Raises Problem of status 0 when no answer came, ClientClosed where that is why."""
        if self._lives.is_over:
            raise ClientClosed
        asking = self._lives.start(self._http.request(method, path, json=body, headers=headers))
        try:
            await asyncio.wait({asking}, timeout=WHOLE_ANSWER)
        finally:
            asking.cancel()
        if not asking.done():
            raise Problem(0, f"Nobody answered within {WHOLE_ANSWER:.0f} s.")
        if asking.cancelled():
            raise ClientClosed
        try:
            return asking.result()
        except httpx.TransportError as fault:
            raise Problem(0, f"Nobody answered: {str(fault) or type(fault).__name__}") from fault

    async def post(self, name: str, body: Any = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
        """A call of the account routes, with the refresh token where there is one."""
        sent = self._refresh_token
        cookie = {"cookie": f"refreshToken={sent}"} if sent else {}
        response = await self.ask("POST", f"{_auth}/{name}", body, {**cookie, **(headers or {})})
        self._http.cookies.clear()  # They are kept here, one for one user.
        for line in response.headers.get_list("set-cookie"):
            given = _cookie.match(line)
            if given and self._refresh_token == sent:
                self._refresh_token = given[1] or None
        if response.is_error:
            raise problem_of(response)
        return body_of(response)

    async def sign_in(self, name: str, password: str) -> Wanted | None:
        """Returns what is asked for besides, where the password alone opens nothing."""
        async with self._turn:
            answer = await self.post("login", {"name": name, "password": password})
            wanted = _read_wanted(answer)
            if wanted is None:
                self._take(answer)
            return wanted

    async def give_second_factor(self, wanted: Wanted, given: SecondFactor) -> None:
        """Raises Problem 401, by the reason `wrong-code`, or `ticket-over` where one signs in anew."""
        body = {"ticket": wanted.ticket, "kind": given["kind"], "code": given["code"]}
        async with self._turn:
            self._take(await self.post("second-factor", body))

    async def resume(self, refresh_token: str) -> None:
        """After what is on its way for the session of before. Raises Problem, and then nothing has changed."""
        async with self._turn:
            before, self._refresh_token = self._refresh_token, refresh_token
            try:
                held = self._read(await self.post("refresh"))
            except BaseException:
                self._refresh_token = before
                raise
            self._hold(held)

    async def sign_out(self) -> None:
        async with self._turn:
            await self.post("logout")
            self.leave()

    async def token(self) -> str:
        """One that is good for a while yet, or still good where none can be had now. Raises Problem, 401 when the
        session is over.
        """
        held = self._held
        if held is None:
            raise signed_out()
        if not self._is_due(held):
            return held.token
        try:
            return await self._renew(held, self._is_due)
        except Problem as problem:
            now = self.clock.monotonic()
            if problem.status == 401 or self._held is not held or held.ends_at <= now:
                raise
            self._not_before = now + min(LONGEST_ASKED, max(RENEW_AGAIN, problem.retry_after or 0.0))
            return held.token

    async def renew(self) -> str:
        """A new one, whatever the present one is. Raises Problem."""
        return await self._renew(self._held, lambda _held: True)

    def _is_due(self, held: _Held) -> bool:
        now = self.clock.monotonic()
        left = held.ends_at - now
        return left <= min(LEFT_SECONDS, held.lifetime * LEFT_PART) and (left <= 0 or now >= self._not_before)

    async def _renew(self, before: _Held | None, is_due: Callable[[_Held], bool]) -> str:
        async with self._turn:
            held = self._held
            if held is not None and (held is not before or not is_due(held)):
                return held.token  # Somebody else had it renewed meanwhile, or in vain.
            if self._refresh_token is None:
                raise signed_out()
            try:
                return self._take(await self.post("refresh"))
            except Problem as problem:
                if problem.status == 401:
                    self.leave()
                raise

    def require_user(self, begun_by: str | None) -> None:
        """Raises Problem 401 where somebody else than `begun_by` is signed in by now."""
        if begun_by is not None and self.user_id != begun_by:
            raise signed_out()

    async def leave_everywhere(self, user_id: str | None) -> None:
        """After what is on its way; whoever else has signed in meanwhile stays."""
        async with self._turn:
            if self.user_id == user_id:
                self.leave()

    def leave(self) -> None:
        was = self._held
        self._held = self._refresh_token = None
        if was is not None and self._on_session:
            self._on_session(None)

    def _take(self, answer: dict[str, Any]) -> str:
        return self._hold(self._read(answer))

    def _read(self, answer: dict[str, Any]) -> _Held:
        return _read_token(str(answer.get("accessToken")), self.clock.monotonic())

    def _hold(self, held: _Held) -> str:
        self._held = held
        self._not_before = 0.0
        if self._on_session:
            self._on_session(KeptSession(held.user_id, held.user_name, self._refresh_token or ""))
        for tell in list(self.on_token):
            tell(held.token)
        return held.token


AskAsUser = Callable[[str], Awaitable[httpx.Response]]


async def call_as_user(session: Session, begun_by: str | None, ask: AskAsUser) -> httpx.Response:
    """Asks with a token; once more with a new one where that is not taken.

    Raises Problem, also where somebody else than `begun_by` is signed in by now: nobody's change is another one's.
    """

    def own(token: str) -> str:
        session.require_user(begun_by)
        return token

    response = await ask(own(await session.token()))
    if response.status_code == 401:
        response = await ask(own(await session.renew()))
    if response.is_error:
        raise problem_of(response)
    return response
