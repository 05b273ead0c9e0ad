import { type Clock, createManualClock } from '@tickfolio/lib/clock';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { describe, expect, it } from 'vitest';
import { listOf } from '../kit/scripted-exchange.js';
import { defaultLimits, type SocketLimits } from '../limits.js';
import { createSocketMetrics } from '../metrics.js';
import { createSymbols } from '../symbols/symbols.js';
import { createExchangeRest } from './rest.js';

type Answer = () => Response | Promise<Response>;

const rig = (
  answer: (url: string, signal: AbortSignal) => Response | Promise<Response>,
  changed: Partial<SocketLimits> = {},
) => {
  const clock = createManualClock();
  const urls: string[] = [];
  const rest = createExchangeRest({
    clock,
    log: silentLogger(),
    metrics: createSocketMetrics(createMetrics('socket')),
    url: 'https://exchange.test',
    limits: { ...defaultLimits, ...changed },
    fetch: async (input, init) => {
      urls.push(String(input));
      return answer(String(input), init?.signal ?? new AbortController().signal);
    },
  });
  return { clock, rest, urls };
};

const row = { a: 5, p: '0.00000031', q: '8000000000.00000000', f: 1, l: 2, T: 1_700_000_000_000, m: true, M: true };
const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });

const failed = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });

