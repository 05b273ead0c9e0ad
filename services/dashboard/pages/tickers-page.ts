import { miniTickers } from '@tickfolio/lib/events/mini-ticker';
import { type Html, type HtmlPart, html } from '@tickfolio/lib/look/html';
import {
  filterTickers,
  type SortColumn,
  type SortDirection,
  sortTickers,
  type Ticker,
} from '../archive/latest-tickers.js';
import { clockText, timeText } from '../browser/time-text.js';
import { agoHtml, type PageContent } from './page.js';
import { amountText, changeHtml, countText, percentHtml } from './ticker-cells.js';
import { logWords, type TickerLog } from './ticker-log.js';

export interface TickersQuery {
  readonly q: string;
  readonly sort: SortColumn;
  readonly dir: SortDirection;
  /** From 1. */
  readonly page: number;
}

/** More rows do not help a reader, and a page of these takes 2 ms to make. */
export const tickersPerPage = 300;
/** A ticker comes every second or so while a symbol trades. */
const staleAfterMs = 60_000;
const dayMs = 86_400_000;

const address = (query: TickersQuery, change: Partial<TickersQuery>): string => {
  const { q, sort, dir, page } = { ...query, ...change };
  const params = new URLSearchParams();
  if (q !== '') params.set('q', q);
  if (sort !== 'symbol' || dir !== 'asc') {
    params.set('sort', sort);
    params.set('dir', dir);
  }
  if (page > 1) params.set('page', String(page));
  const text = params.toString();
  return text === '' ? '/' : `/?${text}`;
};

const columns: readonly { readonly sort: SortColumn; readonly title: string; readonly kind: 'text' | 'number' }[] = [
  { sort: 'symbol', title: 'Symbol', kind: 'text' },
  { sort: 'close', title: 'Close', kind: 'number' },
  { sort: 'percent', title: 'Percent', kind: 'number' },
  { sort: 'change', title: 'Change', kind: 'number' },
  { sort: 'high', title: '24 h high', kind: 'number' },
  { sort: 'low', title: '24 h low', kind: 'number' },
  { sort: 'open', title: '24 h open', kind: 'number' },
  { sort: 'time', title: 'Time', kind: 'text' },
];

const headCell = (query: TickersQuery, { sort, title, kind }: (typeof columns)[number]): Html => {
  const sorted = query.sort === sort;
  // Names are read from A, figures from the largest.
  const first = sort === 'symbol' ? 'asc' : 'desc';
  const dir = sorted ? (query.dir === 'asc' ? 'desc' : 'asc') : first;
  const mark = html`<span class="mark" aria-hidden="true">${sorted ? (query.dir === 'asc' ? '↑' : '↓') : ''}</span>`;
  const order = sorted ? html` aria-sort="${query.dir === 'asc' ? 'ascending' : 'descending'}"` : '';
  // The mark stands where it does not move the title away from its figures.
  const words = kind === 'number' ? html`${mark}${title}` : html`${title}${mark}`;
  return html`<th scope="col" class="${kind} ${sort}"${order}><a href="${address(query, { sort, dir, page: 1 })}">${words}</a></th>`;
};

const row = (ticker: Ticker, nowMs: number): Html => {
  const { symbol, close, change, percent, high, low, open, eventMs, receiveMs } = ticker;
  // By our own clocks: the event's time is the exchange's, and the two may be apart.
  const stale = nowMs - receiveMs > staleAfterMs;
  return html`<tr data-key="${symbol}"><th scope="row"><a href="/symbols/${encodeURIComponent(symbol)}">${symbol}</a></th>
<td class="number strong" data-flash>${amountText(close)}</td><td class="number" data-flash>${percentHtml(percent)}</td><td class="number" data-flash>${changeHtml(change)}</td>
<td class="number">${amountText(high)}</td><td class="number">${amountText(low)}</td><td class="number">${amountText(open)}</td>
<td class="when">${nowMs - eventMs < dayMs ? clockText(eventMs) : timeText(eventMs)} <span class="age${stale ? ' stale' : ''}">${agoHtml(receiveMs, nowMs)}</span></td></tr>
`;
};

