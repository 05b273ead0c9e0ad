import { AppError, type CloserProblem, type ErrorCode } from '@tickfolio/lib/errors';
import { add, compare, type Decimal, formatDecimal, isZero, parseDecimal, subtract, zero } from '@tickfolio/lib/money';
import type { Portfolios } from '../portfolio/portfolios.js';
import type { KeptReservation, Reservations } from '../portfolio/reservations.js';
import type { FeeChoice } from '../schema.js';

export interface ScriptedBalance {
  available: Decimal;
  reserved: Decimal;
}
export interface ScriptedReservation {
  readonly portfolioId: string;
  readonly asset: string;
  readonly amount: Decimal;
  remaining: Decimal;
  released: Decimal;
  state: 'held' | 'closed' | 'voided' | 'refused';
  readonly request: string;
  /** Of a refusal. */
  readonly available: string;
}
export interface ScriptedAccount {
  readonly userId: string;
  readonly kind: string;
  readonly simulated: boolean;
  isArchived: boolean;
  feeAsset: string | undefined;
  readonly balances: Map<string, ScriptedBalance>;
}

const refusal = (
  code: ErrorCode,
  reason: string,
  facts: Readonly<Record<string, string>> = {},
  problem?: CloserProblem,
) => new AppError(code, `${reason}.`, { problem, fields: [{ field: 'id', message: reason, reason }], facts });
const gone = () => refusal('not_found', 'gone', {}, 'gone');
const different = () => refusal('already_exists', 'different-request');

/**
 * What the portfolio service promises of reservations, in memory: each id is decided once, whatever is decided. Calls
 * are answered at once; what may go wrong between two services is the transport's.
 */