describe('REST', () => {
  it('reads a page of trades as the exchange writes it, oldest first', async () => {
    const { rest, urls } = rig(() => json([{ ...row, a: 6 }, row]));
    expect((await rest.aggTrades('btcusdt', 5, 1_000)).trades).toEqual([
      {
        id: 5,
        price: '0.00000031',
        quantity: '8000000000.00000000',
        firstTradeId: 1,
        lastTradeId: 2,
        tradeTimeMs: 1_700_000_000_000,
        buyerIsMaker: true,
      },
      expect.objectContaining({ id: 6 }),
    ]);
    expect(urls).toEqual(['https://exchange.test/api/v3/aggTrades?symbol=BTCUSDT&limit=1000&fromId=5']);
  });

  it.each<[string, Answer, string]>([
    [
      'a restricted location',
      () => json({ code: 0, msg: 'Service unavailable from a restricted location' }, 451),
      'failed_precondition',
    ],
    ['a firewall', () => json('<html>', 403), 'failed_precondition'],
    ['an unknown symbol', () => json({ code: -1121, msg: 'Invalid symbol.' }, 400), 'not_found'],
    ['another fault of ours', () => json({ code: -1100, msg: 'Illegal characters' }, 400), 'internal'],
    ['a server error', () => json('oops', 502), 'unavailable'],
    ['no JSON', () => json('<html>'), 'unavailable'],
    ['rows without their ids', () => json([{ ...row, a: undefined }, {}, 7]), 'unavailable'],
    [
      'more rows than are asked for',
      () => json(Array.from({ length: 1_001 }, (_, a) => ({ ...row, a }))),
      'unavailable',
    ],
    ['an object', () => json({}), 'unavailable'],
    ['no connection', () => Promise.reject(new TypeError('fetch failed')), 'unavailable'],
    ['a redirect', () => json('', 302, { location: 'https://login.hotel.example/' }), 'unavailable'],
    ['endless text', () => json('x'.repeat(5 * 1_048_576)), 'unavailable'],
  ])('calls %s what it is', async (_what, answer, code) => {
    const { rest } = rig(answer);
    await expect(rest.aggTrades('btcusdt', undefined, 10)).rejects.toMatchObject({ code });
  });

  it.each<[string, Answer, RegExp]>([
    [
      'code and words',
      () => json({ code: -1100, msg: 'Illegal\ncharacters' }, 400),
      /did not understand us \(HTTP 400, code -1100: Illegal characters\)/,
    ],
    [
      'a law',
      () => json({ code: 0, msg: 'a restricted location' }, 451),
      /refuses this address \(HTTP 451, code 0: a restricted location\)/,
    ],
    [
      'a ban',
      () => json({ code: -1003, msg: 'IP banned until 1' }, 418),
      /banned this address for a while \(HTTP 418, code -1003: IP banned until 1\)/,
    ],
    [
      'an overload',
      () => json({ code: -1008, msg: 'Server is overloaded' }, 503),
      /answered HTTP 503, code -1008: Server is overloaded/,
    ],
    ['a long text', () => json({ code: 1, msg: 'x'.repeat(5_000) }, 400), /^.{100,300}$/],
    ['a sign-in page', () => json('\n<!doctype html>'), /at exchange\.test is not the exchange: it sent a web page/],
    ['a redirect to one', () => json('', 302), /is not the exchange: it sends us elsewhere \(HTTP 302\)/],
    ['a name that is not found', () => Promise.reject(failed('ENOTFOUND')), /cannot be reached \(ENOTFOUND\)/],
    [
      'a certificate of somebody else',
      () => Promise.reject(failed('SELF_SIGNED_CERT_IN_CHAIN')),
      /cannot be reached \(SELF_SIGNED/,
    ],
  ])('tells why it got nothing: %s', async (_what, answer, words) => {
    const { rest } = rig(answer);
    const failure = await rest.aggTrades('btcusdt', undefined, 10).catch((err: Error) => err);
    expect(failure).toMatchObject({ message: expect.stringMatching(words) });
  });

  it.each([
    ['a price of 0', { p: '0.00000000' }],
    ['a number as price', { p: 0.1 }],
    ['trade ids of -1', { f: -1, l: -1 }],
    ['a last trade before its first', { f: 3, l: 2 }],
    ['a quantity below 0', { q: '-1.00000000' }],
    ['a price of 20 decimals', { p: '0.00000000000000000001' }],
    ['a time in microseconds', { T: 1_700_000_000_000_000 }],
    ['no side', { m: undefined }],
  ])(
    'a row with %s costs itself and not its page: its id is known, and the other trades are there',
    async (_what, odd) => {
      const { rest } = rig(() => json([row, { ...row, a: 6, ...odd }, { ...row, a: 7 }]));
      const page = await rest.aggTrades('btcusdt', 5, 1_000);
      expect(page.trades.map(({ id }) => id)).toEqual([5, 7]);
      expect(page).toMatchObject({ voidIds: [6], faults: [expect.any(String)] });
    },
  );

  it('a row without its id costs itself too', async () => {
    const { rest } = rig(() => json([{ ...row, a: undefined }, row, null]));
    expect(await rest.aggTrades('btcusdt', 5, 1_000)).toMatchObject({
      trades: [{ id: 5 }],
      voidIds: [],
      faults: ['it has no id', 'it has no id'],
    });
  });

  it.each([
    ['between others', [5, undefined, undefined, 8], 1_000, [6, 7]],
    ['at the beginning', [undefined, 6, 7], 1_000, [5]],
    ['at the end of a full page', [5, 6, undefined], 3, [7]],
    ['alone, where it was asked for', [undefined], 1, [5]],
    ['where the page begins later', [undefined, 106], 1_000, [105]],
    ['at the end of what there is, where it may be no trade', [5, 6, undefined], 1_000, []],
    ['where others are missing beside it', [5, undefined, 9], 1_000, []],
  ])(
    'a row without its id has the one of its place, %s: nobody looks for it for ever',
    async (_where, ids, limit, voidIds) => {
      const { rest } = rig(() => json(ids.map((a) => ({ ...row, a }))));
      const page = await rest.aggTrades('btcusdt', 5, limit);
      expect(page.voidIds).toEqual(voidIds);
      expect(page.trades.map(({ id }) => id)).toEqual(ids.filter((id) => id !== undefined));
    },
  );

  it('a row without a quantity in it is a trade all the same: its price was paid', async () => {
    const { rest } = rig(() => json([{ ...row, q: '0.00000000' }]));
    expect(await rest.aggTrades('btcusdt', 5, 1_000)).toMatchObject({
      trades: [{ id: 5, quantity: '0.00000000' }],
      faults: [],
    });
  });

  it('does not keep knocking where it is refused', async () => {
    let answer: Answer = () => json({ code: 0, msg: 'restricted location' }, 451);
    const { rest, urls, clock } = rig(() => answer());
    for (let call = 0; call < 20; call++)
      await expect(rest.aggTrades('btcusdt', 1, 1)).rejects.toMatchObject({
        code: 'failed_precondition',
        message: expect.stringContaining('451'),
      });
    expect(urls).toHaveLength(1);
    for (const pauseMs of [30_000, 60_000, 120_000, 300_000]) {
      clock.advance(pauseMs - 1_000);
      await expect(rest.aggTrades('btcusdt', 1, 1)).rejects.toThrow(/451/);
      const before = urls.length;
      clock.advance(1_000);
      await expect(rest.aggTrades('btcusdt', 1, 1)).rejects.toThrow(/451/);
      expect(urls).toHaveLength(before + 1);
    }
    answer = () => json([]);
    clock.advance(defaultLimits.refusedRetryMs);
    expect((await rest.aggTrades('btcusdt', 1, 1)).trades).toEqual([]);
  });

  it('ends what the exchange said with one full stop', async () => {
    const { rest } = rig(() => json({ code: -1001, msg: 'Internal error while processing the request.' }, 500));
    await expect(rest.aggTrades('btcusdt', 1, 1)).rejects.toThrow(/while processing the request\.$/);
  });

  it.each([
    [429, '7', 7_000],
    [418, '120', 120_000],
    [429, undefined, 60_000],
  ])('sends nothing more after HTTP %d until Retry-After %s has passed', async (status, retryAfter, waitMs) => {
    let answer: Answer = () =>
      json({ code: -1003, msg: 'Too much' }, status, retryAfter === undefined ? {} : { 'retry-after': retryAfter });
    const { rest, urls, clock } = rig(() => answer());
    await expect(rest.aggTrades('btcusdt', 1, 1)).rejects.toMatchObject({
      code: 'resource_exhausted',
      retryAfterMs: waitMs,
    });
    answer = () => json([]);
    clock.advance(waitMs - 1);
    await expect(rest.aggTrades('btcusdt', 1, 1)).rejects.toMatchObject({
      code: 'resource_exhausted',
      retryAfterMs: 1,
    });
    expect(urls).toHaveLength(1);
    clock.advance(1);
    expect((await rest.aggTrades('btcusdt', 1, 1)).trades).toEqual([]);
  });

  it('comes back within days, whatever Retry-After says', async () => {
    const { rest, clock } = rig(() => json({ code: -1003, msg: 'banned' }, 418, { 'retry-after': '999999999999' }));
    await expect(rest.aggTrades('btcusdt', 1, 1)).rejects.toMatchObject({
      code: 'resource_exhausted',
      retryAfterMs: 3 * 86_400_000,
    });
    clock.advance(3 * 86_400_000);
    await expect(rest.aggTrades('btcusdt', 1, 1)).rejects.toMatchObject({
      message: expect.stringContaining('HTTP 418'),
    });
  });

  it('stays inside its weight, also when others use it up', async () => {
    const { rest, urls, clock } = rig(() => json([]), { weightPerMinute: 100 });
    let refused = 0;
    for (let call = 0; call < 100; call++) await rest.aggTrades('btcusdt', 1, 1).catch(() => refused++);
    expect([urls.length, refused]).toEqual([25, 75]);
    clock.advance(61_000);
    await rest.aggTrades('btcusdt', 1, 1);

    const shared = rig(() => json([], 200, { 'x-mbx-used-weight-1m': '5990' }));
    await shared.rest.aggTrades('btcusdt', 1, 1);
    await expect(shared.rest.aggTrades('btcusdt', 1, 1)).rejects.toMatchObject({ code: 'resource_exhausted' });
  });

  it('has a deadline, and a bound on what runs and waits', async () => {
    const hang = (_url: string, signal: AbortSignal) =>
      new Promise<Response>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const { rest, urls, clock } = rig(hang, { restConcurrency: 2, restQueue: 3 });
    const calls = Array.from({ length: 6 }, () => rest.aggTrades('btcusdt', 1, 1).catch((err: unknown) => err));
    expect(await calls[5]).toMatchObject({ code: 'resource_exhausted' });
    expect(urls).toHaveLength(2);
    for (let wave = 0; wave < 3; wave++) await clock.advanceAsync(defaultLimits.restSilenceMs);
    for (const call of calls.slice(0, 5)) expect(await call).toMatchObject({ code: 'deadline_exceeded' });
  });

  /** A body whose pieces come one every `everyMs` of the clock. */
  const dripping = (clock: Clock, signal: AbortSignal, pieces: readonly string[], everyMs: number, thenEnd = true) =>
    new Response(
      new ReadableStream({
        start: (stream) => {
          signal.addEventListener('abort', () => stream.error(signal.reason));
          pieces.forEach((piece, index) => {
            clock.after((index + 1) * everyMs, () => signal.aborted || stream.enqueue(new TextEncoder().encode(piece)));
          });
          if (thenEnd) clock.after(pieces.length * everyMs + 1, () => stream.close());
        },
      }),
    );
  const wholeList = JSON.stringify(listOf(['btcusdt', 'ethusdt']));
  const inPieces = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      const size = Math.ceil(wholeList.length / count);
      return wholeList.slice(index * size, (index + 1) * size);
    });

  it('reads the symbol list also over a line on which it takes a minute', async () => {
    const { rest, clock } = rig((_url, signal) => dripping(clock, signal, inPieces(12), 5_000));
    const asked = rest.symbolList();
    await clock.advanceAsync(70_000);
    expect((await asked).symbols.map(({ symbol }) => symbol)).toEqual(['btcusdt', 'ethusdt']);
    expect(clock.pending).toBe(0);
  });

  it('gives up on an answer that stops in the middle, and on one that never ends', async () => {
    const stuck = rig((_url, signal) => dripping(stuck.clock, signal, inPieces(12).slice(0, 3), 1_000, false));
    const asked = stuck.rest.symbolList().catch((err: unknown) => err);
    await stuck.clock.advanceAsync(3_000 + defaultLimits.restSilenceMs);
    expect(await asked).toMatchObject({
      code: 'deadline_exceeded',
      message: 'The exchange stopped in the middle of its answer, for 8 s.',
    });

    const endless = rig((_url, signal) =>
      dripping(
        endless.clock,
        signal,
        Array.from({ length: 400 }, () => ' '),
        1_000,
      ),
    );
    const waiting = endless.rest.symbolList().catch((err: unknown) => err);
    await endless.clock.advanceAsync(defaultLimits.restTotalMs);
    expect(await waiting).toMatchObject({
      code: 'deadline_exceeded',
      message: 'The exchange was still sending after 300 s.',
    });
  });

  it('ends a call whose caller left', async () => {
    const hang = (_url: string, signal: AbortSignal) =>
      new Promise<Response>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const { rest } = rig(hang);
    const stop = new AbortController();
    const call = rest.aggTrades('btcusdt', 1, 1, stop.signal).catch((err: unknown) => err);
    stop.abort();
    expect(await call).toMatchObject({ code: 'canceled' });
  });
});

