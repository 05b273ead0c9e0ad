import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import type { FaultTargets } from '../faults/faults.js';
import type { Listing, PriceSource } from '../market/price-source.js';
import { listedSpec } from '../market/symbols.js';
import type { Connection } from './connection.js';

const setMaintenance = (listing: Listing, on: boolean) => {
  if (on) listing.resumesAs = listing.status;
  listing.status = on ? 'BREAK' : (listing.resumesAs ?? listing.status);
  if (!on) listing.resumesAs = undefined;
};

/** What commands act on, in a simulator that runs. */
export const targetsIn = (
  clock: Clock,
  connections: ReadonlyMap<number, Connection>,
  source: PriceSource,
): FaultTargets => {
  const { listings } = source;
  let inMaintenance = false;
  const meant = (id: number | undefined) =>
    [...connections.values()].filter((connection) => id === undefined || connection.id === id);
  return {
    close: ({ connection, code, reason }) => {
      const closing = meant(connection);
      for (const one of closing) one.cut(code, reason);
      return closing.length;
    },
    shutdown: ({ connection, afterMs }) => {
      const closing = meant(connection);
      for (const one of closing) {
        one.announceShutdown();
        clock.after(afterMs, () => one.cut(1001, 'Server shutdown'));
      }
      return closing.length;
    },
    setStatus: ({ symbol, status }) => {
      const listing = listings.get(symbol.toUpperCase());
      if (listing && inMaintenance) listing.resumesAs = status;
      else if (listing) listing.status = status;
      return listing !== undefined;
    },
    setMaintenance: (on) => {
      if (on === inMaintenance) return;
      inMaintenance = on;
      for (const listing of listings.values()) setMaintenance(listing, on);
    },
    delist: ({ symbol }) => source.delist(symbol.toUpperCase()),
    renumber: ({ symbol, from }) => source.renumber(symbol.toUpperCase(), from),
    setRate: (symbol, perSecond) => source.setRate(symbol.toUpperCase(), perSecond),
    list: ({ symbol, status }) => {
      const spec = listedSpec(symbol.toUpperCase(), status);
      if (!spec) throw new AppError('invalid_argument', `"${symbol}" does not end with a quote asset such as USDT.`);
      const listing = source.list(spec, clock.now());
      if (inMaintenance) setMaintenance(listing, true);
    },
  };
};