export const createScriptedPortfolio = () => {
  const portfolios = new Map<string, ScriptedAccount>();
  const reservations = new Map<string, ScriptedReservation>();
  const settled = new Map<string, { readonly request: string; readonly fee: FeeChoice | undefined }>();
  const found = (portfolioId: string): ScriptedAccount => {
    const portfolio = portfolios.get(portfolioId);
    if (!portfolio) throw gone();
    return portfolio;
  };
  const balanceOf = ({ balances }: ScriptedAccount, asset: string): ScriptedBalance => {
    const balance = balances.get(asset) ?? { available: zero, reserved: zero };
    balances.set(asset, balance);
    return balance;
  };

  const calls: Reservations = {
    reserve: async ({ reservationId, portfolioId, userId, asset, amount }) => {
      const portfolio = found(portfolioId);
      if (portfolio.userId !== userId) throw gone();
      const request = JSON.stringify([portfolioId, userId, asset, formatDecimal(parseDecimal(amount))]);
      const before = reservations.get(reservationId);
      if (before?.state === 'voided') throw refusal('failed_precondition', 'already-voided');
      if (before && before.request !== request) throw different();
      const tooLittle = (available: string) =>
        refusal(
          'failed_precondition',
          'insufficient-balance',
          { asset, available, needed: amount },
          'insufficient-balance',
        );
      if (before?.state === 'refused') throw tooLittle(before.available);
      if (before) return;
      const balance = balanceOf(portfolio, asset);
      const wanted = parseDecimal(amount);
      const available = formatDecimal(balance.available);
      const kept = { portfolioId, asset, amount: wanted, released: zero, request, available };
      if (portfolio.isArchived) throw refusal('failed_precondition', 'archived', {}, 'archived');
      if (compare(balance.available, wanted) < 0) {
        reservations.set(reservationId, { ...kept, remaining: zero, state: 'refused' });
        throw tooLittle(available);
      }
      balance.available = subtract(balance.available, wanted);
      balance.reserved = add(balance.reserved, wanted);
      reservations.set(reservationId, { ...kept, remaining: wanted, state: 'held' });
    },
    settle: async ({ fillId, reservationId, portfolioId, take, give, fees }) => {
      const portfolio = found(portfolioId);
      const request = JSON.stringify([reservationId, take, give, fees]);
      const before = settled.get(fillId);
      if (before && before.request !== request) throw different();
      if (before) return before.fee;
      const kept = reservations.get(reservationId);
      if (!kept) throw refusal('not_found', 'unknown-reservation');
      if (kept.state !== 'held') throw refusal('failed_precondition', 'wrong-state');
      const left = subtract(kept.remaining, parseDecimal(take.amount));
      if (kept.asset !== take.asset || left.units < 0n) throw refusal('failed_precondition', 'exceeds-reservation');
      const given = balanceOf(portfolio, give.asset);
      const after = (asset: string) =>
        asset === give.asset ? add(given.available, parseDecimal(give.amount)) : balanceOf(portfolio, asset).available;
      const fee = fees.find(({ asset, amount }) => compare(after(asset), parseDecimal(amount)) >= 0);
      if (!fee && fees.length > 0) throw refusal('failed_precondition', 'insufficient-balance');
      kept.remaining = left;
      if (isZero(left)) kept.state = 'closed';
      const source = balanceOf(portfolio, take.asset);
      source.reserved = subtract(source.reserved, parseDecimal(take.amount));
      given.available = add(given.available, parseDecimal(give.amount));
      if (fee) {
        const charged = balanceOf(portfolio, fee.asset);
        charged.available = subtract(charged.available, parseDecimal(fee.amount));
      }
      settled.set(fillId, { request, fee });
      return fee;
    },
    release: async ({ reservationId, portfolioId }) => {
      const portfolio = found(portfolioId);
      const kept = reservations.get(reservationId);
      if (!kept) {
        const none = {
          portfolioId,
          asset: '',
          amount: zero,
          remaining: zero,
          released: zero,
          request: '',
          available: '0',
        };
        reservations.set(reservationId, { ...none, state: 'voided' });
        return;
      }
      if (kept.portfolioId !== portfolioId) throw different();
      if (kept.state !== 'held') return;
      const balance = balanceOf(portfolio, kept.asset);
      balance.reserved = subtract(balance.reserved, kept.remaining);
      balance.available = add(balance.available, kept.remaining);
      kept.released = kept.remaining;
      kept.remaining = zero;
      kept.state = 'closed';
    },
  };
  const reader: Portfolios = {
    get: async ({ userId, portfolioId }) => {
      const portfolio = portfolios.get(portfolioId);
      if (portfolio?.userId !== userId) throw refusal('not_found', 'not-found');
      const { kind, isArchived, simulated, feeAsset } = portfolio;
      return { id: portfolioId, kind, isArchived, simulated, feeAsset };
    },
    available: async ({ portfolioId }, asset) => formatDecimal(balanceOf(found(portfolioId), asset).available),
    held: async ({ portfolioId }, asset) => {
      const { available, reserved } = balanceOf(found(portfolioId), asset);
      return formatDecimal(add(available, reserved));
    },
  };
  return {
    reservations: calls,
    portfolios: reader,
    /** Makes one. @param amounts what it has, by asset */
    open: (
      id: string,
      userId: string,
      amounts: Readonly<Record<string, string>>,
      more: { readonly kind?: string; readonly simulated?: boolean; readonly feeAsset?: string } = {},
    ) =>
      portfolios.set(id, {
        userId,
        kind: more.kind ?? 'paper',
        simulated: more.simulated ?? false,
        isArchived: false,
        feeAsset: more.feeAsset,
        balances: new Map(
          Object.entries(amounts).map(([asset, amount]) => [
            asset,
            { available: parseDecimal(amount), reserved: zero },
          ]),
        ),
      }),
    archive: (id: string) => {
      found(id).isArchived = true;
    },
    /** With its user. */
    erase: (id: string) => portfolios.delete(id),
    give: (id: string, asset: string, amount: string) => {
      const balance = balanceOf(found(id), asset);
      balance.available = add(balance.available, parseDecimal(amount));
    },
    /** `USDT 9000 1000`, available and reserved, in the order of the assets; what is nothing is left out. */
    held: (id: string): readonly string[] =>
      [...(portfolios.get(id)?.balances ?? [])]
        .filter(([, { available, reserved }]) => !isZero(available) || !isZero(reserved))
        .map(([asset, { available, reserved }]) => `${asset} ${formatDecimal(available)} ${formatDecimal(reserved)}`)
        .sort(),
    stateOf: (reservationId: string): ScriptedReservation['state'] | undefined =>
      reservations.get(reservationId)?.state,
    isSettled: (fillId: string): boolean => settled.has(fillId),
    settledCount: () => settled.size,
    /** As the service has them, by their ids. */
    kept: (): readonly KeptReservation[] =>
      [...reservations]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([id, kept]) => ({
          id,
          portfolioId: kept.portfolioId,
          kind: 'order',
          asset: kept.asset,
          amount: formatDecimal(kept.amount),
          remaining: formatDecimal(kept.remaining),
          released: formatDecimal(kept.released),
          state: kept.state,
        })),
  };
};

export type ScriptedPortfolio = ReturnType<typeof createScriptedPortfolio>;
