import type { Clock, Timer } from '../clock.js';

/** How long nothing may come: neither an answer nor its next piece. Progress counts, so a phone on a bad network gets long answers too. */
const silenceMs = 15_000;
/** How long an answer may take in all. */
const totalMs = 300_000;
/** Answers that may have no body, not even an empty one. */
const bodiless = new Set([204, 205, 304]);

/** The same fetch, whose answers are here to their last byte, or not at all. @throws whatever fetch throws, also for what stays away too long */
export const createPatientFetch =
  (fetch: typeof globalThis.fetch, clock: Clock): typeof globalThis.fetch =>
  async (input, init) => {
    const stop = new AbortController();
    const end = () => stop.abort();
    const total = clock.after(totalMs, end);
    let silence: Timer = clock.after(silenceMs, end);
    const arrived = () => {
      silence.cancel();
      silence = clock.after(silenceMs, end);
    };
    init?.signal?.addEventListener('abort', end, { once: true });
    if (init?.signal?.aborted) end();
    try {
      const answer = await fetch(input, { ...init, signal: stop.signal });
      arrived();
      const pieces = new TransformStream<Uint8Array, Uint8Array>({
        transform: (piece, out) => {
          arrived();
          out.enqueue(piece);
        },
      });
      const body = await new Response(answer.body?.pipeThrough(pieces) ?? null).blob();
      const { status, statusText, headers } = answer;
      return new Response(bodiless.has(status) ? null : body, { status, statusText, headers });
    } finally {
      total.cancel();
      silence.cancel();
      init?.signal?.removeEventListener('abort', end);
    }
  };
