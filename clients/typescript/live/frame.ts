import type { BalanceMessage } from '@tickfolio/api/balances';
import type { Frame as ServedFrame } from '@tickfolio/api/frame';
import type { ChannelMessage, ConnectionMessage } from '@tickfolio/api/messages';
import type { OrderTold } from '@tickfolio/api/order-told';
import type { OfAnyAge } from '../any-age.js';

type ServedCoin = ServedFrame['Coins'][number];

/** Why a price is missing, or is not of now. */
export type PriceState = NonNullable<ServedCoin['PriceState']>;

/** One coin of a frame. */
export type FrameCoin = OfAnyAge<ServedCoin, 'Version' | 'PriceReceived'>;

/** The whole portfolio at one moment. */
export interface Frame extends OfAnyAge<Omit<ServedFrame, 'Coins'>, 'Version'> {
  readonly Coins: readonly FrameCoin[];
}

export const isFrame = (message: unknown): message is Frame =>
  typeof message === 'object' && message !== null && 'TotalValue' in message && Array.isArray((message as Frame).Coins);

/** Besides frames; a newer server has more of them. */
export const isTypedMessage = (
  message: unknown,
): message is ConnectionMessage | ChannelMessage | BalanceMessage | OrderTold =>
  typeof message === 'object' && message !== null && 'Type' in message;
