import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { createManualClock, systemClock } from '@tickfolio/lib/clock';
import type { Postgres } from '@tickfolio/lib/postgres';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { createUser, openTestPostgres, startTestBff } from '../kit/bff.js';
import { openSocket } from '../kit/socket.js';
import { textFrame } from '../prices/text-frame.js';
import type { OpenChannels } from './channels/socket-channels.js';
import { createClientSocket, defaultSocketLimits } from './client-socket.js';
import { createSocketMetrics } from './socket-metrics.js';

/** A connection whose other end reads only when the test says so. */
class FakeSocket extends EventEmitter {
  sent: { readonly kind: 'data' | 'ping'; readonly text: string }[] = [];
  bufferedAmount = 0;
  closedWith: number | undefined;
  terminated = false;
  readonly OPEN = 1;
  readyState = 1;
  write(bytes: string) {
    for (let at = 0; at < bytes.length; ) {
      const kind = bytes.charCodeAt(at) === 0x89 ? 'ping' : 'data';
      const short = bytes.charCodeAt(at + 1);
      const start = at + (short < 126 ? 2 : 4);
      const end = start + (short < 126 ? short : bytes.charCodeAt(at + 2) * 256 + bytes.charCodeAt(at + 3));
      this.sent.push({ kind, text: bytes.slice(start, end) });
      at = end;
    }
    return true;
  }
  close(code: number) {
    this.closedWith = code;
  }
  terminate() {
    this.terminated = true;
    this.emit('close');
  }
  /** Reads everything that was sent, answering pings in order. */
  read() {
    const read = this.sent;
    this.sent = [];
    for (const { kind, text } of read) if (kind === 'ping') this.emit('pong', Buffer.from(text));
    return read.filter(({ kind }) => kind === 'data').map(({ text }) => text);
  }
}

const setUp = (frameBytes = 1_000, channels?: OpenChannels) => {
  const clock = createManualClock();
  const metrics = createMetrics('bff');
  const socket = new FakeSocket();
  let version = 0;
  const frame = () => textFrame(`${version}`.padEnd(frameBytes));
  const client = createClientSocket({
    socket: socket as unknown as WebSocket,
    connection: socket as unknown as Duplex,
    token: { userId: 'u', userName: 'n', sessionId: 's', expiresAtMs: clock.now() + 900_000 },
    verify: () => {
      throw new Error('not used');
    },
    newest: frame,
    view: async () => undefined,
    channels,
    clock,
    tokenClock: clock,
    log: silentLogger(),
    metrics: createSocketMetrics(metrics),
    limits: defaultSocketLimits,
  });
  const tick = () => {
    version++;
    client.changed(clock.monotonic());
  };
  const seconds = (count: number, each: () => void = () => undefined) => {
    for (let i = 0; i < count; i++) {
      clock.advance(1_000);
      each();
      client.sweep();
    }
  };
  return { clock, metrics, socket, client, tick, seconds, version: () => version };
};

