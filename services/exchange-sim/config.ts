import { integer, logLevel, port, z } from '@tickfolio/lib/config';
import { faultHelp } from './faults/fault.js';
import { knownSymbols } from './market/symbols.js';

const positive = (fallback: string, max: number) =>
  z
    .string()
    .default(fallback)
    .transform((text, ctx) => {
      const value = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : 0;
      if (!(value > 0 && value <= max))
        ctx.addIssue({ code: 'custom', message: `must be a number above 0 and up to ${max}, not "${text}"` });
      return value;
    });

const seconds = (fallback: string) => positive(fallback, 31_536_000).transform((value) => Math.round(value * 1_000));

/** Days of klines of minutes, hours and days. Minutes make up the last 24 hours, so there are always some. */
const reach = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, ctx) => {
      const [minutes = 0, hours = 0, days = 0, ...more] = text
        .split(',')
        .map((part) => (/^\d{1,4}$/.test(part) ? Number(part) : 0));
      const isRising = minutes >= 2 && minutes <= hours && hours <= days;
      if (more.length > 0 || !isRising || minutes > 31 || hours > 400 || days > 4_000)
        ctx.addIssue({
          code: 'custom',
          message: `must be three whole numbers such as 2,30,400, each at least the one before, from 2 and up to 31, 400 and 4000, not "${text}"`,
        });
      return { minutes, hours, days };
    });

/** The settings by the names of their command-line options, so that a fault names what the person typed. */
export const exchangeSimSchema = z.object({
  '--port': port(9443),
  '--host': z.string().default('127.0.0.1'),
  '--seed': z.string().max(100, 'must be at most 100 characters long').default('1'),
  '--symbols': integer(knownSymbols.length, 1, knownSymbols.length),
  '--rate': positive('1', 1_000),
  '--lifetime': seconds('86400'),
  '--ping': seconds('20'),
  '--errors': z.enum(['flat', 'nested'], { error: 'must be flat or nested' }).default('flat'),
  '--past': reach('2,30,400'),
  '--klines': z.string().optional(),
  '--replay': z.string().optional(),
  '--speed': positive('1', 10_000),
  '--times': z.enum(['shift', 'keep'], { error: 'must be shift or keep' }).default('shift'),
  '--begin': z.enum(['subscription', 'start'], { error: 'must be subscription or start' }).default('subscription'),
  '--record': z.string().optional(),
  '--log-level': logLevel(),
});

export type ExchangeSimConfig = z.output<typeof exchangeSimSchema>;

/** Environment variables that stand in for an option which is not given. */
export const variables: Readonly<Record<string, string>> = {
  EXCHANGE_SIM_PORT: '--port',
  EXCHANGE_SIM_HOST: '--host',
  SIM_SEED: '--seed',
  SIM_PAST: '--past',
  SIM_KLINES: '--klines',
  LOG_LEVEL: '--log-level',
};

export const helpText = `exchange-sim: an exchange that speaks Binance's spot market-data protocol, with made-up prices (or recorded ones).

  npm run exchange-sim -- [options]

  --port N          port for WebSocket and REST, 0 picks a free one (9443; EXCHANGE_SIM_PORT)
  --host ADDRESS    address to listen on (127.0.0.1; EXCHANGE_SIM_HOST)
  --seed TEXT       same seed, same start time: same trades (1; SIM_SEED)
  --symbols N       only the N most important of ${knownSymbols.length} symbols
  --rate X          factor on the trade rate; 1 is some 200 trades a second over all symbols (1)
  --lifetime S      seconds after which a connection is cut (86400, the exchange's 24 hours); serverShutdown comes 10 s before
  --ping S          seconds between pings (20)
  --errors SHAPE    error replies flat, {"code","msg","id"}, or nested, {"error":{"code","msg"},"id"} (flat)
  --past M,H,D      how many days back made-up klines of minutes, of hours and of days reach (2,30,400; SIM_PAST)
  --klines FILE     klines that are answered as they stand there, and nothing else from the first to the last of a symbol and interval:
                    JSON lines {"symbol":"BTCUSDT","interval":"1m","kline":[…as /api/v3/klines has it, 12 members…]} (SIM_KLINES)
  --replay FILE     play a recording: JSON lines {"recv":seconds,"frame":{"stream","data"}}, plain or .gz
  --speed X         how much faster than recorded (1)
  --times MODE      shift the recording's times to the present, or keep them (shift)
  --begin WHEN      begin to play at the first subscription, or at the start (subscription)
  --record FILE     append every trade to FILE as JSON lines
  --log-level L     trace, debug, info, warn, error, silent (info; LOG_LEVEL)
  --help            this text

Streams: ws://HOST:PORT/ws/btcusdt@aggTrade, /stream?streams=btcusdt@aggTrade/ethusdt@miniTicker, or /ws and /stream with SUBSCRIBE,
UNSUBSCRIBE, LIST_SUBSCRIPTIONS, SET_PROPERTY and GET_PROPERTY. Served: <symbol>@aggTrade, <symbol>@miniTicker, !miniTicker@arr; other
well-formed names are accepted and stay silent, as those of unknown symbols do. A recording serves the streams it holds.
REST: /api/v3/ ping, time, exchangeInfo, aggTrades, klines, ticker/24hr, with the exchange's weights, 429 and 418.
Every answer carries the header X-Exchange-Simulator: 1.
GET /metrics gives figures for Prometheus, without weight.
GET /sim/trades?symbol=btcusdt&fromId=N gives kept trades, without weight.

${faultHelp}
`;
