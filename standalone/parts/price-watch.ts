import { definePart } from '../run/part.js';
import { watchFirstPrice } from '../start/first-price.js';
import { aggregator } from './aggregator.js';
import { pubsub } from './messages.js';

/** Sees the first price of the run: prices flow while the accounts' part is still opening. */
export const priceWatch = definePart({
  name: 'price watch',
  needs: { aggregator, pubsub },
  start: ({ clock, log, signal }, given) => {
    const watch = watchFirstPrice({
      clock,
      log,
      priceBus: given.pubsub.priceBus,
      aggregatorUrl: given.aggregator.url,
      signal,
    });
    watch.first.catch(() => undefined); // Told where it is shown.
    return watch;
  },
});
