"""Plays the client's part of scenarios that a server of tests plays the other part of.

Reads {"name", "urls": {"async", "sync"}, "scenario"} from lines of its input, and writes {"name", "kind", …} for each.
Ends with its input, in the middle of a scenario too: whoever began it waits for the answers before closing that.
"""

from __future__ import annotations

import asyncio
import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from contextlib import aclosing, closing
from typing import Any

import httpx

from tickfolio import AsyncClient, Client, LiveStopped, Problem, SecondFactor
from tickfolio.async_client import trusted

_account = ("alice", "correct horse battery")


class HastyClock:
    """Time passes when somebody sleeps, at once."""

    def __init__(self) -> None:
        self.now = 0.0
        self.is_silent = False

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)

    async def silence(self, seconds: float) -> None:
        while not self.is_silent:
            await asyncio.sleep(0.01)
        self.is_silent = False


class Part:
    """What a client has to show."""

    def __init__(self, url: str, scenario: dict[str, Any]) -> None:
        self.url = url
        self.steps: list[dict[str, Any]] = scenario["client"]
        self.clock = HastyClock()
        self.shown: dict[str, Any] = {"frames": [], "pauses": [], "balances": []}
        self.options: dict[str, Any] = {
            "clock": self.clock,
            "chance": lambda: scenario.get("random", 0.5),
            "on_pause": lambda seconds: self.shown["pauses"].append(round(seconds * 1000)),
        }

    def told(self, step: dict[str, Any]) -> dict[str, Any]:
        """What it listens to besides frames."""
        balances: list[str] = self.shown["balances"]

        def ordered(told: dict[str, Any]) -> None:
            fill = told["LastFill"]
            balances.append(f"order {told['Order']['status']} {'-' if fill is None else format(fill['Price'], 'f')}")

        hears: dict[str, Any] = {}
        if "balances" in step:
            hears["on_balance"] = lambda balance: balances.append(f"{balance['Asset']} {balance['Available']:f}")
        if "orders" in step:
            hears["on_order"] = ordered
        if hears:
            hears["on_resync"] = lambda: balances.append("resync")
        return hears

    def fail(self, fault: Exception) -> None:
        if isinstance(fault, LiveStopped):
            self.shown["stopped"] = fault.code
        elif isinstance(fault, Problem):
            after = {} if fault.retry_after is None else {"retryAfterMs": round(fault.retry_after * 1000)}
            self.shown["problem"] = {
                "status": fault.status,
                "reason": fault.reason,
                "fields": dict(fault.reasons),
                **after,
            }
        else:
            raise fault


def given_of(step: dict[str, Any]) -> Callable[[tuple[str, ...]], SecondFactor] | None:
    """What gives the second factor; None where there is none to give."""
    if step["signIn"] is True:
        return None
    code = step["signIn"]["code"]
    return lambda kinds: {"kind": kinds[0], "code": code}


async def play_async(part: Part) -> None:
    async with httpx.AsyncClient(verify=trusted()) as http, AsyncClient(part.url, **part.options) as t:

        async def take(step: dict[str, Any]) -> None:
            taken = 0
            async with aclosing(t.live(step.get("portfolioId"), **part.told(step))) as frames:
                async for frame in frames:
                    part.shown["frames"].append(str(frame["TotalValue"]))
                    taken += 1
                    if "live" in step or taken == 1:
                        await http.get(f"{part.url}/taken")
                    if "liveUntil" in step and taken == 1:
                        await http.get(f"{part.url}/done")
                    part.clock.is_silent = taken == step.get("silentAfter")
                    if taken == step.get("live") or str(frame["TotalValue"]) == step.get("liveUntil"):
                        return
                    if taken == step.get("signInAfter"):
                        await t.sign_in(*_account)

        for step in part.steps:
            if "signIn" in step:
                given = given_of(step)

                async def answer(kinds: tuple[str, ...]) -> SecondFactor:
                    assert given is not None
                    return given(kinds)

                await t.sign_in(*_account, answer if given else None)
            elif "read" in step:
                await t.portfolio()
            elif "receipt" in step:
                part.shown["frames"].append(str((await t.receipt())["total"]))
            elif "add" in step:
                await t.add(*step["add"])
            elif "wait" in step:
                part.clock.now += step["wait"]
            else:
                await take(step)


def play_sync(part: Part) -> None:
    with httpx.Client(verify=trusted()) as http, Client(part.url, **part.options) as t:

        def take(step: dict[str, Any]) -> None:
            taken = 0
            with closing(t.live(step.get("portfolioId"), **part.told(step))) as frames:
                for frame in frames:
                    part.shown["frames"].append(str(frame["TotalValue"]))
                    taken += 1
                    if "live" in step or taken == 1:
                        http.get(f"{part.url}/taken")
                    if "liveUntil" in step and taken == 1:
                        http.get(f"{part.url}/done")
                    part.clock.is_silent = taken == step.get("silentAfter")
                    if taken == step.get("live") or str(frame["TotalValue"]) == step.get("liveUntil"):
                        return
                    if taken == step.get("signInAfter"):
                        t.sign_in(*_account)

        for step in part.steps:
            if "signIn" in step:
                t.sign_in(*_account, given_of(step))
            elif "read" in step:
                t.portfolio()
            elif "receipt" in step:
                part.shown["frames"].append(str(t.receipt()["total"]))
            elif "add" in step:
                t.add(*step["add"])
            elif "wait" in step:
                part.clock.now += step["wait"]
            else:
                take(step)


lines: queue.SimpleQueue[str] = queue.SimpleQueue()


def read_all() -> None:
    for line in sys.stdin:
        lines.put(line)
    # Nobody waits for an answer any more, and a client whose server is gone tries for ever.
    os._exit(0)


def main() -> None:
    threading.Thread(target=read_all, name="input", daemon=True).start()
    while True:
        one = json.loads(lines.get())
        for kind, url in one["urls"].items():
            part = Part(url, one["scenario"])
            try:
                if kind == "async":
                    asyncio.run(play_async(part))
                else:
                    play_sync(part)
            except Exception as fault:
                part.fail(fault)
            print(json.dumps({"name": one["name"], "kind": kind, **part.shown}), flush=True)


main()
