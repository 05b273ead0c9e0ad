import type { LastPrice, PriceBus, PublishedThrough, SecondStat } from '@tickfolio/lib/price-bus';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { Tally } from './tally.js';

/** Where everything leaves that only the owner of a symbol may publish. */
export interface PublishGate {
  publish(stat: SecondStat, through: PublishedThrough | undefined): void;
  /** A price ahead of its second. Several of one trade are one to whoever reads them. */
  publishPrice(last: LastPrice): void;
  /** False while this process may not speak for its symbols at all. */
  readonly isSure: boolean;
  /** From now on seconds wait. */
  hold(): void;
  /** Seconds leave again: those that waited too, except of symbols that are somebody else's now. */
  release(isOurs: (symbol: string) => boolean): void;
  /** Of which symbols a second was published here since they are ours. */
  readonly published: ReadonlySet<string>;
  /** Lets out what waited only for `isSure`. To be called with time. */
  flush(): void;
}

export interface PublishGateDeps {
  readonly priceBus: Pick<PriceBus, 'publish' | 'publishPrice'>;
  /** False after this process stood still for so long that its symbols may be somebody else's. */
  readonly certain: () => boolean;
  /** What this publisher is called, so that others see whose a second was. */
  readonly by: string;
  readonly tally: Tally;
  readonly log: Logger;
}

/** Shares move within seconds; of a second for each symbol that is several minutes. */
const maxWaiting = 200_000;

export const createPublishGate = ({ priceBus, certain, by, tally, log }: PublishGateDeps): PublishGate => {
  let held = false;
  let waiting: { readonly stat: SecondStat; readonly through: PublishedThrough | undefined }[] = [];

  const published = new Set<string>();
  const send = (stat: SecondStat, through: PublishedThrough | undefined) => {
    if (through) published.add(stat.symbol);
    priceBus.publish(stat, through && { ...through, by });
  };
  const flush = () => {
    if (held || waiting.length === 0 || !certain()) return;
    for (const { stat, through } of waiting) send(stat, through);
    waiting = [];
  };
  return {
    publish: (stat, through) => {
      if (!held && certain()) {
        flush();
        send(stat, through);
        return;
      }
      tally.secondsWithheld += 1;
      if (waiting.length >= maxWaiting) {
        if (waiting.length === maxWaiting) log.error({ maxWaiting }, 'too many seconds wait for the group; the oldest are dropped');
        waiting.shift();
      }
      waiting.push({ stat, through });
      // The price need not wait with its second.
      const { symbol, close: price, lastTradeTime: timeMs, lastTradeId: tradeId } = stat;
      if (certain()) priceBus.publishPrice({ symbol, price, timeMs, tradeId });
    },
    publishPrice: (last) => {
      if (certain()) priceBus.publishPrice(last);
    },
    get isSure() {
      return certain();
    },
    hold: () => {
      held = true;
    },
    release: (isOurs) => {
      const before = waiting.length;
      waiting = waiting.filter(({ stat }) => isOurs(stat.symbol));
      tally.secondsLeft += before - waiting.length;
      for (const symbol of published) if (!isOurs(symbol)) published.delete(symbol);
      held = false;
      flush();
    },
    published,
    flush,
  };
};
