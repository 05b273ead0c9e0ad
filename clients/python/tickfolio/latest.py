"""What came last."""

from __future__ import annotations

import asyncio

from .bodies import Frame


class Latest:
    """A place for one frame: what is not taken is replaced by what comes later."""

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._fault: BaseException | None = None
        self._is_over = False
        self._woken = asyncio.Event()

    def put(self, frame: Frame) -> None:
        self._frame = frame
        self._woken.set()

    def fail(self, fault: BaseException) -> None:
        self._fault = self._fault or fault
        self._woken.set()

    def end(self) -> None:
        self._is_over = True
        self._woken.set()

    async def take(self) -> Frame | None:
        """Returns None once nothing more comes."""
        while True:
            await self._woken.wait()
            if self._fault is not None:
                raise self._fault
            if self._is_over:
                return None
            frame, self._frame = self._frame, None
            self._woken.clear()
            if frame is not None:
                return frame
