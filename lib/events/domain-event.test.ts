import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { createEventTopic } from './domain-event.js';

const order = { orderId: Type.String(), portfolioId: Type.String() };
const orders = createEventTopic({
  name: 'order-events',
  description: 'What becomes of orders.',
  partitions: 6,
  source: 'orders',
  keyOf: ({ data }) => data.portfolioId,
  streamOf: ({ data }) => `order:${data.orderId}`,
  types: {
    'order.accepted': { schema: 1, data: Type.Object(order) },
    'order.rejected': {
      schema: 2,
      data: Type.Object({ ...order, reason: Type.String(), detail: Type.Optional(Type.String()) }),
    },
    'order.counted': { schema: 1, withoutUser: true, byEach: true, data: Type.Object(order) },
  },
});
const envelope = {
  id: '0199a3c2-0000-7000-8000-000000000001',
  source: 'orders',
  epoch: 1,
  userId: 'u1',
  stream: 'order:o1',
  version: 5,
  time: '2026-11-28T07:40:00.123Z',
};
const data = { orderId: 'o1', portfolioId: 'p1' };
const accepted = { ...envelope, type: 'order.accepted', data } as const;
const bytes = (event: object) => ({ value: Buffer.from(JSON.stringify(event)) });

describe('a domain event', () => {
  it('goes to the log under its key, with the schema of its type, and is read as it was', () => {
    const { key, value, headers } = orders.messageOf({
      ...envelope,
      type: 'order.rejected',
      data: { ...data, reason: 'no-cash' },
    });
    expect([key, headers]).toEqual(['p1', undefined]);
    const event = { ...envelope, type: 'order.rejected', schema: 2, data: { ...data, reason: 'no-cash' } };
    expect(orders.read({ value: Buffer.from(value) })).toEqual({ kind: 'event', event });
  });

  it('has its trace also in the headers, where the log looks for it', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect(orders.messageOf({ ...accepted, traceparent }).headers).toEqual({ traceparent });
  });

  it('of an older schema, or with fields of a later version, is read', () => {
    const older = { ...envelope, type: 'order.rejected', schema: 1, data: { ...data, reason: 'no-cash' } };
    expect(orders.read(bytes(older))).toEqual({ kind: 'event', event: older });
    const more = { ...accepted, schema: 1, more: 1, data: { ...data, more: [] } };
    expect(orders.read(bytes(more))).toEqual({ kind: 'event', event: more });
  });

  it("may be nobody's, and told by each service, where its type says so", () => {
    const { userId: _, ...counted } = { ...envelope, source: 'portfolio', type: 'order.counted' as const, data };
    const { value } = orders.messageOf(counted);
    expect(orders.read({ value: Buffer.from(value) })).toEqual({ kind: 'event', event: { ...counted, schema: 1 } });
  });

  it('of a type that is not known is no fault', () => {
    expect(orders.read(bytes({ ...accepted, type: 'order.split', schema: 9, data: null }))).toEqual({
      kind: 'other',
      type: 'order.split',
      around: expect.objectContaining({ stream: 'order:o1', version: 5 }),
    });
  });

  it.each<[unknown, string]>([
    [{ ...accepted, schema: 2 }, 'order.accepted has schema 2, and 1 is the newest known here'],
    [{ ...accepted, schema: 1, version: 0 }, 'event.version must be >= 1'],
    [{ ...accepted, schema: 1, data: { orderId: 'o1' } }, 'data must have required properties portfolioId'],
    [{ ...accepted, schema: 1, time: 'yesterday' }, 'event.time must match format "date-time"'],
    [{ ...accepted, schema: 1, time: '2026-11-28T08:40:00.123+01:00' }, 'event.time must match pattern'],
    [{ ...accepted, schema: 1, source: 'portfolio' }, 'order.accepted is told by orders, not by portfolio'],
    [{ ...accepted, schema: 1, userId: undefined }, 'event must have required properties userId'],
    [{ ...accepted, schema: 1, stream: 'order:o2' }, 'event.stream must be order:o1'],
    ['text', 'event must be object'],
  ])('that cannot be understood says why: %j', (event, reason) => {
    expect(orders.read(bytes(event as object))).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringContaining(reason),
    });
  });
  it('says which number of which stream it is, where only its data cannot be understood', () => {
    const around = (event: object) => {
      const read = orders.read(bytes(event));
      return read.kind === 'event' ? undefined : read.around;
    };
    expect(around({ ...accepted, schema: 2 })).toMatchObject({ stream: 'order:o1', version: 5, epoch: 1 });
    expect(around({ ...accepted, schema: 1, version: 0 })).toBeUndefined();
  });
  it.each([
    [Buffer.from('{"a"'), 'the message is not JSON'],
    [Buffer.from([0x22, 0xff, 0x22]), 'the message is not UTF-8 text'],
  ])('that is no text of JSON says so', (value, reason) =>
    expect(orders.read({ value })).toEqual({ kind: 'unreadable', reason }),
  );

  it('that nobody could read is not written', () => {
    expect(() => orders.messageOf({ ...accepted, version: 1.5 })).toThrow('event.version must be integer');
    const of = (type: string, more: object) => orders.messageOf({ ...accepted, ...more, type } as typeof accepted);
    expect(() => of('order.accepted', { source: 'portfolio' })).toThrow('order.accepted is told by orders');
    expect(() => of('order.rejected', {})).toThrow('data must have required properties reason');
    expect(() => of('user.created', {})).toThrow('order-events has no events of type user.created');
  });
});
