import type { EventMessage, StoredMessage } from '../event-log.js';

/** Comes first in every body, so that another form can come beside this one. */
const form = 1;
const lengthBytes = 4;

const fieldOf = (content: string | Uint8Array): readonly Uint8Array[] => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(bytes.byteLength);
  return [length, bytes];
};

/** Messages as one row holds them: of each its key, its value, and its headers as JSON, each behind its length. */
export const batchBodyOf = (messages: readonly EventMessage[]): Buffer =>
  Buffer.concat([
    Buffer.of(form),
    ...messages.flatMap(({ key, value, headers = {} }) => [
      ...fieldOf(key),
      ...fieldOf(value),
      ...fieldOf(Object.keys(headers).length === 0 ? '' : JSON.stringify(headers)),
    ]),
  ]);

/** @param first the offset of its first message @throws Error for what is no body, or one of a later build */
export const readBatchBody = (body: Buffer, first: number, timestampMs: number): StoredMessage[] => {
  if (body[0] !== form) throw new Error(`a batch of the event log has the form ${body[0]}, and ${form} is known`);
  const messages: StoredMessage[] = [];
  let at = 1;
  const field = (): Buffer => {
    const begin = at + lengthBytes;
    at = begin + body.readUInt32BE(at);
    return body.subarray(begin, at);
  };
  while (at < body.length) {
    const [key, value, headers] = [field().toString(), field(), field().toString()];
    const offset = String(first + messages.length);
    messages.push({ offset, key, value, headers: headers === '' ? {} : JSON.parse(headers), timestampMs });
  }
  return messages;
};
