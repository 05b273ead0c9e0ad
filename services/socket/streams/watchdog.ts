import type { Clock } from '@tickfolio/lib/clock';
import { doubledMs } from '@tickfolio/lib/retry';
import type { SocketLimits } from '../limits.js';
import type { Feed, Watch } from './feed.js';

export interface WatchdogActions {
  /** @param broken whether it is certain that frames are missing, rather than that the market is quiet */
  renew(feed: Feed, why: string, broken: boolean): void;
  replace(feed: Feed, why: string): void;
}

export interface StreamWatchdog {
  /** A frame of the stream arrived. @param close a mini-ticker's last price */
  saw(feed: Feed, close: string): void;
  /** Acts where a stream is silent that should not be; called about once a second for each. */
  check(feed: Feed): void;
}

// One piece of evidence may be late (a ticker shows a trade that was seen before it); three in a row are not.
const enoughEvidence = 3;
/** Of the first wait after an act that did not help. */
const longestWaits = 64;

/**
 * Finds single streams that fell silent on a connection that works. Silence alone proves nothing: a minor pair may not
 * trade for minutes. Proof is the symbol's other stream: mini-tickers whose last price moves without a trade, or trades
 * without a mini-ticker. Only a stream that never delivered anything is renewed on suspicion.
 */
export const createStreamWatchdog = (clock: Clock, limits: SocketLimits, actions: WatchdogActions): StreamWatchdog => {
  const add = (watch: Watch) => {
    if (watch.evidence === 0) watch.evidenceSinceMs = clock.monotonic();
    watch.evidence += 1;
  };
  const postpone = (watch: Watch, baseMs: number) => {
    watch.tries += 1;
    watch.evidence = 0;
    watch.nextTryMs = clock.monotonic() + doubledMs(baseMs, longestWaits * baseMs, watch.tries);
  };
  return {
    saw: (feed, close) => {
      const { watch, partner } = feed;
      watch.evidence = 0;
      watch.tries = 0;
      if (feed.kind === 'aggTrade') {
        if (partner) add(partner.watch);
        return;
      }
      const moved = watch.close !== '' && watch.close !== close;
      watch.close = close;
      if (moved && partner) add(partner.watch);
    },
    check: (feed) => {
      const { watch, listing } = feed;
      const nowMs = clock.monotonic();
      if (feed.link.kind !== 'answered' || (listing !== undefined && listing !== 'TRADING')) {
        watch.evidence = 0;
        return;
      }
      if (watch.tries > 0 && nowMs < watch.nextTryMs) return;
      if (watch.evidence >= enoughEvidence && nowMs - watch.evidenceSinceMs >= limits.evidenceMs) {
        const why =
          feed.kind === 'aggTrade'
            ? 'its mini-tickers show new prices but no trade arrives'
            : 'its trades arrive but no mini-ticker';
        const again = watch.tries % 2 === 1;
        postpone(watch, limits.evidenceMs);
        if (again) actions.replace(feed, why);
        else actions.renew(feed, why, true);
      } else if (!feed.heard && nowMs - feed.linkSinceMs >= limits.firstFrameMs) {
        const suspicious = watch.tries > 0;
        postpone(watch, limits.firstFrameMs);
        actions.renew(feed, 'subscribed, but no data came', suspicious);
      }
    },
  };
};
