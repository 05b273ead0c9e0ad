"""What another matching engine makes of the same trades and orders: services/orders/matching/golden/nautilus.json.

The optimistic case, as an upper bound: trade ticks, a book of one level, a trade at the price of a resting order fills
it, liquidity is not used up. Made with Python 3.11 and nautilus_trader 1.221.0:

    python -m venv .venv && .venv/bin/pip install nautilus_trader==1.221.0
    .venv/bin/python oracles/matching.py > services/orders/matching/golden/nautilus.json

Trades and orders are made here and in services/orders/kit/golden-tape.ts by the same rule; the golden file has a hash of
both, so that a difference shows.
"""

import hashlib
import json
from decimal import Decimal

import nautilus_trader
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig
from nautilus_trader.model.currencies import BTC, USDT
from nautilus_trader.model.data import TradeTick
from nautilus_trader.model.enums import AccountType, AggressorSide, OmsType, OrderSide, TimeInForce
from nautilus_trader.model.identifiers import TradeId, Venue
from nautilus_trader.model.instruments import CurrencyPair
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.test_kit.providers import TestInstrumentProvider
from nautilus_trader.trading.strategy import Strategy

TRADES = 34_000
ORDERS = 300
# An order is cancelled after so many trades. Orders that are open together would move the book of one another, so each
# has an instrument of its own meanwhile, with the same trades.
LIFE = 1_000
LANES = LIFE // 100


