import { type Html, html, jsonBlock } from '@tickfolio/lib/look/html';
import {
  type Bar,
  type BarSummary,
  barWindow,
  type Range,
  type RangeName,
  rangeOf,
  ranges,
  summarize,
} from '../archive/bars.js';
import { maxExportRows } from '../archive/csv.js';
import type { Ticker } from '../archive/latest-tickers.js';
import { cursorOf, type PageStart, type TickerPage } from '../archive/ticker-pages.js';
import { clockText, timeText } from '../browser/time-text.js';
import { barPicture } from './bar-picture.js';
import { agoHtml, momentHtml, type PageContent } from './page.js';
import { amountText, changeHtml, countText, percentHtml } from './ticker-cells.js';

export const pageSizes = [25, 50, 100, 200] as const;
export const defaultPageSize = 50;

export interface SymbolQuery {
  readonly symbol: string;
  readonly range: RangeName;
  readonly size: (typeof pageSizes)[number];
  readonly start: PageStart;
}

export interface SymbolData {
  readonly latest: Ticker;
  /** Undefined when they could not be read. */
  readonly bars: readonly Bar[] | undefined;
  readonly page: TickerPage | undefined;
  /** What time it is by the exchange's clock, on which the bars stand. */
  readonly marketMs: number;
}

const pathOf = (symbol: string): string => `/symbols/${encodeURIComponent(symbol)}`;

const address = (
  { symbol, range, size }: SymbolQuery,
  change: { readonly range?: RangeName; readonly before?: string; readonly after?: string },
): string => {
  const params = new URLSearchParams({ range: change.range ?? range });
  if (size !== defaultPageSize) params.set('size', String(size));
  if (change.before) params.set('before', change.before);
  if (change.after) params.set('after', change.after);
  return `${pathOf(symbol)}?${params}`;
};

const heading = (ticker: Ticker, nowMs: number): Html => html`<div class="quote" data-key="quote">
<h1>${ticker.symbol}</h1>
<p class="price" data-flash>${amountText(ticker.close)}</p>
<p class="move"><span data-flash>${percentHtml(ticker.percent)}</span> <span data-flash>${changeHtml(ticker.change)}</span> <span class="muted">in 24 hours</span></p>
<dl class="facts">
<div><dt>24 h high</dt><dd>${amountText(ticker.high)}</dd></div>
<div><dt>24 h low</dt><dd>${amountText(ticker.low)}</dd></div>
<div><dt>24 h open</dt><dd>${amountText(ticker.open)}</dd></div>
<div><dt>Ticker</dt><dd>${momentHtml(ticker.eventMs)} <span class="muted">${agoHtml(ticker.receiveMs, nowMs)}</span></dd></div>
</dl>
</div>`;

const rangeLinks = (query: SymbolQuery): Html => html`<nav class="ranges" aria-label="Range of the chart">
${ranges.map(({ name, label }) => {
  const current = name === query.range ? html` aria-current="true"` : '';
  return html`<a href="${address(query, { range: name })}"${current}>${label}</a>`;
})}
</nav>`;

/** The narrowest range that reaches back to the newest ticker. */
const reaching = (eventMs: number, nowMs: number): (typeof ranges)[number] | undefined =>
  ranges.find(({ spanMs }) => nowMs - eventMs < spanMs);

const noBars = (query: SymbolQuery, latest: Ticker, range: Range, nowMs: number): Html => {
  const wider = reaching(latest.eventMs, nowMs);
  return html`<div class="empty" data-key="no-bars"><p>No tickers of ${query.symbol} in the last ${range.words}; the newest is from ${momentHtml(latest.eventMs)}.
${wider ? html`<a href="${address(query, { range: wider.name })}">Show the last ${wider.words}</a>, which have it.` : 'The rows below reach further back than any chart.'}</p></div>`;
};

const summaryWords = (symbol: string, range: Range, summary: BarSummary): string =>
  `${symbol}, last ${range.words}: first ${amountText(summary.first)}, last ${amountText(summary.last)}, high ${amountText(summary.high)}, low ${amountText(summary.low)}.`;

const barTable = (bars: readonly Bar[], range: Range): Html => html`<details class="bar-table" data-key="bar-table">
<summary>The ${bars.length} bars as a table</summary>
<div class="scroll" role="region" aria-label="Bars of the chart" tabindex="0">
<table><caption><span>Open, high, low and close of every ${range.barWords}, newest first.</span></caption>
<thead><tr><th scope="col">Start</th><th scope="col" class="number">Open</th><th scope="col" class="number">High</th><th scope="col" class="number">Low</th><th scope="col" class="number">Close</th><th scope="col" class="number">Tickers</th></tr></thead>
<tbody>${bars.toReversed().map(
  (
    bar,
  ) => html`<tr data-key="${bar.startMs}"><th scope="row">${timeText(bar.startMs).slice(0, 16)}</th><td class="number">${amountText(bar.open)}</td><td class="number">${amountText(bar.high)}</td><td class="number">${amountText(bar.low)}</td><td class="number">${amountText(bar.close)}</td><td class="number">${countText(bar.tickers)}</td></tr>
`,
)}</tbody>
</table>
</div>
</details>`;

