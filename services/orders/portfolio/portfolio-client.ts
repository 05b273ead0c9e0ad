import { PortfolioServiceClient } from '@tickfolio/gen/portfolio/v1';
import { ReservationServiceClient } from '@tickfolio/gen/portfolio/v1/reservation';
import { AppError } from '@tickfolio/lib/errors';
import { createServiceClient, type Neighbour } from '@tickfolio/lib/grpc';
import { add, formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import type { PortfolioAsked, Portfolios } from './portfolios.js';
import type { KeptReservation, Reservations } from './reservations.js';

/** The portfolio service as this one needs it. */
export interface PortfolioClient {
  readonly reservations: Reservations;
  readonly portfolios: Portfolios;
  /** What was ever kept, in pages by its id. @param after `next` of the page before, empty at first */
  listReservations(
    after: string,
    limit: number,
  ): Promise<{ readonly items: readonly KeptReservation[]; readonly next: string | undefined }>;
  /** The same of one; undefined where nothing was ever kept under it. */
  reservation(id: string): Promise<KeptReservation | undefined>;
  /** Undefined when the service says it serves, else what is wrong. @throws AppError when it cannot be asked */
  check(): Promise<string | undefined>;
}

/** Of each call; a reservation whose answer did not come by then is asked for again. */
export const portfolioCallMs = 2_000;
const listDeadlineMs = 10_000;
const deadPeerMs = 10_000;
const restMs = 1_000;
const away = 'The portfolio service cannot be reached at the moment.';

/** The owner closes it. */
export const createPortfolioClient = (where: Neighbour): PortfolioClient & { close(): void } => {
  const asking = createServiceClient(PortfolioServiceClient, {
    ...where,
    deadPeerMs,
    away,
    restMs,
    classes: {
      portfolios: {
        deadlineMs: 1_000,
        bounds: {
          circuit: 'portfolio',
          opens: { failuresInRow: 5 },
          maxAtOnce: 64,
          maxWaiting: 1_000,
          maxWaitMs: 1_000,
        },
      },
    },
  });
  // Whoever asks for a reservation asks for it again by itself, so nothing is held back from it.
  const keeping = createServiceClient(ReservationServiceClient, {
    ...where,
    deadPeerMs,
    away,
    restMs: 0,
    classes: { reservations: { deadlineMs: portfolioCallMs }, audit: { deadlineMs: listDeadlineMs } },
  });
  const { client: portfolios } = asking;
  const { client: reservations } = keeping;
  const balanceOf = async ({ userId, portfolioId, simulated, requestId }: PortfolioAsked, asset: string) => {
    const request = { owner: { userId, simulatedPrices: simulated }, portfolioId };
    const meta = { requestId, repeatable: true };
    const { balances } = await asking.call('portfolios', portfolios.getBalances, request, meta);
    return balances.find((one) => one.asset === asset);
  };
  return {
    reservations: {
      reserve: async ({ brings, ...asked }) => {
        const request = { ...asked, kind: 'order', brings: brings && { ...brings } };
        await keeping.call('reservations', reservations.reserve, request);
      },
      settle: async ({ take, give, fees, ...asked }) => {
        const request = { ...asked, take: { ...take }, give: { ...give }, fees: fees.map((fee) => ({ ...fee })) };
        const { fee } = await keeping.call('reservations', reservations.settle, request);
        return fee && { asset: fee.asset, amount: fee.amount };
      },
      release: async (asked) => {
        await keeping.call('reservations', reservations.release, { ...asked });
      },
    },
    portfolios: {
      get: async ({ userId, portfolioId, simulated, requestId }) => {
        const request = { owner: { userId, simulatedPrices: simulated }, portfolioId };
        const { portfolio } = await asking.call('portfolios', portfolios.get, request, { requestId, repeatable: true });
        if (!portfolio) throw new AppError('internal', 'The portfolio service answered without a portfolio.');
        const { id, kind, archivedAtMs, feeAsset } = portfolio;
        return { id, kind, isArchived: archivedAtMs !== undefined, simulated: portfolio.simulated, feeAsset };
      },
      available: async (asked, asset) => (await balanceOf(asked, asset))?.available ?? '0',
      held: async (asked, asset) => {
        const balance = await balanceOf(asked, asset);
        return balance ? formatDecimal(add(parseDecimal(balance.available), parseDecimal(balance.reserved))) : '0';
      },
    },
    listReservations: async (after, limit) => {
      const request = { after, limit };
      const page = await keeping.call('audit', reservations.listReservations, request, { repeatable: true });
      return { items: page.reservations, next: page.next === '' ? undefined : page.next };
    },
    reservation: async (reservationId) => {
      try {
        return await keeping.call('audit', reservations.getReservation, { reservationId }, { repeatable: true });
      } catch (thrown) {
        if (thrown instanceof AppError && thrown.code === 'not_found') return undefined;
        throw thrown;
      }
    },
    check: keeping.check,
    close: () => {
      asking.close();
      keeping.close();
    },
  };
};
