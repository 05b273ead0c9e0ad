import { systemClock } from '@tickfolio/lib/clock';
import { createLifecycle } from '@tickfolio/lib/lifecycle';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { expect, it } from 'vitest';
import { type AnyPart, definePart, type RunDeps } from './part.js';
import { walkParts } from './walk.js';

/** Parts that write down what happens to them. */
const setUp = () => {
  const events: string[] = [];
  const life = createLifecycle(silentLogger(), { clock: systemClock });
  const part = (
    name: string,
    needs: Record<string, AnyPart> = {},
    start: () => Promise<void> = async () => undefined,
  ) =>
    definePart({
      name,
      needs,
      start: async () => {
        events.push(`start ${name}`);
        await start();
        return { name, close: () => void events.push(`close ${name}`) };
      },
    });
  const walk = (parts: readonly AnyPart[]) =>
    walkParts(parts, { own: life.own, signal: life.signal, config: {} } as unknown as RunDeps & {
      readonly config: object;
    });
  return { events, life, part, walk };
};

it('starts what a part needs before it, whatever their order, and closes it after it', async () => {
  const { events, life, part, walk } = setUp();
  const store = part('store');
  const service = part('service', { store });
  const gateway = part('gateway', { service, store });
  const walked = await walk([gateway, service, store]);
  expect(walked?.made(service).name).toBe('service');
  await life.close();
  expect(events).toEqual([
    'start store',
    'start service',
    'start gateway',
    'close gateway',
    'close service',
    'close store',
  ]);
});

it('does not keep a part waiting for another one that it does not need', async () => {
  const { part, walk } = setUp();
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const slow = part('accounts', {}, () => opened);
  await walk([slow, part('prices', { exchange: part('exchange', {}, async () => open()) })]);
});

it('lets a part begin without what it gets later', async () => {
  const { events, part, walk } = setUp();
  const archive = part('archive');
  const page = definePart({
    name: 'page',
    needs: {},
    start: ({ soon }) => {
      events.push('start page');
      void soon(archive).then(({ name }) => events.push(`page has ${name}`));
    },
  });
  await walk([page, archive]);
  expect(events).toEqual(['start page', 'start archive', 'page has archive']);
});

it('starts nothing more once a part could not be started, and says why', async () => {
  const { events, part, walk } = setUp();
  const broken = part('broken', {}, () => Promise.reject(new Error('its disk is full')));
  const slow = part('slow', {}, () => new Promise((resolve) => setTimeout(resolve, 5)));
  await expect(walk([broken, slow, part('after', { slow })])).rejects.toThrow('its disk is full');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(events).toEqual(['start broken', 'start slow']);
});

it('starts nothing more once the run is ended, and closes what comes then', async () => {
  const { events, life, part, walk } = setUp();
  const store = part('store', {}, () => life.close());
  expect(await walk([part('service', { store }), store])).toBeUndefined();
  await new Promise((resolve) => setImmediate(resolve));
  expect(events).toEqual(['start store', 'close store']);
});

it('has a topic made that any part writes or reads, once, and refuses two opinions of one', async () => {
  const { part, walk } = setUp();
  const prices = { name: 'prices', partitions: 12 };
  const told: unknown[] = [];
  const log = definePart({
    name: 'log',
    needs: {},
    start: async ({ topics }) => void told.push(...(await topics())),
  });
  const writer = { ...part('writer', { log }), topics: () => [prices] };
  const letters = { name: 'prices.dlq', partitions: 1, keepMs: 1_000 };
  const reader = { ...part('reader', { log }), topics: async () => [prices, letters] };
  await walk([writer, log, reader]);
  expect(told).toEqual([prices, letters]);
  const other = { ...part('other'), topics: () => [{ ...prices, partitions: 6 }] };
  await expect(walk([writer, log, other])).rejects.toThrow(
    'the topic prices has 12 partitions for one part of this run and 6 for another',
  );
});

it.each([1, 2])(
  'says why a part of a part could not be started, also where another one is ready at that moment (%i)',
  async (ticks) => {
    const { part, walk } = setUp();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const database = part('database of accounts', {}, async () => {
      await gate;
      throw new Error('its disk is full');
    });
    const archive = part('archive', {}, async () => {
      await gate;
      for (let tick = 0; tick < ticks; tick++) await undefined;
    });
    const walking = walk([part('auth', { database }), part('dashboard', { archive })]);
    setTimeout(open, 1);
    await expect(walking).rejects.toThrow('its disk is full');
  },
);