class Chance:
    """A linear congruential generator of 32 bits."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def below(self, bound: int) -> int:
        self.state = (self.state * 1_664_525 + 1_013_904_223) % 2**32
        return (self.state >> 8) % bound


def tape() -> list[tuple[int, int, int, int, int]]:
    """(id, price in 0.01, quantity in 0.00001, ms, 1 where the buyer took)."""
    chance = Chance(20_261_130)
    made, middle, time_ms = [], 6_800_000, 0
    for number in range(1, TRADES + 1):
        middle += (chance.below(7) - 3) * (25 if chance.below(10) == 0 else 2)
        buyer = chance.below(2)
        price = middle + (1 if buyer else -1) * (1 + chance.below(3))
        quantity = 1 + chance.below(2_000 if chance.below(5) else 60_000)
        time_ms += chance.below(120)
        made.append((number, price, quantity, time_ms, buyer))
    return made


def orders(trades: list[tuple[int, int, int, int, int]]) -> list[dict]:
    """Every hundred trades one; prices in 0.01 and quantities in 0.00001."""
    chance = Chance(16)
    made = []
    for number in range(1, ORDERS + 1):
        after = number * 100
        last = trades[after - 1][1]
        side = "BUY" if chance.below(2) else "SELL"
        kind = ("LIMIT", "LIMIT", "LIMIT", "IOC", "MARKET")[chance.below(5)]
        away = chance.below(1_200) - 200
        price = last - away if side == "BUY" else last + away
        quantity = 100 + chance.below(200_000)
        made.append({"id": number, "after": after, "side": side, "kind": kind, "price": price, "quantity": quantity})
    return made


class Places(Strategy):
    """Places each order once the trade is seen that follows those which it does not count, takers, or before, others."""

    def __init__(self, instruments, asked, takes, times) -> None:
        super().__init__()
        self.instruments = instruments
        self.times = times
        self.due: dict[int, list[dict]] = {}
        for order in asked:
            self.due.setdefault(order["after"] + (1 if takes[order["id"]] else 0), []).append(order)
        self.names: dict[str, int] = {}
        self.fills: dict[int, list[tuple[int, str, str]]] = {order["id"]: [] for order in asked}
        self.placed: dict[int, object] = {}
        self.seen = 0

    def on_start(self) -> None:
        for instrument in self.instruments:
            self.subscribe_trade_ticks(instrument.id)

    def on_trade_tick(self, tick: TradeTick) -> None:
        # Once the last tick of a trade is there.
        if tick.aggressor_side == AggressorSide.BUYER or tick.instrument_id != self.instruments[-1].id:
            return
        self.seen = int(tick.trade_id.value)
        for number in [number for number in self.placed if number * 100 + LIFE <= self.seen]:
            order = self.placed.pop(number)
            if order.is_open:
                self.cancel_order(order)
        for asked in self.due.get(self.seen, []):
            about = {
                "instrument_id": self.instruments[asked["id"] % LANES].id,
                "order_side": OrderSide.BUY if asked["side"] == "BUY" else OrderSide.SELL,
                "quantity": size(asked["quantity"]),
            }
            if asked["kind"] == "MARKET":
                order = self.order_factory.market(**about)
            else:
                # IOC stays here: ours has a second, and this engine gives it one moment.
                order = self.order_factory.limit(
                    price=price(asked["price"]), time_in_force=TimeInForce.GTC, **about
                )
            self.names[order.client_order_id.value] = asked["id"]
            self.placed[asked["id"]] = order
            self.submit_order(order)

    def on_order_filled(self, event) -> None:
        now = self.seen
        # What is matched while a trade comes in is told before the trade is.
        if now == 0 or event.ts_event > self.times[now - 1] + 2 * LANES - 1:
            now += 1
        amounts = (str(event.last_px.as_decimal()), str(event.last_qty.as_decimal().normalize()))
        self.fills[self.names[event.client_order_id.value]].append((now, *amounts))


def price(units: int) -> Price:
    return Price(Decimal(units) / 100, precision=2)


def size(units: int) -> Quantity:
    return Quantity(Decimal(units) / 100_000, precision=6)


def taking(trades, asked) -> dict[int, bool]:
    """Whether the other side had printed at its price or a better one when it was placed."""
    takes = {}
    for order in asked:
        before = trades[: order["after"]]
        ask = next(p for _, p, _, _, buyer in reversed(before) if buyer)
        bid = next(p for _, p, _, _, buyer in reversed(before) if not buyer)
        beyond = order["price"] >= ask if order["side"] == "BUY" else order["price"] <= bid
        takes[order["id"]] = order["kind"] != "LIMIT" or beyond
    return takes


def main() -> None:
    trades = tape()
    asked = orders(trades)
    text = json.dumps([trades, [list(order.values()) for order in asked]], separators=(",", ":"))
    like = CurrencyPair.to_dict(TestInstrumentProvider.btcusdt_binance())
    instruments = [
        CurrencyPair.from_dict({**like, "id": f"BTC{lane}USDT.BINANCE", "raw_symbol": f"BTC{lane}USDT"})
        for lane in range(LANES)
    ]
    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
    engine.add_venue(
        venue=Venue("BINANCE"),
        oms_type=OmsType.NETTING,
        account_type=AccountType.CASH,
        starting_balances=[Money(9_000_000_000, USDT), Money(900_000, BTC)],
        trade_execution=True,
        frozen_account=True,
    )
    for instrument in instruments:
        engine.add_instrument(instrument)
    # Each trade has nanoseconds of its own, so that what happened by which is known.
    times = [ms * 1_000_000 + 2 * LANES * number for number, _, _, ms, _ in trades]
    # A tick moves one side of the book only, so a trade comes from both sides: whatever rests at its price or beyond is met.
    engine.add_data(
        [
            TradeTick(
                instrument_id=instrument.id,
                price=price(cents),
                size=size(quantity),
                aggressor_side=side,
                trade_id=TradeId(str(number)),
                ts_event=at + later,
                ts_init=at + later,
            )
            for (number, cents, quantity, _, _), at in zip(trades, times)
            for later, (instrument, side) in enumerate(
                (instrument, side)
                for instrument in instruments
                for side in (AggressorSide.BUYER, AggressorSide.SELLER)
            )
        ]
    )
    strategy = Places(instruments, asked, taking(trades, asked), times)
    engine.add_strategy(strategy)
    engine.run()
    golden = {
        "by": f"nautilus_trader {nautilus_trader.__version__}",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "fills": {str(name): fills for name, fills in strategy.fills.items()},
    }
    lines = [f'  "{name}": {json.dumps(fills)}' for name, fills in golden.pop("fills").items()]
    head = json.dumps(golden)[1:-1].replace(', "sha256"', ',\n"sha256"')
    print("{\n" + head + ',\n"fills": {\n' + ",\n".join(lines) + "\n}\n}")


main()
