import { createManualClock } from '@tickfolio/lib/clock';
import { expect, it } from 'vitest';
import { Problem } from '../session/problem.js';
import { createLiveSocket } from './live-socket.js';

/** A socket in a test's hands, of a session whose token can be renewed. */
const rig = () => {
  const clock = createManualClock();
  const sent: string[] = [];
  const said: string[] = [];
  const told: object[] = [];
  /** In which state it was each time. */
  const closes: number[] = [];
  let tokens = 1;
  const socket = {
    readyState: 1,
    onmessage: null as ((event: MessageEvent) => void) | null,
    onopen: null as (() => void) | null,
    onclose: null as (() => void) | null,
    send: (text: string) => {
      const message = JSON.parse(text) as {
        type: string;
        accessToken?: string;
        channels?: string[];
        portfolioId?: string;
      };
      if (message.accessToken !== undefined) sent.push(message.accessToken);
      else said.push(`${message.type} ${message.portfolioId ?? message.channels?.join(' ')}`);
    },
    close: () => {
      closes.push(socket.readyState);
      socket.onclose?.();
    },
  };
  const live = createLiveSocket({
    clock,
    random: () => 0.5,
    open: () => socket as unknown as WebSocket,
    token: async () => `token ${tokens}`,
    renew: async () => {
      const token = `token ${++tokens}`;
      live.offer(token); // As the session tells of each.
      return token;
    },
    onFrame: () => undefined,
    onConnection: () => undefined,
    onChannel: (message) => void told.push(message),
    onNotTaken: () => void told.push({ Type: 'refused' }),
  });
  const say = (message: object) => socket.onmessage?.({ data: JSON.stringify(message) } as MessageEvent);
  return { clock, sent, said, told, closes, socket, say, live };
};

it('hands a new token over once when the server says that the socket’s runs out, also while the page’s clock stood still', async () => {
  const { clock, sent, say, live } = rig();
  await clock.advanceAsync(0);
  say({ Type: 'token-expiring', ExpiresAt: '2026-01-27T10:15:00.000Z' });
  await clock.advanceAsync(0);
  expect(sent).toEqual(['token 2']);
  live.offer('token 2');
  expect(sent).toEqual(['token 2']);
  live.close();
});

it('is left without a word in the browser’s console, also by who leaves before it is open', async () => {
  const { clock, closes, socket, live } = rig();
  socket.readyState = 0;
  await clock.advanceAsync(0);
  live.close();
  expect(closes).toEqual([]);
  socket.readyState = 1;
  socket.onopen?.();
  expect(closes).toEqual([1]);
  await clock.advanceAsync(600_000);
  expect(closes).toEqual([1]);
});

it('is left for good where it never opens', async () => {
  const { clock, closes, socket, live } = rig();
  socket.readyState = 0;
  await clock.advanceAsync(0);
  live.close();
  await clock.advanceAsync(600_000);
  expect(closes).toEqual([0]);
});

it('asks for its channels on every connection, and tells what comes on them and nothing else', async () => {
  const { clock, said, told, socket, say, live } = rig();
  socket.readyState = 0;
  live.setChannels(['watchlist']);
  await clock.advanceAsync(0);
  expect(said).toEqual([]); // It is not open yet.
  socket.readyState = 1;
  socket.onopen?.();
  expect(said).toEqual(['subscribe watchlist']);
  const price = { Type: 'price', Symbol: 'btcusdt', Price: '1', PriceTime: '2026-01-27T10:15:00.000Z', Stale: false };
  for (const message of [price, { Type: 'subscribed', Channels: ['watchlist'] }, { Type: 'news' }]) say(message);
  expect(told).toEqual([price]);
  await clock.advanceAsync(12_000); // Nothing comes, so it is another connection.
  socket.onopen?.();
  expect(said).toEqual(['subscribe watchlist', 'subscribe watchlist']);
  live.setChannels(['watchlist']);
  live.setChannels([]);
  expect(said.slice(2)).toEqual(['unsubscribe watchlist']);
  live.close();
});

it('asks for its portfolio on every connection, and tells of what is not taken', async () => {
  const { clock, said, told, socket, say, live } = rig();
  await clock.advanceAsync(0);
  socket.onopen?.();
  live.setView('p-1');
  say({ Type: 'error', Detail: 'There is no such portfolio.' });
  expect(told).toEqual([{ Type: 'refused' }]);
  await clock.advanceAsync(12_000); // Nothing comes, so it is another connection.
  socket.onopen?.();
  expect(said).toEqual(['view p-1', 'view p-1']);
  live.setView('default');
  await clock.advanceAsync(12_000);
  socket.onopen?.();
  expect(said.slice(2)).toEqual(['view default']);
  live.close();
});

it('waits for nothing more once it was left, also where its token was being renewed', async () => {
  const clock = createManualClock();
  const pauses: number[] = [];
  let close: ((event: CloseEvent) => void) | null = null;
  let refuse: (reason: unknown) => void = () => undefined;
  const socket = {
    readyState: 1,
    set onclose(next: typeof close) {
      close = next ?? close;
    },
    close: () => undefined,
  };
  const live = createLiveSocket({
    clock,
    random: () => 0.5,
    open: () => socket as unknown as WebSocket,
    token: async () => 'token',
    renew: () =>
      new Promise((_, reject) => {
        refuse = reject;
      }),
    onFrame: () => undefined,
    onConnection: () => undefined,
    onPause: (ms) => pauses.push(ms),
  });
  await clock.advanceAsync(0);
  (close as ((event: CloseEvent) => void) | null)?.({ code: 4401 } as CloseEvent);
  live.close();
  refuse(new Problem(503, '', { retryAfterMs: 600_000 }));
  await clock.advanceAsync(0);
  expect([pauses, clock.pending]).toEqual([[], 0]);
});
