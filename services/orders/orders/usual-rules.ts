import { AppError } from '@tickfolio/lib/errors';
import { formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import { estimatedFee } from '../fees/fees.js';
import { checkFilters } from '../filters/filters.js';
import { floorTo } from '../rules/grid.js';
import { judgeReference, needsReference } from '../rules/judgement.js';
import { readPlan } from '../rules/read-plan.js';
import type { Refusal } from '../rules/refusal.js';
import { reservationOf } from '../rules/reservation.js';
import type { OrderRules } from './order-rules.js';

/** A refusal as whoever asked is told: with the bound, the nearest that is allowed, and what the exchange would say. */
const refused = (code: 'invalid_argument' | 'unprocessable', refusal: Refusal): AppError => {
  const { reason, field, message, bound, nearest, exchangeCode } = refusal;
  const facts = {
    ...(bound === undefined ? {} : { bound }),
    ...(nearest === undefined ? {} : { nearest }),
    ...(exchangeCode === undefined ? {} : { exchangeCode: String(exchangeCode) }),
  };
  const words = nearest === undefined ? message : `${message}; the nearest that is allowed is ${nearest}`;
  return new AppError(code, `The order is not valid: ${field} ${words}. Nothing was placed.`, {
    fields: [{ field, message: words, reason }],
    facts,
  });
};

/** What holds of orders, in the words of this service. */
export const usualRules: OrderRules = {
  readPlan: (asked) => {
    const read = readPlan(asked);
    if ('refusal' in read) throw refused('invalid_argument', read.refusal);
    return read.plan;
  },
  checkFilters: (plan, rules, reference, standing) => {
    const refusal = checkFilters(plan, rules, reference, standing);
    if (refusal) throw refused('unprocessable', refusal);
  },
  reservationOf,
  needsReference,
  judge: judgeReference,
  estimatedFee,
  roundedDown: (available, { stepSize }) => {
    const amount = parseDecimal(available);
    return formatDecimal(stepSize ? floorTo(amount, stepSize) : amount);
  },
};
