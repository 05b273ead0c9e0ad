/**
 * The books as one would explain them: maps and whole numbers of 10^-18, no database. A step is done or refused with
 * the same words as by the real ones.
 */
export type Step =
  | {
      readonly do: 'change';
      readonly of: string;
      readonly user: string;
      readonly key: string;
      readonly symbol: string;
      readonly asset: string;
      readonly by: bigint;
    }
  | {
      readonly do: 'remove';
      readonly of: string;
      readonly user: string;
      readonly key: string;
      readonly symbol: string;
    }
  | { readonly do: 'undo'; readonly of: string; readonly user: string; readonly key: string }
  | {
      readonly do: 'fund';
      readonly of: string;
      readonly user: string;
      readonly key: string;
      readonly asset: string;
      readonly quantity: bigint;
    }
  | {
      readonly do: 'transfer';
      readonly from: string;
      readonly to: string;
      readonly user: string;
      readonly key: string;
      readonly asset: string;
      readonly quantity: bigint;
      readonly fee: bigint;
    }
  | {
      readonly do: 'reserve';
      readonly of: string;
      readonly user: string;
      readonly id: string;
      readonly asset: string;
      readonly amount: bigint;
    }
  | { readonly do: 'release'; readonly of: string; readonly id: string }
  | {
      readonly do: 'settle';
      readonly of: string;
      readonly fill: string;
      readonly id: string;
      readonly take: readonly [string, bigint];
      readonly give: readonly [string, bigint];
      readonly fees: readonly (readonly [string, bigint])[];
    };

interface Amounts {
  available: bigint;
  reserved: bigint;
}
export interface ModelPortfolio {
  readonly id: string;
  readonly user: string;
  readonly kind: 'tracking' | 'paper';
}
interface State extends ModelPortfolio {
  version: number;
  funds: number;
  /** By asset and symbol. */
  balances: Map<string, Amounts>;
}
interface Reservation {
  readonly of: string;
  readonly request: string;
  readonly asset: string;
  readonly answer: string;
  state: 'held' | 'closed' | 'voided' | 'refused';
  remaining: bigint;
  released: bigint;
}

const limit = 10n ** 38n;

class Refused extends Error {}
const refuse = (reason: string): never => {
  throw new Refused(reason);
};