describe('calls whose callers left before their turn', () => {
  const hang = (_url: string, signal: AbortSignal) =>
    new Promise<Response>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

  it('cost nothing and keep nobody waiting', async () => {
    let answers = hang as (url: string, signal: AbortSignal) => Response | Promise<Response>;
    const { rest, urls, clock } = rig((url, signal) => answers(url, signal), {
      restConcurrency: 1,
      restQueue: 9,
      weightPerMinute: 40,
    });
    const first = rest.aggTrades('btcusdt', 1, 1).catch((err: unknown) => err);
    const gone = new AbortController();
    const left = Array.from({ length: 9 }, () =>
      rest.aggTrades('btcusdt', 1, 1, gone.signal).catch((err: unknown) => err),
    );
    await clock.advanceAsync(0);
    gone.abort();
    for (const call of left) expect(await call).toMatchObject({ code: 'canceled' });
    // The line is empty again.
    answers = () => json([]);
    const next = Array.from({ length: 9 }, () => rest.aggTrades('ethusdt', 1, 1));
    await clock.advanceAsync(defaultLimits.restSilenceMs);
    expect(await first).toMatchObject({ code: 'deadline_exceeded' });
    for (const call of next) expect((await call).trades).toEqual([]);
    expect(urls).toHaveLength(10);
    await expect(rest.aggTrades('btcusdt', 1, 1)).rejects.toMatchObject({ code: 'resource_exhausted' });
  });

  it('are not even begun', async () => {
    const { rest, urls } = rig(() => json([]));
    await expect(rest.aggTrades('btcusdt', 1, 1, AbortSignal.abort())).rejects.toMatchObject({ code: 'canceled' });
    expect(urls).toEqual([]);
  });
});

