import { createManualClock } from '@tickfolio/lib/clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createControlChannel } from './control-channel.js';
import { defaultLimits } from './limits.js';

interface Message {
  method: string;
  params: string[];
  id: number;
  atMs: number;
}

const rig = (answer: (message: Message) => string | 'ok' | undefined = () => 'ok') => {
  const clock = createManualClock();
  const sent: Message[] = [];
  const acknowledged: string[] = [];
  const rejected: string[] = [];
  const server = new Set<string>();
  let unanswered = 0;
  const channel = createControlChannel(clock, defaultLimits, {
    send: (text) => {
      const message: Message = { ...(JSON.parse(text) as Message), atMs: clock.monotonic() };
      sent.push(message);
      const reply = answer(message);
      if (reply === undefined) return;
      if (reply === 'ok') for (const name of message.params) message.method === 'SUBSCRIBE' ? server.add(name) : server.delete(name);
      clock.after(20, () => channel.reply(message.id, reply === 'ok' ? undefined : reply));
    },
    acknowledged: (name) => acknowledged.push(name),
    rejected: (name) => rejected.push(name),
    unanswered: () => {
      unanswered += 1;
    },
  });
  return {
    clock,
    sent,
    acknowledged,
    rejected,
    server,
    channel,
    get unanswered() {
      return unanswered;
    },
  };
};

const mostInASecond = (sent: readonly Message[]) =>
  Math.max(0, ...sent.map(({ atMs }) => sent.filter((other) => other.atMs >= atMs && other.atMs < atMs + 1_000).length));

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
    const { channel, clock, rejected, acknowledged } = rig(({ params }) => (params.includes('bad@aggTrade') ? 'invalid stream' : 'ok'));
    const good = Array.from({ length: 15 }, (_, index) => `s${index}@aggTrade`);
    for (const name of [...good.slice(0, 6), 'bad@aggTrade', ...good.slice(6)]) channel.want(name);
    channel.open();
    clock.advance(20_000);
    expect(rejected).toEqual(['bad@aggTrade']);
    expect(acknowledged.sort()).toEqual(good.sort());
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
