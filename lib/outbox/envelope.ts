import type { EventMessage } from '../events/message.js';
import type { EventRow } from './tables.js';

/** Where an event comes from, as it is said when it is sent. */
export interface Origin {
  /** The service. */
  readonly source: string;
  /** Of its database: rows of before a restore speak under the new one. */
  readonly epoch: number;
}

type Row = Omit<EventRow, 'seq' | 'topic' | 'sentAt'>;

/** An event as everybody reads it, JSON. */
export const envelopeOf = (row: Omit<Row, 'key'>, { source, epoch }: Origin): string => {
  const { id, type, stream, version, createdAt, body } = row;
  const { schema, userId, requestId, causedBy, traceparent, data } = body;
  const time = createdAt.toISOString();
  const about = { userId, stream, version, time, requestId, causedBy, traceparent };
  return JSON.stringify({ id, type, schema, source, epoch, ...about, data });
};

/** An event as the log takes it. */
export const messageOf = (row: Row, origin: Origin): EventMessage => {
  const { traceparent } = row.body;
  return {
    key: row.key,
    value: envelopeOf(row, origin),
    ...(traceparent === undefined ? {} : { headers: { traceparent } }),
  };
};
