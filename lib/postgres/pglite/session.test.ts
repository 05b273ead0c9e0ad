import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import { createPgliteSession, type PgliteSessionOptions } from './session.js';
import type { QueryResult } from './thread/protocol.js';

const empty: QueryResult = { rows: [], fields: [] };
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A session over a connection that answers when it is told to. */
const build = (options: Partial<PgliteSessionOptions> = {}) => {
  const clock = createManualClock();
  const sent: string[] = [];
  const answers: { resolve(): void; reject(err: Error): void }[] = [];
  const run = (text: string) =>
    new Promise<QueryResult>((resolve, reject) => {
      sent.push(text);
      answers.push({ resolve: () => resolve(empty), reject });
    });
  const answerAll = async () => {
    await settle();
    while (answers.length) {
      answers.shift()?.resolve();
      await settle();
    }
  };
  return { clock, sent, answers, answerAll, session: createPgliteSession(run, { clock, ...options }) };
};
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (err: unknown) => (err instanceof AppError ? err.code : String(err)),
  );

describe('a session that many callers share', () => {
  it('gives turns in the order of asking, a transaction as one turn', async () => {
    const { sent, answerAll, session } = build();
    const work = [
      session.query('a'),
      session.transaction(async (client) => {
        await client.query('b');
        await client.query('c');
      }),
      session.query('d'),
    ];
    await answerAll();
    await Promise.all(work);
    expect(sent).toEqual(['a', 'begin', 'b', 'c', 'commit', 'd']);
  });

  it('refuses what would wait behind too many, and what waited too long', async () => {
    const { clock, sent, answerAll, session } = build({ maxWaiting: 1, waitTimeoutMs: 100 });
    const first = session.query('first');
    const second = codeOf(session.query('second'));
    expect(await codeOf(session.query('third'))).toBe('unavailable');
    await clock.advanceAsync(100);
    expect(await second).toBe('unavailable');
    const fourth = session.query('fourth');
    await answerAll();
    await Promise.all([first, fourth]);
    expect(sent).toEqual(['first', 'fourth']);
  });

  it('goes on after a failed statement and a failed transaction', async () => {
    const { sent, answers, answerAll, session } = build();
    const failed = codeOf(session.query('bad'));
    await settle();
    answers.shift()?.reject(new Error('no'));
    expect(await failed).toBe('Error: no');
    const thrown = codeOf(session.transaction(() => Promise.reject(new Error('mine'))));
    await answerAll();
    expect(await thrown).toBe('Error: mine');
    const last = session.query('last');
    await answerAll();
    await last;
    expect(sent).toEqual(['bad', 'begin', 'rollback', 'last']);
  });

  it('rolls a transaction back that does not end, and shuts its late statements out', async () => {
    const { clock, sent, answerAll, session } = build({ transactionTimeoutMs: 100 });
    let late: Promise<string> | undefined;
    let resume: () => void = () => undefined;
    const transaction = codeOf(
      session.transaction(async (client) => {
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
        late = codeOf(client.query('late'));
      }),
    );
    await answerAll();
    const next = session.query('next');
    await clock.advanceAsync(100);
    await answerAll();
    expect(await transaction).toBe('deadline_exceeded');
    await next;
    resume();
    await settle();
    expect(await late).toBe('internal');
    expect(sent).toEqual(['begin', 'rollback', 'next']);
  });
});
