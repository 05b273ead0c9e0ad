import type { Frame } from '@tickfolio/client/frame';
import { createManualClock } from '@tickfolio/lib/clock';
import { parseDecimal } from '@tickfolio/lib/money';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExpectedChange } from './expected-changes.js';
import { createPortfolioStore } from './portfolio-store.js';
import { createPriceTrails } from './price-trails.js';

const symbols = ['btcusdt', 'ethusdt'] as const;
const add = (by: string) => ({ kind: 'add', by: parseDecimal(by) }) as const;
const remove = { kind: 'remove' } as const;

/** The server's portfolio, which anybody may change; every coin costs 100. */
const createServer = () => {
  const held = new Map<string, { quantity: number; version: number }>();
  let version = 0;
  return {
    change: (symbol: string, by: number | 'all') => {
      const before = held.get(symbol)?.quantity ?? 0;
      const quantity = by === 'all' ? 0 : before + by;
      if (quantity < 0 || (by === 'all' && before === 0)) return undefined;
      version++;
      if (quantity === 0) held.delete(symbol);
      else held.set(symbol, { quantity, version });
      return { quantity: String(quantity), version };
    },
    /** @param told whether it has versions, as servers before this page do not */
    frame: (told = true): Frame => ({
      UserID: 'u',
      UserName: 'maria',
      TotalValue: String(100 * [...held.values()].reduce((sum, { quantity }) => sum + quantity, 0)),
      Coins: [...held].map(([symbol, coin]) => ({
        Symbol: symbol,
        Quantity: String(coin.quantity),
        Price: '100',
        Total: String(100 * coin.quantity),
        PriceTime: '2026-01-27T10:00:00.500Z',
        Stale: false,
        ...(told ? { Version: coin.version } : {}),
      })),
      AsOf: '2026-01-27T10:00:01.000Z',
      ...(told ? { Version: version } : {}),
    }),
  };
};

const createRoom = () => {
  const clock = createManualClock();
  let due: (() => void)[] = [];
  const store = createPortfolioStore({ clock, schedule: (run) => due.push(run), trails: createPriceTrails() });
  const shown = () => {
    for (const run of due.splice(0)) run();
    const view = store.state.view;
    return {
      total: view?.total.exact.replaceAll(',', ''),
      rows: view?.rows.map((row) => `${row.symbol} ${row.quantity}${row.pending ? ' saving' : ''}`),
    };
  };
  due = [];
  const server = createServer();
  return { clock, store, server, shown };
};
const shownOf = ({ TotalValue, Coins }: Frame) => ({
  total: TotalValue,
  rows: Coins.map((coin) => `${coin.Symbol} ${coin.Quantity}`),
});

describe('a coin that is changed here and on another device at the same time', () => {
  it('is shown as the server has it where the answer comes before the frame of both', () => {
    const { store, server, shown } = createRoom();
    server.change('btcusdt', 1);
    store.takeFrame(server.frame());
    const mine = store.expect('btcusdt', add('1'));
    expect(shown()).toEqual({ total: '200', rows: ['btcusdt 2 saving'] });
    mine.settle(server.change('btcusdt', 1));
    server.change('btcusdt', 3);
    store.takeFrame(server.frame());
    expect(shown()).toEqual({ total: '500', rows: ['btcusdt 5'] });
  });
  it('is shown as the server has it where the frame of both comes before the answer', () => {
    const { store, server, shown } = createRoom();
    server.change('btcusdt', 1);
    store.takeFrame(server.frame());
    const mine = store.expect('btcusdt', add('1'));
    const answer = server.change('btcusdt', 1);
    server.change('btcusdt', 3);
    store.takeFrame(server.frame());
    mine.settle(answer);
    expect(shown()).toEqual({ total: '500', rows: ['btcusdt 5'] });
  });
  it('is shown where it was removed here and bought again there', () => {
    const { store, server, shown } = createRoom();
    server.change('btcusdt', 1);
    store.takeFrame(server.frame());
    const mine = store.expect('btcusdt', remove);
    expect(shown()).toEqual({ total: '0', rows: [] });
    mine.settle(server.change('btcusdt', 'all'));
    server.change('btcusdt', 5);
    store.takeFrame(server.frame());
    expect(shown()).toEqual({ total: '500', rows: ['btcusdt 5'] });
  });
  it('is not shown again by a frame from before it was removed', () => {
    const { store, server, shown } = createRoom();
    server.change('btcusdt', 1);
    const before = server.frame();
    store.takeFrame(before);
    store.expect('btcusdt', remove).settle(server.change('btcusdt', 'all'));
    store.takeFrame(before);
    expect(shown()).toEqual({ total: '0', rows: [] });
    store.takeFrame(server.frame());
    expect(shown()).toEqual({ total: '0', rows: [] });
    expect(store.heldOf('btcusdt')).toBeUndefined();
  });
});

