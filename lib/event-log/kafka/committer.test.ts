import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../clock/clock.js';
import { createLogger } from '../../telemetry/telemetry.js';
import { isFinal } from './client.js';
import { createKafkaCommitter } from './committer.js';

describe('kafka committer', () => {
  const open = () => {
    const clock = createManualClock();
    const sent: string[] = [];
    const answers: ((err?: Error) => void)[] = [];
    const lines: { readonly level: number; readonly msg: string }[] = [];
    const counted: string[] = [];
    const warnings = () => lines.filter(({ level }) => level >= 40).map(({ msg }) => msg);
    const committer = createKafkaCommitter({
      clock,
      log: createLogger('test', 'debug', (line) => void lines.push(JSON.parse(line) as { level: number; msg: string })),
      where: 'Kafka',
      limits: { minRetryMs: 100, maxRetryMs: 400, random: () => 0.999_999, commitLateMs: 10_000 },
      refused: (outcome) => void counted.push(outcome),
      send: (offsets) => {
        sent.push([...offsets].map(([partition, next]) => `${partition}:${next}`).join(' '));
        return new Promise((resolve, reject) => answers.push((err) => (err ? reject(err) : resolve())));
      },
    });
    const answer = async (err?: Error) => {
      answers.shift()?.(err);
      await clock.advanceAsync(0);
    };
    const told: string[] = [];
    const commit = (partition: number, next: bigint, ending = new AbortController().signal) =>
      void committer.commit(partition, next, ending).then(() => told.push(`${partition}:${next}`));
    return { clock, sent, committer, answer, told, commit, warnings, counted };
  };

  it('has one request on its way, and gathers what comes meanwhile into the next', async () => {
    const { sent, answer, told, commit, committer, clock } = open();
    commit(0, 1n);
    commit(1, 5n);
    commit(2, 9n);
    expect(sent).toEqual(['0:1']);
    await answer();
    expect(told).toEqual(['0:1']);
    expect(sent).toEqual(['0:1', '1:5 2:9']);
    expect(committer.isIdle()).toBe(false);
    await answer();
    expect(told).toEqual(['0:1', '1:5', '2:9']);
    expect(committer.isIdle()).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('repeats a commit that fails, with pauses that can be cut short', async () => {
    const { sent, answer, told, commit, committer, clock } = open();
    commit(0, 1n);
    for (const pauseMs of [100, 200, 400, 400]) {
      await answer(new Error('no'));
      await clock.advanceAsync(pauseMs - 1);
      const before = sent.length;
      await clock.advanceAsync(1);
      expect(sent.length).toBe(before + 1);
    }
    await answer(new Error('no'));
    committer.hurry();
    await clock.advanceAsync(0);
    expect(sent).toHaveLength(6);
    expect(told).toEqual([]);
    await answer();
    expect(told).toEqual(['0:1']);
  });

  it('gives up what is forgotten, and lets go of who will not wait but commits on', async () => {
    const { sent, answer, told, commit, committer, clock } = open();
    const ending = new AbortController();
    commit(0, 1n);
    commit(1, 2n, ending.signal);
    committer.forget(0);
    ending.abort();
    await clock.advanceAsync(0);
    expect(told.sort()).toEqual(['0:1', '1:2']);
    let settled = false;
    void committer.settled().then(() => {
      settled = true;
    });
    await answer(new Error('moved'));
    await clock.advanceAsync(100);
    expect(sent).toEqual(['0:1', '1:2']);
    expect(settled).toBe(false);
    await answer();
    expect(settled).toBe(true);
    commit(2, 1n, ending.signal);
    await clock.advanceAsync(0);
    expect(told).toContain('2:1');
  });

  it('says at once that Kafka refuses commits for good, in the log and where somebody asks, until it takes them', async () => {
    const { committer, answer, commit, clock, warnings, counted } = open();
    const refusal = () =>
      Object.assign(new Error('Not authorized to access group'), {
        name: 'KafkaJSProtocolError',
        type: 'GROUP_AUTHORIZATION_FAILED',
      });
    commit(0, 5n);
    expect(committer.problem()).toBeUndefined();
    await answer(refusal());
    expect(committer.problem()).toBe('Kafka refuses it (Not authorized to access group)');
    await clock.advanceAsync(100);
    await answer(refusal());
    expect(warnings()).toEqual(['Kafka refuses the commits of what was handled; trying on']);
    expect(counted).toEqual(['refused', 'refused']);
    await clock.advanceAsync(200);
    await answer();
    expect(committer.problem()).toBeUndefined();
  });

  it('says that a commit has waited for long, but nothing while partitions only move', async () => {
    const { committer, answer, commit, clock, warnings, counted } = open();
    commit(0, 5n);
    await answer(Object.assign(new Error('moving'), { name: 'KafkaJSProtocolError', type: 'REBALANCE_IN_PROGRESS' }));
    expect([committer.problem(), warnings(), counted]).toEqual([undefined, [], []]);
    await clock.advanceAsync(100);
    await answer(new Error('The connection is closed'));
    expect(counted).toEqual(['failed']);
    await clock.advanceAsync(10_000);
    expect(committer.problem()).toBe('Kafka has not taken it for 10 s (The connection is closed)');
    expect(warnings()).toEqual(['Kafka does not take the commits of what was handled; trying on']);
  });
});

it('calls final what Kafka itself refuses, not what kafkajs could not find at the moment', () => {
  const thrown = (name: string, more: object = {}) => Object.assign(new Error(name), { name, ...more });
  const wrapped = (cause: Error) => new Error('wrapped', { cause: new Error('again', { cause }) });
  const protocol = (type: string, retriable: boolean) => thrown('KafkaJSProtocolError', { type, retriable });
  expect(isFinal(wrapped(protocol('INCONSISTENT_GROUP_PROTOCOL', false)))).toBe(true);
  expect(isFinal(protocol('TOPIC_AUTHORIZATION_FAILED', false))).toBe(true);
  expect(isFinal(thrown('KafkaJSNotImplemented'))).toBe(true);
  expect(isFinal(protocol('ILLEGAL_GENERATION', false))).toBe(false);
  expect(isFinal(wrapped(protocol('GROUP_LOAD_IN_PROGRESS', true)))).toBe(false);
  expect(isFinal(thrown('KafkaJSGroupCoordinatorNotFound'))).toBe(false);
  expect(isFinal(new TypeError('x of undefined'))).toBe(false);
});
