import { connect, createServer, type Server, type Socket } from 'node:net';
import { AppError } from '@tickfolio/lib/errors';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { afterEach, describe, expect, it } from 'vitest';
import { startRig } from '../kit/aggregator.js';
import { connectSocket, startFakeSocket } from '../kit/socket.js';
import { marketDefaults } from './market.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (let close = closing.pop(); close; close = closing.pop()) await close();
});

/**
 * A way to a port that can lose its other end without a word: what is open then stays open, and nothing comes through
 * any more.
 */
const startWay = async (port: number) => {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server: Server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const one of pair) {
      one.on('error', () => undefined);
      one.on('close', () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    for (const pair of pairs) for (const one of pair) one.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    goSilent: () => {
      for (const [near, far] of pairs) {
        near.unpipe(far);
        far.unpipe(near);
        for (const one of [near, far]) one.resume(); // Swallowed.
      }
    },
  };
};

describe('a socket service whose machine is gone without a word', () => {
  it('is noticed soon: prices are not called live, and the streams are opened again over a new connection', async () => {
    const fake = await startFakeSocket();
    closing.push(() => fake.close());
    fake.heartbeatMs = 100;
    const way = await startWay(fake.port);
    const socket = connectSocket(way.port, 600);
    closing.push(() => socket.close());
    const stream = { ...marketDefaults.stream, minRetryMs: 50, maxRetryMs: 100, firstMessageMs: 400 };
    const rig = await startRig(fake.port, { market: { stream } }, undefined, { socket });
    closing.push(() => rig.close());
    await eventually('the symbol list', async () => (await rig.call('GET', '/symbols')).status === 200);
    const stateOf = async () => {
      const { body } = await rig.call('PUT', '/subscriptions/bff', { symbols: ['btcusdt'] });
      return (body.feeds as Record<string, { state: string; detail: string }>).btcusdt;
    };
    await eventually('live', async () => (await stateOf())?.state === 'live' && fake.streams.length === 2);
    expect((await rig.call('GET', '/ready')).body).toMatchObject({
      dependencies: { socket: { status: 'ok' }, tickers: { status: 'ok' } },
    });

    way.goSilent();
    await eventually('broken', async () => (await stateOf())?.state === 'broken');
    expect((await stateOf())?.detail).toContain('The socket service cannot be heard');
    await eventually('live again', async () => (await stateOf())?.state === 'live');
    await eventually('ready', async () => (await rig.call('GET', '/ready')).status === 200);
    expect(fake.opened.length).toBeGreaterThanOrEqual(4);
  });

  it('is noticed where something in between goes on to answer pings', async () => {
    const fake = await startFakeSocket();
    closing.push(() => fake.close());
    fake.heartbeatMs = 100;
    const rig = await startRig(fake.port);
    closing.push(() => rig.close());
    await eventually('the symbol list', async () => (await rig.call('GET', '/symbols')).status === 200);
    await rig.call('PUT', '/subscriptions/bff', { symbols: ['btcusdt'] });
    await eventually('both streams', () => fake.streams.length === 2);
    const before = fake.opened.length;
    fake.fallSilent();
    await eventually('opened anew', () => fake.opened.length >= before + 2);
    await eventually('ready', async () => (await rig.call('GET', '/ready')).status === 200);
  });
});

describe('readiness', () => {
  it('says that the archive gets no mini-tickers, though portfolios have their prices', async () => {
    const fake = await startFakeSocket();
    closing.push(() => fake.close());
    const rig = await startRig(fake.port);
    closing.push(() => rig.close());
    await eventually('the symbol list', async () => (await rig.call('GET', '/symbols')).status === 200);
    await rig.call('PUT', '/subscriptions/bff', { symbols: ['btcusdt'] });
    await eventually('both streams', () => fake.streams.length === 2);
    fake.mute = true;
    fake.streams.find(({ kind }) => kind === 'miniTicker')?.end(new AppError('unavailable', 'No tickers today.'));
    const ready = async () => (await rig.call('GET', '/ready')) as { status: number; body: { dependencies?: unknown } };
    await eventually('told', async () => JSON.stringify((await ready()).body).includes('No tickers today.'));
    expect(await ready()).toMatchObject({
      status: 200,
      body: { dependencies: { socket: { status: 'ok' }, tickers: { status: 'down', required: false } } },
    });
  });
});