it('builds a second click, and an undo, on what is expected and not on the last frame', () => {
  const { store, server, shown } = createRoom();
  server.change('btcusdt', 1);
  store.takeFrame(server.frame());
  const [one, two, back] = [add('2'), add('1'), add('-2')].map((step) => store.expect('btcusdt', step)) as [
    ExpectedChange,
    ExpectedChange,
    ExpectedChange,
  ];
  expect([shown().rows, store.heldOf('btcusdt')]).toEqual([['btcusdt 2 saving'], '2']);
  one.settle(server.change('btcusdt', 2));
  two.settle(undefined); // Refused.
  expect(shown().rows).toEqual(['btcusdt 1 saving']);
  back.settle(server.change('btcusdt', -2));
  store.takeFrame(server.frame());
  expect(shown()).toEqual({ total: '100', rows: ['btcusdt 1'] });
});
it('never shows less than nothing', () => {
  const { store, server, shown } = createRoom();
  server.change('btcusdt', 1);
  store.takeFrame(server.frame());
  store.expect('btcusdt', remove);
  store.expect('btcusdt', add('-1'));
  expect(shown()).toEqual({ total: '0', rows: [] });
});
it('takes frames at their word three seconds after the answer where a server before this page tells no versions', () => {
  const { clock, store, server, shown } = createRoom();
  server.change('btcusdt', 1);
  store.takeFrame(server.frame(false));
  store.expect('btcusdt', add('1')).settle({ quantity: '2', version: undefined });
  server.change('btcusdt', 2);
  for (let second = 0; second < 3; second++) {
    store.takeFrame(server.frame(false));
    expect(shown().rows).toEqual(['btcusdt 2 saving']);
    clock.advance(1_000);
  }
  expect(shown()).toEqual({ total: '300', rows: ['btcusdt 3'] });
  expect(clock.pending).toBe(0);
});
it('goes on showing what was answered while the connection is lost', () => {
  const { clock, store, server, shown } = createRoom();
  store.takeFrame(server.frame());
  const mine = store.expect('btcusdt', add('1'));
  clock.advance(1);
  mine.settle(server.change('btcusdt', 1));
  clock.advance(20_000);
  expect(shown().rows).toEqual(['btcusdt 1 saving']);
  store.takeFrame(server.frame());
  expect(shown().rows).toEqual(['btcusdt 1']);
});

