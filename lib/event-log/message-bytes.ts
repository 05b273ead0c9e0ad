import type { EventMessage } from './event-log.js';

/** What Kafka adds to a message, at most, and to each of its headers. */
const [overheadBytes, headerBytes] = [40, 10];
const lengthOf = (value: string | Uint8Array): number =>
  typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength;

/** About what a message takes up in a log. */
export const messageBytes = ({ key, value, headers = {} }: EventMessage): number => {
  let bytes = overheadBytes + lengthOf(key) + lengthOf(value);
  for (const [name, text] of Object.entries(headers)) bytes += lengthOf(name) + lengthOf(text) + headerBytes;
  return bytes;
};
