import { Problem } from '@tickfolio/client/problem';
import { describe, expect, it } from 'vitest';
import { en as faults } from '../text/faults/en.js';
import { en as words } from '../text/messages-en.js';
import { en as own } from '../text/portfolios/en.js';
import { refusalOf } from './refusal.js';

const text = { ...words, ...own };
const problem = (status: number, reason: string, field?: string, retryAfterMs?: number) =>
  new Problem(status, 'in its own words', {
    reason,
    retryAfterMs,
    ...(field === undefined ? {} : { fields: new Map([[field, 'is wrong']]), reasons: new Map([[field, reason]]) }),
  });

describe('what the server refused', () => {
  it.each([
    [problem(409, 'name-taken'), 'name', text.nameTaken],
    [problem(422, 'unknown-currency', 'baseCurrency'), 'baseCurrency', text.currencyUnknown],
    [problem(422, 'unknown-asset', 'asset'), 'asset', text.assetUnlisted],
    [problem(409, 'insufficient-balance', 'quantity'), 'quantity', text.notSoMuch],
    [problem(409, 'wrong-kind', 'to'), 'to', text.otherKind],
    [problem(409, 'limit-reached'), undefined, text.manyPortfolios],
    [problem(409, 'wrong-state'), undefined, text.ordersOpen],
    [problem(409, 'archived', 'id'), undefined, text.archivedMeanwhile],
    [problem(404, 'not-found'), undefined, text.portfolioGone],
    [problem(409, 'too-many-coins', 'asset'), undefined, faults.refusals.portfolioFull],
    [problem(429, 'limit-reached', 'id', 4_000_000), undefined, text.fundedOften(2)],
    [problem(429, 'made-often', 'name', 200_000_000), undefined, text.madeOften(3)],
    [problem(429, 'too-many-requests', undefined, 4_000), undefined, faults.tooMany(4)],
    [problem(400, 'invalid-argument', 'name'), 'name', text.portfolioNameShape],
    [problem(400, 'invalid-argument', 'feeAsset'), 'feeAsset', text.feeAssetShape],
    [problem(400, 'quantity-shape', 'quantity'), 'quantity', faults.quantityShape],
    [problem(422, 'unknown-asset', 'feeAsset'), 'feeAsset', text.assetUnlisted],
    [problem(503, 'unavailable', undefined, 1_000), undefined, text.portfoliosAway],
    [problem(504, 'deadline'), undefined, faults.serverFault],
    [problem(0, ''), undefined, text.noAnswer],
    [new Error('of the page'), undefined, faults.pageFault],
  ] as const)('is told in the reader’s words, at its field: %o', (thrown, field, said) => {
    expect(refusalOf(thrown, text)).toEqual({ field, words: said });
  });
});
