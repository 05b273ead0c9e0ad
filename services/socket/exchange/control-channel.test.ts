import { createManualClock } from '@tickfolio/lib/clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.js';
import { createControlChannel } from './control-channel.js';

interface Message {
  method: string;
  params: string[];
  id: number;
  atMs: number;
}

/** What the exchange says of a name that is none. */
const invalid = { text: 'Invalid request: invalid stream', code: 2 };

const rig = (answer: (message: Message) => string | typeof invalid | 'ok' | undefined = () => 'ok') => {
  const clock = createManualClock();
  const sent: Message[] = [];
  const acknowledged: string[] = [];
  /** Each with the seconds after which it is to be asked for again. */
  const refused: [name: string, retryInSeconds: number][] = [];
  const rejected: string[] = [];
  let listed = 0;
  const server = new Set<string>();
  let unanswered = 0;
  const channel = createControlChannel(clock, defaultLimits, {
    send: (text) => {
      const message: Message = { ...(JSON.parse(text) as Message), atMs: clock.monotonic() };
      sent.push(message);
      const reply = answer(message);
      if (reply === undefined) return;
      if (reply === 'ok')
        for (const name of message.params ?? [])
          message.method === 'SUBSCRIBE' ? server.add(name) : server.delete(name);
      const result = message.method === 'LIST_SUBSCRIPTIONS' ? [...server] : null;
      if (reply === 'ok') clock.after(20, () => channel.reply(message.id, undefined, { result }));
      else if (typeof reply === 'string') clock.after(20, () => channel.reply(message.id, reply, { code: -1_000 }));
      else clock.after(20, () => channel.reply(message.id, reply.text, { code: reply.code }));
    },
    acknowledged: (name) => acknowledged.push(name),
    rejected: (name, _why, { isNews, retryInMs }) => {
      refused.push([name, retryInMs / 1_000]);
      if (isNews) rejected.push(name);
    },
    listed: () => {
      listed += 1;
    },
    unanswered: () => {
      unanswered += 1;
    },
  });
  return {
    clock,
    sent,
    acknowledged,
    rejected,
    refused,
    server,
    channel,
    get listed() {
      return listed;
    },
    get unanswered() {
      return unanswered;
    },
  };
};

const mostInASecond = (sent: readonly Message[]) =>
  Math.max(
    0,
    ...sent.map(({ atMs }) => sent.filter((other) => other.atMs >= atMs && other.atMs < atMs + 1_000).length),
  );

