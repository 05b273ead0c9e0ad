"""What the server answers, with the names that it sends. Amounts are `decimal.Decimal`, times ISO 8601 in UTC."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypedDict


class _FrameCoinState(TypedDict, total=False):
    PriceState: str
    PriceStateOf: str
    BaseAsset: str
    QuoteAsset: str


class FrameCoin(_FrameCoinState):
    Symbol: str
    Quantity: Decimal
    Version: int
    Price: Decimal | None
    Total: Decimal | None
    PriceTime: str | None
    Stale: bool
    PriceReceived: str | None


class FrameCash(_FrameCoinState):
    """What is held and is no coin: USDT, or other money that a market turns into USDT."""

    Asset: str
    Quantity: Decimal
    Version: int
    Price: Decimal | None
    Total: Decimal | None
    PriceTime: str | None
    Stale: bool
    PriceReceived: str | None


class _FrameSource(TypedDict, total=False):
    PortfolioID: str
    BaseCurrency: str
    Cash: list[FrameCash]
    NetWorth: Decimal
    Simulated: bool


class Frame(_FrameSource):
    """The whole portfolio at one moment."""

    UserID: str
    UserName: str
    Version: int
    TotalValue: Decimal
    Coins: list[FrameCoin]
    AsOf: str


class Balance(TypedDict):
    """What is held of something in a portfolio, after a change. `Via` is empty for cash."""

    Type: str
    PortfolioID: str
    Version: int
    Asset: str
    Via: str
    Available: Decimal
    Reserved: Decimal
    Reason: str
    Ref: str


class AssetQuantity(TypedDict):
    asset: str
    quantity: Decimal


_GapBounds = TypedDict("_GapBounds", {"from": int, "to": int})


class Gap(_GapBounds, total=False):
    """Numbers of public trades that nobody could have. `basis` is `klines` where they say that nothing met the order."""

    basis: str


class _OrderGap(TypedDict, total=False):
    #: Over REST only.
    gap: Gap


class Order(_OrderGap):
    """An order, as it is now. Quantities are before fees."""

    id: str
    clientOrderId: str
    portfolioId: str
    symbol: str
    side: str
    type: str
    timeInForce: str | None
    quantity: Decimal | None
    quoteQuantity: Decimal | None
    price: Decimal | None
    stopPrice: Decimal | None
    icebergQuantity: Decimal | None
    status: str
    working: bool
    filledQuantity: Decimal
    filledQuote: Decimal
    averagePrice: Decimal | None
    fees: list[AssetQuantity]
    reserved: AssetQuantity
    settled: bool
    reason: str | None
    mode: str
    executionId: str | None
    simulatedPrices: bool
    version: int
    createdAt: str
    updatedAt: str


#: In a class with a field of that name.
_Order = Order


class OrderFill(TypedDict):
    """What filled an order; the fee is None until it is booked."""

    TradeID: int | None
    Price: Decimal
    Quantity: Decimal
    Fee: Decimal | None
    FeeAsset: str | None
    Maker: bool
    Time: str


class OrderTold(TypedDict):
    """An order after something became of it, with the newest of what filled it since it was told before."""

    Type: str
    Version: int
    Order: _Order
    LastFill: OrderFill | None


class ReceiptPrice(TypedDict):
    """A price, and the trade that made it."""

    price: Decimal
    priceTime: str
    tradeId: int


class Conversion(TypedDict):
    symbol: str
    price: ReceiptPrice | None


class ReceiptRow(TypedDict):
    symbol: str
    baseAsset: str
    quoteAsset: str
    quantity: Decimal
    price: ReceiptPrice | None
    conversion: Conversion | None
    total: Decimal | None
    priceState: str


class Receipt(TypedDict):
    """All that the total of one moment is computed from; who computes it again gets the same digits."""

    asOf: str
    version: int
    asset: str
    total: Decimal
    rows: list[ReceiptRow]
    simulated: bool


class Coin(TypedDict):
    ID: int
    CreatedAt: str
    UpdatedAt: str
    DeletedAt: None
    Symbol: str
    Quantity: Decimal
    UserID: str
    Version: int


class _ProfileTime(TypedDict, total=False):
    #: Of when it is, where what keeps it is away.
    AsOf: str


class Profile(_ProfileTime):
    ID: str
    Name: str
    Coins: list[Coin]
    Version: int


class ChangedCoin(Coin):
    """The coin as it is held after a change; `ChangeID` undoes it."""

    ChangeID: str


class Removal(TypedDict):
    message: str
    Symbol: str
    Quantity: Decimal
    Version: int
    ChangeID: str


class _ValueLacks(TypedDict, total=False):
    Missing: list[str]
    Old: list[str]


class ValuePoint(_ValueLacks):
    Time: str
    Value: Decimal


class ValueHistory(TypedDict):
    Range: str
    StepSeconds: int
    Points: list[ValuePoint]


class _SymbolSteps(TypedDict, total=False):
    """The step of its price, and of quantities in orders; missing where the exchange does not say it."""

    TickSize: Decimal
    StepSize: Decimal


class ListedSymbol(_SymbolSteps):
    Symbol: str
    BaseAsset: str
    QuoteAsset: str
    Status: str


class SymbolList(TypedDict):
    Revision: str
    Symbols: list[ListedSymbol]


class DayRange(TypedDict):
    Time: str
    Open: Decimal
    High: Decimal
    Low: Decimal


class Candle(DayRange):
    Close: Decimal


class SourcedCandle(Candle):
    """A candle of a chart, and who knew of it: `archive` or `exchange`."""

    Source: str


class Volume(TypedDict):
    Time: str
    Base: Decimal
    Quote: Decimal


class LastPrice(TypedDict):
    Time: str
    Price: Decimal


class Candles(TypedDict):
    Symbol: str
    BaseAsset: str | None
    QuoteAsset: str | None
    Status: str | None
    Range: str
    StepSeconds: int
    Candles: list[SourcedCandle]
    #: Why stretches that the archive lacks are missing.
    Lacks: str | None
    Today: Candle | None
    Day: DayRange | None
    Volume: Volume | None
    Last: LastPrice | None


_amounts = frozenset(
    ["TotalValue", "NetWorth", "Quantity", "Price", "Total", "Value", "Open", "High", "Low", "Close", "Base", "Quote"]
    + ["Available", "Reserved", "Fee", "quantity", "price", "total", "quoteQuantity", "stopPrice", "icebergQuantity"]
    + ["filledQuantity", "filledQuote", "averagePrice", "TickSize", "StepSize"]
)


def with_decimals(body: Any) -> Any:
    """The same body with its amounts as decimals, which are exact whatever the context of decimals is."""
    if isinstance(body, list):
        return [with_decimals(entry) for entry in body]
    if not isinstance(body, dict):
        return body
    return {
        key: Decimal(value) if key in _amounts and isinstance(value, str) else with_decimals(value)
        for key, value in body.items()
    }


def decimal_text(quantity: Decimal | int | str) -> str:
    """A quantity as the server takes it: digits and a point, no exponent. Raises TypeError for a float."""
    if isinstance(quantity, str):
        return quantity
    if isinstance(quantity, Decimal):
        return format(quantity, "f")
    if isinstance(quantity, int) and not isinstance(quantity, bool):
        return str(quantity)
    raise TypeError(f"A quantity is a decimal.Decimal, an int or the text of one, not a {type(quantity).__name__}, which is not exact.")
