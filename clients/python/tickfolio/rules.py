"""When to try again, and when not: what every client of tickfolio has in common, without any input or output."""

from __future__ import annotations

import asyncio
import json
import time
from importlib.resources import files
from typing import Literal, Protocol

Action = Literal["reconnect-now", "reconnect-later", "refresh", "stop"]

#: The ceiling of the first pause, in seconds; it doubles with each failure up to the other.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
#: The server sends a frame at least once a second.
SILENCE = 8.0
#: A frame of ten thousand assets has some 3 MB.
LARGEST_MESSAGE = 32 * 2**20
#: Of a connection that broke.
BROKEN = 1006
#: How long an answer may take.
ANSWER = 15.0
#: How long one may take in all, its slow pieces together.
WHOLE_ANSWER = 300.0
#: How long a client that is closed waits for what it has begun.
LEAVING = 5.0
#: How often a call is repeated, and the longest pause that a server may ask for.
REPEATS, LONGEST_ASKED = 4, 60.0
#: No answer, too many calls, and what says that the server is about to come back.
MAY_PASS = frozenset([0, 429, 502, 503, 504])
#: A token is renewed before a call when less of its life is left than an eighth, or than a minute.
LEFT_PART, LEFT_SECONDS = 1 / 8, 60.0
#: Where that could not be done, the present one is used as long as it lasts, and renewing is tried again after so long.
RENEW_AGAIN = 5.0

# As api/asyncapi.json has them.
_closings = json.loads(files(__package__).joinpath("close_codes.json").read_text("utf-8"))
_actions: dict[int, Action] = {closing["code"]: closing["action"] for closing in _closings}


def action_after(code: int) -> Action:
    """What to do after a close code, one that the server did not send included: the connection broke."""
    return _actions.get(code, "reconnect-later")


def pause_after(failures: int, chance: float, asked: float | None = None) -> float:
    """A pause by full jitter, in seconds, never shorter than the server asked for."""
    ceiling = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures, 30))
    return max(asked or 0.0, ceiling * chance)


class Clock(Protocol):
    """Time as a dependency."""

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None:
        """Pauses between two tries."""

    async def silence(self, seconds: float) -> None:
        """Ends when so long has passed; given up when something comes before."""


class SystemClock:
    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def silence(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
