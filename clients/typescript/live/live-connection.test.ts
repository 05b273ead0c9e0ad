import { createManualClock } from '@tickfolio/lib/clock';
import { describe, expect, it } from 'vitest';
import { Problem } from '../session/problem.js';
import type { Connection } from './connection.js';
import type { Frame } from './frame.js';
import { createLiveConnection } from './live-connection.js';

const frame = (TotalValue: string): Frame => ({
  UserID: 'u',
  UserName: 'u',
  TotalValue,
  Coins: [],
  AsOf: '2026-01-27T10:00:00.000Z',
});

/** A page between a server and what may stand in between. */
const open = (path: { socket: 'passes' | 'refused' | 'hangs' | 'throws'; rest: 'passes' | 'away' | 'over' }) => {
  const clock = createManualClock();
  const totals: string[] = [];
  const told: Connection[] = [];
  const count = { sockets: 0, reads: 0, renewals: 0 };
  let push: ((total: string) => void) | undefined;
  const connect = (): WebSocket => {
    count.sockets++;
    if (path.socket === 'throws') throw new DOMException('The operation is insecure.', 'SecurityError');
    const socket = { readyState: 1, onmessage: null, onclose: null, close: () => undefined } as unknown as WebSocket;
    push = (total) => socket.onmessage?.({ data: JSON.stringify(frame(total)) } as MessageEvent);
    const { socket: fate } = path;
    clock.after(20, () => {
      if (fate === 'passes') push?.('by socket');
      if (fate === 'refused') socket.onclose?.({ code: 1006 } as CloseEvent);
    });
    return socket;
  };
  const connection = createLiveConnection({
    clock,
    random: () => 0.5,
    open: connect,
    token: async () => 'token',
    renew: async () => {
      count.renewals++;
      return 'token';
    },
    read: async () => {
      count.reads++;
      if (path.rest === 'away') throw new Problem(0, '');
      if (path.rest === 'over') throw new Problem(401, '');
      return frame(`by reading ${count.reads}`);
    },
    onFrame: ({ TotalValue }) => totals.push(TotalValue),
    onConnection: (next) => told.push(next),
  });
  return { clock, totals, told, count, connection, path, push: (total: string) => push?.(total) };
};

