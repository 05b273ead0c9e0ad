import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startAllInOne } from '../kit/all-in-one.js';
import { callJson, signUp } from '../kit/client.js';

const sockets = 1_000;
const deaf = 50;
const users = 20;
/** That each of the others is shown while the deaf ones are there, which are closed after some 25 s. */
const newerSeconds = 3;

/** The newest second of which a frame has a price; epoch seconds. */
const newestSecond = (text: string): number => {
  const { Coins } = JSON.parse(text) as { readonly Coins: readonly { readonly PriceTime: string | null }[] };
  return Math.max(
    0,
    ...Coins.map(({ PriceTime }) => (PriceTime === null ? 0 : Math.floor(Date.parse(PriceTime) / 1_000))),
  );
};

it('1,000 sockets of which 50 read nothing: the others get what is new, the memory stays bounded, the deaf ones are closed', async () => {
  const folder = await temporaryFolder();
  const one = await startAllInOne(folder.path, { MAX_SOCKETS_PER_USER: '60' });
  const opened: WebSocket[] = [];
  try {
    const people = await Promise.all(Array.from({ length: users }, () => signUp(one.base)));
    // A wide portfolio makes frames large enough to fill the buffers of those that do not read.
    const held = [
      'btcusdt',
      'ethusdt',
      'bnbusdt',
      'solusdt',
      'xrpusdt',
      'adausdt',
      'dogeusdt',
      'ltcusdt',
      'linkusdt',
      'dotusdt',
    ];
    for (const person of people) for (const symbol of held) await person.addCoin(symbol, '1.23456789');
    const url = `${one.base.replace('http', 'ws')}/api/v1/ws`;
    /** The newest second that each socket was shown, and how many newer ones it was shown after its first. */
    const shown = Array.from({ length: sockets }, () => ({ newest: Number.POSITIVE_INFINITY, newer: 0 }));
    const open = (index: number) =>
      new Promise<WebSocket>((resolve, reject) => {
        const socket = new WebSocket(url, { headers: { authorization: `Bearer ${people[index % users]?.token()}` } });
        const own = shown[index];
        socket.on('message', (text) => {
          const newest = newestSecond(String(text));
          if (!own) return;
          if (newest > own.newest) own.newer++;
          own.newest = newest;
        });
        socket.once('open', () => resolve(socket));
        socket.once('error', reject);
        opened.push(socket);
      });
    for (let from = 0; from < sockets; from += 50)
      await Promise.all(Array.from({ length: 50 }, (_, index) => open(from + index)));
    const metric = async (name: string) => {
      const text = String((await callJson(one.base, 'GET', '/metrics')).body.text);
      return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN);
    };
    const memory = async () => (await metric('process_resident_memory_bytes')) / 1_048_576;
    const openSockets = () => metric('tickfolio_bff_sockets');
    const showNewer = (some: typeof shown) => {
      for (const own of some) own.newer = 0;
      return eventually(
        `${some.length} sockets show ${newerSeconds} newer seconds`,
        () => some.every(({ newer }) => newer >= newerSeconds),
        120_000,
        100,
      );
    };
    await showNewer(shown);
    const memoryBefore = await memory();
    for (const socket of opened.slice(0, deaf)) socket.pause();
    await showNewer(shown.slice(deaf));
    expect(await openSockets()).toBe(sockets); // The deaf ones are still there, and held nobody up.
    await eventually('the deaf sockets are closed', async () => (await openSockets()) <= sockets - deaf, 120_000, 200);
    expect(await openSockets()).toBeGreaterThan(sockets - 3 * deaf);
    expect((await memory()) - memoryBefore).toBeLessThan(150);
  } finally {
    for (const socket of opened) socket.terminate();
    await one.process.end('SIGTERM');
    await folder.remove();
  }
}, 480_000);
