import { isUtf8 } from 'node:buffer';
import { type Static, type TSchema, Type } from 'typebox';
import { Compile, type Validator } from 'typebox/schema';
import { AppError } from '../errors/errors.js';
import type { EventMessage, StoredMessage, TopicSettings } from './message.js';

/** In the log; a consumer that was away for longer reads the owner's events again. */
const keptMs = 30 * 24 * 3_600_000;

const name = Type.String({ minLength: 1, maxLength: 200 });

/** What stands around the data of every domain event. */
const envelope = Type.Object({
  id: name,
  type: name,
  schema: Type.Integer({ minimum: 1, description: 'Of the data; raised by one with every field that is added.' }),
  source: Type.String({ minLength: 1, description: 'The service that wrote it.' }),
  epoch: Type.Integer({ minimum: 1, description: "Of the source's database; a restore from a backup raises it." }),
  userId: Type.Optional(name),
  stream: Type.String({ minLength: 1, description: 'What is numbered, such as `order:<id>`. It has one writer.' }),
  version: Type.Integer({ minimum: 1, description: '1, 2, 3 and so on within stream and epoch, without holes.' }),
  time: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' }),
  requestId: Type.Optional(name),
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
  readonly schema: number;
  readonly data: Data;
}
export type EventTypes = Readonly<Record<string, EventType>>;
type Envelope = Readonly<Omit<Static<typeof envelope>, 'type' | 'data'>>;

/** An event of one of these types. */
export type DomainEvent<Types extends EventTypes> = {
  readonly [Name in keyof Types & string]: Envelope & {
    readonly type: Name;
    readonly data: Readonly<Static<Types[Name]['data']>>;
  };
}[keyof Types & string];
type WithoutSchema<Event> = Event extends unknown ? Omit<Event, 'schema'> : never;

/** What a message turned out to be. Of types that are not known here nothing needs to be done. */
export type ReadEvent<Types extends EventTypes> =
  | { readonly kind: 'event'; readonly event: DomainEvent<Types> }
  | { readonly kind: 'other'; readonly type: string }
  /** For the dead letters, with the reason in words. */
  | { readonly kind: 'unreadable'; readonly reason: string };

export interface EventTopic<Types extends EventTypes> extends TopicSettings {
  readonly types: Types;
  /** @throws AppError invalid_argument for what is no event of this topic: nobody could read it. */
  messageOf(event: WithoutSchema<DomainEvent<Types>>): EventMessage;
  read(message: Pick<StoredMessage, 'value'>): ReadEvent<Types>;
}

export interface EventTopicPlan<Types extends EventTypes> extends Pick<TopicSettings, 'name' | 'partitions'> {
  readonly types: Types;
  /** Events of one key keep their order. */
  readonly keyOf: (event: WithoutSchema<DomainEvent<Types>>) => string;
}

const faultOf = (check: Pick<Validator, 'Check' | 'Errors'>, value: unknown, of: string): string | undefined => {
  if (check.Check(value)) return undefined;
  const [, [first]] = check.Errors(value);
  return `${of}${first?.instancePath.replaceAll('/', '.') ?? ''} ${first?.message ?? 'is wrong'}`;
};

/** A topic of domain events, each with the envelope. What is written is checked, and so is what is read. */
export const createEventTopic = <const Types extends EventTypes>(plan: EventTopicPlan<Types>): EventTopic<Types> => {
  const around = Compile(envelope);
  const within = new Map(
    Object.entries(plan.types).map(([type, { schema, data }]) => [type, { schema, check: Compile(data) }]),
  );

  const read = (event: unknown): ReadEvent<Types> => {
    const fault = faultOf(around, event, 'event');
    if (fault !== undefined) return { kind: 'unreadable', reason: fault };
    const { type, schema, data } = event as Static<typeof envelope>;
    const known = within.get(type);
    if (!known) return { kind: 'other', type };
    if (schema > known.schema)
      return {
        kind: 'unreadable',
        reason: `${type} has schema ${schema}, and ${known.schema} is the newest known here`,
      };
    const wrong = faultOf(known.check, data, 'data');
    return wrong === undefined
      ? { kind: 'event', event: event as DomainEvent<Types> }
      : { kind: 'unreadable', reason: wrong };
  };
  return {
    name: plan.name,
    partitions: plan.partitions,
    keepMs: keptMs,
    types: plan.types,
    messageOf: (event) => {
      const written = { ...event, schema: within.get(event.type)?.schema ?? 1 };
      const found = read(written);
      if (found.kind !== 'event')
        throw new AppError(
          'invalid_argument',
          found.kind === 'other' ? `${plan.name} has no events of type ${found.type}` : found.reason,
        );
      const { traceparent } = event;
      return {
        key: plan.keyOf(event),
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