describe('a client that reads slowly', () => {
  it('gets the newest of each thing that a channel tells, when it has read what came before', () => {
    const owes = new Map<string, string>();
    let owed: () => void = () => undefined;
    const next = () => {
      const [first] = owes;
      if (first) owes.delete(first[0]);
      return first?.[1];
    };
    const { socket } = setUp(1_000, {
      watchlist: (tell) => {
        owed = tell;
        return { next, close: () => owes.clear() };
      },
      balances: () => ({ next: () => undefined, close: () => undefined }),
      orders: () => ({ next: () => undefined, close: () => undefined }),
    });
    socket.emit('message', Buffer.from('{"type":"subscribe","channels":["watchlist"]}'), false);
    expect(socket.read().at(-1)).toContain('"Type":"subscribed"');
    const text = (symbol: string, at: number) => JSON.stringify({ symbol, at, filler: ' '.repeat(2_000) });
    for (let at = 1; at <= 500; at++) {
      for (const symbol of ['btcusdt', 'ethusdt']) owes.set(symbol, text(symbol, at));
      owed();
    }
    const sent = socket.sent.reduce((sum, { text: { length } }) => sum + length, 0);
    expect(sent).toBeLessThan(defaultSocketLimits.windowBytes + 4_000);
    expect(owes.size).toBe(2);
    socket.read();
    const after = socket.read();
    expect(after.map((one) => (JSON.parse(one.slice(one.indexOf('{'))) as { at: number }).at)).toEqual([500, 500]);
  });

  it('gets fewer and newer frames; what is on its way to it is bounded', async () => {
    const { socket, tick, metrics, version } = setUp();
    const most = defaultSocketLimits.windowBytes + 2_000;
    for (let i = 0; i < 5_000; i++) tick();
    expect(socket.sent.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(most);
    const behind = socket.read();
    expect(behind.length).toBeLessThan(70);
    // It has caught up, and at once gets the newest, only once.
    expect(socket.read().map((text) => text.trim())).toEqual([String(version())]);
    expect(await metrics.text()).toMatch(/pushes_skipped_total 49\d\d/);
  });
  it('is not closed as long as it reads at all', () => {
    const { socket, tick, seconds } = setUp(10_000);
    let count = 0;
    seconds(300, () => {
      for (let i = 0; i < 10; i++) tick();
      if (++count % 5 === 0) socket.read();
    });
    expect(socket.closedWith).toBeUndefined();
  });
  it('is held by what waits in this process too, whatever it claims to have read', () => {
    const { socket, tick } = setUp();
    socket.bufferedAmount = 100_000;
    tick();
    expect(socket.sent).toEqual([]);
  });
});

describe('a client that reads nothing', () => {
  it('is closed with 4408 within 30 s and cut soon after', () => {
    const { socket, tick, seconds, clock } = setUp();
    seconds(24, tick);
    expect(socket.closedWith).toBeUndefined();
    seconds(1, tick);
    expect(socket.closedWith).toBe(4408);
    expect(socket.terminated).toBe(false);
    clock.advance(2_000);
    expect(socket.terminated).toBe(true);
  });
  it('is found without any price moving: a dead peer', () => {
    const { socket, seconds } = setUp();
    seconds(14);
    expect(socket.sent).toEqual([]);
    seconds(1);
    expect(socket.sent).toEqual([{ kind: 'ping', text: '0' }]);
    seconds(10);
    expect(socket.closedWith).toBe(4408);
  });
  it('is not taken for one that answers pings, for as long as it likes', () => {
    const { socket, seconds } = setUp();
    seconds(600, () => socket.read());
    expect(socket.closedWith).toBeUndefined();
  });
  it('cannot pass by claiming to have read what was not sent', () => {
    const { socket, seconds } = setUp();
    seconds(26, () => {
      for (const claim of ['99999999', '-1', 'x', '', '0x0', 'NaN', '1e0']) socket.emit('pong', Buffer.from(claim));
    });
    expect(socket.closedWith).toBe(4408);
  });
});

describe('among real connections', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await openTestPostgres();
  });
  afterAll(() => postgres.close());

  it('those that read nothing are closed with 4408, before and after which the others get every price', async () => {
    const bff = await startTestBff({
      postgres,
      options: { socketLimits: { pingIntervalMs: 500, silenceLimitMs: 5_000, closeGraceMs: 60_000 } },
    });
    const open = async (count: number) => {
      const users = Array.from({ length: count }, () => createUser(systemClock));
      for (const user of users)
        await bff.call(user, 'POST', '/api/v1/profile/coins', { symbol: 'btcusdt', quantity: '1' });
      return Promise.all(users.map((user) => openSocket(bff.wsUrl, user)));
    };
    const [readers, stopped] = [await open(30), await open(10)];
    await Promise.all([...readers, ...stopped].map((socket) => socket.next()));
    for (const socket of stopped) socket.ws.pause();
    let price = 0;
    const next = async () => {
      price++;
      bff.publish('btcusdt', String(price));
      await Promise.all(readers.map((socket) => socket.next((f) => f.TotalValue === String(price))));
      for (const socket of readers) socket.clear();
    };
    const isClosed = async () => {
      await next();
      return /^tickfolio_bff_socket_closes_total\{code="4408"\} 10$/m.test(await bff.metrics.text());
    };
    await expect.poll(isClosed).toBe(true);
    for (let after = 0; after < 10; after++) await next();
    for (const socket of stopped) {
      socket.ws.resume();
      expect((await socket.closed).code).toBe(4408);
    }
    for (const socket of readers) await socket.close();
    await bff.close();
  });
});
