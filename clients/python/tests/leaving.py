"""How a program leaves the client: `leaving.py <case> <url>` ends with an error, or with words, unless it is as it should."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable

import httpx

from tickfolio import AsyncClient, Client

_account = ("alice", "correct horse battery")
_main = threading.main_thread()


def interrupted(url: str) -> None:
    """Ctrl-C while the next frame is waited for."""

    def is_waiting() -> bool:
        return any(frame.name == "result" for frame in traceback.extract_stack(sys._current_frames()[_main.ident or 0]))

    def interrupt() -> None:
        while not is_waiting():
            time.sleep(0.01)
        signal.pthread_kill(_main.ident or 0, signal.SIGINT)

    with Client(url) as t:
        t.sign_in(*_account)
        frames = t.live()
        next(frames)
        try:
            threading.Thread(target=interrupt).start()
            next(frames)
        except KeyboardInterrupt:
            pass
        t.portfolio()
    assert threading.active_count() == 1


def closed(url: str) -> None:
    """`close` with frames that nobody has left."""
    t = Client(url)
    t.sign_in(*_account)
    frames = t.live()
    next(frames)
    t.close()
    assert next(frames, None) is None
    frames.close()
    t.close()
    assert threading.active_count() == 1


def closed_async(url: str) -> None:
    async def main() -> None:
        t = AsyncClient(url)
        await t.sign_in(*_account)
        frames = t.live()
        await anext(frames)
        await t.close()
        assert await anext(frames, None) is None
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


def asked(url: str) -> None:
    """What is called on the client's thread cannot wait for that thread, and says so."""
    with Client(url) as t:
        t.sign_in(*_account)
        try:
            next(t.live(on_resync=lambda: print(t.portfolio())))
        except RuntimeError as fault:
            assert "on_resync" in str(fault), fault
        else:
            raise AssertionError("it was answered")


def misspelled(_url: str) -> None:
    """An address that is none leaves no thread behind."""
    try:
        Client("http://localhost:none")
    except httpx.InvalidURL:
        assert threading.active_count() == 1
    else:
        raise AssertionError("it was taken")


def large(url: str) -> None:
    """A frame of more than a mebibyte is taken."""
    with Client(url) as t:
        t.sign_in(*_account)
        frames = t.live()
        assert len(next(frames)["Coins"]) == 10_000
        frames.close()


cases: dict[str, Callable[[str], None]] = {
    case.__name__: case for case in (interrupted, closed, closed_async, asked, misspelled, large)
}
cases[sys.argv[1]](sys.argv[2])
