import { isUtf8 } from 'node:buffer';
import { type Static, type TSchema, Type } from 'typebox';
import { Compile, type Validator } from 'typebox/schema';
import { AppError } from '../errors/errors.js';
import { id, moment } from './event-fields.js';
import type { EventMessage, StoredMessage, TopicSettings } from './message.js';

/** In the log; a consumer that was away for longer reads the owner's events again. */
const keptMs = 30 * 24 * 3_600_000;

/** What stands around the data of every domain event. */
export const envelope = Type.Object({
  id: id('Of the event, by which a repeat is known.', '0199a3c2-7d10-7000-8000-000000000000'),
  type: Type.String({ minLength: 1, maxLength: 200, description: 'What happened.' }),
  schema: Type.Integer({
    minimum: 1,
    description:
      'Of the data; raised by one where a reader of before would get it wrong. Then readers are updated before writers.',
    examples: [1],
  }),
  source: Type.String({ minLength: 1, description: 'The service that wrote it.' }),
  epoch: Type.Integer({
    minimum: 1,
    description: "Of the source's database; a restore from a backup raises it.",
    examples: [1],
  }),
  userId: Type.Optional(id('Whose it is.')),
  stream: Type.String({ minLength: 1, description: 'What is numbered, such as `order:<id>`. It has one writer.' }),
  version: Type.Integer({
    minimum: 1,
    description: '1, 2, 3 and so on within stream and epoch, without holes.',
    examples: [1],
  }),
  time: moment('When it was committed.'),
  requestId: Type.Optional(id('Of the request that led to it.')),
  causedBy: Type.Optional(Type.String({ description: 'The `id` of the event that led to it.' })),
  traceparent: Type.Optional(
    Type.String({ description: 'Kept from the request to the log, where it is a header of the message too.' }),
  ),
  data: Type.Unknown(),
});

/**
 * One type of event. Fields are added to its data, never renamed or dropped; an incompatible event is a new type beside
 * the old one.
 */
export interface EventType<Data extends TSchema = TSchema> {
  /**
   * Stays where a field is added that who does not know it may pass over. Else it rises, a build after all readers know
   * it: to one that does not, such an event goes to the dead letters.
   */
  readonly schema: number;
  readonly data: Data;
  /** It is nobody's; every other event says whose it is. */
  readonly withoutUser?: true;
  /** Each service tells it, of itself, and not the topic's source alone. */
  readonly byEach?: true;
}
export type EventTypes = Readonly<Record<string, EventType>>;
/** Those of a topic. */
export type TypesOf<Topic> = Topic extends { readonly types: infer Types extends EventTypes } ? Types : never;
type Envelope = Readonly<Omit<Static<typeof envelope>, 'type' | 'data'>>;
type OfUser<Type> = Type extends { readonly withoutUser: true } ? unknown : { readonly userId: string };

/** An event of one of these types. */
export type DomainEvent<Types extends EventTypes> = {
  readonly [Name in keyof Types & string]: Envelope &
    OfUser<Types[Name]> & {
      readonly type: Name;
      readonly data: Readonly<Static<Types[Name]['data']>>;
    };
}[keyof Types & string];
type WithoutSchema<Event> = Event extends unknown ? Omit<Event, 'schema'> : never;

/** What a message turned out to be. Of types that are not known here nothing needs to be done. */
export type ReadEvent<Types extends EventTypes> =
  | { readonly kind: 'event'; readonly event: DomainEvent<Types> }
  | { readonly kind: 'other'; readonly type: string; readonly around: Envelope }
  /** For the dead letters, with the reason in words, and with what is around the data where that can be read. */
  | { readonly kind: 'unreadable'; readonly reason: string; readonly around?: Envelope };

interface Told<Types extends EventTypes> {
  readonly name: string;
  /** What it is about, in words. */
  readonly description: string;
  readonly partitions: number;
  /** The service that tells it, and has it in a table for who missed something. */
  readonly source: string;
  readonly types: Types;
}

