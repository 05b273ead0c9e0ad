import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@tickfolio/lib/clock';
import type { Faults } from '../faults/faults.js';
import type { Limits } from '../limits.js';
import type { Listing } from '../market/price-source.js';
import { symbolStatuses } from '../market/symbols.js';
import { aggTradeRow, type TimeUnit, timeText } from '../market/trade.js';
import { ApiError, badCombination, missing, unknownPath } from './api-error.js';
import { dayTickerText, dayTickerWeight } from './day-ticker.js';
import { exchangeInfoText } from './exchange-info.js';
import { klinesText } from './klines.js';
import type { PlantedKlines } from './planted-klines.js';
import { createQuery, type Query } from './query.js';
import { type Admission, createWeightBudget } from './weight.js';

export interface RestDeps {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly listings: ReadonlyMap<string, Listing>;
  readonly faults: Faults;
  /** Klines of a file, which take the place of others. */
  readonly planted: PlantedKlines | undefined;
}

interface Route {
  weight(query: Query): number;
  answer(query: Query, unit: TimeUnit): string | Promise<string>;
}

/** Answers the exchange's public REST calls. */
export const createRest = ({ clock, limits, listings, faults, planted }: RestDeps) => {
  const budget = createWeightBudget(clock, limits);
  const serverTime = (unit: TimeUnit) => timeText(clock.now() + faults.clockOffsetMs, unit);
  const fixed = (weight: number, answer: Route['answer']): Route => ({ weight: () => weight, answer });

  const routes: Readonly<Record<string, Route>> = {
    '/api/v3/ping': fixed(1, () => '{}'),
    '/api/v3/time': fixed(1, (_query, unit) => `{"serverTime":${serverTime(unit)}}`),
    '/api/v3/exchangeInfo': fixed(20, (query, unit) => {
      const status = query.text('symbolStatus');
      const { listings: selected, by } = query.selected();
      if (status !== undefined && (by !== 'all' || !symbolStatuses.some((name) => name === status)))
        throw badCombination();
      const wanted = status === undefined ? selected : selected.filter((listing) => listing.status === status);
      return exchangeInfoText(wanted, serverTime(unit), limits);
    }),
    '/api/v3/aggTrades': fixed(4, aggTrades),
    '/api/v3/klines': fixed(2, (query, unit) => {
      const listing = query.listing();
      const interval = query.text('interval');
      if (interval === undefined) throw missing('interval');
      const request = {
        interval,
        startMs: query.timeMs('startTime'),
        endMs: query.timeMs('endTime'),
        limit: query.limit(500, 1_000),
      };
      return klinesText(listing, request, clock.now(), unit, planted?.(listing.spec.symbol, interval));
    }),
    '/api/v3/ticker/24hr': {
      weight: (query) => dayTickerWeight(query.selected().listings.length, query.selected().by === 'all'),
      answer: async (query, unit) => {
        const type = query.text('type') === 'MINI' ? 'MINI' : 'FULL';
        const { listings: selected, by } = query.selected();
        const unmade = selected.filter(({ bars }) => !bars.isMade);
        // One takes some 2 ms, and there are hundreds: everything else in the process gets its turn between two.
        for (const { bars } of unmade) {
          bars.day(clock.now());
          await new Promise((resolve) => setImmediate(resolve));
        }
        const texts = selected.flatMap((listing) => dayTickerText(listing, type, clock.now(), unit) ?? []);
        return by === 'symbol' ? (texts[0] ?? '{}') : `[${texts.join(',')}]`;
      },
    },
  };

  function aggTrades(query: Query, unit: TimeUnit): string {
    const { spec, trades } = query.listing();
    const fromId = query.long('fromId');
    const startMs = query.timeMs('startTime');
    const endMs = query.timeMs('endTime');
    const limit = query.limit(500, 1_000);
    const timed = startMs !== undefined || endMs !== undefined;
    if (fromId !== undefined && timed) throw badCombination();
    const lagMs = faults.historyLagMs(spec.symbol);
    const shownMs = lagMs > 0 ? clock.now() - lagMs : Number.MAX_SAFE_INTEGER - 1;
    const untilMs = Math.min(endMs ?? shownMs, shownMs);
    const rows =
      fromId !== undefined
        ? trades.from(fromId, limit).filter(({ timeMs }) => timeMs <= shownMs)
        : startMs !== undefined
          ? trades.between(startMs, untilMs, limit)
          : endMs !== undefined || lagMs > 0
            ? trades.between(0, untilMs, Number.MAX_SAFE_INTEGER).slice(-limit)
            : trades.latest(limit);
    const texts = rows.map((trade) => {
      const row = aggTradeRow(spec, trade, unit);
      return unit === 'ms' ? faults.row(spec.symbol, trade.id, row) : row;
    });
    return `[${texts.join(',')}]`;
  }

  const answer = async (req: IncomingMessage, res: ServerResponse, url: URL) => {
    const route = routes[url.pathname];
    if (!route || req.method !== 'GET') throw unknownPath();
    const query = createQuery(url.searchParams, listings);
    const admission = budget.take(req.socket.remoteAddress ?? '', weightOf(route, query));
    res.setHeader('X-MBX-USED-WEIGHT', admission.used);
    res.setHeader('X-MBX-USED-WEIGHT-1M', admission.used);
    if (!admission.ok) throw overLimit(admission, res, limits);
    const unit = String(req.headers['x-mbx-time-unit'] ?? '').toUpperCase() === 'MICROSECOND' ? 'us' : 'ms';
    sendJson(res, 200, await route.answer(query, unit));
  };

  /** Never throws. */
  return (req: IncomingMessage, res: ServerResponse, url: URL): void => {
    const run = async () => {
      if (fault?.status !== undefined) {
        if (fault.status === 429 || fault.status === 418) res.setHeader('Retry-After', '1');
        sendJson(res, fault.status, faultBody(fault.status));
        return;
      }
      try {
        await answer(req, res, url);
      } catch (err) {
        const known =
          err instanceof ApiError
            ? err
            : new ApiError(500, -1000, 'An unknown error occurred while processing the request.');
        sendJson(res, known.status, JSON.stringify({ code: known.code, msg: known.message }));
      }
    };
    const fault = faults.rest(url.pathname);
    const isPage = url.pathname.endsWith('/aggTrades');
    const pageDelayMs = isPage ? faults.pageDelayMs((url.searchParams.get('symbol') ?? '').toUpperCase()) : 0;
    const delayMs = (fault?.delayMs ?? 0) + pageDelayMs;
    if (delayMs > 0) clock.after(delayMs, () => void run());
    else void run();
  };
};

