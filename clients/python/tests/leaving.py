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

from tickfolio import AsyncClient, Client, ClientClosed, Problem

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


def ended_by_another(work: Callable[[Client], object], url: str) -> None:
    """Threads that do this get to their end, whenever another one closes the client."""
    for pause in (0, 0.001, 0.01, 0.1, 0.3):
        t = Client(url)
        t.sign_in(*_account)
        ended: list[type[BaseException] | None] = []

        def until_closed(t: Client = t, ended: list[type[BaseException] | None] = ended) -> None:
            try:
                work(t)
                ended.append(None)
            except BaseException as fault:
                ended.append(type(fault))

        threads = [threading.Thread(target=until_closed, daemon=True) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(pause)
        t.close()
        for thread in threads:
            thread.join(10)
        assert threading.active_count() == 1, f"after {pause} s threads hang"
        assert ended == [None if work is watch else ClientClosed] * 4, ended


def watch(t: Client) -> None:
    for _ in t.live():
        pass


def closed_in_frames(url: str) -> None:
    ended_by_another(watch, url)


def closed_in_calls(url: str) -> None:
    def ask(t: Client) -> None:
        while True:
            t.portfolio()

    ended_by_another(ask, url)


def closed_in_pauses(url: str) -> None:
    """The server is not there for frames, so that most of the time is a pause."""

    def ask(t: Client) -> None:
        while True:
            try:
                t.frame()
            except Problem as problem:
                if isinstance(problem, ClientClosed):
                    raise

    ended_by_another(ask, url)


def called_after_close(url: str) -> None:
    """Says so in words, and no coroutine is left lying about."""

    async def main() -> None:
        t = AsyncClient(url)
        await t.sign_in(*_account)
        await t.close()
        for call in (t.portfolio, t.sign_out, t.sign_out_everywhere, lambda: t.sign_in(*_account), lambda: t.resume("r")):
            try:
                await call()
            except ClientClosed as fault:
                assert "closed" in str(fault)
            else:
                raise AssertionError("it was answered")

    t = Client(url)
    t.sign_in(*_account)
    t.close()
    for call in (t.portfolio, t.sign_out, t.sign_out_everywhere, lambda: t.sign_in(*_account), lambda: t.resume("r")):
        try:
            call()
        except ClientClosed as fault:
            assert "closed" in str(fault)
        else:
            raise AssertionError("it was answered")
    assert list(t.live()) == []
    asyncio.run(main())


def closed_under_callback(url: str) -> None:
    """What holds up the client's thread holds up `close` for some seconds, and not for good."""
    free, is_held = threading.Event(), threading.Event()

    def hold() -> None:
        is_held.set()
        free.wait(60)

    t = Client(url)
    t.sign_in(*_account)
    frames = t.live(on_resync=hold)
    watching = threading.Thread(target=lambda: list(frames), daemon=True)
    watching.start()
    assert is_held.wait(10)
    begun = time.monotonic()
    t.close()
    assert time.monotonic() - begun < 15
    watching.join(5)
    assert not watching.is_alive()
    free.set()


def told(url: str) -> None:
    """What is raised where balances are told ends the frames, also where it looks like the connection's."""
    faults = (ValueError("mine"), OSError(28, "no space"), TimeoutError("mine"), BrokenPipeError("pipe"), Problem(404, ""))
    for fault in faults:

        def on_resync(fault: Exception = fault) -> None:
            raise fault

        with Client(url) as t:
            t.sign_in(*_account)
            try:
                next(t.live(on_resync=on_resync))
            except Exception as raised:
                assert repr(raised) == repr(fault), raised
            else:
                raise AssertionError(f"{fault!r} was never told")


def spelled(url: str) -> None:
    """A key is one in any spelling of its header."""
    with Client(url) as t:
        t.sign_in(*_account)
        for name in ("idempotency-key", "Idempotency-Key", "IDEMPOTENCY-KEY"):
            t.call("POST", f"/api/v1/transfers/{name}", {}, {name: name})


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
    case.__name__: case
    for case in (
        *(interrupted, closed, closed_async, closed_in_frames, closed_in_calls, closed_in_pauses),
        *(called_after_close, closed_under_callback, asked, told, spelled, misspelled, large),
    )
}
cases[sys.argv[1]](sys.argv[2])
