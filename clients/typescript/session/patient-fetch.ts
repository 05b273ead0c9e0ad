import { times } from '@tickfolio/lib/renewal/times';
import type { Clock, Timer } from '../clock.js';

/**
 * How long nothing may come: neither an answer nor its next piece. Progress counts, so a phone on a bad network gets
 * long answers too.
 */
const silenceMs = times.answerMs;
/** How long an answer may take in all. */
const totalMs = 300_000;
/** Answers that may have no body, not even an empty one. */
const bodiless = new Set([204, 205, 304]);

const readText = async (body: ReadableStream<Uint8Array>, arrived: () => void): Promise<string> => {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    arrived();
    text += decoder.decode(value, { stream: true });
  }
};

/**
 * The same fetch for answers that are texts, which are here to their last letter, or not at all.
 * @throws whatever fetch throws, also for what stays away too long
 */
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
      const text = answer.body ? await readText(answer.body, arrived) : '';
      const { status, statusText, headers } = answer;
      return new Response(bodiless.has(status) ? null : text, { status, statusText, headers });
    } finally {
      total.cancel();
      silence.cancel();
      init?.signal?.removeEventListener('abort', end);
    }
  };
