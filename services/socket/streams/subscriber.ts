import type { ServerWritableStream } from '@grpc/grpc-js';
import type { RawFrame, RawResponse, StreamStatus } from '@tickfolio/gen/market/v1';
import type { Clock, Timer } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { drained } from '@tickfolio/lib/grpc';
import type { SocketLimits } from '../limits.js';
import type { SocketMetrics } from '../metrics.js';

/**
 * One gRPC stream's side of the fan-out: frames and statuses go in one by one and leave in batches, at the reader's
 * pace.
 */
export interface Subscriber {
  push(frame: RawFrame): void;
  /** The newest status of a symbol replaces one that still waits. */
  report(status: StreamStatus): void;
  /** Writes what waits, now. */
  flush(): void;
  /** Resolves when the call is over. @throws AppError `resource_exhausted` when the reader is too slow. */
  readonly over: Promise<void>;
}

export interface SubscriberDeps {
  readonly clock: Clock;
  readonly limits: SocketLimits;
  readonly metrics: SocketMetrics;
}

/** Bytes of one gRPC message, about; readers take 4 MiB. */
const messageBytes = 1_048_576;

export const createSubscriber = (
  call: ServerWritableStream<unknown, RawResponse>,
  signal: AbortSignal,
  { clock, limits, metrics }: SubscriberDeps,
): Subscriber => {
  let frames: RawFrame[] = [];
  let bytes = 0;
  const statuses = new Map<string, StreamStatus>();
  let timer: Timer | undefined;
  let waiting = false;
  let isFirst = true;
  let ended = false;
  let settle: { resolve: () => void; reject: (err: AppError) => void } | undefined;
  const over = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });

  const end = (error?: AppError) => {
    if (ended) return;
    ended = true;
    timer?.cancel();
    heartbeat.cancel();
    frames = [];
    bytes = 0;
    statuses.clear();
    signal.removeEventListener('abort', leave);
    if (error) settle?.reject(error);
    else settle?.resolve();
  };
  const leave = () => end();
  signal.addEventListener('abort', leave, { once: true });

  const resume = () => {
    waiting = false;
    if (!ended) write();
  };
  const takeFrames = (): RawFrame[] => {
    let size = 0;
    let count = 0;
    while (count < frames.length && count < limits.framesPerMessage) {
      const next = frames[count]?.payload.length ?? 0;
      if (count > 0 && size + next > messageBytes) break;
      size += next;
      count += 1;
    }
    bytes -= size;
    if (count === frames.length) {
      const all = frames;
      frames = [];
      return all;
    }
    return frames.splice(0, count);
  };
  const send = (message: RawResponse) => {
    const whole = isFirst ? { ...message, heartbeatMs: limits.heartbeatMs } : message;
    isFirst = false;
    if (call.write(whole)) return;
    waiting = true;
    drained(call, signal).then(resume, resume);
  };
  const write = () => {
    timer?.cancel();
    timer = undefined;
    while (!waiting && (frames.length > 0 || statuses.size > 0)) {
      const news = [...statuses.values()];
      statuses.clear();
      const batch = takeFrames();
      const [oldest] = batch;
      if (oldest) metrics.sendDelay.observe((clock.now() - oldest.receiveTimeMs) / 1_000);
      send({ frames: batch, statuses: news });
    }
  };
  // What waits for its reader is a sign of life too: the reader has it before it.
  const heartbeat = clock.every(limits.heartbeatMs, () => {
    if (!waiting && !isFirst) send({ frames: [], statuses: [] });
  });
  if (signal.aborted) end();
  const soon = () => {
    if (!waiting) timer ??= clock.after(limits.flushMs, write);
  };

  return {
    push: (frame) => {
      if (ended) return;
      frames.push(frame);
      bytes += frame.payload.length;
      if (frames.length > limits.maxBufferedFrames || bytes > limits.maxBufferedBytes) {
        metrics.slowConsumers.inc();
        end(
          new AppError(
            'resource_exhausted',
            `This stream is read too slowly: more than ${limits.maxBufferedFrames} frames or ${limits.maxBufferedBytes} bytes waited. Open it again and fill the hole with ListAggTrades.`,
            { retryAfterMs: 0 },
          ),
        );
      } else if (frames.length >= limits.framesPerMessage && !waiting) write();
      else soon();
    },
    report: (status) => {
      if (ended) return;
      statuses.set(status.symbol, status);
      soon();
    },
    flush: () => {
      if (!ended) write();
    },
    over,
  };
};
