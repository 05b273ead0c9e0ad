import { AppError, type CloserProblem, closerProblems, type ErrorCode } from '@tickfolio/lib/errors';

/** What the exchange answers to the same, where the service does not say it. */
const exchangeCodes: Readonly<Record<string, number>> = {
  'bad-number': -1102,
  missing: -1102,
  'not-needed': -1106,
  'bad-combination': -1128,
  'unknown-symbol': -1121,
  'symbol-not-trading': -1013,
  'insufficient-balance': -2010,
  'would-take': -2010,
  'would-trigger': -2010,
  'duplicate-client-order-id': -2010,
  'no-price-yet': -1112,
  'not-found': -2013,
  'already-ended': -2011,
  'too-many-orders': -1015,
  'orders-away': -1001,
  'portfolio-away': -1001,
  'market-away': -1001,
};

/** What is called otherwise over REST than between the services. */
const restNames: Readonly<Record<string, string>> = {
  portfolio_id: 'portfolioId',
  client_order_id: 'clientOrderId',
  order_id: 'id',
};

const isCloser = (reason: string): reason is CloserProblem => Object.hasOwn(closerProblems, reason);

/** The word for it: that of a field, where the service said no closer one. Undefined where it said none. */
const reasonOf = ({ code, problem, fields }: AppError): string | undefined =>
  problem ??
  fields.find(({ reason }) => reason !== undefined)?.reason ??
  (code === 'unavailable' ? 'orders-away' : undefined);

/** The numbers behind it, and the order where it was stored or has ended, as REST tells it. */
const toldFacts = ({ exchangeCode: _, order, ...numbers }: AppError['facts']): Readonly<Record<string, unknown>> => ({
  ...numbers,
  ...(order === undefined ? {} : { order: JSON.parse(order) as unknown }),
});

const exchangeCodeOf = (facts: AppError['facts'], reason: string): number | undefined => {
  const said = Number(facts.exchangeCode);
  return Number.isInteger(said) ? said : exchangeCodes[reason];
};

/** A refusal of the orders service as it is told over REST: by its own word, with what the exchange would answer. */
export const refusalOf = (thrown: unknown): unknown => {
  if (!(thrown instanceof AppError)) return thrown;
  const reason = reasonOf(thrown);
  if (reason === undefined) return thrown;
  const { message, retryAfterMs } = thrown;
  const problem = isCloser(reason) ? reason : undefined;
  const code: ErrorCode = problem ? closerProblems[problem].code : thrown.code;
  const facts = toldFacts(thrown.facts);
  const exchangeCode = exchangeCodeOf(thrown.facts, reason);
  return new AppError(code, message, {
    cause: thrown,
    problem,
    fields: thrown.fields.map((fault) => ({ ...fault, field: restNames[fault.field] ?? fault.field })),
    told: {
      ...(Object.keys(facts).length === 0 ? {} : { facts }),
      ...(exchangeCode === undefined ? {} : { exchangeCode }),
    },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
};

const badNumber = 'bad-number';

/** An amount that came as a JSON number. */
export const numberRefusal = (field: string): AppError => {
  const message = 'must be a text such as "0.5", because a number would lose digits';
  return new AppError('invalid_argument', `The order is not valid: ${field} ${message}. Nothing was placed.`, {
    problem: badNumber,
    fields: [{ field, message, reason: badNumber }],
    told: { exchangeCode: -1102 },
  });
};