describe('the symbol list', () => {
  const start = (answers: Answer[]) => {
    let changes = 0;
    const { rest, clock, urls } = rig(() => (answers.length > 1 ? answers.shift() : answers[0])?.() ?? json({}));
    const symbols = createSymbols(
      {
        clock,
        log: silentLogger(),
        random: () => 0.5,
        read: (signal) => rest.symbolList(signal),
        changed: () => void changes++,
      },
      defaultLimits,
    );
    return { symbols, clock, urls, changes: () => changes };
  };

  it('is read again after failures, and says nothing is unlisted before it was read', async () => {
    const { symbols, clock } = start([
      () => json('no', 503),
      () => Promise.reject(new TypeError('fetch failed')),
      () => json(listOf(['btcusdt'])),
    ]);
    await clock.advanceAsync(0);
    expect(symbols.listing('btcusdt')).toBeUndefined();
    expect(symbols.fault).toBe('The exchange answered HTTP 503.');
    await clock.advanceAsync(2_000);
    expect(symbols.listing('btcusdt')).toBe('TRADING');
    expect(symbols.listing('nosuchusdt')).toBe('absent');
    expect(symbols.current).toMatchObject({
      simulated: false,
      symbols: [{ symbol: 'btcusdt', baseAsset: 'BTC', quoteAsset: 'USDT', tickSize: '0.01', stepSize: '0.001' }],
    });
    await symbols.close();
  });

  it('is read from an exchange that knows an older copy of the protocol and refuses showPermissionSets', async () => {
    const { rest, urls } = rig((url) =>
      url.includes('?')
        ? json({ code: -1104, msg: 'Not all sent parameters were read.' }, 400)
        : json(listOf(['btcusdt'])),
    );
    for (let reading = 0; reading < 2; reading++) expect((await rest.symbolList()).symbols).toHaveLength(1);
    expect(urls.map((url) => url.replace('https://exchange.test/api/v3/', ''))).toEqual([
      'exchangeInfo?showPermissionSets=false',
      'exchangeInfo',
      'exchangeInfo',
    ]);
  });

  it('says what the exchange answered when it refuses both', async () => {
    const { rest } = rig(() => json({ code: -1100, msg: 'Illegal characters' }, 400));
    await expect(rest.symbolList()).rejects.toThrow(/HTTP 400, code -1100: Illegal characters/);
  });

  it('is refreshed; its revision and its listeners follow changes only; a bad reading leaves the last one', async () => {
    const answers: Answer[] = [
      () => json(listOf(['btcusdt', 'ethusdt'])),
      () => json(listOf(['ethusdt', 'btcusdt'])),
      () => json({ symbols: [] }),
      () =>
        json({ symbols: [...listOf(['ethusdt'], 'BREAK').symbols, { symbol: 7 }] }, 200, {
          'x-exchange-simulator': '1',
        }),
    ];
    const { symbols, clock, changes } = start(answers);
    await clock.advanceAsync(0);
    const first = symbols.current?.revision;
    await clock.advanceAsync(600_000);
    expect([changes(), symbols.current?.revision]).toEqual([1, first]);
    await clock.advanceAsync(540_000);
    expect(symbols.fault).toContain('cannot be read');
    expect(symbols.listing('btcusdt')).toBe('TRADING');
    await clock.advanceAsync(1_000);
    expect(changes()).toBe(2);
    expect(symbols.current?.revision).not.toBe(first);
    expect(symbols.current?.simulated).toBe(true);
    expect([symbols.listing('btcusdt'), symbols.listing('ethusdt')]).toEqual(['absent', 'BREAK']);
    await symbols.close();
  });
});
