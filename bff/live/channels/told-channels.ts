import { randomUUID } from 'node:crypto';
import { balanceEvents } from '@tickfolio/lib/events/balance-events';
import { orderEvents } from '@tickfolio/lib/events/order-events';
import type { SettledOptions } from '../../options.js';
import { type ChannelReader, type ChannelReaderDeps, startChannelReader } from './channel-reader.js';
import type { ToldBalances } from './told-balances.js';
import type { ToldOrders } from './told-orders.js';

export interface ToldChannelsDeps
  extends Pick<ChannelReaderDeps<Readonly<Record<string, never>>>, 'eventLog' | 'clock' | 'log'> {
  readonly live: { readonly balances: ToldBalances; readonly orders: ToldOrders };
}

/** Reads what is told on the channels of sockets here out of the event log: of those services that there are. */
export const startToldChannels = (
  { live, ...deps }: ToldChannelsDeps,
  { without, socketsGroup = `bff.sockets-${randomUUID()}` }: Pick<SettledOptions, 'without' | 'socketsGroup'>,
): ChannelReader => {
  const readers: readonly ChannelReader[] = [
    ...(without.includes('portfolio')
      ? []
      : [startChannelReader({ ...deps, topic: balanceEvents, told: live.balances }, { group: socketsGroup })]),
    ...(without.includes('orders')
      ? []
      : [startChannelReader({ ...deps, topic: orderEvents, told: live.orders }, { group: `${socketsGroup}.orders` })]),
  ];
  return {
    failed: Promise.race(readers.map(({ failed }) => failed)),
    close: async (until) => {
      await Promise.all(readers.map((reader) => reader.close(until)));
    },
  };
};
