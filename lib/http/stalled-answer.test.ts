import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../clock/clock.js';
import { passing } from '../kit/becomes.js';
import { cutStalledStreams } from './stalled-answer.js';

const lookMs = 30_000;
let clock: ManualClock;
let app: FastifyInstance;
let socket: Socket;
let state: 'sending' | 'whole' | 'cut';
beforeEach(async () => {
  clock = createManualClock();
  state = 'sending';
  app = Fastify();
  cutStalledStreams(app, clock);
  app.get('/', (_request, reply) => {
    reply.raw.once('close', () => {
      state = reply.raw.writableFinished ? 'whole' : 'cut';
    });
    return reply.send(Readable.from(Array.from({ length: 300 }, () => Buffer.alloc(50_000))));
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address() as AddressInfo;
  socket = connect(address.port, '127.0.0.1').on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket, 'readable');
});
afterEach(async () => {
  socket.destroy();
  await app.close();
});

/** Takes so many bytes, or what comes until the answer is cut. */
const takeBytes = async (bytes: number) => {
  for (let taken = 0; taken < bytes && state !== 'cut'; ) {
    const chunk = socket.read(Math.min(bytes - taken, socket.readableLength)) as Buffer | null;
    taken += chunk?.length ?? 0;
    if (!chunk) await new Promise((resolve) => setTimeout(resolve, 1));
  }
};

it('gives a whole file to a reader who takes 20 kB in each second, without a pause', async () => {
  // What was sent is 15 MB; the kernel's buffers take their last 3 long before.
  for (let taken = 0; taken < 12_000_000; taken += 600_000) {
    await takeBytes(600_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
    clock.advance(lookMs);
    expect(state).not.toBe('cut');
  }
  socket.resume();
  await expect.poll(() => state).toBe('whole');
});

it('cuts a reader who stopped for good, after 5 minutes', async () => {
  const looks = async (count: number) => {
    for (let look = 0; look < count; look++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      clock.advance(lookMs);
    }
  };
  await looks(10);
  expect(state).toBe('sending');
  // What fills the kernel's buffers may take a busy machine some looks more.
  await expect.poll(passing(clock, lookMs, () => state)).toBe('cut');
});