/** Something that happens between two devices and their server. */
const event = fc.oneof(
  fc.record({
    what: fc.constant('mine' as const),
    symbol: fc.constantFrom(...symbols),
    by: fc.constantFrom(1, 2, -1, -3, 'all' as const),
  }),
  fc.record({
    what: fc.constant('theirs' as const),
    symbol: fc.constantFrom(...symbols),
    by: fc.constantFrom(1, 5, -2, 'all' as const),
  }),
  fc.record({ what: fc.constantFrom('arrives', 'answered', 'lost', 'frame', 'late frame') }),
  fc.record({ what: fc.constant('time' as const), ms: fc.constantFrom(10, 700, 2_000) }),
);
type Event = typeof event extends fc.Arbitrary<infer One> ? One : never;
const run = (events: readonly Event[], told: boolean) => {
  const { clock, store, server, shown } = createRoom();
  const sent: { readonly change: ExpectedChange; readonly symbol: string; readonly by: number | 'all' }[] = [];
  const answers: {
    readonly change: ExpectedChange;
    readonly answer: { quantity: string; version: number } | undefined;
  }[] = [];
  const old: Frame[] = [server.frame(told)];
  const arrive = (at: number) => {
    for (const { change, symbol, by } of sent.splice(at, 1))
      answers.push({ change, answer: server.change(symbol, by) });
  };
  const answer = (isLost = false) => {
    // Not always in the order of the requests.
    for (const { change, answer: made } of answers.splice(answers.length > 2 ? 1 : 0, 1))
      change.settle(isLost ? undefined : made && { quantity: made.quantity, version: told ? made.version : undefined });
  };
  store.takeFrame(server.frame(told));
  for (const next of events) {
    if (next.what === 'mine')
      sent.push({ ...next, change: store.expect(next.symbol, next.by === 'all' ? remove : add(String(next.by))) });
    else if (next.what === 'theirs') server.change(next.symbol, next.by);
    else if (next.what === 'time') clock.advance(next.ms);
    else if (next.what === 'arrives') arrive(0);
    else if (next.what === 'answered') answer();
    else if (next.what === 'lost') answer(true);
    else {
      // Those in between are skipped, and some are on their way for long.
      if (next.what === 'frame') store.takeFrame(server.frame(told));
      else store.takeFrame(old.shift() as Frame);
      old.push(server.frame(told));
    }
  }
  while (sent.length > 0) arrive(sent.length - 1);
  while (answers.length > 0) answer();
  clock.advance(1);
  const last = server.frame(told);
  store.takeFrame(last);
  return { clock, store, shown, last };
};

it('shows what the last frame says, whatever two devices did, whichever frames were skipped and answers late', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const { clock, shown, last } = run(events, true);
      expect(shown()).toEqual(shownOf(last)); // At once: it is as new as every answer.
      expect(clock.pending).toBe(0);
    }),
    { numRuns: 300 },
  );
});
it('shows it within three seconds where a server before this page tells no versions', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const { clock, shown, last } = run(events, false);
      clock.advance(3_000);
      expect(shown()).toEqual(shownOf(last));
      expect(clock.pending).toBe(0);
    }),
    { numRuns: 100 },
  );
});

describe('a frame of an older version, as of another replica after a reconnect', () => {
  it('brings nothing back that was removed, until it is certain that the server means it', () => {
    const { clock, store, server, shown } = createRoom();
    server.change('btcusdt', 1);
    const before = server.frame();
    store.takeFrame(before);
    server.change('btcusdt', 'all');
    store.takeFrame(server.frame());
    expect(shown().rows).toEqual([]);
    for (let second = 0; second < 20; second++) {
      store.takeFrame(before);
      clock.advance(1_000);
      expect(shown().rows).toEqual([]);
    }
    store.takeFrame(server.frame());
    // A database that was restored from before counts anew, for good.
    for (let second = 0; second < 31; second++) {
      store.takeFrame(before);
      clock.advance(1_000);
    }
    expect(shown().rows).toEqual(['btcusdt 1']);
  });

  it('is shown at once where it is another user’s', () => {
    const { store, server, shown } = createRoom();
    server.change('btcusdt', 1);
    const first = server.frame();
    server.change('btcusdt', 1);
    store.takeFrame(server.frame());
    store.clear();
    store.takeFrame(first);
    expect(shown().rows).toEqual(['btcusdt 1']);
  });
});
