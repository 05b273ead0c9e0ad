import type { OrderAnswer, OrderBody } from '@tickfolio/api/orders';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import type { TestPerson } from './client.js';
import type { PaperPerson } from './paper-person.js';
import { Exact } from './price-record.js';
import type { TradeRecord } from './trade-record.js';

/** Kafka waits for a member of a group that was killed, a lease for its end, and a busy machine for everything. */
const patienceMs = 120_000;
/** Some 50 to 300 USDT of 10,000, so that most can be paid for and not all. */
const quantities = { btcusdt: ['0.001', '0.002', '0.004'], ethusdt: ['0.02', '0.05', '0.08'] } as const;
const symbols = ['btcusdt', 'ethusdt'] as const;
export const loadedSymbols: readonly string[] = symbols;

type Answer = Awaited<ReturnType<TestPerson['call']>>;

/** As a client does while parts of it are away: signs in anew where that ran out, and asks until it is answered. */
export const askUntilAnswered = (
  { call, refresh }: TestPerson,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> =>
  eventually(
    `${method} ${path} is answered`,
    async () => {
      const answer = await call(method, path, body);
      if (answer.status === 401) await refresh();
      const isPassing = answer.status === 401 || answer.status === 429 || answer.status >= 500;
      if (isPassing || answer.body.type === '/docs/errors/no-price-yet') throw new Error(JSON.stringify(answer.body));
      return answer;
    },
    patienceMs,
    100,
  );

export interface OrderLoad {
  /** What was answered as placed or refused for want of money, by its id; the client's names of all that were asked for. */
  readonly stored: ReadonlyMap<string, PaperPerson>;
  readonly names: ReadonlySet<string>;
  /** How often a repeat of what was answered gave another order. */
  readonly doubled: readonly string[];
  /** Resolves when all that was asked for is answered. @throws Error where something was answered as it may not be */
  stop(): Promise<void>;
}

/**
 * People who place orders of every kind around the price of the moment, one after the other, cancel some and ask again
 * for what was answered, whatever is away.
 */
export const startOrderLoad = (
  people: readonly PaperPerson[],
  { record, random }: { readonly record: TradeRecord; readonly random: () => number },
): OrderLoad => {
  const stored = new Map<string, PaperPerson>();
  const names = new Set<string>();
  const doubled: string[] = [];
  let isStopping = false;
  const oneOf = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;

  const drawn = (): OrderBody => {
    const symbol = oneOf(symbols);
    const side = random() < 0.6 ? 'BUY' : 'SELL';
    const order = { symbol, side, quantity: oneOf(quantities[symbol]) } as const;
    const last = record.last(symbol).p;
    const away = (share: string) =>
      new Exact(last).times(side === 'BUY' ? new Exact(1).minus(share) : new Exact(1).plus(share)).toFixed(2);

    const kind = random();
    if (kind < 0.3) return { ...order, type: 'MARKET' };
    if (kind < 0.4) return { ...order, type: 'LIMIT', timeInForce: 'IOC', price: away('-0.0005') };
    if (kind < 0.5) return { ...order, type: 'LIMIT', timeInForce: 'FOK', price: away('-0.0005') };
    if (kind < 0.8) return { ...order, type: 'LIMIT', price: away('0.0003') };
    if (kind < 0.9) return { ...order, type: 'STOP_LOSS', stopPrice: away('-0.0005') };
    return { ...order, type: 'LIMIT', price: away('0.05') };
  };
  const placeOne = async (paper: PaperPerson, name: string) => {
    const order = { ...drawn(), clientOrderId: name };
    names.add(name);
    const ask = () => askUntilAnswered(paper.person, 'POST', '/api/v1/orders', order);
    const answer = await ask();
    if (answer.status > 202 && answer.status !== 409)
      throw new Error(`${JSON.stringify(order)}: ${answer.status} ${JSON.stringify(answer.body)}`);
    if (answer.status > 202) return;
    const { id } = answer.body as OrderAnswer;
    stored.set(id, paper);
    if (random() < 0.3) {
      const again = await ask();
      // Of one that was refused meanwhile it stands among the facts.
      const said = JSON.stringify(again.body);
      if (!said.includes(id)) doubled.push(`${name}: ${id}, then ${said}`);
    }
    if (random() < 0.35) await askUntilAnswered(paper.person, 'DELETE', `/api/v1/orders/${id}`);
  };
  const working = people.map(async (paper, at) => {
    for (let count = 1; !isStopping; count++) {
      await placeOne(paper, `p${at}-${count}`);
      await new Promise((resolve) => setTimeout(resolve, 100 + random() * 300));
    }
  });
  // What fails is thrown by `stop`.
  for (const one of working) one.catch(() => undefined);
  return {
    stored,
    names,
    doubled,
    stop: async () => {
      isStopping = true;
      await Promise.all(working);
    },
  };
};
