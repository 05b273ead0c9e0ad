"""The client for asyncio."""

from __future__ import annotations

import functools
import random
import secrets
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from decimal import Decimal
from types import TracebackType
from typing import Any, cast
from urllib.parse import quote

import httpx

from . import rules
from .bodies import (
    Balance,
    Candles,
    ChangedCoin,
    Frame,
    OrderTold,
    Profile,
    Receipt,
    Removal,
    SymbolList,
    ValueHistory,
    decimal_text,
    with_decimals,
)
from .live import Hearer, live_frames
from .lives import Lives
from .problem import ClientClosed, Problem, body_of
from .rules import Clock, SystemClock
from .session import KeptSession, SecondFactor, Session, call_as_user, without_answer

_api = "/api/v1"


@functools.cache
def trusted() -> ssl.SSLContext:
    """Who is trusted over https; read once, because it takes longer than a call."""
    return httpx.create_ssl_context()


class AsyncClient:
    """One user of one server. Calls raise `Problem`.

    :param url: where the server is, with its base path, such as ``http://localhost:8080``
    :param on_session: called with every renewal, and with None when nobody is signed in any more
    :param on_pause: called before every pause between two tries, in seconds
    """

    def __init__(
        self,
        url: str,
        *,
        on_session: Callable[[KeptSession | None], None] | None = None,
        on_pause: Callable[[float], None] | None = None,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        base = url.rstrip("/")
        self._http = httpx.AsyncClient(base_url=base, timeout=rules.ANSWER, verify=trusted())
        self._socket_url = f"ws{base.removeprefix('http')}{_api}/ws"
        self._clock = clock or SystemClock()
        self._lives = Lives()
        self._session = Session(self._http, self._clock, on_session, self._lives)
        self._on_pause = on_pause
        self._chance = chance

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends live frames, and lets go of connections. The session stays; `sign_out` ends it.

        Calls raise ClientClosed from now on, and so does what waits for its answer.
        """
        await self._lives.end()
        await self._http.aclose()

    @property
    def user_name(self) -> str | None:
        """Who is signed in."""
        return self._session.user_name

    @property
    def user_id(self) -> str | None:
        return self._session.user_id

    async def register(self, name: str, password: str) -> None:
        key = {"idempotency-key": secrets.token_hex(16)}
        await self._session.post("register", {"name": name, "password": password}, key)

    async def sign_in(
        self,
        name: str,
        password: str,
        answer: Callable[[tuple[str, ...]], Awaitable[SecondFactor]] | None = None,
    ) -> None:
        """Signs in; `answer` gives the second factor, where the account has one, out of the kinds that it takes.

        Raises Problem 401, with the reason `second-factor` where one is asked for and `answer` is left out.
        """
        wanted = await self._session.sign_in(name, password)
        if wanted is None:
            return
        if answer is None:
            raise without_answer()
        await self._session.give_second_factor(wanted, await answer(wanted.kinds))

    async def resume(self, refresh_token: str) -> None:
        """Goes on with a session of before, by what `on_session` gave.

        Raises Problem, and then who was signed in still is.
        """
        await self._session.resume(refresh_token)

    async def sign_out(self) -> None:
        await self._session.sign_out()

    async def sign_out_everywhere(self) -> None:
        """Ends every session of the user, on all devices."""
        user_id = self._session.user_id
        await self.call("POST", f"{_api}/auth/logout-everywhere")
        await self._session.leave_everywhere(user_id)

    async def portfolio(self) -> Profile:
        return cast(Profile, await self._get("/profile"))

    async def add(self, symbol: str, quantity: Decimal | int | str, *, key: str | None = None) -> ChangedCoin:
        """A negative quantity takes away. The same key for the same change counts once."""
        body = {"symbol": symbol, "quantity": decimal_text(quantity)}
        return cast(ChangedCoin, await self._change("POST", body, key))

    async def remove(self, symbol: str, *, key: str | None = None) -> Removal:
        """Removes all that is held of it."""
        return cast(Removal, await self._change("DELETE", {"symbol": symbol}, key))

    async def undo(self, change_id: str) -> ChangedCoin:
        """Undoes a change of the last 7 days, by the `ChangeID` of its answer."""
        path = f"{_api}/profile/changes/{quote(change_id, safe='')}/undo"
        return cast(ChangedCoin, with_decimals(await self.call("POST", path)))

    async def frame(self) -> Frame:
        """What the portfolio is worth now."""
        return cast(Frame, await self._get("/profile/frame"))

    async def receipt(self) -> Receipt:
        """How that comes about: every quantity, price and conversion, all of one moment."""
        return cast(Receipt, await self._get("/profile/receipt"))

    async def value(self, range: str = "24h") -> ValueHistory:
        """What it was worth: 1h, 24h, 7d, 30d or 1y."""
        return cast(ValueHistory, await self._get(f"/profile/value?range={quote(range, safe='')}"))

    async def symbols(self) -> SymbolList:
        return cast(SymbolList, await self._get("/symbols"))

    async def candles(self, symbol: str, range: str = "24h") -> Candles:
        """Candles of 1h, 6h, 24h, 7d, 30d or 1y."""
        path = f"/coins/{quote(symbol, safe='')}/candles?range={quote(range, safe='')}"
        return cast(Candles, await self._get(path))

    def live(
        self,
        portfolio_id: str | None = None,
        *,
        on_balance: Callable[[Balance], None] | None = None,
        on_order: Callable[[OrderTold], None] | None = None,
        on_resync: Callable[[], None] | None = None,
    ) -> AsyncGenerator[Frame, None]:
        """Frames whenever the value changes, and about once a second; who is slow gets the newest.

        They are those of the default portfolio, of another one by its id, or of ``all`` that is owned. Cuts are mended
        and tokens renewed. Raises Problem 401 when the session is over or is another user's, 404 where there is no such
        portfolio, 409 where it is paper money that lives at the other kind of prices, and LiveStopped when the server
        wants no more of it. Close the iterator (``contextlib.aclosing``) to end it before; the client's end ends it too.

        `on_balance` is called with each change of what is in any portfolio of the user, `on_order` with what becomes of
        each order. `on_resync` is called when such changes come from now on, at first and after each cut, and where some
        were missed: what was read before may be old. What they raise ends the frames.
        """
        hearer = Hearer(on_balance, on_order, on_resync)
        return live_frames(self._socket_url, self._session, self._pause, self._chance, portfolio_id, hearer, self._lives)

    async def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """Any other call, as who is signed in; `path` is from ``/api/v1`` on. Answers JSON as it comes.

        What only reads, and what has an `idempotency-key`, is repeated while nobody answers.
        """
        given = headers or {}
        counts_once = method.upper() == "GET" or any(name.lower() == "idempotency-key" for name in given)

        async def ask(token: str) -> httpx.Response:
            return await self._session.ask(method, path, body, {**given, "authorization": f"Bearer {token}"})

        begun_by = self._session.user_id
        failures = 0
        while True:
            try:
                return body_of(await call_as_user(self._session, begun_by, ask))
            except ClientClosed:
                raise
            except Problem as problem:
                asked = problem.retry_after
                may_pass = counts_once and failures < rules.REPEATS and problem.status in rules.MAY_PASS
                if not may_pass or (asked or 0) > rules.LONGEST_ASKED:
                    raise
                await self._pause(failures, asked)
                failures += 1

    async def _get(self, path: str) -> Any:
        return with_decimals(await self.call("GET", _api + path))

    async def _change(self, method: str, body: dict[str, str], key: str | None) -> Any:
        headers = {"idempotency-key": key or secrets.token_hex(16)}
        return with_decimals(await self.call(method, f"{_api}/profile/coins", body, headers))

    async def _pause(self, failures: int, asked: float | None) -> None:
        seconds = rules.pause_after(failures, self._chance(), asked)
        if self._on_pause:
            self._on_pause(seconds)
        await self._clock.sleep(seconds)
