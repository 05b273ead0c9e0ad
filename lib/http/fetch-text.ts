import type { Clock, Timer } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';

export interface FetchTextOptions {
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
  /** Who is asked, for errors: `The exchange`. */
  readonly who: string;
  /**
   * How long nothing may come: neither the head of the answer nor the next piece of its body. Progress counts, not
   * size.
   */
  readonly silenceMs: number;
  /** How long the whole may take, however steadily it comes. */
  readonly totalMs: number;
  /** How many bytes the body may have; asked once, when the head is there. */
  readonly maxBytes: (response: Response) => number;
  readonly signal?: AbortSignal | undefined;
}

export interface TextAnswer {
  /** Its body is read. */
  readonly response: Response;
  readonly text: string;
  /** When it was asked, epoch milliseconds. */
  readonly sentAtMs: number;
  /** From the question to the head of the answer. */
  readonly roundTripMs: number;
}

const readText = async (body: ReadableStream<Uint8Array> | null, arrived: (bytes: number) => void): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body ?? []) {
    arrived(chunk.byteLength);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
};

/**
 * Asks for a text and reads it to its end, also over a line on which that takes long.
 * @throws AppError `deadline_exceeded`, `canceled`, `unavailable` (too long); anything else is what fetch throws
 */
export const fetchText = async (address: string, init: RequestInit, options: FetchTextOptions): Promise<TextAnswer> => {
  const { clock, fetch, who, silenceMs, totalMs, signal } = options;
  const stop = new AbortController();
  const late = (what: string) => stop.abort(new AppError('deadline_exceeded', `${who} ${what}.`));
  const cancel = () => stop.abort(new AppError('canceled', 'The call was canceled.'));
  let begun = false;
  const total = clock.after(totalMs, () =>
    late(`${begun ? 'was still sending after' : 'did not answer within'} ${totalMs / 1_000} s`),
  );
  const awaitMore = (what: string): Timer => clock.after(silenceMs, () => late(`${what} ${silenceMs / 1_000} s`));
  let silence = awaitMore('did not answer within');
  let bytes = 0;
  const arrived = (more: number, bound: number) => {
    silence.cancel();
    silence = awaitMore('stopped in the middle of its answer, for');
    bytes += more;
    if (bytes > bound)
      throw new AppError('unavailable', `${who} sent more than can be right (${bound} bytes and more).`);
  };
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    if (signal?.aborted) cancel();
    stop.signal.throwIfAborted();
    const sentAtMs = clock.now();
    const sent = clock.monotonic();
    const response = await fetch(address, { ...init, signal: stop.signal });
    const roundTripMs = clock.monotonic() - sent;
    begun = true;
    const bound = options.maxBytes(response);
    arrived(0, bound);
    const text = await readText(response.body, (more) => arrived(more, bound));
    return { response, text, sentAtMs, roundTripMs };
  } catch (err) {
    // What fetch makes of an abort says less than why it was aborted.
    throw stop.signal.aborted ? stop.signal.reason : err;
  } finally {
    total.cancel();
    silence.cancel();
    signal?.removeEventListener('abort', cancel);
  }
};
