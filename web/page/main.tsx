import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { browserClock as clock } from './clock.js';
import { createLiveSocket, type LiveSocket } from './live/live-socket.js';
import { createPortfolioStore } from './live/portfolio-store.js';
import { createPriceTrails } from './live/price-trails.js';
import { createSession } from './session/session.js';
import './styles/page.css';

// A page that stayed open over an update asks for files that are gone: the new page has new ones.
addEventListener('vite:preloadError', () => navigator.onLine && location.reload());
// What opens the page without a network comes after what shows it.
addEventListener('load', () => void navigator.serviceWorker?.register('/worker.js').catch(() => undefined));

const session = createSession({
  clock,
  fetch: (...call) => fetch(...call),
  channel: new BroadcastChannel('tickfolio'),
  locks: navigator.locks,
  storage: localStorage,
});
const trails = createPriceTrails();
const store = createPortfolioStore({ schedule: (run) => requestAnimationFrame(run), trails });

let socket: LiveSocket | undefined;
let connectedAs: string | undefined;
const follow = () => {
  const userId = session.state.kind === 'signed-in' ? session.state.userId : undefined;
  if (userId === connectedAs) return;
  connectedAs = userId;
  socket?.close();
  socket = undefined;
  store.clear();
  if (userId === undefined) return;
  socket = createLiveSocket({
    clock,
    random: Math.random,
    open: (token) => new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/v1/ws`, ['bearer', token]),
    token: session.token,
    renew: session.renew,
    onFrame: store.takeFrame,
    onConnection: store.setConnection,
  });
};
session.subscribe(follow);
session.onToken((token) => socket?.offer(token));
follow();
const retry = () => {
  session.retry();
  socket?.retry();
};
addEventListener('online', retry);
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && retry());

const place = document.getElementById('page');
if (place)
  createRoot(place).render(
    <StrictMode>
      <App parts={{ clock, session, store, trails, retry }} />
    </StrictMode>,
  );