describe('control channel', () => {
  it('sends what is wanted together in one message, once the connection is open', () => {
    const { channel, clock, sent } = rig();
    channel.want('a@aggTrade');
    channel.want('b@aggTrade');
    clock.advance(5_000);
    expect(sent).toEqual([]);
    channel.open();
    clock.advance(0);
    expect(sent).toMatchObject([{ method: 'SUBSCRIBE', params: ['a@aggTrade', 'b@aggTrade'] }]);
  });

  it('stays inside the limits when 1,000 streams are wanted one by one', () => {
    const { channel, clock, sent, server } = rig();
    channel.open();
    for (let index = 0; index < 1_000; index++) {
      channel.want(`s${index}@aggTrade`);
      clock.advance(3);
    }
    clock.advance(5_000);
    expect(server.size).toBe(1_000);
    expect(mostInASecond(sent)).toBeLessThanOrEqual(3);
    expect(Math.max(...sent.map(({ params }) => params.length))).toBeLessThanOrEqual(defaultLimits.namesPerMessage);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(sent.length);
  });

  it('ends with exactly what is wanted, whatever was wanted and dropped meanwhile, never too fast', () => {
    const op = fc.record({
      name: fc.integer({ min: 0, max: 12 }).map((index) => `s${index}@aggTrade`),
      what: fc.constantFrom('want', 'unwant', 'renew'),
      waitMs: fc.integer({ min: 0, max: 400 }),
    });
    fc.assert(
      fc.property(fc.array(op, { maxLength: 60 }), (ops) => {
        const { channel, clock, sent, server } = rig();
        const wanted = new Set<string>();
        channel.open();
        for (const { name, what, waitMs } of ops) {
          if (what === 'want') {
            channel.want(name);
            wanted.add(name);
          } else if (what === 'unwant') {
            channel.unwant(name);
            wanted.delete(name);
          } else channel.renew(name);
          clock.advance(waitMs);
        }
        clock.advance(30_000);
        expect([...server].sort()).toEqual([...wanted].sort());
        expect(mostInASecond(sent)).toBeLessThanOrEqual(3);
        expect(clock.pending).toBe(0);
      }),
    );
  });

  it('finds the one bad name of a refused batch and keeps the others', () => {
    const { channel, clock, rejected, acknowledged } = rig(({ params }) =>
      params.includes('bad@aggTrade') ? invalid : 'ok',
    );
    const good = Array.from({ length: 15 }, (_, index) => `s${index}@aggTrade`);
    for (const name of [...good.slice(0, 6), 'bad@aggTrade', ...good.slice(6)]) channel.want(name);
    channel.open();
    clock.advance(20_000);
    expect(rejected).toEqual(['bad@aggTrade']);
    expect(acknowledged.sort()).toEqual(good.sort());
  });

  it('asks again within seconds for streams that were all refused in a bad moment', () => {
    let isBusy = true;
    const { channel, clock, acknowledged, sent } = rig(() => (isBusy ? 'Internal error. Please try again.' : 'ok'));
    const names = Array.from({ length: 40 }, (_, index) => `s${index}@aggTrade`);
    for (const name of names) channel.want(name);
    channel.open();
    clock.advance(10_000);
    isBusy = false;
    clock.advance(30_000);
    expect([...acknowledged].sort()).toEqual([...names].sort());
    expect(mostInASecond(sent)).toBeLessThanOrEqual(3);
    expect(clock.pending).toBe(0);
  });

  it('asks ever less often while a stream is refused, never for good, and tells it once', () => {
    const { channel, clock, rejected, sent } = rig(() => 'Internal error. Please try again.');
    channel.want('a@aggTrade');
    channel.open();
    clock.advance(3_600_000);
    const pauses = sent.slice(1).map(({ atMs }, index) => Math.round((atMs - (sent[index]?.atMs ?? 0)) / 1_000));
    expect(pauses.slice(0, 4)).toEqual([1, 2, 4, 8]);
    expect(Math.max(...pauses)).toBe(defaultLimits.refusalRetryCapMs / 1_000);
    expect(sent.length).toBeGreaterThan(20);
    expect(rejected).toEqual(['a@aggTrade']);
  });

  it('has a name back half a minute after the exchange had refused it by mistake, and tells each time how long it waits', () => {
    let isWrong = true;
    const { channel, clock, acknowledged, refused, sent } = rig(({ params }) =>
      params.includes('bad@aggTrade') && isWrong ? invalid : 'ok',
    );
    for (const name of ['a@aggTrade', 'bad@aggTrade']) channel.want(name);
    channel.open();
    clock.advance(5_000);
    expect(refused).toEqual([['bad@aggTrade', 30]]);
    isWrong = false;
    clock.advance(30_000);
    expect(acknowledged).toEqual(['a@aggTrade', 'bad@aggTrade']);
    isWrong = true;
    channel.renew('bad@aggTrade');
    clock.advance(600_000);
    expect(refused.slice(1, 6).map(([, seconds]) => seconds)).toEqual([30, 60, 120, 180, 180]);
    expect(mostInASecond(sent)).toBeLessThanOrEqual(3);
  });

  it('asks for many names that are refused no faster than the exchange allows, and for new ones before them', () => {
    const { channel, clock, acknowledged, sent } = rig(({ params }) =>
      params.some((name) => name.startsWith('bad')) ? invalid : 'ok',
    );
    for (let index = 0; index < 200; index++) channel.want(`bad${index}@aggTrade`);
    channel.open();
    for (let index = 0; index < 60; index++) {
      clock.advance(8_000);
      channel.want(`new${index}@aggTrade`);
      clock.advance(2_000);
      expect(acknowledged).toHaveLength(index + 1);
    }
    expect(mostInASecond(sent)).toBeLessThanOrEqual(3);
  });

  it('has a name that was refused listed some minutes later, and holds up nobody with it', () => {
    let isListed = false;
    const { channel, clock, acknowledged, rejected } = rig(({ params }) =>
      params.includes('new@aggTrade') && !isListed ? invalid : 'ok',
    );
    for (const name of ['new@aggTrade', 'a@aggTrade']) channel.want(name);
    channel.open();
    clock.advance(60_000);
    expect(channel.isRefused('new@aggTrade')).toBe(true);
    channel.want('b@aggTrade');
    clock.advance(1_000);
    expect(acknowledged).toEqual(['a@aggTrade', 'b@aggTrade']);
    isListed = true;
    clock.advance(defaultLimits.refusalRetryCapMs);
    expect(acknowledged).toEqual(['a@aggTrade', 'b@aggTrade', 'new@aggTrade']);
    expect(rejected).toEqual(['new@aggTrade']);
    expect(channel.isRefused('new@aggTrade')).toBe(false);
  });

  it('forgets a refusal of what nobody wants any more: wanted again, it is asked for at once', () => {
    let isBusy = true;
    const { channel, clock, acknowledged } = rig(() => (isBusy ? invalid : 'ok'));
    channel.want('a@aggTrade');
    channel.open();
    clock.advance(10);
    channel.unwant('a@aggTrade'); // The refusal is on its way.
    clock.advance(10_000);
    isBusy = false;
    channel.want('a@aggTrade');
    clock.advance(1_000);
    expect(acknowledged).toEqual(['a@aggTrade']);
  });

  it('says at once of a stream that was let go and is wanted again before the exchange was told that it is answered', () => {
    const { channel, clock, acknowledged, sent } = rig();
    channel.want('a@aggTrade');
    channel.open();
    clock.advance(100);
    channel.unwant('a@aggTrade');
    channel.want('a@aggTrade');
    clock.advance(60_000);
    expect(acknowledged).toEqual(['a@aggTrade', 'a@aggTrade']);
    expect(sent).toHaveLength(1);
  });

  it('asks for a sign of life in its turn, and takes a list or an error for one, but nothing else', () => {
    const answers = ['ok', invalid, undefined] as const;
    const it = rig(({ method, id }) => (method === 'LIST_SUBSCRIPTIONS' ? answers[id - 1] : 'ok'));
    it.channel.open();
    for (const listed of [1, 2, 2]) {
      it.channel.list();
      it.clock.advance(20_000);
      expect(it.listed).toBe(listed);
    }
    expect(it.sent.map(({ method, params }) => [method, params])).toEqual(
      Array(3).fill(['LIST_SUBSCRIPTIONS', undefined]),
    );
    it.channel.list();
    it.clock.advance(0);
    it.channel.reply(4, undefined, { result: null });
    expect(it.listed).toBe(2);
    expect(it.unanswered).toBe(0);
  });

  it('takes data before the reply as the answer, and does not ask again', () => {
    const { channel, clock, sent, acknowledged, ...state } = rig(() => undefined);
    channel.want('a@aggTrade');
    channel.open();
    clock.advance(100);
    channel.sawData('a@aggTrade');
    channel.sawData('a@aggTrade');
    clock.advance(60_000);
    expect(acknowledged).toEqual(['a@aggTrade']);
    expect(sent).toHaveLength(1);
    expect(state.unanswered).toBe(0);
  });

  it('asks once more when there is no reply, then gives the connection up', () => {
    const it = rig(() => undefined);
    it.channel.want('a@aggTrade');
    it.channel.open();
    it.clock.advance(defaultLimits.replyTimeoutMs + 10);
    expect(it.sent).toHaveLength(2);
    expect(it.unanswered).toBe(0);
    it.clock.advance(defaultLimits.replyTimeoutMs + 10);
    expect(it.unanswered).toBe(1);
  });

  it('renews one stream by leaving and joining it', () => {
    const { channel, clock, sent } = rig();
    channel.want('a@aggTrade');
    channel.want('b@aggTrade');
    channel.open();
    clock.advance(1_000);
    channel.renew('a@aggTrade');
    clock.advance(2_000);
    expect(sent.slice(1).map(({ method, params }) => [method, ...params])).toEqual([
      ['UNSUBSCRIBE', 'a@aggTrade'],
      ['SUBSCRIBE', 'a@aggTrade'],
    ]);
  });

  it('ignores replies to nothing', () => {
    const { channel, acknowledged } = rig();
    channel.open();
    channel.reply(99, undefined);
    channel.reply(undefined, 'Invalid JSON');
    expect(acknowledged).toEqual([]);
  });
});
