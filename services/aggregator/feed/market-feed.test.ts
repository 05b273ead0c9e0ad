import { systemClock } from '@tickfolio/lib/clock';
import { expect, it } from 'vitest';
import { createMarketFeed } from './market-feed.js';
import { createSocketClient } from './socket-client.js';

it('waits for a page of history as long as it takes over a line of 5 kB/s, and for the list longer than a busy machine is', async () => {
  const waitsMs: number[] = [];
  const answer =
    (body: object) =>
    (
      _request: object,
      _metadata: object,
      { deadline }: { deadline: number },
      done: (err: null, body: object) => void,
    ) => {
      waitsMs.push(deadline - Date.now());
      done(null, body);
      return { cancel: () => undefined };
    };
  const socket = createSocketClient({ clock: systemClock, target: '127.0.0.1:1' });
  Object.assign(socket.client, {
    listAggTrades: answer({ trades: [], voidIds: [] }),
    listSymbols: answer({ revision: 'r', symbols: [], simulated: true }),
  });
  const feed = createMarketFeed(socket);
  await feed.listTrades('btcusdt', { fromId: 1, limit: 1_000 }, new AbortController().signal);
  await feed.listSymbols('', false, new AbortController().signal);
  const [pageMs = 0, listMs = 0] = waitsMs;
  expect(pageMs).toBeGreaterThan(150_000 / 5); // A page has 150 kB, of the exchange's line.
  expect(listMs).toBeGreaterThan(15_000); // Of the network between the services.
  socket.close();
});