/** A request whose parameters are wrong still costs; the fault itself is reported when it is answered. */
const weightOf = (route: Route, query: Query): number => {
  try {
    return route.weight(query);
  } catch {
    return 2;
  }
};

const overLimit = (
  admission: Extract<Admission, { ok: false }>,
  res: ServerResponse,
  { weightPerMinute }: Limits,
): ApiError => {
  res.setHeader('Retry-After', Math.max(1, Math.ceil(admission.retryAfterMs / 1_000)));
  const advice = 'Please use WebSocket Streams for live updates to avoid';
  return admission.status === 429
    ? new ApiError(
        429,
        -1003,
        `Too much request weight used; current limit is ${weightPerMinute} request weight per 1 MINUTE. ${advice} polling the API.`,
      )
    : new ApiError(
        418,
        -1003,
        `Way too much request weight used; IP banned until ${admission.bannedUntilMs}. ${advice} bans.`,
      );
};

const restricted = "Service unavailable from a restricted location according to 'b. Eligibility' in the terms of use.";

/** The body that goes with a refusal or a failure on command. */
export const faultBody = (status: number): string => {
  if (status === 451) return JSON.stringify({ code: 0, msg: restricted });
  if (status === 429 || status === 418) return JSON.stringify({ code: -1003, msg: 'Too many requests.' });
  return JSON.stringify({ code: -1000, msg: 'An unknown error occurred while processing the request.' });
};

export const sendJson = (res: ServerResponse, status: number, body: string): void => {
  if (res.destroyed || res.headersSent) return;
  res.writeHead(status, {
    'Content-Type': 'application/json;charset=UTF-8',
    'Content-Length': Buffer.byteLength(body),
  });
  res.end(body);
};
