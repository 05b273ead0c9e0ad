"""Live portfolio values of a tickfolio server, exact to the last digit."""

from .async_client import AsyncClient
from .bodies import (
    Balance,
    Candles,
    ChangedCoin,
    Coin,
    Frame,
    FrameCoin,
    Order,
    OrderTold,
    Profile,
    Receipt,
    Removal,
    SymbolList,
    ValueHistory,
)
from .client import Client
from .problem import ClientClosed, LiveStopped, Problem
from .session import KeptSession, SecondFactor

__all__ = [
    "AsyncClient",
    "Balance",
    "Candles",
    "ChangedCoin",
    "Client",
    "ClientClosed",
    "Coin",
    "Frame",
    "FrameCoin",
    "KeptSession",
    "LiveStopped",
    "Order",
    "OrderTold",
    "Problem",
    "Profile",
    "Receipt",
    "Removal",
    "SecondFactor",
    "SymbolList",
    "ValueHistory",
]
