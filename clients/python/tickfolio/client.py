"""The client without asyncio: the same, on a thread of its own."""

from __future__ import annotations

import asyncio
import concurrent.futures
import random
import threading
from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from decimal import Decimal
from types import TracebackType
from typing import Any, TypeVar

from .async_client import AsyncClient
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
)
from .problem import ClientClosed
from .rules import LEAVING, Clock
from .session import KeptSession, SecondFactor, without_answer

Answer = TypeVar("Answer")


class Client:
    """One user of one server, for programs and notebooks; `AsyncClient` describes the calls.

    It reads live frames also while the program does something else, which then gets the newest.
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
        # First, for an address that is none leaves no thread behind then.
        self._client = AsyncClient(url, on_session=on_session, on_pause=on_pause, clock=clock, chance=chance)
        self._loop = asyncio.new_event_loop()
        #: Of `_is_closed` and `_waited_for`: what is begun before the end is told of it, and nothing is begun later.
        self._turn = threading.Lock()
        self._is_closed = False
        self._waited_for: set[concurrent.futures.Future[Any]] = set()
        self._thread = threading.Thread(target=self._run, name="tickfolio", daemon=True)
        self._thread.start()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends live frames, and lets go of connections and of the thread. The session stays; `sign_out` ends it.

        Calls raise ClientClosed from now on, also those that other threads wait for. Takes some seconds at most.
        """
        self._refuse_own_thread()
        with self._turn:
            if self._is_closed:
                return
            self._is_closed = True
            leaving = asyncio.run_coroutine_threadsafe(self._let_go(), self._loop)
        concurrent.futures.wait({leaving}, LEAVING)  # Longer only where something of the program holds up the thread.
        for doing in list(self._waited_for):
            doing.cancel()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LEAVING)

    @property
    def user_name(self) -> str | None:
        return self._client.user_name

    @property
    def user_id(self) -> str | None:
        return self._client.user_id

    def register(self, name: str, password: str) -> None:
        self._wait(self._client.register(name, password))

    def sign_in(
        self,
        name: str,
        password: str,
        answer: Callable[[tuple[str, ...]], SecondFactor] | None = None,
    ) -> None:
        """`answer` is called on the caller's own thread, and may ask somebody."""
        session = self._client._session
        wanted = self._wait(session.sign_in(name, password))
        if wanted is None:
            return
        if answer is None:
            raise without_answer()
        self._wait(session.give_second_factor(wanted, answer(wanted.kinds)))

    def resume(self, refresh_token: str) -> None:
        self._wait(self._client.resume(refresh_token))

    def sign_out(self) -> None:
        self._wait(self._client.sign_out())

    def sign_out_everywhere(self) -> None:
        self._wait(self._client.sign_out_everywhere())

    def portfolio(self) -> Profile:
        return self._wait(self._client.portfolio())

    def add(self, symbol: str, quantity: Decimal | int | str, *, key: str | None = None) -> ChangedCoin:
        return self._wait(self._client.add(symbol, quantity, key=key))

    def remove(self, symbol: str, *, key: str | None = None) -> Removal:
        return self._wait(self._client.remove(symbol, key=key))

    def undo(self, change_id: str) -> ChangedCoin:
        return self._wait(self._client.undo(change_id))

    def frame(self) -> Frame:
        return self._wait(self._client.frame())

    def receipt(self) -> Receipt:
        return self._wait(self._client.receipt())

    def value(self, range: str = "24h") -> ValueHistory:
        return self._wait(self._client.value(range))

    def symbols(self) -> SymbolList:
        return self._wait(self._client.symbols())

    def candles(self, symbol: str, range: str = "24h") -> Candles:
        return self._wait(self._client.candles(symbol, range))

    def live(
        self,
        portfolio_id: str | None = None,
        *,
        on_balance: Callable[[Balance], None] | None = None,
        on_order: Callable[[OrderTold], None] | None = None,
        on_resync: Callable[[], None] | None = None,
    ) -> Generator[Frame, None, None]:
        """Frames, until the loop over them is left, or the client is closed.

        What is handed in is called on the client's thread, where nothing of it can be waited for.
        """
        frames = self._client.live(portfolio_id, on_balance=on_balance, on_order=on_order, on_resync=on_resync)

        taking: asyncio.Task[Any] | None = None

        async def following() -> Frame | None:
            nonlocal taking
            taking = asyncio.current_task()
            return await anext(frames, None)

        async def leave() -> None:
            if taking is not None and not taking.done():
                taking.cancel()  # Interrupted.
                await asyncio.wait({taking})
            await frames.aclose()

        try:
            while (frame := self._wait(following())) is not None:
                yield frame
        except ClientClosed:
            return
        finally:
            with suppress(ClientClosed):
                self._wait(leave())

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        return self._wait(self._client.call(method, path, body, headers))

    def _run(self) -> None:
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    async def _let_go(self) -> None:
        await self._client.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others, timeout=1)  # Of other threads: whoever waits there for frames gets none.
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.get_running_loop().shutdown_asyncgens()
        await asyncio.sleep(0)  # For connections, which close one turn later.

    def _refuse_own_thread(self) -> None:
        if threading.current_thread() is self._thread:
            raise RuntimeError(
                "on_balance, on_resync, on_session and on_pause are called on the client's own thread, which cannot "
                "wait for itself. Have another thread call, or use AsyncClient."
            )

    def _wait(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Has it done on the thread. Interrupted, it is given up there too. Raises ClientClosed."""
        try:
            self._refuse_own_thread()
        except RuntimeError:
            work.close()
            raise
        with self._turn:
            doing = None if self._is_closed else asyncio.run_coroutine_threadsafe(work, self._loop)
            if doing is not None:
                self._waited_for.add(doing)
        if doing is None:
            work.close()
            raise ClientClosed
        try:
            return doing.result()
        except concurrent.futures.CancelledError:
            if self._is_closed:
                raise ClientClosed from None
            raise
        except BaseException:
            doing.cancel()
            raise
        finally:
            self._waited_for.discard(doing)