describe('the live values', () => {
  it('come over the socket alone where it gets through', async () => {
    const { clock, totals, told, count, push } = open({ socket: 'passes', rest: 'passes' });
    await clock.advanceAsync(100);
    for (let second = 0; second < 20; second++) {
      push(String(second));
      await clock.advanceAsync(1_000);
    }
    expect([told, count.reads, totals.length]).toEqual([['connecting', 'live'], 0, 21]);
  });

  it.each(['refused', 'hangs', 'throws'] as const)(
    'are read every 3 s where a socket %s, and the page says so',
    async (socket) => {
      const { clock, totals, told, count } = open({ socket, rest: 'passes' });
      await clock.advanceAsync(20_000);
      expect(told).toEqual(['connecting', 'reading']);
      expect(totals).toEqual([1, 2, 3, 4, 5, 6, 7].map((reading) => `by reading ${reading}`));
      // The session is not to blame, so nobody renews tokens by the minute; the socket is tried all the while.
      await clock.advanceAsync(600_000);
      expect(count.renewals).toBe(0);
      expect(count.sockets).toBeGreaterThan(30);
      expect(count.reads).toBeLessThan(210);
    },
  );

  it.each(['refused', 'throws'] as const)(
    'are there at once at the first visit where a socket %s, before anybody reads that nothing is reached',
    async (socket) => {
      const { clock, totals, told } = open({ socket, rest: 'passes' });
      await clock.advanceAsync(100);
      expect([told, totals]).toEqual([['connecting', 'reading'], ['by reading 1']]);
    },
  );
  it('are there after a second at the first visit where a socket only hangs', async () => {
    const { clock, totals, told } = open({ socket: 'hangs', rest: 'passes' });
    await clock.advanceAsync(1_100);
    expect([told, totals]).toEqual([['connecting'], ['by reading 1']]);
    await clock.advanceAsync(8_000);
    expect(told.at(-1)).toBe('reading');
  });

  it('say that no connection is reached as soon as nobody answers at the first visit, and after some seconds where nobody says anything', async () => {
    const away = open({ socket: 'refused', rest: 'away' });
    await away.clock.advanceAsync(100);
    expect(away.told).toEqual(['connecting', 'reconnecting']);
    const told: Connection[] = [];
    const clock = createManualClock();
    const never = () => new Promise<never>(() => undefined);
    const connection = createLiveConnection({
      clock,
      random: () => 0.5,
      open: () => {
        throw new DOMException('The operation is insecure.', 'SecurityError');
      },
      token: async () => 'token',
      renew: never,
      read: never,
      onFrame: () => undefined,
      onConnection: (next) => told.push(next),
    });
    await clock.advanceAsync(5_100);
    expect(told).toEqual(['connecting', 'reconnecting']);
    connection.close();
  });

  it('come over the socket again as soon as it gets through, and nothing is read beside it', async () => {
    const { clock, told, count, totals, path } = open({ socket: 'refused', rest: 'passes' });
    await clock.advanceAsync(10_000);
    expect(told.at(-1)).toBe('reading');
    path.socket = 'passes';
    for (let ms = 0; told.at(-1) !== 'live' && ms < 10_100; ms += 100) await clock.advanceAsync(100);
    expect([told.at(-1), totals.includes('by socket')]).toEqual(['live', true]);
    const { reads } = count;
    await clock.advanceAsync(5_000);
    expect(count.reads).toBe(reads);
  });

  it('say that the connection is lost while nobody answers at all, and are back at the first answer', async () => {
    const { clock, told, path, count } = open({ socket: 'passes', rest: 'away' });
    await clock.advanceAsync(100);
    path.socket = 'hangs';
    await clock.advanceAsync(60_000); // Silence: it is lost, and whatever follows too.
    expect([told.at(-1), told.includes('reading')]).toEqual(['reconnecting', false]);
    path.rest = 'passes';
    path.socket = 'refused';
    await clock.advanceAsync(11_100);
    expect(told.at(-1)).toBe('reading');
    const { sockets } = count;
    await clock.advanceAsync(2_000);
    expect(count.sockets).toBeGreaterThanOrEqual(sockets);
    path.rest = 'away';
    await clock.advanceAsync(4_000);
    expect(told.at(-1)).toBe('reconnecting');
  });

  it('are not taken from an answer that a socket overtook', async () => {
    let answer: (value: Frame) => void = () => undefined;
    const clock = createManualClock();
    const totals: string[] = [];
    const sockets: WebSocket[] = [];
    createLiveConnection({
      clock,
      random: () => 0.5,
      open: () => {
        const socket = { onmessage: null, onclose: null, close: () => undefined } as unknown as WebSocket;
        sockets.push(socket);
        return socket;
      },
      token: async () => 'token',
      renew: async () => 'token',
      read: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
      onFrame: ({ TotalValue }) => totals.push(TotalValue),
      onConnection: () => undefined,
    });
    await clock.advanceAsync(6_000);
    sockets.at(-1)?.onmessage?.({ data: JSON.stringify(frame('new')) } as MessageEvent);
    answer(frame('old'));
    await clock.advanceAsync(1_000);
    expect(totals).toEqual(['new']);
  });

  it('end no session by themselves: one without a cookie lives on while no socket opens', async () => {
    const { clock, count, path, told } = open({ socket: 'refused', rest: 'away' });
    await clock.advanceAsync(120_000);
    path.rest = 'passes';
    await clock.advanceAsync(4_000);
    expect([count.renewals, told.at(-1)]).toEqual([0, 'reading']);
  });

  it('end with the page: nothing is tried or read any more', async () => {
    const { clock, connection, count } = open({ socket: 'refused', rest: 'passes' });
    await clock.advanceAsync(10_000);
    connection.close();
    const before = { ...count };
    await clock.advanceAsync(60_000);
    expect([count, clock.pending]).toEqual([before, 0]);
  });

  it('are read at once when the network is back', async () => {
    const { clock, connection, count } = open({ socket: 'refused', rest: 'passes' });
    await clock.advanceAsync(9_000);
    const { reads, sockets } = count;
    connection.retry();
    await clock.advanceAsync(10);
    expect([count.reads, count.sockets >= sockets]).toEqual([reads + 1, true]);
  });
});

it.each([1009, 1007])(
  'values are read where something between page and server closes every socket with %i',
  async (code) => {
    const clock = createManualClock();
    const told: Connection[] = [];
    const totals: string[] = [];
    let sockets = 0;
    const connection = createLiveConnection({
      clock,
      random: () => 0.5,
      open: () => {
        sockets++;
        const socket = {
          readyState: 1,
          onmessage: null,
          onclose: null,
          close: () => undefined,
        } as unknown as WebSocket;
        clock.after(20, () => socket.onclose?.({ code } as CloseEvent));
        return socket;
      },
      token: async () => 'token',
      renew: async () => 'token',
      read: async () => frame('read'),
      onFrame: ({ TotalValue }) => totals.push(TotalValue),
      onConnection: (next) => told.push(next),
    });
    await clock.advanceAsync(20_000);
    connection.close();
    expect([told.at(-1), totals.length > 3, sockets > 1]).toEqual(['reading', true, true]);
  },
);
