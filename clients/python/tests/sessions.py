"""Whose session it is, against a server of its own: `sessions.py <case>` ends with an error unless it is as it should."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import threading
from collections.abc import Callable, Coroutine
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tickfolio import AsyncClient, Problem


def token_of(user: str) -> str:
    claims = {"sub": user, "name": user, "sid": f"s-{user}", "iat": 0, "exp": 900}
    return f"h.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.s"


class Server:
    """Knows users by their refresh tokens, which are ``<user>-<number>``."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        #: Whom a status is answered at a renewal instead.
        self.refuses: dict[str, int] = {}
        #: Renewals of anna are answered after this.
        self.free = threading.Event()
        self.free.set()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: Any) -> None:
                pass

            def do_POST(self) -> None:
                self.answer()

            def do_GET(self) -> None:
                self.answer()

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                status, answer, user = server.answer(self.path, self.headers, body)
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(text)))
                if user:
                    self.send_header("set-cookie", f"refreshToken={user}-{len(server.asked)}; Path=/; HttpOnly")
                self.end_headers()
                self.wfile.write(text)

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def answer(self, path: str, headers: Any, body: bytes) -> tuple[int, dict[str, str], str]:
        if path.endswith("/auth/login"):
            user = json.loads(body)["name"]
            return 200, {"accessToken": token_of(user)}, user
        if path.endswith("/auth/refresh"):
            user = headers["cookie"].split("=")[1].split("-")[0]
            self.asked.append(f"renews {user}")
            if user == "anna":
                self.free.wait(10)
            if user in self.refuses:
                return self.refuses[user], {}, ""
            return 200, {"accessToken": token_of(user)}, user
        part = headers["authorization"].split(".")[1]
        self.asked.append("call as " + json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["sub"])
        return 200, {}, ""

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


class Clock:
    """Time passes when the test says so, or somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    async def silence(self, seconds: float) -> None:
        await asyncio.sleep(3600)


async def replaced(server: Server, t: AsyncClient, clock: Clock) -> None:
    """One of another user was being renewed when a session was resumed."""
    server.free.clear()
    clock.now = 850
    reading = asyncio.ensure_future(t.portfolio())
    while "renews anna" not in server.asked:
        await asyncio.sleep(0.01)
    resuming = asyncio.ensure_future(t.resume("ben-0"))
    await asyncio.sleep(0.05)
    server.free.set()
    await resuming
    assert t.user_name == "ben", t.user_name
    await t.add("btcusdt", 1)
    assert server.asked[-1] == "call as ben", server.asked
    await asyncio.gather(reading, return_exceptions=True)
    clock.now += 850
    await t.portfolio()
    assert server.asked[-2:] == ["renews ben", "call as ben"], server.asked


async def not_resumed(server: Server, t: AsyncClient, clock: Clock) -> None:
    for status in (503, 401):
        server.refuses["ben"] = status
        try:
            await t.resume("ben-0")
        except Problem as problem:
            assert problem.status == status
        else:
            raise AssertionError("it was resumed")
        assert t.user_name == "anna"
        clock.now += 850
        await t.portfolio()
        assert server.asked[-2:] == ["renews anna", "call as anna"], server.asked


async def away(server: Server, t: AsyncClient, clock: Clock) -> None:
    """A token that is still good is good for calls, also where nobody can renew it; that is tried again later."""
    server.refuses["anna"] = 503
    for left in (180, 59, 30, 29, 28, 5):
        clock.now = 900.0 - left
        await t.portfolio()
    assert server.asked == [
        *("call as anna", "renews anna", "call as anna", "renews anna", "call as anna", "call as anna"),
        *("call as anna", "renews anna", "call as anna"),
    ], server.asked
    server.refuses.clear()
    clock.now = 900.0 - 0.5
    await t.portfolio()
    assert server.asked[-1] == "call as anna"
    server.asked.clear()
    clock.now = 901
    await t.portfolio()
    assert server.asked == ["renews anna", "call as anna"], server.asked
    server.refuses["anna"] = 503
    clock.now += 901
    try:
        await t.call("POST", "/api/v1/anything")
    except Problem as problem:
        assert problem.status == 503
    else:
        raise AssertionError("a token that had ended was used")


async def main(case: Callable[[Server, AsyncClient, Clock], Coroutine[Any, Any, None]]) -> None:
    server, clock = Server(), Clock()
    try:
        async with AsyncClient(server.url, clock=clock) as t:
            await t.sign_in("anna", "x")
            await case(server, t, clock)
    finally:
        server.close()


cases = {case.__name__: case for case in (replaced, not_resumed, away)}
asyncio.run(main(cases[sys.argv[1]]))
