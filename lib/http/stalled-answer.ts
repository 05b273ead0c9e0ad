import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock/clock.js';

const lookMs = 30_000;
/**
 * After so many looks without progress, 5 minutes, an answer is cut. The kernel's buffers are full with some 4 MB and
 * then take more in steps of 1.5 MB, for which a reader of 20 kB a second needs 75 s, and one of 5 kB 5 minutes. No
 * source of ours is silent for so long.
 */
const maxIdleLooks = 10;

/**
 * Destroys an answer whose reader stopped taking it, so that what it holds (one of few places, memory, a file) goes
 * back. Who takes a little now and then, over whatever slow line, is waited for. To be called when sending begins; the
 * answer should be written in pieces of some 64 KiB, because a piece counts once all of it was taken.
 * @param told called when it is cut
 */
export const cutWhenStalled = (response: ServerResponse, clock: Clock, told: () => void): void => {
  if (response.destroyed) return;
  let takenBefore: number | undefined;
  let idleLooks = 0;
  const timer = clock.every(lookMs, () => {
    const { socket } = response;
    // What the operating system took of the connection's bytes: it takes more only as the reader does.
    const taken = socket ? socket.bytesWritten - socket.writableLength : 0;
    idleLooks = taken === takenBefore ? idleLooks + 1 : 0;
    if (idleLooks >= maxIdleLooks) {
      told();
      response.destroy();
    }
    takenBefore = taken;
  });
  response.once('close', () => timer.cancel());
};

const isStream = (payload: unknown): boolean => typeof (payload as { pipe?: unknown } | null)?.pipe === 'function';

/** The same for every answer of a server that is a stream. To be called before the routes are made. */
export const cutStalledStreams = (app: FastifyInstance, clock: Clock): void => {
  app.addHook('onSend', async (request, reply, payload) => {
    if (isStream(payload))
      cutWhenStalled(reply.raw, clock, () => request.log.info('a reader stopped taking its answer, which was cut'));
    return payload;
  });
};
