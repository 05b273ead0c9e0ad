import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@tickfolio/lib/clock';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { settle } from './settle.js';

/** A gateway and an aggregator as far as they are asked here. */
let services: Server;
let down: Set<string>;
let asked: number;
let ending: AbortController;

beforeEach(async () => {
  down = new Set();
  asked = 0;
  ending = new AbortController();
  services = createServer((_request, response) => {
    asked += 1;
    const named = ['profile-database', 'auth', 'all-market', 'event-log'].map((name) => [
      name,
      { status: down.has(name) ? 'down' : 'ok', required: name === 'profile-database' },
    ]);
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ simulated: true, dependencies: Object.fromEntries(named) }));
  });
  await new Promise<void>((resolve) => services.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  ending.abort();
  services.closeAllConnections();
  await new Promise((resolve) => services.close(resolve));
});

/** By a clock that never gives up. */
const settling = () => {
  const url = `http://127.0.0.1:${(services.address() as AddressInfo).port}`;
  const clock = { ...systemClock, monotonic: () => 0 };
  return settle({ clock, signal: ending.signal }, { bffUrl: url, aggregatorUrl: url });
};
const asksSince = async (count: number) => {
  const until = asked + count;
  while (asked < until) await new Promise((resolve) => setTimeout(resolve, 5));
};

it('says that it runs without waiting for the tickers of all symbols, which come with the next second, nor for a Kafka that is away', async () => {
  for (const name of ['all-market', 'event-log']) down.add(name);
  expect(await settling()).toMatchObject({ simulated: true });
});

it('waits until the services have found each other, also those that are not required', async () => {
  down.add('auth');
  const settled = settling();
  await asksSince(6);
  expect(await Promise.race([settled, Promise.resolve('waiting')])).toBe('waiting');
  down.clear();
  expect(await settled).toMatchObject({ simulated: true });
});
