import { Type } from 'typebox';
import { problems } from './contract.js';

/** The addresses that fastify's routes do not describe by themselves. */

export const webSocketPath = '/api/v1/ws';

const webSocketDescription = `An upgrade to WebSocket. The token goes in the \`Authorization\` header or, for browsers, in the subprotocol
list: \`new WebSocket(url, ["bearer", accessToken])\`. The whole portfolio comes at once and whenever a price or the portfolio changes.
Messages with a \`Type\` are about the connection: \`token-expiring\`, \`token-accepted\`, \`error\`.
To stay connected send \`{"type":"refresh","accessToken":"…"}\` before the token runs out.
Close codes: 1001 reconnect, 1013 reconnect after a pause, 4401 sign in again, 4408 too slow, 4429 too many sockets or messages.`;

const amount = (example: string, description: string) => Type.String({ description, examples: [example] });
const moment = (example: string) => Type.String({ format: 'date-time', examples: [example] });
const orNull = <T extends Type.TSchema>(type: T) => Type.Union([type, Type.Null()]);
export const Frame = Type.Object(
  {
    UserID: Type.String({ examples: ['a1b2c3d4-e5f6-7890-1234-567890abcdef'] }),
    UserName: Type.String({ examples: ['myuser'] }),
    Version: Type.Integer({ description: 'counts the changes of the coins, and never falls', examples: [7] }),
    TotalValue: amount('102185.175', 'the sum of the totals, in USDT'),
    Coins: Type.Array(
      Type.Object(
        {
          Symbol: Type.String({ examples: ['btcusdt'] }),
          Quantity: amount('1.5', 'exact decimal text'),
          Version: Type.Integer({ description: 'the version of the portfolio, as the quantity was changed last', examples: [7] }),
          Price: orNull(amount('68123.45', 'in the quote asset; null while there is none')),
          Total: orNull(amount('102185.175', 'quantity × price in USDT; null while there is no price')),
          PriceTime: orNull(moment('2026-01-27T10:00:00.981Z')),
          Stale: Type.Boolean({ description: 'the price is old or its feed is broken', examples: [false] }),
          PriceReceived: orNull(
            Type.String({
              format: 'date-time',
              description:
                'from when the age of the price counts, by the clock of AsOf: its arrival, or its trade where that was long before',
              examples: ['2026-01-27T10:00:01.004Z'],
            }),
          ),
          PriceState: Type.Optional(
            Type.Enum(['waiting', 'old', 'halted', 'delisted', 'never-traded', 'unreadable', 'feed-down'], {
              description: 'why the price is missing or old; left out for a price of now',
              examples: ['halted'],
            }),
          ),
          PriceStateOf: Type.Optional(
            Type.String({
              description: 'the symbol of that state, where it is the one that the price is converted with',
              examples: ['btcusdt'],
            }),
          ),
          BaseAsset: Type.Optional(
            Type.String({
              description: 'what is held, with `PriceState`: the list of symbols need not have such a coin any more',
              examples: ['LTC'],
            }),
          ),
          QuoteAsset: Type.Optional(Type.String({ description: 'what its price is in, with `PriceState`', examples: ['BTC'] })),
        },
        { additionalProperties: false },
      ),
    ),
    AsOf: moment('2026-01-27T10:00:01.034Z'),
    Simulated: Type.Optional(Type.Boolean({ description: 'true where the prices are not real; otherwise it is not there' })),
  },
  { additionalProperties: false, description: 'The whole portfolio.' },
);

const Ready = Type.Object(
  {
    status: Type.Union([Type.Literal('ready'), Type.Literal('not ready'), Type.Literal('draining')]),
    simulated: Type.Union([Type.Boolean(), Type.Null()], { description: 'whether prices are simulated; null while nobody knows' }),
    clockOffsetMs: Type.Union([Type.Integer(), Type.Null()], {
      description: "how far the exchange's time is ahead of this machine's clock, in milliseconds; null while nobody knows",
    }),
    tokenClockOffsetMs: Type.Union([Type.Integer(), Type.Null()], {
      description:
        "how far the time of the auth service's database, by which access tokens run out, is ahead of this machine's clock, in milliseconds; null while nobody knows",
    }),
    dependencies: Type.Record(
      Type.String(),
      Type.Object(
        {
          status: Type.Union([Type.Literal('ok'), Type.Literal('down')]),
          required: Type.Boolean({ description: 'whether the service is ready only with it' }),
          reason: Type.Optional(Type.String({ description: 'what is wrong' })),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

const json = (description: string, schema: Type.TSchema) => ({ description, content: { 'application/json': { schema } } });
const tags = ['operations'];

export const plainPaths = {
  [webSocketPath]: {
    get: {
      operationId: 'watchPortfolio',
      tags: ['live'],
      summary: 'The live portfolio (WebSocket)',
      description: webSocketDescription,
      security: [{ bearerAuth: [] }],
      responses: {
        101: json('Upgraded; each frame looks like this.', Frame),
        ...problems(400, 401, 403, 426, 503),
      },
    },
  },
  '/health': {
    get: {
      operationId: 'getHealth',
      tags,
      summary: 'Whether the process answers',
      responses: { 200: json('It does.', Type.Object({ status: Type.Literal('ok') }, { additionalProperties: false })) },
    },
  },
  '/ready': {
    get: {
      operationId: 'getReadiness',
      tags,
      summary: 'Whether the service can do its work, dependency by dependency',
      responses: { 200: json('It can.', Ready), 503: json('Something required is down, or the service drains.', Ready) },
    },
  },
  '/metrics': {
    get: {
      operationId: 'getMetrics',
      tags,
      summary: 'Metrics for Prometheus',
      responses: { 200: { description: 'Prometheus text.', content: { 'text/plain': { schema: { type: 'string' } } } } },
    },
  },
};
