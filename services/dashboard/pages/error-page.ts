import type { AppError } from '@tickfolio/lib/errors';
import { problemOf } from '@tickfolio/lib/http';
import { type Html, html } from '@tickfolio/lib/look/html';
import type { PageContent } from './page.js';

const page = (title: string, main: Html): PageContent => ({
  title,
  current: 'none',
  live: false,
  main: html`<div class="plain">${main}</div>`,
});

/** Why there is no page, in words. */
export const errorPage = (error: AppError): PageContent => {
  const { status, title } = problemOf(error);
  return page(
    title,
    html`<h1>${title}</h1>
<p>${error.message}</p>
${error.fields.length > 0 && html`<ul class="faults">${error.fields.map(({ field, message }) => html`<li><code>${field}</code> ${message}</li>`)}</ul>`}
<p><a href="/">All tickers</a></p>
<p class="muted">Status ${status}</p>`,
  );
};

export const unknownSymbolPage = (symbol: string, suggestions: readonly string[]): PageContent =>
  page(
    'Unknown symbol',
    html`<h1>Unknown symbol</h1>
<p>The archive has no tickers of <strong>${symbol}</strong>. Symbols are written as the exchange does, base and quote asset together, such as BTCUSDT.</p>
${
  suggestions.length > 0 &&
  html`<h2 id="suggestions">Did you mean</h2>
<ul class="suggestions" aria-labelledby="suggestions">${suggestions.map((name) => html`<li><a href="/symbols/${encodeURIComponent(name)}">${name}</a></li>`)}</ul>`
}
<form class="filter" action="/" method="get" role="search"><label for="q">Filter by symbol</label> <input id="q" name="q" type="search" maxlength="32" value="${symbol.slice(0, 32)}"> <button>Filter</button></form>
<p><a href="/">All tickers</a></p>`,
  );
