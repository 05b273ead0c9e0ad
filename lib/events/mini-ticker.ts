import { type Static, Type } from 'typebox';
import type { Topic } from './topic.js';

const description = (text: string) => ({ description: text });
const time = (what: string) =>
  Type.Union(
    [Type.String(), Type.Integer()],
    description(`${what}: \`YYYY-MM-DD hh:mm:ss.mmm\`, UTC; after 2299 epoch milliseconds.`),
  );
const price = (what: string) => Type.String(description(`${what}, a decimal text, exact whatever its size.`));
const volume = (what: string) =>
  Type.Union(
    [Type.String(), Type.Null()],
    description(`What was traded in the 24 hours, in the ${what}; null where the exchange did not say.`),
  );

/**
 * The exchange's 24 hours up to a moment, as a message and as a row of the archive. Whether the archive's columns hold
 * it is the archiver's to judge: what they do not hold goes to the dead letters, where its reason stands and its bytes
 * are kept.
 */
const schema = Type.Object({
  message_id: Type.String(
    description('`<SYMBOL>-<event time in milliseconds>`: the same for the same ticker however often it is received.'),
  ),
  event_type: Type.String(
    description("The exchange's word for it; `simulated ` stands before it where the ticker is not real."),
  ),
  event_time: time("The exchange's time"),
  receive_time: time('When it was received'),
  symbol: Type.String(description('Upper case.')),
  close_price: price('The newest price'),
  open_price: price('The price 24 hours before'),
  high_price: price('The highest'),
  low_price: price('The lowest'),
  change_price: price('Close minus open'),
  change_percent: Type.String(
    description(
      'The change in percent of the opening price, to 8 decimals, half away from zero; 0 where that price is 0.',
    ),
  ),
  volume: Type.Optional(volume('base asset')),
  quote_volume: Type.Optional(volume('quote asset')),
});

/** As it is written today; what is optional in the schema was added later, and messages of before are read on. */
export type TickerMessage = Readonly<Required<Static<typeof schema>>>;

/** The fields of a message, which are the columns of the archive's rows, in the order of both. */
export const tickerColumns = [
  'message_id',
  'event_type',
  'event_time',
  'receive_time',
  'symbol',
  'close_price',
  'open_price',
  'high_price',
  'low_price',
  'change_price',
  'change_percent',
  'volume',
  'quote_volume',
] as const satisfies readonly (keyof TickerMessage)[];

/** Stands before the type of a ticker that is not real. */
export const simulatedMark = 'simulated';

/** Written by the aggregator, carried into the archive by the archiver. Version 2 has the volumes. */
export const miniTickers = {
  name: 'binance.miniticker',
  partitions: 3,
  schema,
  version: 2,
  keyOf: ({ symbol }) => symbol,
} as const satisfies Topic<typeof schema>;
