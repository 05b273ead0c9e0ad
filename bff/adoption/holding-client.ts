import type { Owner } from '@tickfolio/gen/portfolio/v1';
import type * as wire from '@tickfolio/gen/portfolio/v1/holding';
import { HoldingServiceClient } from '@tickfolio/gen/portfolio/v1/holding';
import { AppError } from '@tickfolio/lib/errors';
import { createServiceClient, type Neighbour } from '@tickfolio/lib/grpc';
import { orUnanswered, simplyAgain, underKey } from '../api/unanswered.js';

/** Whose coins are meant, and who asks. */
export interface HoldingAsker {
  readonly userId: string;
  /** Whether the prices of this installation are made up; undefined while nobody knows. */
  readonly simulated: boolean | undefined;
  /** Undefined for work that no request asked for. */
  readonly requestId: string | undefined;
  /** The highest version of the portfolio that was heard of; absent for none. */
  readonly heardVersion?: number;
}

/** One change of a coin of the default portfolio, under a key by which it can be asked for again. */
export interface CoinOrder extends Pick<wire.ChangeCoinRequest, 'symbol' | 'asset' | 'by' | 'idempotencyKey'> {
  /** Whether only what was done under the key is answered. */
  readonly onlyRepeat?: boolean;
}

/**
 * The portfolio service as it keeps coins. Each call is done once however often it is made. @throws AppError;
 * `unavailable` with a retry time while it is away, `deadline_exceeded` where it is not known what came of a call
 */
export interface HoldingClient {
  /** Whether it is there, and of a build that keeps coins. Never throws. */
  keepsCoins(): Promise<boolean>;
  changeCoin(asker: HoldingAsker, order: CoinOrder): Promise<wire.CoinChange>;
  removeCoin(asker: HoldingAsker, order: Pick<CoinOrder, 'symbol' | 'idempotencyKey'>): Promise<wire.CoinChange>;
  undoChange(asker: HoldingAsker, changeId: string): Promise<wire.CoinChange>;
  /** @param highestId of all coins that are numbered elsewhere */
  beginAdoption(highestId: number): Promise<void>;
  adoptHoldings(asker: HoldingAsker, coins: readonly wire.AdoptedCoin[]): Promise<wire.AdoptHoldingsResponse>;
  /** What is held there now. */
  listCoins(asker: HoldingAsker): Promise<wire.Coins>;
  /** Undefined when the service says it serves, else what is wrong. */
  check(): Promise<string | undefined>;
  close(): void;
}

const deadlineMs = 2_000;
/** A whole portfolio is written. */
const adoptDeadlineMs = 5_000;
const restMs = 1_000;
const opens = { failuresInRow: 5 };
const maxWaitMs = 1_000;
const changesBounds = { circuit: 'portfolio-coins', opens, maxAtOnce: 64, maxWaiting: 1_000, maxWaitMs };
/** A circuit of its own: what takes long in the background says nothing about changes. */
const adoptionBounds = { circuit: 'portfolio-adoption', opens, maxAtOnce: 16, maxWaiting: 1_000, maxWaitMs };

/** The one for what is really owned. */
const portfolioId = 'default';

export const createHoldingClient = (where: Neighbour): HoldingClient => {
  const { client, call, check, close } = createServiceClient(HoldingServiceClient, {
    ...where,
    away: 'Portfolios cannot be reached at the moment, so nothing can be changed; please try again in a second.',
    restMs,
    classes: {
      probes: { deadlineMs },
      changes: { deadlineMs, bounds: changesBounds },
      adoption: { deadlineMs: adoptDeadlineMs, bounds: adoptionBounds },
    },
  });
  const ownerOf = ({ userId, simulated }: HoldingAsker): Owner => ({ userId, simulatedPrices: simulated });
  const askedOf = (asker: HoldingAsker) => ({
    ...{ owner: ownerOf(asker), portfolioId, heardVersion: asker.heardVersion ?? 0 },
  });
  const metaOf = ({ requestId }: HoldingAsker) => ({ requestId, repeatable: true });
  return {
    // Asked for nobody's coins, one that knows of them refuses, and one of an earlier build does not know the call.
    keepsCoins: () =>
      call('probes', client.listCoins, { owner: undefined, portfolioId }).then(
        () => true,
        (thrown: unknown) => thrown instanceof AppError && thrown.code === 'invalid_argument',
      ),
    changeCoin: (asker, order) =>
      orUnanswered(underKey(order.idempotencyKey), () => {
        const { onlyRepeat = false } = order;
        const request = { ...askedOf(asker), ...order, observedPrice: undefined, onlyRepeat };
        return call('changes', client.changeCoin, request, metaOf(asker));
      }),
    removeCoin: (asker, order) =>
      orUnanswered(underKey(order.idempotencyKey), () =>
        call('changes', client.removeCoin, { ...askedOf(asker), ...order }, metaOf(asker)),
      ),
    undoChange: (asker, changeId) =>
      orUnanswered(simplyAgain, () =>
        call('changes', client.undoChange, { ...askedOf(asker), changeId }, metaOf(asker)),
      ),
    beginAdoption: async (highestId) => {
      await call('adoption', client.beginAdoption, { highestId }, { repeatable: true });
    },
    adoptHoldings: (asker, coins) =>
      call('adoption', client.adoptHoldings, { owner: ownerOf(asker), coins: [...coins] }, metaOf(asker)),
    listCoins: (asker) => call('adoption', client.listCoins, { owner: ownerOf(asker), portfolioId }, metaOf(asker)),
    check,
    close,
  };
};
