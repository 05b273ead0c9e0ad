import type { ChannelName } from '@tickfolio/api/messages';
import { runtimeClock as clock } from '@tickfolio/client/clock';
import { createLiveConnection } from '@tickfolio/client/live-connection';
import type { LiveSocket } from '@tickfolio/client/live-socket';
import { createSession } from '@tickfolio/client/session';
import { findLocks, openChannel, registerWorker, takesCookies } from './browser-facilities.js';
import { keeping } from './keeping.js';
import { loadLanguage } from './language-words.js';
import { createPortfolioStore } from './live/portfolio-store.js';
import { createPriceTrails } from './live/price-trails.js';
import { createViews } from './live/views.js';
import type { ChannelMessages, Parts } from './parts.js';
import { basePath, namesPrefix } from './place.js';
import './styles/page.css';

// What asks who is signed in, and for the first frame: on a slow line it has the answers when what draws them comes,
// which is most of the page.

/** So long after the page was loaded a slow line is free for what opens the page without a network: every file of it. */
const workerAfterMs = 5_000;
addEventListener('load', () => clock.after(workerAfterMs, () => void registerWorker(`${basePath}worker.js`)));
// Asked at the server itself, past the proxy that shows it under a path.
if (!location.pathname.startsWith(basePath)) location.replace(basePath + location.search);

const at = (path: string) => basePath + path.slice(1);
const session = createSession({
  clock,
  fetch: (path, init) => fetch(at(String(path)), init),
  channel: openChannel(`${namesPrefix}tickfolio`),
  locks: findLocks(),
  storage: keeping,
  jar: { takesCookies: takesCookies(), isSecure: isSecureContext },
});
const trails = createPriceTrails();
const createStore = () => createPortfolioStore({ clock, schedule: (run) => requestAnimationFrame(run), trails });
const store = createStore();

let connection: LiveSocket | undefined;
type Takers = { [Name in ChannelName]?: (message: ChannelMessages[Name]) => void };
const takers: Takers = {};
const ask = () => connection?.setChannels(Object.keys(takers) as ChannelName[]);
const missed = { Type: 'resync' } as const;
const views = createViews({ clock, createStore, ask: (portfolioId) => connection?.setView(portfolioId) });
let connectedAs: string | undefined;
const follow = () => {
  const userId = session.state.kind === 'signed-in' ? session.state.userId : undefined;
  if (userId === connectedAs) return;
  connectedAs = userId;
  connection?.close();
  connection = undefined;
  store.clear();
  if (userId === undefined) {
    views.clear();
    return;
  }
  connection = createLiveConnection({
    clock,
    random: Math.random,
    open: (token) => new WebSocket(location.origin.replace(/^http/, 'ws') + at('/api/v1/ws'), ['bearer', token]),
    read: () => session.call('GET', '/api/v1/profile/frame'),
    token: session.token,
    renew: session.renew,
    onFrame: (frame) => {
      if (frame.PortfolioID === undefined) store.takeFrame(frame);
      views.takeFrame(frame);
    },
    onConnection: (next) => {
      store.setConnection(next);
      views.setConnection(next);
    },
    onNotTaken: views.refuse,
    onChannel: (message) => takers.watchlist?.(message),
    onBalance: (told) => takers.balances?.(told),
    onOrder: (told) => takers.orders?.(told),
    onResync: () => {
      takers.balances?.(missed);
      takers.orders?.(missed);
    },
  });
  ask();
  views.clear();
};
session.subscribe(follow);
session.onToken((token) => connection?.offer(token));
follow();
const retry = () => {
  session.retry();
  connection?.retry();
};
addEventListener('online', retry);
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && retry());

const channels: Parts['channels'] = {
  open: (name, take) => {
    Object.assign(takers, { [name]: take });
    ask();
    return () => {
      // Somebody else has it by now, who signed in meanwhile.
      if (takers[name] !== take) return;
      delete takers[name];
      ask();
    };
  },
};

const place = document.getElementById('page');
// A browser that is too old was told so by the first words, and would show a page in which nothing works.
if (place && !place.querySelector('[data-said="old"]')) {
  // What cannot be loaded is said by the first words.
  void Promise.all([import('./show-app.js'), loadLanguage()]).then(([{ showApp }, { numbers }]) => {
    store.setStyle(numbers);
    showApp(place, { clock, random: Math.random, session, store, trails, channels, views, retry });
    // Nobody needs it before something is shown.
    void import('./text/copying/copy-whole.js').catch(() => undefined);
  });
}
