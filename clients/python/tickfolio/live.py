"""The live portfolio: one socket, kept open."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from . import rules
from .bodies import Balance, Frame, OrderTold, with_decimals
from .latest import Latest
from .lives import Lives
from .problem import ClientClosed, LiveStopped, Problem, signed_out
from .session import Session

Pause = Callable[[int, "float | None"], Awaitable[None]]


@dataclass(frozen=True)
class Hearer:
    """Who is told of balances and orders beside frames."""

    on_balance: Callable[[Balance], None] | None = None
    on_order: Callable[[OrderTold], None] | None = None
    on_resync: Callable[[], None] | None = None

    @property
    def channels(self) -> list[str]:
        """What is asked for; who only wants to know when to read is told of balances."""
        of_balances = self.on_balance is not None or (self.on_resync is not None and self.on_order is None)
        return (["balances"] if of_balances else []) + (["orders"] if self.on_order is not None else [])

    def take(self, message: dict[str, Any]) -> None:
        if message["Type"] == "balance":
            if self.on_balance is not None:
                self.on_balance(with_decimals(message))
        elif message["Type"] == "order":
            if self.on_order is not None:
                self.on_order(with_decimals(message))
        elif self.on_resync is not None:
            self.on_resync()


class _HearerRaised(Exception):
    """What somebody who was told raised; none of it is the connection's, whatever its type."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault


def _is_for_hearer(message: dict[str, Any]) -> bool:
    """An answer that has a channel is where it begins."""
    kind = message.get("Type")
    begins = kind == "subscribed" and not {"balances", "orders"}.isdisjoint(message.get("Channels", []))
    return kind in ("balance", "order", "resync") or begins


async def live_frames(
    url: str,
    session: Session,
    pause: Pause,
    chance: Callable[[], float],
    portfolio_id: str | None,
    hearer: Hearer,
    lives: Lives,
) -> AsyncGenerator[Frame, None]:
    """Frames one by one; who is slow gets the newest. Raises Problem 401, 404 and 409, and LiveStopped."""
    if lives.is_over:
        return
    latest = Latest()
    named = portfolio_id.lower() if portfolio_id else None
    wanted = None if named == "default" else named

    async def follow() -> None:
        try:
            await _follow(url, session, pause, chance, latest, wanted, hearer)
        except _HearerRaised as raised:
            latest.fail(raised.fault)
        except ClientClosed:
            return
        except Exception as fault:  # Whoever takes frames is told, whatever it is.
            latest.fail(fault)
        finally:
            latest.end()

    following = lives.start(follow())
    try:
        while (frame := await latest.take()) is not None:
            yield frame
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def _follow(
    url: str,
    session: Session,
    pause: Pause,
    chance: Callable[[], float],
    latest: Latest,
    wanted: str | None,
    hearer: Hearer,
) -> None:
    failures = 0
    begun_by = session.user_id
    while True:
        refused: Problem | None = None
        code = rules.BROKEN
        try:
            token = await session.token()
            session.require_user(begun_by)
        except Problem as problem:
            if problem.status == 401:
                raise
            refused = problem
        else:
            code, was_live = await _Socket(session, token, latest, wanted, hearer).read(url)
            if was_live:
                failures = 0
        action = rules.action_after(code)
        if action == "stop":
            raise LiveStopped(code)
        before, failures = failures, failures + 1
        if action == "refresh":
            try:
                await session.renew()
                if before == 0:
                    continue
            except Problem as problem:
                if problem.status == 401:
                    raise
                refused = problem
        if action == "reconnect-now" and before == 0:
            # Where it starts again, all its clients come at once.
            await pause(0, None)
        else:
            await pause(before, refused.retry_after if refused else None)


class _NotNow(Exception):
    """The portfolio cannot be shown at the moment."""