export const createModel = (portfolios: readonly ModelPortfolio[], usualSymbols: Readonly<Record<string, string>>) => {
  let states = new Map<string, State>(
    portfolios.map((one) => [one.id, { ...one, version: 0, funds: 0, balances: new Map() }]),
  );
  const answers = new Map<string, { readonly request: string; readonly answer: string }>();
  /** What a change or an undo did, by the id under which it was done. */
  const done = new Map<string, { readonly of: string; readonly symbol: string; readonly asset: string; by: bigint }>();
  const reservations = new Map<string, Reservation>();

  const own = (id: string, user: string): State => {
    const state = states.get(id);
    return state && state.user === user ? state : refuse('not-found');
  };
  const kept = (id: string): State => states.get(id) ?? refuse('gone');
  const keyOf = (state: State, asset: string, symbol: string) =>
    state.kind === 'tracking' ? `${asset} ${symbol}` : `${asset} ${usualSymbols[asset] ?? ''}`;
  const amounts = (state: State, key: string): Amounts => state.balances.get(key) ?? { available: 0n, reserved: 0n };
  /** One event. */
  const move = (state: State, key: string, available: bigint, reserved: bigint) => {
    const before = amounts(state, key);
    const after = { available: before.available + available, reserved: before.reserved + reserved };
    if (after.available < 0n || after.reserved < 0n) throw new Error('the model itself is wrong');
    if (after.available + after.reserved >= limit) refuse('quantity-too-large');
    state.balances.set(key, after);
    state.version += 1;
  };
  const tidy = () => {
    for (const { balances } of states.values())
      for (const [key, { available, reserved }] of balances)
        if (available === 0n && reserved === 0n) balances.delete(key);
  };
  /** All of it or nothing. */
  const whole = (work: () => string): string => {
    const before = new Map(
      [...states].map(([id, state]) => [
        id,
        { ...state, balances: new Map([...state.balances].map(([key, value]) => [key, { ...value }])) },
      ]),
    );
    try {
      const answer = work();
      tidy();
      return answer;
    } catch (thrown) {
      states = before;
      if (thrown instanceof Refused) return thrown.message;
      throw thrown;
    }
  };
  const once = (id: string, request: string, work: () => string): string => {
    const before = answers.get(id);
    if (before) return before.request === request ? before.answer : refuse('different-request');
    const answer = work();
    answers.set(id, { request, answer });
    return answer;
  };
  const requireKind = (state: State, kind: State['kind']) => void (state.kind === kind || refuse('wrong-kind'));

  const changeBy = (state: State, id: string, symbol: string, asset: string, by: bigint): string => {
    const key = `${asset} ${symbol}`;
    if (amounts(state, key).available + by < 0n) refuse('more-than-held');
    move(state, key, by, 0n);
    done.set(id, { of: state.id, symbol, asset, by });
    return `${by} ${amounts(state, key).available} ${state.version}`;
  };
  const assetHeld = (state: State, symbol: string): string | undefined =>
    [...state.balances.keys()].find((key) => key.endsWith(` ${symbol}`))?.split(' ')[0];

  const steps = {
    change: (step: Extract<Step, { do: 'change' }>) => {
      const { of, user, key, symbol, asset, by } = step;
      const state = own(of, user);
      return once(`${user} ${key}`, `change ${of} ${symbol} ${by}`, () => {
        requireKind(state, 'tracking');
        const held = assetHeld(state, symbol);
        if (held === undefined && by < 0n) refuse('not-held');
        return changeBy(state, `${user} ${key}`, symbol, held ?? asset, by);
      });
    },
    remove: ({ of, user, key, symbol }: Extract<Step, { do: 'remove' }>) => {
      const state = own(of, user);
      return once(`${user} ${key}`, `remove ${of} ${symbol}`, () => {
        requireKind(state, 'tracking');
        const held = assetHeld(state, symbol) ?? refuse('not-held');
        const { available } = amounts(state, `${held} ${symbol}`);
        return changeBy(state, `${user} ${key}`, symbol, held, -available);
      });
    },
    /** `key` is what the change was made under. */
    undo: ({ of, user, key }: Extract<Step, { do: 'undo' }>) => {
      const state = own(of, user);
      const id = `undo ${user} ${key}`;
      return once(id, id, () => {
        requireKind(state, 'tracking');
        const made = done.get(`${user} ${key}`);
        if (made?.of !== of) return refuse('unknown-change');
        const held = assetHeld(state, made.symbol);
        return changeBy(state, id, made.symbol, held ?? made.asset, -made.by);
      });
    },
    fund: ({ of, user, key, asset, quantity }: Extract<Step, { do: 'fund' }>) => {
      const state = own(of, user);
      return once(`${user} ${key}`, `fund ${of} ${asset} ${quantity}`, () => {
        requireKind(state, 'paper');
        if (state.funds >= 10) refuse('limit-reached');
        const balance = keyOf(state, asset, '');
        move(state, balance, quantity, 0n);
        state.funds += 1;
        return `${amounts(state, balance).available} ${state.version}`;
      });
    },
    transfer: (step: Extract<Step, { do: 'transfer' }>) => {
      const { user, key, asset, quantity, fee } = step;
      const [from, to] = [own(step.from, user), own(step.to, user)];
      return once(`${user} ${key}`, `transfer ${from.id} ${to.id} ${asset} ${quantity} ${fee}`, () => {
        if (from === to) refuse('invalid-argument');
        if (from.kind !== to.kind) refuse('wrong-kind');
        const symbols = [...from.balances.keys()].filter((one) => one.startsWith(`${asset} `)).sort();
        const usual = `${asset} ${usualSymbols[asset]}`;
        const ordered = [...symbols.filter((one) => one === usual), ...symbols.filter((one) => one !== usual)];
        const all = ordered.reduce((sum, one) => sum + amounts(from, one).available, 0n);
        if (all < quantity + fee) refuse('insufficient-balance');
        const taken = (amount: bigint) => {
          let missing = amount;
          return ordered.flatMap((balance): [string, bigint][] => {
            const { available } = amounts(from, balance);
            const part = available < missing ? available : missing;
            missing -= part;
            if (part > 0n) move(from, balance, -part, 0n);
            return part > 0n ? [[balance, part]] : [];
          });
        };
        for (const [balance, part] of taken(quantity))
          move(to, keyOf(to, asset, balance.split(' ')[1] ?? ''), part, 0n);
        taken(fee);
        return `${from.version} ${to.version}`;
      });
    },
    reserve: ({ of, user, id, asset, amount }: Extract<Step, { do: 'reserve' }>) => {
      const state = kept(of);
      if (state.user !== user) refuse('gone');
      const before = reservations.get(id);
      const request = `${of} ${user} ${asset} ${amount}`;
      if (before?.state === 'voided') return refuse('already-voided');
      if (before) return before.request === request ? before.answer : refuse('different-request');
      const balance = keyOf(state, asset, '');
      const { available } = state.kind === 'paper' ? amounts(state, balance) : { available: 0n };
      const reason = state.kind !== 'paper' ? 'wrong-kind' : available < amount ? 'insufficient-balance' : '';
      if (reason === '') move(state, balance, -amount, amount);
      else state.version += 1;
      const after = amounts(state, balance);
      const answer = reason === '' ? `${after.available} ${after.reserved} ${state.version}` : reason;
      const [held, remaining] = reason === '' ? (['held', amount] as const) : (['refused', 0n] as const);
      reservations.set(id, { of, request, asset, answer, state: held, remaining, released: 0n });
      return answer;
    },
    release: ({ of, id }: Extract<Step, { do: 'release' }>) => {
      const state = kept(of);
      const row = reservations.get(id);
      if (!row) {
        const nothing = { request: '', asset: '', answer: '', remaining: 0n, released: 0n };
        reservations.set(id, { ...nothing, of, state: 'voided' });
        return '0';
      }
      if (row.of !== of) return refuse('different-request');
      if (row.state === 'held') {
        move(state, keyOf(state, row.asset, ''), row.remaining, -row.remaining);
        Object.assign(row, { state: 'closed', released: row.remaining, remaining: 0n });
      }
      return String(row.released);
    },
    settle: ({ of, fill, id, take, give, fees }: Extract<Step, { do: 'settle' }>) => {
      const state = kept(of);
      return once(`fill ${fill}`, [id, ...take, ...give, ...fees.flat()].join(' '), () => {
        const row = reservations.get(id) ?? refuse('unknown-reservation');
        if (row.of !== of) refuse('different-request');
        if (row.state !== 'held') refuse('wrong-state');
        if (row.asset !== take[0] || row.remaining < take[1]) refuse('exceeds-reservation');
        move(state, keyOf(state, take[0], ''), 0n, -take[1]);
        move(state, keyOf(state, give[0], ''), give[1], 0n);
        const payable = fees.find(([asset, amount]) => amounts(state, keyOf(state, asset, '')).available >= amount);
        const fee = payable ?? (fees.length > 0 ? refuse('insufficient-balance') : undefined);
        if (fee && fee[1] > 0n) move(state, keyOf(state, fee[0], ''), -fee[1], 0n);
        row.remaining -= take[1];
        if (row.remaining === 0n) row.state = 'closed';
        return `${row.remaining} ${fee?.join(' ') ?? 'no fee'} ${state.version}`;
      });
    },
  } as const;

  return {
    /** The answer, or the word with which it is refused. */
    run: (step: Step): string => whole(() => (steps[step.do] as (step: Step) => string)(step)),
    /** `<portfolio> <version>`, and each balance. */
    state: (): readonly string[] =>
      [...states.values()].flatMap(({ id, version, balances }) => [
        `${id} ${version}`,
        ...[...balances].map(([key, { available, reserved }]) => `${id} ${key} ${available} ${reserved}`).sort(),
      ]),
    reservations: (): readonly string[] =>
      [...reservations].map(([id, { state, remaining, released }]) => `${id} ${state} ${remaining} ${released}`).sort(),
  };
};
