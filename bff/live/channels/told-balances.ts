import type { BalanceMessage } from '@tickfolio/api/balances';
import type { balanceEvents } from '@tickfolio/lib/events/balance-events';
import type { DomainEvent, TypesOf } from '@tickfolio/lib/events/domain-event';
import type { ReadSeenBases, SeenBase } from '../../holdings/seen-bases.js';
import { asciiJson } from '../../prices/text-frame.js';
import { createOwedStates, type OwedStates, orderOf, type ToldUser } from './owed-states.js';

type BalanceEvent = DomainEvent<TypesOf<typeof balanceEvents>>;
type ToldBalance = Exclude<BalanceEvent, { readonly type: 'balance.reservation_refused' }>;

/** The channel `balances`: what is in the portfolios of users with a connection here, change by change. */
export interface ToldBalances extends Pick<OwedStates<string>, 'open' | 'isWanted' | 'missed'> {
  /** Tells what became of balances, in its order. What was told before is not told again. */
  take(events: readonly BalanceEvent[]): Promise<void>;
  /**
   * A portfolio is shown as its events say by now. Where it was to be read before it was known how its versions go on, it
   * is to be read once more: what was read meanwhile stands under a version of before. @param userId absent: of everybody
   */
  shown(userId?: string, portfolioId?: string): Promise<void>;
}

type User = ToldUser<string>;

const maxDoubtedPortfolios = 1_000;

/** Portfolios of which it is not known how their versions go on, with the epoch from which on it will be. */
const createDoubts = () => {
  const ofUsers = new WeakMap<User, Map<string, number>>();
  return {
    of: (user: User): ReadonlyMap<string, number> => ofUsers.get(user) ?? new Map(),
    add: (user: User, portfolioId: string, epoch: number): void => {
      const doubted = ofUsers.get(user) ?? new Map<string, number>();
      if (doubted.size >= maxDoubtedPortfolios) doubted.clear();
      doubted.set(portfolioId, epoch);
      ofUsers.set(user, doubted);
    },
    /** @returns whether it was in doubt */
    end: (user: User, portfolioId: string): boolean => ofUsers.get(user)?.delete(portfolioId) ?? false,
  };
};

const causeOf = ({ type, data }: ToldBalance) =>
  type === 'balance.updated'
    ? { Reason: data.reason, Ref: data.ref }
    : {
        Reason: type === 'balance.reserved' ? ('reserve' as const) : ('release' as const),
        Ref: `reservation:${data.reservationId}`,
      };

const textOf = (event: ToldBalance, base: number): string => {
  const { portfolioId: PortfolioID, asset: Asset, via: Via, available: Available, reserved: Reserved } = event.data;
  const state = { Asset, Via, Available, Reserved };
  const about = { Type: 'balance', PortfolioID, Version: event.version + base } as const;
  return asciiJson({ ...about, ...state, ...causeOf(event) } satisfies BalanceMessage);
};

export const createToldBalances = (readBases: ReadSeenBases): ToldBalances => {
  const owed = createOwedStates<string>({ textOf: (text) => text });
  const doubts = createDoubts();

  const takeOne = (user: User, event: BalanceEvent, { base, epoch: takenUnder }: SeenBase) => {
    const { epoch, version } = event;
    const { portfolioId } = event.data;
    const order = orderOf(event, user.reached(portfolioId));
    if (order === 'old' || epoch < takenUnder) return;
    user.reach(portfolioId, { epoch, version });
    // Its service was restored, and clients' versions go on from elsewhere, which is not known here yet.
    const isBaseOfBefore = takenUnder > 0 && takenUnder < epoch;
    const isDoubted = isBaseOfBefore || base === undefined;
    const wasDoubted = doubts.end(user, portfolioId);
    if (order === 'after a gap' || isDoubted || wasDoubted) user.oweResync();
    if (isDoubted) doubts.add(user, portfolioId, epoch);
    if (event.type === 'balance.reservation_refused' || isDoubted) return;
    const { asset, via } = event.data;
    user.owe(`${portfolioId} ${asset} ${via}`, textOf(event, base));
  };
  const shown = async (userId: string, portfolioIds: readonly string[]) => {
    if (portfolioIds.length === 0) return;
    const bases = await readBases(portfolioIds.map((portfolioId) => ({ portfolioId, userId })));
    // Who left meanwhile is told nothing, and what was told meanwhile is in doubt no more.
    const user = owed.user(userId);
    if (!user) return;
    const known = portfolioIds.filter((portfolioId) => {
      const from = doubts.of(user).get(portfolioId);
      const { base, epoch = 0 } = bases.get(portfolioId) ?? {};
      return from !== undefined && base !== undefined && epoch >= from;
    });
    if (known.length === 0) return;
    for (const portfolioId of known) doubts.end(user, portfolioId);
    user.oweResync();
    user.tell();
  };
  return {
    open: owed.open,
    get isWanted() {
      return owed.isWanted;
    },
    missed: owed.missed,
    take: async (events) => {
      const wanted = events.filter(({ userId }) => owed.user(userId));
      const portfolios = new Map(wanted.map(({ userId, data: { portfolioId } }) => [portfolioId, userId]));
      const bases = await readBases([...portfolios].map(([portfolioId, userId]) => ({ portfolioId, userId })));
      const told = new Set<User>();
      for (const event of wanted) {
        // Who left meanwhile is told nothing.
        const user = owed.user(event.userId);
        const base = bases.get(event.data.portfolioId);
        if (!user || !base) continue;
        takeOne(user, event, base);
        told.add(user);
      }
      for (const user of told) user.tell();
    },
    shown: async (userId, portfolioId) => {
      for (const one of userId === undefined ? owed.userIds() : [userId]) {
        const user = owed.user(one);
        const doubted = user ? [...doubts.of(user).keys()] : [];
        await shown(one, portfolioId === undefined ? doubted : doubted.filter((id) => id === portfolioId));
      }
    },
  };
};
