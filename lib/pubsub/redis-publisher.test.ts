import { describe, expect, it } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { createLogger, createMetrics } from '../telemetry/telemetry.js';
import type { RedisConnection } from './redis-connection.js';
import { createRedisPublisher } from './redis-publisher.js';

const settle = () => new Promise<void>((done) => setImmediate(done));

/** A publisher with one price on its way, over a connection of which the test gives the answers. */
const setUp = async () => {
  const clock = createManualClock();
  const sent: string[][] = [];
  const lines: string[] = [];
  const answers: { fail: (err: Error) => void; refuse: (err: Error | null) => void }[] = [];
  const commands = () => {
    const batch: string[] = [];
    return {
      set: (key: string, text: string) => void batch.push(`set ${key} ${text}`),
      exec: () => {
        if (batch.length > 0) sent.push(batch);
        return new Promise((resolve, reject) =>
          answers.push({ fail: reject, refuse: (err) => resolve(batch.map(() => [err, null])) }),
        );
      },
    };
  };
  let up = true;
  const connection = {
    redis: { multi: commands, pipeline: commands },
    isUp: () => up,
    renew: () => undefined,
    answer: async (work: Promise<unknown>) => work,
    whenUp: async () => undefined,
  } as unknown as RedisConnection;
  const publisher = createRedisPublisher(connection, {
    clock,
    log: createLogger('test', 'warn', (line) => lines.push(line)),
    metrics: createMetrics('test'),
    maxInFlight: 1_000,
    maxUnwritten: 1_000,
    requestTimeoutMs: 1_000,
    sharded: false,
  });
  publisher.retain({ key: 'last:btcusdt', text: 'old' });
  await settle();
  const breakAndReturn = async () => {
    up = false;
    answers[0]?.fail(new Error('Connection is closed.'));
    await settle();
    up = true;
    publisher.resume();
    await settle();
  };
  const refuse = async (words: string) => {
    answers[0]?.refuse(Object.assign(new Error(words), { name: 'ReplyError' }));
    await settle();
    await clock.advanceAsync(20_000);
    await settle();
  };
  const isFull = Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' });
  /** The answer to what was sent as that one: memory is full, or it is taken. */
  const answer = async (at: number, how: 'full' | 'taken') => {
    answers[at]?.refuse(how === 'full' ? isFull : null);
    await settle();
  };
  const told = (words: string) => lines.filter((line) => line.includes(words)).length;
  return { clock, publisher, sent, answers, answer, told, breakAndReturn, refuse };
};

describe('the price of a coin that another process publishes by now', () => {
  it('stays, where the connection broke while an older price was on its way', async () => {
    const { publisher, sent, breakAndReturn } = await setUp();
    publisher.forget(['last:btcusdt']);
    await breakAndReturn();
    expect(sent).toHaveLength(1);
  });

  it('stays, where Redis refused the older price for a while', async () => {
    const { publisher, sent, refuse } = await setUp();
    publisher.forget(['last:btcusdt']);
    await refuse('LOADING Redis is loading the dataset in memory');
    expect(sent).toHaveLength(1);
  });

  it('stays, where Redis refused the older price with all that was sent with it', async () => {
    const { publisher, sent, answers } = await setUp();
    publisher.forget(['last:btcusdt']);
    answers[0]?.fail(Object.assign(new Error('EXECABORT Transaction discarded'), { name: 'ReplyError' }));
    await settle();
    expect(sent).toHaveLength(1);
  });
});

it('writes a price once more that was on its way when the connection broke, also of a coin that came back', async () => {
  const kept = await setUp();
  await kept.breakAndReturn();
  expect(kept.sent.slice(1)).toEqual([['set last:btcusdt old']]);
  const back = await setUp();
  back.publisher.forget(['last:btcusdt']);
  back.publisher.retain({ key: 'last:btcusdt', text: 'new' });
  await settle();
  back.answers[1]?.fail(new Error('Connection is closed.'));
  await back.breakAndReturn();
  expect(back.sent.slice(2)).toEqual([['set last:btcusdt new']]);
});

describe('a second time in which Redis refuses writes', () => {
  const retain = async ({ publisher }: Awaited<ReturnType<typeof setUp>>, symbol: string) => {
    publisher.retain({ key: `last:${symbol}`, text: '1' });
    await settle();
  };
  it.each([
    ['after it was refused', ['answer', 'forget']],
    ['while it was on its way', ['forget', 'answer']],
  ])(
    'is told too, where nobody wanted the price any more that was refused first: given up %s',
    async (_when, steps) => {
      const room = await setUp();
      for (const step of steps)
        if (step === 'answer') await room.answer(0, 'full');
        else room.publisher.forget(['last:btcusdt']);
      expect(room.told('refuses writes')).toBe(1);
      await room.clock.advanceAsync(1_000);
      await retain(room, 'ethusdt');
      await room.answer(1, 'full');
      expect(room.told('refuses writes')).toBe(2);
      await room.clock.advanceAsync(20_000); // Written once more, and refused again: that is the same time.
      await room.answer(2, 'full');
      expect([room.sent.length, room.told('refuses writes'), room.told('takes writes again')]).toEqual([3, 2, 0]);
    },
  );

  it('is told after it was told that it takes them again, and not before', async () => {
    const room = await setUp();
    await room.answer(0, 'full');
    room.publisher.forget(['last:btcusdt']);
    await room.clock.advanceAsync(1_000);
    expect(room.told('takes writes again')).toBe(0); // Nobody knows.
    await retain(room, 'ethusdt');
    await room.answer(1, 'taken');
    expect(room.told('takes writes again')).toBe(1);
    await retain(room, 'ethusdt');
    await room.answer(2, 'full');
    expect([room.told('refuses writes'), room.told('takes writes again')]).toEqual([2, 1]);
  });

  it('is not told of a coin that goes while what is kept of another is refused still', async () => {
    const room = await setUp();
    await retain(room, 'ethusdt');
    await room.answer(0, 'full');
    await room.answer(1, 'full');
    room.publisher.forget(['last:btcusdt']);
    await room.clock.advanceAsync(1_000);
    await room.answer(2, 'full');
    expect(room.told('refuses writes')).toBe(1);
  });
});
