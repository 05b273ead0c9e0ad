import { asciiJson } from '../../prices/text-frame.js';
import type { OpenChannel } from './socket-channels.js';

/** Where something that is numbered stands. */
export interface Reached {
  readonly epoch: number;
  readonly version: number;
}

/** What an event is after one that was told before. */
export const orderOf = ({ epoch, version }: Reached, before: Reached | undefined): 'next' | 'old' | 'after a gap' => {
  if (!before) return 'next';
  if (epoch !== before.epoch) return epoch < before.epoch ? 'old' : 'after a gap';
  if (version <= before.version) return 'old';
  return version === before.version + 1 ? 'next' : 'after a gap';
};

/** A user with a connection here. */
export interface ToldUser<State> {
  /** How far something was told. */
  reached(name: string): Reached | undefined;
  reach(name: string, to: Reached): void;
  /** The state of something, for each connection in the place of what it was not sent yet. */
  owe(name: string, state: State): void;
  /** Something may have gone by untold. */
  oweResync(): void;
  /** Sends what is owed. */
  tell(): void;
}

/** What is owed to users with a connection here: the newest state of each thing, however slow a connection reads. */
export interface OwedStates<State> {
  /** @param owed called when there is something to be sent */
  open(of: { readonly userId: string; readonly owed: () => void }): OpenChannel;
  /** Whether anybody asked for it here. */
  readonly isWanted: boolean;
  user(userId: string): ToldUser<State> | undefined;
  userIds(): readonly string[];
  /** Changes of theirs may have gone by untold. Of everybody where nobody is named. */
  missed(userId?: string): void;
}

export interface OwedStatesOptions<State> {
  /** As JSON in ASCII. */
  readonly textOf: (state: State) => string;
  /** What is owed where another state was not sent yet. Default the newer one. */
  readonly merge?: (before: State, state: State) => State;
}

interface Socket<State> {
  readonly owed: () => void;
  /** The newest of each thing that it is to be told, by its name. */
  readonly owes: Map<string, State>;
  owesResync: boolean;
}

/** So many things wait for one connection at most, and of so many of a user it is known how far they were told. */
const [maxOwed, maxKnown] = [1_000, 1_000];
const resync = asciiJson({ Type: 'resync' });

class OwedUser<State> implements ToldUser<State> {
  readonly sockets = new Set<Socket<State>>();
  private readonly known = new Map<string, Reached>();

  constructor(private readonly merge: (before: State, state: State) => State) {}

  reached(name: string): Reached | undefined {
    return this.known.get(name);
  }

  reach(name: string, to: Reached): void {
    // The one that was told of longest ago makes room.
    this.known.delete(name);
    this.known.set(name, to);
    const [oldest] = this.known.keys();
    if (this.known.size > maxKnown && oldest !== undefined) this.known.delete(oldest);
  }

  owe(name: string, state: State): void {
    for (const socket of this.sockets) {
      const { owes } = socket;
      const before = owes.get(name);
      // Behind the others, so that versions come in their order.
      owes.delete(name);
      owes.set(name, before === undefined ? state : this.merge(before, state));
      if (owes.size <= maxOwed) continue;
      owes.clear();
      socket.owesResync = true;
    }
  }

  oweResync(): void {
    for (const socket of this.sockets) socket.owesResync = true;
  }

  tell(): void {
    for (const { owed } of this.sockets) owed();
  }
}

export const createOwedStates = <State>({
  textOf,
  merge = (_, state) => state,
}: OwedStatesOptions<State>): OwedStates<State> => {
  const users = new Map<string, OwedUser<State>>();
  return {
    open: ({ userId, owed }) => {
      const user = users.get(userId) ?? new OwedUser<State>(merge);
      users.set(userId, user);
      const socket: Socket<State> = { owed, owes: new Map(), owesResync: false };
      user.sockets.add(socket);
      return {
        next: () => {
          if (socket.owesResync) {
            socket.owesResync = false;
            return resync;
          }
          const [first] = socket.owes;
          if (!first) return undefined;
          socket.owes.delete(first[0]);
          return textOf(first[1]);
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
    user: (userId) => users.get(userId),
    userIds: () => [...users.keys()],
    missed: (userId) => {
      for (const user of userId === undefined ? users.values() : [users.get(userId)]) {
        user?.oweResync();
        user?.tell();
      }
    },
  };
};
