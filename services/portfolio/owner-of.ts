import type * as wire from '@tickfolio/gen/portfolio/v1';
import type { CallContext } from '@tickfolio/lib/grpc';
import type { Asked } from './books/asked.js';
import { portfolioIdOf } from './portfolios/default-portfolios.js';
import { type Owner, readUserId } from './portfolios/owner.js';
import type { PriceKind } from './users/price-kind.js';

/** Whose portfolios a call means, and what it means by the id of one. */
export interface OwnerOf {
  /** @throws AppError invalid_argument where it says nobody */
  readonly ownerOf: (owner: wire.Owner | undefined, context: CallContext) => Owner;
  /** The same, once the user's default portfolios are there, with the portfolio that is meant. */
  readonly askedOf: (owner: wire.Owner | undefined, portfolioId: string, context: CallContext) => Promise<Asked>;
}

export interface OwnerOfDeps {
  readonly priceKind: Pick<PriceKind, 'note'>;
  /** Makes the default ones that are missing. */
  readonly ensure: (owner: Owner) => Promise<void>;
}

export const createOwnerOf = ({ priceKind, ensure }: OwnerOfDeps): OwnerOf => {
  const ownerOf: OwnerOf['ownerOf'] = (owner, { requestId, signal }) => {
    const { userId, simulatedPrices: simulated } = owner ?? { userId: '', simulatedPrices: undefined };
    readUserId(userId, 'owner');
    priceKind.note(simulated);
    return { userId, simulated, requestId, signal };
  };
  return {
    ownerOf,
    askedOf: async (of, portfolioId, context) => {
      const owner = ownerOf(of, context);
      await ensure(owner);
      const { userId, requestId, signal } = owner;
      return { userId, requestId, ...(signal ? { signal } : {}), portfolioId: portfolioIdOf(userId, portfolioId) };
    },
  };
};
