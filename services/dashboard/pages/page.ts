import { type Html, type HtmlPart, html } from '@tickfolio/lib/look/html';
import type { Away } from '../archive/archive.js';
import { agoText, timeText } from '../browser/time-text.js';
import type { AssetUrls } from '../files/assets.js';

export interface PageFrame {
  readonly assets: AssetUrls;
  /** When the page was made. */
  readonly nowMs: number;
  /** Undefined when unknown. */
  readonly simulated: boolean | undefined;
  /** ClickHouse's state as of this page. */
  readonly away: Away | undefined;
  /** When what the page shows was read; undefined when there is nothing to show. */
  readonly readAtMs: number | undefined;
}

export interface PageContent {
  readonly title: string;
  readonly current: 'tickers' | 'symbol' | 'pipeline' | 'none';
  /** Keeps itself up to date by script. */
  readonly live: boolean;
  readonly main: Html;
}

/** A moment, in UTC, for people and for programs. */
export const momentHtml = (atMs: number): Html =>
  html`<time datetime="${new Date(atMs).toISOString()}">${timeText(atMs)}</time>`;

/** How long ago a moment was; the script keeps it true. */
export const agoHtml = (atMs: number, nowMs: number): Html =>
  html`<time datetime="${new Date(atMs).toISOString()}" data-ago="${atMs}">${agoText(nowMs - atMs)}</time>`;

const awayNotice = ({ away, readAtMs, nowMs }: PageFrame): HtmlPart =>
  away &&
  html`<div class="notice warn" data-key="away">
<p><strong>ClickHouse is away since <time datetime="${new Date(away.sinceMs).toISOString()}">${timeText(away.sinceMs)}</time>.</strong>
${readAtMs === undefined ? 'Nothing was read before that could be shown.' : html`This page shows what was read ${agoHtml(readAtMs, nowMs)}.`}
It recovers by itself as soon as ClickHouse answers; nothing is lost meanwhile, the archiver waits for it too.</p>
<p class="reason">${away.reason}</p>
</div>`;

/** As the page has it. */
const logo = html`<svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true" focusable="false"><rect width="32" height="32" rx="8" class="mark-ground" /><path d="M6 21l5.8-6.8 4.5 4 4.5-7.2 5.2 4.5" class="mark-line" /></svg>`;

const link = (href: string, text: string, current: boolean): Html =>
  current ? html`<a href="${href}" aria-current="page">${text}</a>` : html`<a href="${href}">${text}</a>`;

/** A whole page. */
export const renderPage = (frame: PageFrame, { title, current, live, main }: PageContent): string => {
  const { assets, simulated, away } = frame;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="#ffffff">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#12161c">
<title>${title} · tickfolio</title>
<link rel="icon" href="${assets.icon}" type="image/svg+xml">
<link rel="preload" as="font" type="font/woff2" href="${assets.font}" crossorigin>
<link rel="stylesheet" href="${assets.style}">
${current === 'symbol' && html`<link rel="stylesheet" href="${assets.chartStyle}">`}
${live && html`<script type="module" src="${assets.script}"></script>`}
${away && html`<noscript><meta http-equiv="refresh" content="5"></noscript>`}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top">
<a class="brand" href="/">${logo}<span>tickfolio</span></a>
<nav aria-label="Pages">${link('/', 'Tickers', current === 'tickers')}${link('/pipeline', 'Pipeline', current === 'pipeline')}</nav>
<p class="zone">All times UTC</p>
${live && html`<div class="live" data-state=""><p role="status"></p><button type="button" class="quiet">Pause</button></div>`}
</header>
<main id="content" tabindex="-1" data-now="${frame.nowMs}"${away ? html` data-away="${away.sinceMs}"` : ''}>
${simulated === true && html`<p class="notice simulated" data-key="simulated"><strong>Simulated prices.</strong> They come from the exchange simulator and are not real.</p>`}
${awayNotice(frame)}
${main}
</main>
<footer><p>Prices are the exchange’s own decimals, exact to the last digit.</p></footer>
</body>
</html>
`.html;
};
