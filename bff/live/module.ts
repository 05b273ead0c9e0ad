import type { BffModule } from '../module.js';
import { demoOwner } from './demo/demo-portfolio.js';
import { createDemoSockets } from './demo/demo-sockets.js';
import { frameRoute } from './frame-route.js';
import { receiptRoute } from './receipt-route.js';
import { startReconciliation } from './reconciliation.js';
import { webSocketRoute } from './ws-route.js';

/** Portfolios in the moment: over a WebSocket, or frame by frame. */
export const live: BffModule = {
  tag: 'live',
  about:
    'The portfolio in the moment: frame by frame over a WebSocket, or one frame over REST where no WebSocket gets through. Messages and close codes are described at `/docs/websocket` and in `/asyncapi.json`.',
  prefix: '/api/v1',
  register: async (
    scope,
    { deps: { clock, log, metrics }, options, sessions, turns: { inTurn }, views, live: here, origins, ...shared },
  ) => {
    const { auth, verify, gate } = sessions;
    const { sockets, endSession: foundEnded } = here;
    const reconciliation = startReconciliation(
      {
        ...{ portfolios: views, live: here.portfolios, auth, clock, log, metrics },
        ...{ hasEnded: gate.hasEnded, foundEnded, authRestored: gate.forgetKnown },
      },
      { periodMs: options.reconcileEveryMs },
    );
    scope.addHook('onClose', async () => reconciliation.close());
    const reading = { verify, inTurn, live: here.portfolios, clock };
    await scope.register(frameRoute, { prefix: '/profile', ...reading });
    const { leases, demand, findView: find } = shared;
    await scope.register(receiptRoute, { prefix: '/portfolios', ...reading, find });
    const demo = createDemoSockets({
      follow: async (symbol) => {
        await leases.take(demoOwner.userId, { symbol, quoteAsset: 'usdt' });
        demand.changed();
      },
      clock,
      maxOfAll: options.maxSockets,
      failed: (err) => log.warn({ err }, 'the demo portfolio cannot be followed; trying again'),
    });
    scope.addHook('onClose', async () => demo.close());
    await scope.register(webSocketRoute, { verify, gate, sockets, origins, demo });
  },
};
