import { html } from '@tickfolio/lib/look/html';

/** What a client is in, and what leads it on: the picture and the table are made of the same list. */
const changes = [
  ['Connecting', 'the upgrade succeeds; a whole frame comes first', 'Live'],
  ['Connecting', 'no answer, or 503', 'Waiting'],
  ['Connecting', '401', 'Renewing'],
  ['Live', 'closed with 1001', 'Connecting'],
  ['Live', 'closed with 1013 or 4408, or broken: nothing for 8 s, though a frame comes every second', 'Waiting'],
  ['Live', 'closed with 4401', 'Renewing'],
  ['Live', '`token-expiring`, a minute before the end', 'Expiring'],
  ['Live', 'closed with 1007, 1009 or 4429', 'Stopped'],
  ['Expiring', '`refresh` is sent and answered with `token-accepted`', 'Live'],
  ['Waiting', 'the pause is over; each is longer than the one before, and none the same for all clients', 'Connecting'],
  ['Renewing', 'a fresh access token', 'Connecting'],
  ['Renewing', 'the refresh answers 401: the person signs in again', 'Stopped'],
] as const;

const code = (words: string) => words.split('`').map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part));

const box = (x: number, y: number, name: string, about: string) =>
  html`<g><rect class="state" x="${x}" y="${y}" width="140" height="52" rx="10" /><text x="${x + 70}" y="${y + 22}" class="state-name">${name}</text><text x="${x + 70}" y="${y + 40}" class="state-about">${about}</text></g>`;
const arrow = (path: string, x: number, y: number, label: string) =>
  html`<path class="change" d="${path}" marker-end="url(#tip)" /><text class="change-label" x="${x}" y="${y}">${label}</text>`;

/** The life of a client's connection, as a picture; what it shows stands in the table too. */
const picture = html`<svg class="states" viewBox="0 0 780 310" role="img" aria-label="States of a client; the table below says the same">
<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path class="tip" d="M0 0L10 5L0 10z" /></marker></defs>
${arrow('M150 86H308', 229, 78, 'upgraded')}
${arrow('M352 60C330 14 128 14 100 58', 226, 18, '1001')}
${arrow('M450 86H628', 539, 78, 'token-expiring')}
${arrow('M680 60C652 14 448 14 410 58', 546, 18, 'refresh, token-accepted')}
${arrow('M60 112V248', 66, 186, '503')}
${arrow('M112 250V114', 118, 206, 'pause over')}
${arrow('M330 112L152 252', 284, 152, '1013, 4408, broken')}
${arrow('M362 112V248', 368, 186, '4401')}
${arrow('M318 262L134 114', 280, 236, 'fresh token')}
${arrow('M430 112L628 252', 548, 176, '1007, 1009, 4429')}
${arrow('M450 276H628', 539, 268, '401')}
${box(10, 60, 'Connecting', 'opens the socket')}
${box(310, 60, 'Live', 'each frame is all')}
${box(630, 60, 'Expiring', 'renews, stays open')}
${box(10, 250, 'Waiting', 'growing pauses')}
${box(310, 250, 'Renewing', 'a fresh token')}
${box(630, 250, 'Stopped', 'tells the person')}
</svg>`;

export const clientStates = html`<div class="picture" tabindex="0" role="group" aria-label="Picture of the states of a client">${picture}</div>
<div class="table" tabindex="0" role="group" aria-label="States of a client"><table><thead><tr><th>state</th><th>when</th><th>next</th></tr></thead>
<tbody>${changes.map(([from, when, to]) => html`<tr><td>${from}</td><td>${code(when)}</td><td>${to}</td></tr>`)}</tbody></table></div>`;
