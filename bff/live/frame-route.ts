import { Frame } from '@tickfolio/api/frame';
import { problems } from '@tickfolio/api/problem';
import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import type { FastifyPluginAsync } from 'fastify';
import type { ReadInTurn } from '../api/read-turns.js';
import { requireSignIn, signedIn, type VerifyAccessToken } from '../api/sign-in.js';
import type { Owner } from '../portfolio/portfolios.js';
import type { LivePortfolios } from './live-portfolios.js';

export interface FrameRouteOptions {
  readonly verify: VerifyAccessToken;
  readonly inTurn: ReadInTurn;
  readonly live: Pick<LivePortfolios, 'join'>;
  readonly clock: Clock;
  /** How long a reading may take. Default 5 000. */
  readonly timeoutMs?: number;
}

/**
 * One frame, for who cannot keep a WebSocket open: read anew, with the newest prices. The symbols are followed from
 * here on, and for some seconds more, so whoever asks again within them gets prices of that moment.
 */
export const frameRoute: FastifyPluginAsync<FrameRouteOptions> = async (
  app,
  { verify, inTurn, live, clock, timeoutMs = 5_000 },
) => {
  /** @throws AppError unavailable */
  const read = async (owner: Owner): Promise<string> => {
    let [take, fail]: [(text: string) => void, () => void] = [() => undefined, () => undefined];
    const frame = new Promise<string>((resolve, reject) => {
      take = resolve;
      fail = () =>
        reject(new AppError('unavailable', 'The portfolio cannot be read at the moment.', { retryAfterMs: 2_000 }));
    });
    const late = clock.after(timeoutMs, fail);
    const look = () => {
      const text = viewing.text();
      if (text !== undefined) take(text);
    };
    const viewing = live.join(owner, { changed: look, failed: fail, once: true });
    try {
      look(); // Somebody else of the user may be looking already.
      return await frame;
    } finally {
      late.cancel();
      viewing.leave(); // Not inside of `changed`, whose caller is not done with the user.
    }
  };

  app.get(
    '/frame',
    {
      onRequest: requireSignIn(verify),
      schema: {
        tags: ['live'],
        operationId: 'getFrame',
        summary: 'The live portfolio at this moment',
        description:
          'For where no WebSocket gets through; ask again every few seconds. It is what the WebSocket sends first.',
        security: [{ bearerAuth: [] }],
        response: { 200: Frame, ...problems(401, 429, 503) },
      },
    },
    async (request, reply) => {
      const text = await inTurn(request, () => read(signedIn(request)));
      reply.header('cache-control', 'no-store').type('application/json; charset=utf-8').serializer(String);
      return reply.send(text);
    },
  );
};
