import { createLiveSocket } from '@tickfolio/client/live-socket';
import { useEffect, useState } from 'react';
import { type PortfolioView, viewOf } from '../live/portfolio-view.js';
import { useParts } from '../parts.js';
import { basePath } from '../place.js';
import { useText } from '../text/language.js';

const none = { expected: new Map(), baselines: { basis: '24h' as const, day: new Map() } };

/** Each market of the demo has prices in cents. */
const market = { quote: 'usdt', decimals: 2 };

const address = () => `${location.origin.replace(/^http/, 'ws')}${basePath}api/v1/ws/demo`;

/** The demo portfolio as it is now, which stands in nobody's account. */
interface Demo {
  /** Undefined until its first frame. */
  readonly view: PortfolioView | undefined;
  /** Why none comes; undefined while it is tried for the first time, or live. */
  readonly lost: 'away' | 'refused' | undefined;
}

export const useDemo = (): Demo => {
  const { clock, random } = useParts();
  const { numbers } = useText();
  const [view, setView] = useState<PortfolioView>();
  const [lost, setLost] = useState<Demo['lost']>();
  useEffect(() => {
    let before: Parameters<typeof viewOf>[0]['before'];
    const socket = createLiveSocket({
      clock,
      random,
      open: () => new WebSocket(address()),
      token: async () => '',
      renew: async () => '',
      onFrame: (frame) => {
        const next = viewOf({ frame, ...none, marketOf: () => market, style: numbers, before });
        before = { view: next, frame };
        setView(next);
      },
      onConnection: (connection) =>
        setLost(connection === 'refused' ? 'refused' : connection === 'reconnecting' ? 'away' : undefined),
    });
    return () => socket.close();
  }, [clock, random, numbers]);
  return { view, lost };
};
