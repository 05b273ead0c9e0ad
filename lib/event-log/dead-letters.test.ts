import { describe, expect, it } from 'vitest';
import { AppError } from '../errors/errors.js';
import { createDeadLetters, originOf } from './dead-letters.js';
import type { EventMessage } from './event-log.js';

const letter = (value: Buffer, headers = {}, timestampMs = 1_700_000_000_000) => ({
  message: { key: 'BTCUSDT', value, headers },
  reason: 'the message is not JSON',
  origin: originOf(2, { offset: '42', timestampMs }),
});
const recorded = (limitBytes: number) => {
  const sent: { topic: string; messages: readonly EventMessage[] }[] = [];
  const append = async (topic: string, messages: readonly EventMessage[]) => {
    if (messages.some((message) => message.value.length > limitBytes))
      throw new AppError('payload_too_large', 'too large');
    sent.push({ topic, messages });
  };
  return { sent, deadLetters: createDeadLetters({ append }, 'binance.miniticker') };
};

describe('a dead letter', () => {
  it('carries the raw bytes and key, where it came from and why', async () => {
    const { sent, deadLetters } = recorded(1e6);
    const bytes = Buffer.from([0, 255, 1]);
    await deadLetters.send([letter(bytes, { trace: 'x' })]);
    expect(sent).toEqual([
      {
        topic: 'binance.miniticker.dlq',
        messages: [
          {
            key: 'BTCUSDT',
            value: bytes,
            headers: {
              trace: 'x',
              reason: 'the message is not JSON',
              'origin-topic': 'binance.miniticker',
              'origin-partition': '2',
              'origin-offset': '42',
              'origin-timestamp': '2023-11-14T22:13:20.000Z',
            },
          },
        ],
      },
    ]);
  });

  it.each([
    ['nanoseconds, as some producers set it', 1_700_000_000_000_000_000, '1700000000000000000'],
    ['a time long before there were messages', -8.7e15, '-8700000000000000'],
    ['no time at all', Number.NaN, 'NaN'],
    ['none, as Kafka writes it', -1, '1969-12-31T23:59:59.999Z'],
  ])('names the time of its message as it stands there: %s', async (_words, timestampMs, written) => {
    const { sent, deadLetters } = recorded(1e6);
    await deadLetters.send([letter(Buffer.from('no ticker'), {}, timestampMs)]);
    expect(sent[0]?.messages[0]?.headers).toMatchObject({ 'origin-timestamp': written });
  });

  it('is written where the topic takes hardly anything, whatever hangs on the message', async () => {
    const { sent, deadLetters } = recorded(300);
    await deadLetters.send([letter(Buffer.alloc(20_000), { trace: 'x'.repeat(20_000) })]);
    expect(sent[0]?.messages[0]?.value.length).toBe(256);
    expect(Object.keys(sent[0]?.messages[0]?.headers ?? {})).not.toContain('trace');
    expect(sent[0]?.messages[0]?.headers).toMatchObject({ 'original-bytes': '20000', 'origin-offset': '42' });
  });

  it('too large for the broker is cut, and says how long it was; its neighbours stay whole', async () => {
    const { sent, deadLetters } = recorded(10_000);
    await deadLetters.send([letter(Buffer.from('small')), letter(Buffer.alloc(20_000))]);
    const [small, large] = sent.flatMap(({ messages }) => messages);
    expect(small?.value.toString()).toBe('small');
    expect(large?.value.length).toBe(8_192);
    expect(large?.headers).toMatchObject({ 'original-bytes': '20000', 'origin-offset': '42' });
  });
});