class _Socket:
    """One socket, from its opening to its close."""

    def __init__(self, session: Session, token: str, latest: Latest, wanted: str | None, hearer: Hearer) -> None:
        self._session = session
        self._user_id = session.user_id
        self._clock = session.clock
        self._token = token
        self._latest = latest
        #: The portfolio whose frames are taken, and no other's; None for the default one.
        self._wanted = wanted
        self._hearer = hearer
        self._was_live = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def read(self, url: str) -> tuple[int, bool]:
        """Returns the close code, and whether a frame came."""
        headers = {"authorization": f"Bearer {self._token}"}
        try:
            async with connect(
                url,
                additional_headers=headers,
                open_timeout=rules.SILENCE,
                close_timeout=1,
                ping_interval=None,
                max_size=rules.LARGEST_MESSAGE,
            ) as socket:
                return await self._read_all(socket), self._was_live
        except InvalidStatus as fault:
            return (4401 if fault.response.status_code == 401 else rules.BROKEN), False
        except (OSError, asyncio.TimeoutError, WebSocketException):
            return rules.BROKEN, self._was_live

    async def _read_all(self, socket: ClientConnection) -> int:
        def offer(token: str) -> None:
            if self._session.user_id != self._user_id:
                self._latest.fail(signed_out())  # What is another's is nothing of this.
                return
            self._start(self._hand_over(socket, token))

        self._session.on_token.add(offer)
        try:
            if self._wanted is not None:
                await socket.send(json.dumps({"type": "view", "portfolioId": self._wanted}))
            if self._hearer.channels:
                await socket.send(json.dumps({"type": "subscribe", "channels": self._hearer.channels}))
            while True:
                text = await self._receive(socket)
                if text is None:
                    return rules.BROKEN
                try:
                    message = json.loads(text)
                except ValueError:
                    return rules.BROKEN  # Something in between said it.
                try:
                    self._take(socket, message)
                except _NotNow:
                    return rules.BROKEN
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else rules.BROKEN
        finally:
            self._session.on_token.discard(offer)
            for task in self._tasks:
                task.cancel()

    async def _receive(self, socket: ClientConnection) -> str | bytes | None:
        """What comes next; None when nothing does for too long."""
        coming = asyncio.ensure_future(socket.recv())
        silence = asyncio.ensure_future(self._clock.silence(rules.SILENCE))
        try:
            await asyncio.wait({coming, silence}, return_when=asyncio.FIRST_COMPLETED)
            return coming.result() if coming.done() else None
        finally:
            coming.cancel()
            silence.cancel()

    def _take(self, socket: ClientConnection, message: Any) -> None:
        if not isinstance(message, dict):
            return
        if "TotalValue" in message:
            if self._wanted is not None and message.get("PortfolioID") != self._wanted:
                return  # Of before it was asked.
            self._was_live = True
            self._latest.put(with_decimals(message))
        elif message.get("Type") == "token-expiring":
            self._start(self._replace(socket))
        elif message.get("Type") == "error":
            self._refuse(str(message.get("Detail", "")), str(message.get("Reason", "")))
        elif _is_for_hearer(message):
            try:
                self._hearer.take(message)
            except Exception as fault:
                raise _HearerRaised(fault) from fault

    def _refuse(self, detail: str, reason: str) -> None:
        """What is shown and answers a token says no reason."""
        if self._wanted is None or (self._was_live and not reason):
            return
        if reason == "unavailable":
            raise _NotNow
        raise Problem(404 if reason == "not-found" else 409, detail, reason=reason)

    async def _replace(self, socket: ClientConnection) -> None:
        try:
            token = await self._session.token()
            if token == self._token:
                token = await self._session.renew()
        except Problem:
            return  # The server closes the socket for it, and says so.
        if self._session.user_id == self._user_id:
            await self._hand_over(socket, token)

    async def _hand_over(self, socket: ClientConnection, token: str) -> None:
        if token == self._token:
            return
        self._token = token
        try:
            await socket.send(json.dumps({"type": "refresh", "accessToken": token}))
        except ConnectionClosed:
            return  # The next one is opened with it.

    def _start(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        fault = None if task.cancelled() else task.exception()
        if fault is not None:  # What `on_session` raised, for instance.
            self._latest.fail(fault)
