import { type Clock, sleep, type Timer } from '@tickfolio/lib/clock';
import { toAppError } from '@tickfolio/lib/errors';
import { createBackoff } from '@tickfolio/lib/retry';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { SocketClient } from '../exchange/socket-client.js';
import type { TickerBoard } from './ticker-board.js';

export interface TickerFollowerDeps {
  readonly socket: Pick<SocketClient, 'tickers'>;
  readonly board: Pick<TickerBoard, 'take' | 'broke'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Before its first message, in which the socket service says how often it will be heard. */
const firstMessageMs = 10_000;
/** Given up when nothing comes for so many times as long. */
const silentHeartbeats = 3;
const pauses = { minRetryMs: 500, maxRetryMs: 15_000 };
/** A stream that brought something for so long was no failure. */
const provenMs = 30_000;

/** Keeps the board supplied, whatever becomes of the socket service; ends with `close`. */
export const followTickers = ({ socket, board, clock, log }: TickerFollowerDeps): { close(): Promise<void> } => {
  const stop = new AbortController();
  const backoff = createBackoff(pauses);

  /** Reads one stream to its end. @returns why it ended, in words */
  const read = async (): Promise<string> => {
    const mine = new AbortController();
    const signal = AbortSignal.any([stop.signal, mine.signal]);
    let silenceMs = firstMessageMs;
    let timer: Timer | undefined;
    let why = 'the stream was ended';
    const watch = () => {
      timer?.cancel();
      timer = clock.after(silenceMs, () => {
        why = `nothing was heard of the socket service for ${Math.round(silenceMs / 1_000)} s`;
        mine.abort();
      });
    };
    watch();
    try {
      for await (const message of socket.tickers(signal)) {
        if (signal.aborted) break;
        if (message.heartbeatMs) silenceMs = message.heartbeatMs * silentHeartbeats;
        watch();
        board.take(message);
      }
      return why;
    } catch (thrown) {
      return toAppError(thrown).message;
    } finally {
      timer?.cancel();
    }
  };
  const follow = async () => {
    while (!stop.signal.aborted) {
      const beganMs = clock.monotonic();
      const why = await read();
      if (stop.signal.aborted) return;
      if (clock.monotonic() - beganMs >= provenMs) backoff.reset();
      board.broke(why);
      const pauseMs = backoff.next();
      // The first ones are a start in which the socket service is not up yet.
      if (backoff.failures === 3) log.warn({ reason: why }, 'the tickers of all symbols do not come; trying again');
      await sleep(clock, pauseMs, stop.signal);
    }
  };
  const following = follow();
  return {
    close: async () => {
      stop.abort();
      await following;
    },
  };
};
