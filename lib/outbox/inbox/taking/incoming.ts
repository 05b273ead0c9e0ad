import { type DeadLetter, originOf } from '../../../event-log/dead-letters.js';
import type { Batch } from '../../../event-log/event-log.js';
import type { AnyEvent, ConsumedTopic } from './consumed-topic.js';
import type { Numbered } from './judge.js';

/** An event whose number is known, on its way in. */
export interface Incoming extends Numbered {
  readonly of: ConsumedTopic;
  readonly source: string;
  readonly stream: string;
  readonly userId: string | undefined;
  /** Absent where there is nothing to do but to count it: of a type that is not known here, or gone at its owner. */
  readonly event?: AnyEvent | undefined;
  /** Why it can never be taken in. */
  readonly fault?: string | undefined;
  readonly letter: Letter;
}
export type Letter = Omit<DeadLetter, 'reason'>;

/** What messages turned out to be. */
export interface ReadEvents {
  readonly events: readonly Incoming[];
  /** Of which not even the number can be read. */
  readonly dead: readonly DeadLetter[];
}

const readOne = (of: ConsumedTopic, letter: Letter): Incoming | DeadLetter | undefined => {
  const read = of.topic.read(letter.message);
  const around = read.kind === 'event' ? read.event : read.around;
  if (!around) return read.kind === 'unreadable' ? { ...letter, reason: read.reason } : undefined;
  const { source, epoch, stream, version, userId } = around;
  if ((source === of.topic.source) !== (of.owner !== undefined)) return undefined;
  return {
    of,
    source,
    epoch,
    stream,
    version,
    follows: version - 1,
    userId,
    event: read.kind === 'event' ? read.event : undefined,
    fault: read.kind === 'unreadable' ? read.reason : undefined,
    letter,
  };
};

const sorted = (read: readonly (Incoming | DeadLetter | undefined)[]): ReadEvents => ({
  events: read.flatMap((one) => (one && 'of' in one ? [one] : [])),
  dead: read.flatMap((one) => (one && !('of' in one) ? [one] : [])),
});

/** The events of a batch of the log that are for this service. */
export const readBatch = (of: ConsumedTopic, { partition, messages }: Batch): ReadEvents =>
  sorted(
    messages.map((message) => {
      const { key, value, headers } = message;
      return readOne(of, { message: { key, value, headers }, origin: originOf(partition, message) });
    }),
  );

const typeOf = (text: string): string => {
  const { type } = JSON.parse(text) as { readonly type?: unknown };
  return typeof type === 'string' ? type : '';
};

/** What an owner listed. @param topics those of the owner @param among a type that none of them has belongs to this */
export const readListed = (
  topics: readonly ConsumedTopic[],
  texts: readonly string[],
  among?: ConsumedTopic,
): ReadEvents =>
  sorted(
    texts.map((text) => {
      const type = typeOf(text);
      const of = topics.find(({ topic }) => Object.hasOwn(topic.types, type)) ?? among;
      if (!of) return undefined;
      const message = { key: '', value: Buffer.from(text), headers: {} };
      return readOne(of, { message, origin: { 'origin-service': of.topic.source } });
    }),
  );

/** An event that was kept, because nobody can be asked for it. @returns undefined where it cannot be read any more */
export const readKept = (of: ConsumedTopic, source: string, body: string): Incoming | undefined => {
  const message = { key: '', value: Buffer.from(body), headers: {} };
  return sorted([readOne(of, { message, origin: { 'origin-service': source } })]).events[0];
};

/** Events of one stream, each after the one before it, whatever its owner has erased between. */
export const following = (events: readonly Incoming[], afterVersion: number): readonly Incoming[] =>
  events.map((event, at) => ({ ...event, follows: events[at - 1]?.version ?? afterVersion }));
