import type { Clock } from '@tickfolio/lib/clock';
import { type BarChart, type ChartData, createBarChart } from './bar-chart.js';
import { flash } from './flash.js';
import { awayWords, keepLive } from './live-page.js';
import { morph } from './morph.js';
import { mayReload } from './reload-gap.js';
import { agoText } from './time-text.js';

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, run) => {
    const handle = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
  every: (periodMs, run) => {
    const handle = setInterval(run, periodMs);
    return { cancel: () => clearInterval(handle) };
  },
};

/** After the last key, before the filtered table is asked for. */
const typingPauseMs = 200;

const main = document.querySelector('main');
const liveBox = document.querySelector<HTMLElement>('.live');
const status = liveBox?.querySelector('p');
const button = liveBox?.querySelector('button');
if (!main || !liveBox || !status || !button) throw new Error('This page has no live parts.');

// The clock of the server counts, whatever this machine's says.
let serverAheadMs = 0;
const readServerTime = () => {
  serverAheadMs = Number(main.dataset.now) - clock.now();
};
const tellAges = () => {
  if (document.hidden) return;
  for (const element of main.querySelectorAll<HTMLElement>('[data-ago]')) {
    const text = agoText(clock.now() + serverAheadMs - Number(element.dataset.ago));
    if (element.textContent !== text) element.textContent = text;
  }
};

let chart: BarChart | undefined;
const updateChart = () => {
  const container = document.getElementById('chart');
  const block = document.getElementById('bars');
  if (!container || !block) {
    chart = undefined;
    return;
  }
  const data = JSON.parse(block.textContent ?? '') as ChartData;
  if (chart && container.classList.contains('drawn')) chart.update(data);
  else chart = createBarChart(container, data);
};

const scriptOf = (page: Document): string | null | undefined => page.querySelector('script[src]')?.getAttribute('src');
const awaySince = (): number | undefined => (main.dataset.away === undefined ? undefined : Number(main.dataset.away));

const show = (page: Document): number | undefined => {
  const next = page.querySelector<HTMLElement>('main[data-now]');
  if (!next) throw new Error('not a page of the dashboard');
  // The server has another version of this script: the page is loaded with it.
  const script = scriptOf(page);
  if (script && script !== scriptOf(document) && mayReload(clock, sessionStorage)) location.reload();
  document.title = page.title;
  morph(main, next, flash);
  readServerTime();
  updateChart();
  return awaySince();
};

const tell = (state: string, words: string) => {
  liveBox.dataset.state = state;
  if (status.textContent !== words) status.textContent = words;
};

readServerTime();
updateChart();
const away = awaySince();
tell(away === undefined ? 'live' : 'away', away === undefined ? 'Live' : awayWords(away));
clock.every(1_000, tellAges);

const live = keepLive({
  clock: { ...clock, now: () => clock.now() + serverAheadMs },
  random: Math.random,
  load: async (signal, arrived) => {
    const answer = await fetch(location.href, { signal, headers: { accept: 'text/html' } });
    const pieces = new TransformStream<Uint8Array, Uint8Array>({
      transform: (piece, out) => {
        arrived();
        out.enqueue(piece);
      },
    });
    const text = await new Response(answer.body?.pipeThrough(pieces)).text();
    const page = new DOMParser().parseFromString(text, 'text/html');
    // A page that says ClickHouse is away is an answer, an overloaded or broken server is none.
    const isAnswer = answer.status !== 429 && (answer.status < 500 || page.querySelector('main[data-away]') !== null);
    if (!isAnswer) throw new Error(`status ${answer.status}`);
    return page;
  },
  show,
  tell,
});

let paused = false;
button.addEventListener('click', () => {
  paused = !paused;
  button.textContent = paused ? 'Resume' : 'Pause';
  live.pause(paused);
});
document.addEventListener('visibilitychange', () => live.hide(document.hidden));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart?.redraw());

// The filter of the tickers works while it is typed.
const filter = document.querySelector<HTMLFormElement>('form[data-filter]');
const field = filter?.querySelector<HTMLInputElement>('input[type="search"]');
let typing = clock.after(0, () => undefined);
field?.addEventListener('input', () => {
  typing.cancel();
  typing = clock.after(typingPauseMs, () => {
    const url = new URL(location.href);
    url.searchParams.delete('page');
    if (field.value.trim() === '') url.searchParams.delete('q');
    else url.searchParams.set('q', field.value.trim());
    history.replaceState(null, '', url);
    live.refresh();
  });
});
