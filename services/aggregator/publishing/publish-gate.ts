import type { LastPrice, PriceBus, PublishedThrough, SecondStat } from '@tickfolio/lib/price-bus';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { Tally } from '../tally.js';
import { createWaitingSeconds, type WaitingSecond } from './waiting-seconds.js';

/** Where everything leaves that only the owner of a symbol may publish. */
export interface PublishGate {
  publish(stat: SecondStat, through: PublishedThrough | undefined): void;
  /** A price ahead of its second. Several of one trade are one to whoever reads them. */
  publishPrice(last: LastPrice): void;
  /** False while this process may not speak for its symbols at all. */
  readonly isSure: boolean;
  /** From now on seconds wait. */
  pause(): void;
  /** Seconds leave again: those that waited too, except of symbols that are somebody else's now. */
  release(isOurs: (symbol: string) => boolean): void;
  /** How far the symbols are published from here since they are ours; those of which a second was. */
  readonly published: ReadonlyMap<string, PublishedThrough>;
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
  /** Shares move within seconds; of a second for each symbol that is several minutes. Default 200 000. */
  readonly maxWaiting?: number;
}

export const createPublishGate = ({
  priceBus,
  certain,
  by,
  tally,
  log,
  maxWaiting = 200_000,
}: PublishGateDeps): PublishGate => {
  let held = false;
  let overflowing = false;
  const waiting = createWaitingSeconds(maxWaiting);

  const published = new Map<string, PublishedThrough>();
  const send = (stat: SecondStat, through: PublishedThrough | undefined) => {
    const mark = through && { ...through, by };
    if (mark) published.set(stat.symbol, mark);
    priceBus.publish(stat, mark);
  };
  const flush = () => {
    if (held || waiting.size === 0 || !certain()) return;
    for (const { stat, through } of waiting.take()) send(stat, through);
    overflowing = false;
  };
  const keepWaiting = (second: WaitingSecond) => {
    tally.secondsWithheld += 1;
    if (waiting.add(second)) return;
    tally.secondsDropped += 1;
    if (!overflowing) log.error({ maxWaiting }, 'too many seconds wait for the group; the oldest are dropped');
    overflowing = true;
  };
  return {
    publish: (stat, through) => {
      if (!held && certain()) {
        flush();
        send(stat, through);
        return;
      }
      keepWaiting({ stat, through });
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
    pause: () => {
      held = true;
    },
    release: (isOurs) => {
      for (const second of waiting.take()) {
        if (isOurs(second.stat.symbol)) waiting.add(second);
        else tally.secondsLeft += 1;
      }
      for (const symbol of published.keys()) if (!isOurs(symbol)) published.delete(symbol);
      held = false;
      flush();
    },
    published,
    flush,
  };
};
