import { isLaterPrice, type LastPrice } from '@tickfolio/lib/price-bus';
import type { AggregatorAddresses } from './aggregator-addresses.js';
import type { AggregatorClient, AggregatorConnection, Demanded, FeedState, FeedWord } from './aggregator-client.js';

export interface AggregatorsDeps {
  readonly addresses: AggregatorAddresses;
  /**
   * @param baseUrl of one aggregator
   * @param circuit what its circuit breaker is called
   */
  readonly connect: (baseUrl: string, circuit: string) => AggregatorConnection;
}

/** Of two words about one symbol, as in the moment it moves, the better one. */
const best: readonly FeedState[] = ['live', 'pending', 'halted', 'broken', 'refused', 'unknown'];

const nameOf = (baseUrl: string): string => new URL(baseUrl).host;

/**
 * Several aggregators that share the symbols, as one: each is told everything that is needed, and answers for what it
 * publishes. Fails only when none answers.
 */
export const createAggregators = ({ addresses, connect }: AggregatorsDeps): AggregatorClient => {
  const clients = new Map<string, AggregatorConnection>();

  const current = async (): Promise<readonly (readonly [string, AggregatorConnection])[]> => {
    const all = await addresses();
    for (const [known, client] of clients) {
      if (all.includes(known)) continue;
      clients.delete(known);
      client.close();
    }
    return all.map((baseUrl) => {
      const client =
        clients.get(baseUrl) ?? connect(baseUrl, all.length === 1 ? 'aggregator' : `aggregator ${nameOf(baseUrl)}`);
      clients.set(baseUrl, client);
      return [baseUrl, client];
    });
  };
  const merge = (answers: readonly Demanded[]): Omit<Demanded, 'aggregators'> => {
    const feeds = new Map<string, FeedWord>();
    const lastPrices = new Map<string, Omit<LastPrice, 'symbol'>>();
    for (const answer of answers) {
      for (const [symbol, word] of answer.feeds) {
        const known = feeds.get(symbol);
        if (known === undefined || best.indexOf(word.state) < best.indexOf(known.state)) feeds.set(symbol, word);
      }
      for (const [symbol, last] of answer.lastPrices) {
        const known = lastPrices.get(symbol);
        if (!known || isLaterPrice(last, known)) lastPrices.set(symbol, last);
      }
    }
    // Which list is the newest nobody can say; always the same one's is taken, so that two never take turns.
    const [first] = [...answers.filter(({ symbolsRevision }) => symbolsRevision !== ''), ...answers];
    // Frames arrive late and never early, so the latest of several words is the best.
    const times = answers.flatMap(({ exchangeTimeMs }) => exchangeTimeMs ?? []);
    const shared = answers.flatMap(({ shares }) => shares ?? []);
    const owned = shared.reduce((sum, shares) => sum + shares.owned, 0);
    return {
      symbolsRevision: first?.symbolsRevision ?? '',
      simulated: first?.simulated ?? false,
      feeds,
      lastPrices,
      ...(times.length > 0 ? { exchangeTimeMs: Math.max(...times) } : {}),
      ...(shared[0] ? { shares: { owned, of: shared[0].of } } : {}),
    };
  };

  return {
    demand: async (symbols, requestId) => {
      const all = await current();
      const results = await Promise.allSettled(all.map(([, client]) => client.demand(symbols, requestId)));
      const answers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      const [failed] = results.filter((result) => result.status === 'rejected');
      if (answers.length === 0 && failed) throw failed.reason;
      const faultOf = (reason: unknown) => (reason instanceof Error ? reason.message : String(reason));
      const aggregators = new Map(
        all.map(([baseUrl], i) => {
          const result = results[i];
          return [nameOf(baseUrl), result?.status === 'rejected' ? faultOf(result.reason) : undefined];
        }),
      );
      return { ...merge(answers), aggregators };
    },
    symbols: async (requestId, fresh) => {
      let fault: unknown;
      for (const [, client] of await current()) {
        try {
          const list = await client.symbols(requestId, fresh);
          if (list.revision !== '') return list;
        } catch (err) {
          fault = err;
        }
      }
      throw fault;
    },
  };
};