const pager = (query: TickersQuery, pages: number): HtmlPart => {
  if (pages <= 1) return undefined;
  const { page } = query;
  return html`<nav class="pager" aria-label="Pages of the table">
${page > 1 ? html`<a rel="prev" href="${address(query, { page: page - 1 })}">← Previous</a>` : ''}
<span>Page ${page} of ${pages}</span>
${page < pages ? html`<a rel="next" href="${address(query, { page: page + 1 })}">Next →</a>` : ''}
</nav>`;
};

const count = (shown: number, all: number): string =>
  shown === all ? `${countText(all)} symbols` : `${countText(shown)} of ${countText(all)} symbols`;

const form = (query: TickersQuery): Html => html`<form class="filter" action="/" method="get" role="search" data-filter>
<label for="q">Filter by symbol</label>
<input id="q" name="q" type="search" value="${query.q}" maxlength="32" autocomplete="off" autocapitalize="characters" spellcheck="false" placeholder="BTC">
${(query.sort !== 'symbol' || query.dir !== 'asc') && html`<input type="hidden" name="sort" value="${query.sort}"><input type="hidden" name="dir" value="${query.dir}">`}
<button>Filter</button>
${query.q !== '' && html`<a href="${address(query, { q: '', page: 1 })}">Show all</a>`}
</form>`;

/** What stands where rows would, when there are none. */
const emptyArchive = (log: TickerLog) => html`<section class="empty">
<h2>No tickers yet</h2>
<p>ClickHouse answers, and its archive is empty. Rows arrive when all of this runs:</p>
<ol>
<li>the <strong>aggregator</strong>, which writes mini-tickers to ${logWords(log).name}: of the symbols that somebody holds, and of those in <code>FOLLOW_SYMBOLS</code>;</li>
${log.kind === 'kafka' && html`<li><strong>Kafka</strong>, reached by both (topic <code>${miniTickers.name}</code>);</li>`}
<li>the <strong>archiver</strong>, which carries them into ClickHouse in batches (<code>BATCH_SIZE</code> rows or after <code>BATCH_TIMEOUT</code>, ${logWords(log).limit}).</li>
</ol>
<p>This page fills by itself. <a href="/pipeline">The pipeline page</a> shows how far rows get.</p>
</section>`;

/** The newest tickers of all symbols. @param tickers undefined when nothing could be read */
export const tickersPage = (
  query: TickersQuery,
  tickers: ReadonlyMap<string, Ticker> | undefined,
  nowMs: number,
  log: TickerLog,
): PageContent => {
  const page = (main: Html): PageContent => ({ title: 'Tickers', current: 'tickers', live: true, main });
  if (tickers === undefined) return page(html`<h1>Tickers</h1>`);
  if (tickers.size === 0) return page(html`<h1>Tickers</h1>${emptyArchive(log)}`);
  const found = sortTickers(filterTickers([...tickers.values()], query.q), query.sort, query.dir);
  const pages = Math.max(1, Math.ceil(found.length / tickersPerPage));
  const at = { ...query, page: Math.min(query.page, pages) };
  const shown = found.slice((at.page - 1) * tickersPerPage, at.page * tickersPerPage);
  const nothing = html`<p class="nothing" data-key="nothing">No symbol contains “${query.q}”. <a href="${address(query, { q: '', page: 1 })}">Show all ${countText(tickers.size)}</a>.</p>`;
  return page(html`<div class="title"><h1>Tickers</h1><p class="muted">${count(found.length, tickers.size)}</p>${form(at)}</div>
${
  shown.length === 0
    ? nothing
    : html`<div class="scroll" role="region" aria-label="Newest ticker of each symbol" tabindex="0" data-key="table">
<table class="tickers">
<caption><span>Newest ticker of each symbol; percent and change are over 24 hours.</span></caption>
<thead><tr>${columns.map((column) => headCell(at, column))}</tr></thead>
<tbody>
${shown.map((ticker) => row(ticker, nowMs))}</tbody>
</table>
</div>`
}
${pager(at, pages)}`);
};
