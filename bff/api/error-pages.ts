import { createHash } from 'node:crypto';
import { type ErrorWords, fieldErrorWords, problemWords } from '@tickfolio/api/error-words';
import { AppError } from '@tickfolio/lib/errors';
import { problemKinds } from '@tickfolio/lib/http';
import type { FastifyPluginAsync, FastifyReply } from 'fastify';

/** Where a problem's `type` leads, with a slash at its end. */
export const errorPagesAt = (basePath: string): string => `${basePath}docs/errors/`;

const style = `:root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}body{max-width:44rem;margin:2rem auto;padding:0 1rem}
nav{display:flex;gap:1.25rem;padding-bottom:.75rem;border-bottom:1px solid #8888}
dt{font-weight:600;margin-top:1rem}dd{margin:0}code{font-size:.95em}li{margin:.25rem 0}`;
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Words of the catalogue, in which names stand between backticks. */
const html = (words: string): string =>
  words.replace(/[&<>"]/g, (sign) => escapes[sign] ?? sign).replace(/`([^`]+)`/g, '<code>$1</code>');

/** What is beside them. @param at where they stand */
const navOf = (at: string): string =>
  `<nav aria-label="Documents">${[
    ['Guide', 'guide'],
    ['REST', ''],
    ['WebSocket', 'websocket'],
    ['Errors', 'errors'],
  ]
    .map(([name, to]) => `<a href="${at.replace(/\/errors\/$/, to === '' ? '' : `/${to}`)}">${name}</a>`)
    .join('')}</nav>`;

const pageOf = (at: string, title: string, content: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${html(title)} · tickfolio</title><style>${style}</style></head><body>${navOf(at)}<main><h1>${html(title)}</h1>
${content}
</main></body></html>
`;

interface Entry {
  readonly title: string;
  /** Where it stands in an answer. */
  readonly place: string;
  readonly words: ErrorWords;
}

/** The catalogue: the reasons of problems, then those of fields. */
const entries = (): ReadonlyMap<string, Entry> => {
  const problems = [...problemKinds].flatMap(([reason, { title, status }]): [string, Entry][] => {
    const words = problemWords[reason];
    return words ? [[reason, { title, place: `HTTP ${status}, \`urn:tickfolio:problem:${reason}\``, words }]] : [];
  });
  const fields = Object.entries(fieldErrorWords).map(([reason, words]): [string, Entry] => [
    reason,
    { title: reason, place: `HTTP ${words.status}, \`reason\` of the field \`${words.field}\` in \`errors\``, words },
  ]);
  return new Map([...problems, ...fields]);
};

/** A page for each reason of a refusal, and one that lists them all. */
export const errorPages: FastifyPluginAsync<{ readonly basePath: string }> = async (app, { basePath }) => {
  const all = entries();
  const at = errorPagesAt(basePath);
  const list = [...all].map(
    ([reason, { words }]) => `<li><a href="${at}${reason}"><code>${reason}</code></a> ${html(words.means)}</li>`,
  );
  const send = (reply: FastifyReply, page: string): FastifyReply =>
    reply
      .header('content-security-policy', policy)
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(page);

  app.get('/docs/errors', async (_request, reply) =>
    send(reply, pageOf(at, 'Errors', `<ul>\n${list.join('\n')}\n</ul>`)),
  );
  app.get('/docs/errors/', async (_request, reply) => reply.redirect(at.slice(0, -1), 308));
  app.get<{ Params: { readonly reason: string } }>('/docs/errors/:reason/', async (request, reply) =>
    reply.redirect(at + encodeURIComponent(request.params.reason), 308),
  );
  app.get<{ Params: { readonly reason: string } }>('/docs/errors/:reason', async (request, reply) => {
    const { reason } = request.params;
    const entry = all.get(reason);
    // Codes of gRPC are written so.
    const meant = reason.toLowerCase().replaceAll('_', '-');
    if (!entry && all.has(meant)) return reply.redirect(at + meant, 308);
    if (!entry) throw new AppError('not_found', 'There is no error of this name.');
    const { title, place, words } = entry;
    const facts = `<p>${html(place)}</p><dl><dt>What it means</dt><dd>${html(words.means)}</dd><dt>What to do</dt><dd>${html(words.act)}</dd></dl>`;
    return send(reply, pageOf(at, title, `${facts}\n<p><a href="${at.slice(0, -1)}">All errors</a></p>`));
  });
};
