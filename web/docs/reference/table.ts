import { type Html, html } from '@tickfolio/lib/look/html';

/** A table that is scrolled by itself where it is wider than the page. */
export const table = (name: string, heads: readonly string[], rows: readonly (readonly (Html | string)[])[]): Html =>
  html`<div class="table" tabindex="0" role="group" aria-label="${name}"><table><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>`;
