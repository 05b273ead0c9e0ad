import { createManualClock } from '@tickfolio/lib/clock';
import { describe, expect, it } from 'vitest';
import { createPatientFetch } from './patient-fetch.js';

/** A server whose answer comes in pieces, one every `everyMs`, and ends unless it is `stuck`. */
const rig = (pieces: readonly string[], everyMs: number, { status = 200, stuck = false } = {}) => {
  const clock = createManualClock();
  const seen: { signal?: AbortSignal | null | undefined } = {};
  const fetch = (async (_path: string, init?: RequestInit) => {
    seen.signal = init?.signal;
    const body = new ReadableStream({
      start: (stream) => {
        init?.signal?.addEventListener('abort', () => stream.error(init.signal?.reason));
        pieces.forEach((piece, index) => {
          clock.after(
            (index + 1) * everyMs,
            () => init?.signal?.aborted || stream.enqueue(new TextEncoder().encode(piece)),
          );
        });
        if (!stuck) clock.after(pieces.length * everyMs + 1, () => init?.signal?.aborted || stream.close());
      },
    });
    return new Response(body, { status, headers: { 'content-type': 'application/json', etag: '"1"' } });
  }) as typeof globalThis.fetch;
  return { clock, seen, fetch: createPatientFetch(fetch, clock) };
};
const outcome = (asked: Promise<Response>) =>
  asked.then(
    (answer) => answer.json() as Promise<unknown>,
    () => 'given up',
  );

describe('an answer on a bad line', () => {
  it('is taken also where it takes a minute, as long as it goes on coming', async () => {
    const { clock, fetch } = rig(['{"a":', ...Array.from({ length: 6 }, () => ' '), '1}'], 10_000);
    const asked = fetch('/api/v1/symbols');
    await clock.advanceAsync(90_000);
    const answer = await asked;
    expect([answer.status, answer.headers.get('etag'), await answer.json()]).toEqual([200, '"1"', { a: 1 }]);
    expect(clock.pending).toBe(0);
  });

  it('is given up where nothing more comes, and where it never ends', async () => {
    const stuck = rig(['{"a":'], 1_000, { stuck: true });
    const first = outcome(stuck.fetch('/'));
    await stuck.clock.advanceAsync(17_000);
    expect(await first).toBe('given up');
    const endless = rig(
      Array.from({ length: 100 }, () => ' '),
      5_000,
    );
    const second = outcome(endless.fetch('/'));
    await endless.clock.advanceAsync(300_000);
    expect(await second).toBe('given up');
    expect(endless.seen.signal?.aborted).toBe(true);
  });

  it('is given up with its caller', async () => {
    const { clock, fetch } = rig(['1'], 1_000);
    const caller = new AbortController();
    const asked = outcome(fetch('/', { signal: caller.signal }));
    caller.abort();
    await clock.advanceAsync(10);
    expect(await asked).toBe('given up');
  });

  it('may be without a body', async () => {
    const fetch = createPatientFetch(
      (async () => new Response(null, { status: 204 })) as typeof globalThis.fetch,
      createManualClock(),
    );
    expect((await fetch('/')).status).toBe(204);
  });
});
