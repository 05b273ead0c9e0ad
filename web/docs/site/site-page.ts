import { type Html, type HtmlPart, html } from '@tickfolio/lib/look/html';

/** What the search knows: a page, or a part of one. */
export interface SearchEntry {
  readonly title: string;
  /** What it is a part of. */
  readonly within: string;
  /** From the root of the server: `docs/guide/api/rest#bodies`. */
  readonly address: string;
  readonly text: string;
}

/** One page of the documents, before its shell. */
export interface SitePage {
  /** From the root of the server, without a slash at either end: `docs`, `docs/guide/api/rest`. */
  readonly address: string;
  readonly title: string;
  readonly main: Html;
  /** What leads to its neighbours. */
  readonly side: Html;
  readonly outline?: Html;
  readonly entries: readonly SearchEntry[];
}

/** From a page to the root of the server, relative, so that it holds below every base path. */
const rootFrom = (address: string): string => '../'.repeat(address.split('/').length - 1) || './';

/** A link from one page of the documents to another, or to what the server has besides. */
export const linkFrom = (from: string, to: string): string => (to.startsWith('#') ? to : rootFrom(from) + to);

export interface SideLink {
  readonly label: Html | string;
  readonly address: string;
}
export interface SideGroup {
  readonly title: string;
  readonly links: readonly SideLink[];
}

/** The list at the left; on a phone it is folded. */
export const sideOf = (name: string, from: string, groups: readonly SideGroup[]): Html => {
  const link = ({ label, address }: SideLink): Html => {
    const current = address === from ? html` aria-current="page"` : '';
    return html`<li><a href="${linkFrom(from, address)}"${current}>${label}</a></li>`;
  };
  return html`<details class="contents" open><summary>Contents</summary><nav aria-label="${name}">
${groups.map(({ title, links }) => html`<h2>${title}</h2><ul>${links.map(link)}</ul>`)}
</nav></details>`;
};

/** The parts of a page, by their anchors. */
export const outlineOf = (parts: readonly { readonly title: string; readonly anchor: string }[]): Html | undefined =>
  parts.length < 2
    ? undefined
    : html`<nav aria-label="On this page"><h2>On this page</h2><ul>${parts.map(
        ({ title, anchor }) => html`<li><a href="#${anchor}">${title}</a></li>`,
      )}</ul></nav>`;

const mark = html`<svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true" focusable="false"><rect width="32" height="32" rx="8" class="mark-ground" /><path d="M6 21l5.8-6.8 4.5 4 4.5-7.2 5.2 4.5" class="mark-line" /></svg>`;
const places = [
  ['Guide', 'docs/guide'],
  ['REST', 'docs'],
  ['WebSocket', 'docs/websocket'],
  ['Events', 'docs/events'],
  ['Errors', 'docs/errors'],
] as const;

const topOf = (from: string): Html => {
  const isIn = (address: string): HtmlPart =>
    (address === 'docs/guide' ? from.startsWith(address) : from === address) && html` aria-current="true"`;
  return html`<a class="brand" href="${linkFrom(from, '')}">${mark}<span>tickfolio</span></a>
<nav aria-label="Documents">${places.map(
    ([label, address]) => html`<a href="${linkFrom(from, address)}"${isIn(address)}>${label}</a>`,
  )}</nav>
<p class="simulated" hidden>Simulated prices</p>
<form class="search" role="search" hidden><label class="visually-hidden" for="search">Search the documents</label>
<input id="search" type="search" placeholder="Search ( / )" autocomplete="off" aria-controls="found" />
<div id="found" class="found" hidden></div></form>`;
};

/**
 * What is answered where there is no document. Its links begin with `./` for the root of the server, in whose place the
 * gateway writes the root itself: the address may have any depth.
 */
export const notFoundPage: SitePage = {
  address: 'nowhere',
  title: 'Not found',
  main: html`<h1>Not found</h1><p>There is no document at this address. <a href="${linkFrom('nowhere', 'docs/guide')}">The guide</a> leads to all of them.</p>`,
  side: html``,
  entries: [],
};

/** @param shell the built shell, with its marks and with files named from `./` */
export const wholePage = (shell: string, { address, title, main, side, outline }: SitePage): string => {
  const root = rootFrom(address);
  const parts: Readonly<Record<string, string>> = {
    root,
    title: html`${title} · tickfolio`.html,
    top: topOf(address).html,
    side: side.html,
    main: main.html,
    outline: outline?.html ?? '',
  };
  return shell
    .replaceAll('="./', `="${root}docs/`)
    .replace(/\{\{(\w+)\}\}/g, (_mark, name: string) => parts[name] ?? '');
};
