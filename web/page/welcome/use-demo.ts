import { createLiveSocket } from '@tickfolio/client/live-socket';
import { useEffect, useState } from 'react';
import { type PortfolioView, viewOf } from '../live/portfolio-view.js';
import { useParts } from '../parts.js';
import { basePath } from '../place.js';
import { useText } from '../text/language.js';

const none = { expected: new Map(), baselines: { basis: '24h' as const, day: new Map() } };

const market = { quote: 'usdt', decimals: 0 };

const address = () => `${location.origin.replace(/^http/, 'ws')}${basePath}api/v1/ws/demo`;

/** The demo portfolio as it is now; undefined until its first frame. It stands in nobody's account. */
export const useDemo = (): PortfolioView | undefined => {
  const { clock, random } = useParts();
  const { numbers } = useText();
  const [view, setView] = useState<PortfolioView>();
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
      onConnection: () => undefined, // Numbers that stand still say enough here.
    });
    return () => socket.close();
  }, [clock, random, numbers]);
  return view;
};
