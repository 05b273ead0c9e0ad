import type { ClientReadableStream, ServerWritableStream } from '@grpc/grpc-js';
import { fromGrpcError } from './status.js';

/**
 * Reads a server stream message by message, at the reader's pace. Leaving the loop in whatever way cancels the call.
 * @throws AppError when the call fails; ends quietly when `signal` aborts.
 */
export const readStream = <T>(
  call: ClientReadableStream<T>,
  signal?: AbortSignal,
): AsyncGenerator<T, void, undefined> => {
  // Heard from now on: a call may fail before the first message is asked for, and its cancellation is an error too.
  let failure: unknown;
  call.on('error', (err) => {
    failure ??= err;
  });
  return read(call, signal, () => failure);
};

async function* read<T>(call: ClientReadableStream<T>, signal: AbortSignal | undefined, failure: () => unknown) {
  const cancel = () => call.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    if (signal?.aborted) return;
    for await (const message of call) yield message as T;
    if (failure() !== undefined) throw failure();
  } catch (err) {
    if (!signal?.aborted) throw fromGrpcError(err);
  } finally {
    signal?.removeEventListener('abort', cancel);
    call.cancel();
  }
}

/** Resolves when the stream takes more messages again, or when it is over. */
export const drained = (call: ServerWritableStream<unknown, unknown>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted || !call.writableNeedDrain) {
      resolve();
      return;
    }
    const finish = () => {
      call.off('drain', finish);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    call.once('drain', finish);
    signal.addEventListener('abort', finish, { once: true });
  });
