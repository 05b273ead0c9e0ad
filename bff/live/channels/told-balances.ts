import type { BalanceMessage } from '@tickfolio/api/balances';
import type { balanceEvents } from '@tickfolio/lib/events/balance-events';
import type { DomainEvent, TypesOf } from '@tickfolio/lib/events/domain-event';
import type { ReadSeenBases, SeenBase } from '../../holdings/seen-bases.js';
import { asciiJson } from '../../prices/text-frame.js';
import type { OpenChannel } from './socket-channels.js';

type BalanceEvent = DomainEvent<TypesOf<typeof balanceEvents>>;
type ToldBalance = Exclude<BalanceEvent, { readonly type: 'balance.reservation_refused' }>;

/** The channel `balances`: what is in the portfolios of users with a connection here, change by change. */
export interface ToldBalances {
  /** @param owed called when there is something to be sent */
  open(of: { readonly userId: string; readonly owed: () => void }): OpenChannel;
  /** Whether anybody asked for it here. */
  readonly isWanted: boolean;
  /** Tells what became of balances, in its order. What was told before is not told again. */
  take(events: readonly BalanceEvent[]): Promise<void>;
  /**
   * A portfolio is shown as its events say by now. Where it was to be read before it was known how its versions go on, it
   * is to be read once more: what was read meanwhile stands under a version of before. @param userId absent: of everybody
   */
  shown(userId?: string, portfolioId?: string): Promise<void>;
  /** Changes of theirs may have gone by untold. Of everybody where nobody is named. */
  missed(userId?: string): void;
}

interface Socket {
  readonly owed: () => void;
  /** The newest of each balance that it is to be told, by its name. */
  readonly owes: Map<string, string>;
  owesResync: boolean;
}

interface Reached {
  readonly epoch: number;
  readonly version: number;
}

interface User {
  readonly sockets: Set<Socket>;
  /** How far each portfolio was told. */
  readonly reached: Map<string, Reached>;
  /** Portfolios of which it is not known how their versions go on, with the epoch from which on it will be. */
  readonly doubted: Map<string, number>;
}

/** So many balances wait for one connection at most, and of so many portfolios of a user it is known how far they are. */
const [maxOwedBalances, maxKnownPortfolios] = [1_000, 1_000];
const resync = asciiJson({ Type: 'resync' } satisfies BalanceMessage);

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

/** What an event is after one that was told before. */
const orderOf = ({ epoch, version }: BalanceEvent, before: Reached | undefined): 'next' | 'old' | 'after a gap' => {
  if (!before) return 'next';
  if (epoch !== before.epoch) return epoch < before.epoch ? 'old' : 'after a gap';
  if (version <= before.version) return 'old';
  return version === before.version + 1 ? 'next' : 'after a gap';
};

export const createToldBalances = (readBases: ReadSeenBases): ToldBalances => {
  const users = new Map<string, User>();

  const oweResync = ({ sockets }: User) => {
    for (const socket of sockets) socket.owesResync = true;
  };
  const owe = (socket: Socket, name: string, text: string) => {
    // Behind the others, so that versions of a portfolio come in their order.
    socket.owes.delete(name);
    socket.owes.set(name, text);
    if (socket.owes.size <= maxOwedBalances) return;
    socket.owes.clear();
    socket.owesResync = true;
  };
  const doubt = ({ doubted }: User, portfolioId: string, epoch: number) => {
    if (doubted.size >= maxKnownPortfolios) doubted.clear();
    doubted.set(portfolioId, epoch);
  };
  const takeOne = (user: User, event: BalanceEvent, { base, epoch: takenUnder }: SeenBase) => {
    const { epoch, version } = event;
    const { portfolioId } = event.data;
    const order = orderOf(event, user.reached.get(portfolioId));
    if (order === 'old' || epoch < takenUnder) return;
    if (user.reached.size >= maxKnownPortfolios) user.reached.clear();
    user.reached.set(portfolioId, { epoch, version });
    // Its service was restored, and clients' versions go on from elsewhere, which is not known here yet.
    const isBaseOfBefore = takenUnder > 0 && takenUnder < epoch;
    const isDoubted = isBaseOfBefore || base === undefined;
    const wasDoubted = user.doubted.delete(portfolioId);
    if (order === 'after a gap' || isDoubted || wasDoubted) oweResync(user);
    if (isDoubted) doubt(user, portfolioId, epoch);
    if (event.type === 'balance.reservation_refused' || isDoubted) return;
    const { asset, via } = event.data;
    const name = `${portfolioId} ${asset} ${via}`;
    const text = textOf(event, base);
    for (const socket of user.sockets) owe(socket, name, text);
  };
  const tell = ({ sockets }: User) => {
    for (const { owed } of sockets) owed();
  };
  const shown = async (userId: string, portfolioIds: readonly string[]) => {
    if (portfolioIds.length === 0) return;
    const bases = await readBases(portfolioIds.map((portfolioId) => ({ portfolioId, userId })));
    // Who left meanwhile is told nothing, and what was told meanwhile is in doubt no more.
    const user = users.get(userId);
    const isKnown = (portfolioId: string) => {
      const from = user?.doubted.get(portfolioId);
      const { base, epoch = 0 } = bases.get(portfolioId) ?? {};
      return from !== undefined && base !== undefined && epoch >= from;
    };
    const known = portfolioIds.filter(isKnown);
    if (!user || known.length === 0) return;
    for (const portfolioId of known) user.doubted.delete(portfolioId);
    oweResync(user);
    tell(user);
  };
  return {
    open: ({ userId, owed }) => {
      const user = users.get(userId) ?? { sockets: new Set(), reached: new Map(), doubted: new Map() };
      users.set(userId, user);
      const socket: Socket = { owed, owes: new Map(), owesResync: false };
      user.sockets.add(socket);
      return {
        next: () => {
          if (socket.owesResync) {
            socket.owesResync = false;
            return resync;
          }
          const [first] = socket.owes;
          if (first) socket.owes.delete(first[0]);
          return first?.[1];
        },
        close: () => {
          user.sockets.delete(socket);
          if (user.sockets.size === 0 && users.get(userId) === user) users.delete(userId);
        },
      };
    },
    get isWanted() {
      return users.size > 0;
    },
    take: async (events) => {
      const wanted = events.filter(({ userId }) => users.has(userId));
      const portfolios = new Map(wanted.map(({ userId, data: { portfolioId } }) => [portfolioId, userId]));
      const bases = await readBases([...portfolios].map(([portfolioId, userId]) => ({ portfolioId, userId })));
      const told = new Set<User>();
      for (const event of wanted) {
        // Who left meanwhile is told nothing.
        const user = users.get(event.userId);
        const base = bases.get(event.data.portfolioId);
        if (!user || !base) continue;
        takeOne(user, event, base);
        told.add(user);
      }
      for (const user of told) tell(user);
    },
    shown: async (userId, portfolioId) => {
      const meant = userId === undefined ? [...users.keys()] : [userId];
      for (const one of meant) {
        const doubted = [...(users.get(one)?.doubted.keys() ?? [])];
        await shown(one, portfolioId === undefined ? doubted : doubted.filter((id) => id === portfolioId));
      }
    },
    missed: (userId) => {
      const of = userId === undefined ? [...users.values()] : [users.get(userId)];
      for (const user of of) {
        if (!user) continue;
        oweResync(user);
        tell(user);
      }
    },
  };
};
