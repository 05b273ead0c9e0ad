import { describe, expect, it } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { createMetrics, silentLogger } from '../telemetry/telemetry.js';
import type { RedisConnection } from './redis-connection.js';
import { createRedisPublisher } from './redis-publisher.js';

const settle = () => new Promise<void>((done) => setImmediate(done));

/** A publisher with one price on its way, over a connection of which the test gives the answers. */
const setUp = async () => {
  const clock = createManualClock();
  const sent: string[][] = [];
  const answers: { fail: (err: Error) => void; refuse: (err: Error) => void }[] = [];
  const commands = () => {
    const batch: string[] = [];
    return {
      set: (key: string, text: string) => void batch.push(`set ${key} ${text}`),
      exec: () => {
        if (batch.length > 0) sent.push(batch);
        return new Promise((resolve, reject) => answers.push({ fail: reject, refuse: (err) => resolve(batch.map(() => [err, null])) }));
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
    log: silentLogger(),
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
  return { publisher, sent, answers, breakAndReturn, refuse };
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
