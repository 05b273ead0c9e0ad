import type { Connection } from '@tickfolio/client/connection';
import type { PortfolioView, Row } from '../live/portfolio-view.js';
import type { Messages } from '../text/messages-en.js';

interface Liveness {
  readonly tone: 'good' | 'fair' | 'away';
  readonly word: string;
  /** The holdings whose price is not of now. */
  readonly old: readonly Row[];
}

interface LivenessInput {
  readonly online: boolean;
  readonly connection: Connection;
  readonly view: Pick<PortfolioView, 'rows' | 'fresh'> | undefined;
}

/** The state of the whole page in one word: that of the connection first, then that of the prices. */
export const liveness = ({ online, connection, view }: LivenessInput, text: Messages): Liveness => {
  const of = (tone: Liveness['tone'], word: string, old: readonly Row[] = []): Liveness => ({ tone, word, old });
  if (!online) return of('away', text.offlineShort);
  if (connection === 'connecting' || (connection === 'live' && !view)) return of('fair', text.connecting);
  if (connection === 'reconnecting') return of('away', text.reconnectingShort);
  if (connection === 'refused') return of('away', text.notLive);
  const old = (view?.rows ?? []).filter(
    ({ stale, priceText, pending }) => stale && priceText !== undefined && !pending,
  );
  if (view?.fresh?.kind === 'down') return of('away', text.notArriving, old);
  if (old.length > 0) return of('fair', text.oldPrices(old.length), old);
  return connection === 'reading' ? of('fair', text.readingShort) : of('good', text.live);
};