const chart = (query: SymbolQuery, range: Range, bars: readonly Bar[], nowMs: number): Html => {
  const summary = summarize(bars);
  if (!summary) return html``;
  const words = summaryWords(query.symbol, range, summary);
  const { fromMs, toMs } = barWindow(range, nowMs);
  return html`<figure class="chart" data-key="chart">
<div class="canvas" id="chart" data-keep data-label="${words}"></div>
${barPicture(bars, range, nowMs, words)}
<figcaption>One bar is ${range.barWords}; a hollow bar closed higher or level, a filled one lower.</figcaption>
${jsonBlock('bars', { fromMs, toMs, barMs: range.barMs, bars })}
</figure>
<dl class="facts summary" aria-label="The chart in figures" data-key="summary">
<div><dt>First</dt><dd>${amountText(summary.first)}</dd></div>
<div><dt>Last</dt><dd data-flash>${amountText(summary.last)}</dd></div>
<div><dt>High</dt><dd>${amountText(summary.high)}</dd></div>
<div><dt>Low</dt><dd>${amountText(summary.low)}</dd></div>
<div><dt>Change</dt><dd>${changeHtml(summary.change)}</dd></div>
${summary.percent !== undefined && html`<div><dt>Percent</dt><dd>${percentHtml(summary.percent)}</dd></div>`}
<div><dt>Tickers</dt><dd>${countText(summary.tickers)}</dd></div>
</dl>
${barTable(bars, range)}`;
};

const exports = (
  query: SymbolQuery,
  range: Range,
): Html => html`<p class="exports" data-key="exports">CSV of the last ${range.words}:
<a href="${pathOf(query.symbol)}/tickers.csv?range=${query.range}" download>tickers</a> (the newest ${countText(maxExportRows)} at most),
<a href="${pathOf(query.symbol)}/bars.csv?range=${query.range}" download>bars</a> (${range.spanMs / range.barMs} at most).</p>`;

const tickerRow = (
  ticker: Ticker,
): Html => html`<tr data-key="${ticker.messageId}"><th scope="row">${timeText(ticker.eventMs)}<span class="muted">.${String(ticker.eventMs % 1_000).padStart(3, '0')}</span></th>
<td class="number strong">${amountText(ticker.close)}</td><td class="number">${percentHtml(ticker.percent)}</td><td class="number">${changeHtml(ticker.change)}</td>
<td class="number">${amountText(ticker.high)}</td><td class="number">${amountText(ticker.low)}</td><td class="number">${amountText(ticker.open)}</td><td>${clockText(ticker.receiveMs)}</td></tr>
`;

const pager = (query: SymbolQuery, { tickers, hasOlder, hasNewer }: TickerPage): Html => {
  const [newest, oldest] = [tickers[0], tickers.at(-1)];
  const end = oldest && !hasOlder ? html`<span>The oldest ticker of the archive is on this page.</span>` : '';
  return html`<nav class="pager" aria-label="Pages of the tickers" data-key="pager">
${hasNewer ? html`<a href="${address(query, {})}#tickers">Newest</a>` : ''}
${hasNewer && newest ? html`<a rel="prev" href="${address(query, { after: cursorOf(newest) })}#tickers">← Newer</a>` : ''}
${hasOlder && oldest ? html`<a rel="next" href="${address(query, { before: cursorOf(oldest) })}#tickers">Older →</a>` : end}
</nav>`;
};

// A browser's own field for a time shows it in the reader's language, with morning and afternoon where that has them.
const timeExample = '2026-01-27 10:00:00';
const timeForm = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z?`;

const jump = (query: SymbolQuery): Html => {
  const at = query.start.kind === 'at' ? timeText(query.start.eventMs) : '';
  return html`<form class="filter" action="${pathOf(query.symbol)}#tickers" method="get">
<input type="hidden" name="range" value="${query.range}">
<label for="at">Tickers at or before</label>
<input id="at" name="at" type="text" value="${at}" placeholder="${timeExample}" title="a time such as ${timeExample}" pattern="${timeForm}" maxlength="24" size="19" autocomplete="off" spellcheck="false">
<label for="size">Rows</label>
<select id="size" name="size">${pageSizes.map((size) => html`<option${size === query.size ? html` selected` : ''}>${size}</option>`)}</select>
<button>Go</button>
</form>`;
};

const rows = (
  query: SymbolQuery,
  page: TickerPage,
): Html => html`<section class="rows" aria-labelledby="tickers" data-key="rows">
<div class="title"><h2 id="tickers">Tickers</h2>${jump(query)}</div>
${
  page.tickers.length === 0
    ? html`<p class="nothing">No tickers there.</p>`
    : html`<div class="scroll" role="region" aria-label="Archived tickers of ${query.symbol}" tabindex="0">
<table class="tickers"><caption><span>Archived tickers of ${query.symbol}, newest first.</span></caption>
<thead><tr><th scope="col">Time</th><th scope="col" class="number">Close</th><th scope="col" class="number percent">Percent</th><th scope="col" class="number change">Change</th><th scope="col" class="number">24 h high</th><th scope="col" class="number">24 h low</th><th scope="col" class="number">24 h open</th><th scope="col">Received</th></tr></thead>
<tbody>
${page.tickers.map(tickerRow)}</tbody>
</table>
</div>`
}
${pager(query, page)}
</section>`;

/** One symbol: its newest ticker, its chart and its archived tickers. */
export const symbolPage = (
  query: SymbolQuery,
  { latest, bars, page, marketMs }: SymbolData,
  nowMs: number,
): PageContent => {
  const range = rangeOf(query.range);
  return {
    title: `${query.symbol} ${amountText(latest.close)}`,
    current: 'symbol',
    live: true,
    main: html`${heading(latest, nowMs)}
<section class="history" aria-label="Chart" data-key="history">
${rangeLinks(query)}
${bars === undefined ? html`<p class="nothing">The chart could not be read.</p>` : bars.length === 0 ? noBars(query, latest, range, marketMs) : chart(query, range, bars, marketMs)}
${exports(query, range)}
</section>
${page === undefined ? html`<p class="nothing">The tickers could not be read.</p>` : rows(query, page)}`,
  };
};
