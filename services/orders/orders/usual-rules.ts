import { AppError, type ErrorCode } from '@tickfolio/lib/errors';
import { formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import { estimatedFee } from '../fees/fees.js';
import { checkFilters } from '../filters/filters.js';
import { floorTo } from '../rules/grid.js';
import { judgeReference, needsReference } from '../rules/judgement.js';
import { readPlan } from '../rules/read-plan.js';
import type { Refusal } from '../rules/refusal.js';
import { reservationOf } from '../rules/reservation.js';
import type { OrderRules } from './order-rules.js';

/** As the contract of this service writes it. */
const wireName = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A refusal in the words of this service; what else it knows crosses as facts. */
const refused = (code: ErrorCode, { reason, field, message, bound, nearest, exchangeCode }: Refusal): AppError =>
  new AppError(code, `The order is not taken: ${field} ${message}. Nothing was placed.`, {
    fields: [{ field: wireName(field), message, reason }],
    facts: {
      ...(exchangeCode === undefined ? {} : { exchangeCode: String(exchangeCode) }),
      ...(bound === undefined ? {} : { bound }),
      ...(nearest === undefined ? {} : { nearest }),
    },
  });

/** What holds of orders as this installation keeps them. */
export const usualRules: OrderRules = {
  readPlan: (asked) => {
    const read = readPlan(asked);
    if ('refusal' in read) throw refused('invalid_argument', read.refusal);
    return read.plan;
  },
  checkFilters: (plan, rules, reference) => {
    const refusal = checkFilters(plan, rules, reference);
    if (refusal) throw refused(refusal.reason === 'too-many-orders' ? 'resource_exhausted' : 'unprocessable', refusal);
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