export interface EventTopic<Types extends EventTypes> extends TopicSettings, Told<Types> {
  /** Events of one key keep their order. */
  keyOf(event: WithoutSchema<DomainEvent<Types>>): string;
  /** What the event's stream must be called. */
  streamOf(event: DomainEvent<Types>): string;
  /** @throws AppError invalid_argument for what is no event of this topic: nobody could read it. */
  messageOf(event: WithoutSchema<DomainEvent<Types>>): EventMessage;
  read(message: Pick<StoredMessage, 'value'>): ReadEvent<Types>;
}

export interface EventTopicPlan<Types extends EventTypes> extends Told<Types> {
  readonly keyOf: (event: WithoutSchema<DomainEvent<Types>>) => string;
  /** Default: what its writer says. */
  readonly streamOf?: (event: DomainEvent<Types>) => string;
}

const faultOf = (check: Pick<Validator, 'Check' | 'Errors'>, value: unknown, of: string): string | undefined => {
  if (check.Check(value)) return undefined;
  const [, [first]] = check.Errors(value);
  return `${of}${first?.instancePath.replaceAll('/', '.') ?? ''} ${first?.message ?? 'is wrong'}`;
};

/** Made when it is needed first: that takes longer than many checks. */
const checkOf = (schema: TSchema) => {
  let check: Validator | undefined;
  return (value: unknown, of: string): string | undefined => {
    check ??= Compile(schema);
    return faultOf(check, value, of);
  };
};
const faultAround = checkOf(envelope);

/** A topic of domain events, each with the envelope. What is written is checked, and so is what is read. */
export const createEventTopic = <const Types extends EventTypes>(plan: EventTopicPlan<Types>): EventTopic<Types> => {
  const { name, description, partitions, source, keyOf, streamOf = ({ stream }) => stream } = plan;
  const types = new Map(Object.entries(plan.types).map(([type, of]) => [type, { ...of, faultIn: checkOf(of.data) }]));

  const faultWithin = (event: Static<typeof envelope>, known: EventType & { faultIn: ReturnType<typeof checkOf> }) => {
    const { type, schema, userId, stream, data } = event;
    if (schema > known.schema) return `${type} has schema ${schema}, and ${known.schema} is the newest known here`;
    if (known.withoutUser !== true && userId === undefined) return 'event must have required properties userId';
    if (known.byEach !== true && event.source !== source) return `${type} is told by ${source}, not by ${event.source}`;
    const fault = known.faultIn(data, 'data');
    if (fault !== undefined) return fault;
    const due = streamOf(event as unknown as DomainEvent<Types>);
    return stream === due ? undefined : `event.stream must be ${due}`;
  };
  const read = (event: unknown): ReadEvent<Types> => {
    const fault = faultAround(event, 'event');
    if (fault !== undefined) return { kind: 'unreadable', reason: fault };
    const around = event as Static<typeof envelope>;
    const known = types.get(around.type);
    if (!known) return { kind: 'other', type: around.type, around };
    const wrong = faultWithin(around, known);
    return wrong === undefined
      ? { kind: 'event', event: event as DomainEvent<Types> }
      : { kind: 'unreadable', reason: wrong, around };
  };
  return {
    name,
    description,
    partitions,
    keepMs: keptMs,
    source,
    types: plan.types,
    keyOf,
    streamOf,
    messageOf: (event) => {
      const written = { ...event, schema: types.get(event.type)?.schema ?? 1 };
      const found = read(written);
      if (found.kind !== 'event')
        throw new AppError(
          'invalid_argument',
          found.kind === 'other' ? `${name} has no events of type ${found.type}` : found.reason,
        );
      const { traceparent } = event;
      return {
        key: keyOf(event),
        value: JSON.stringify(written),
        ...(traceparent === undefined ? {} : { headers: { traceparent } }),
      };
    },
    read: ({ value }) => {
      if (!isUtf8(value)) return { kind: 'unreadable', reason: 'the message is not UTF-8 text' };
      try {
        return read(JSON.parse(value.toString('utf8')));
      } catch (err) {
        if (err instanceof SyntaxError) return { kind: 'unreadable', reason: 'the message is not JSON' };
        throw err;
      }
    },
  };
};
