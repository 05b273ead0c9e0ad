import { fieldErrorWords, problemWords } from '@tickfolio/api/error-words';
import { type ErrorCode, httpStatusOf } from '@tickfolio/lib/errors';
import { problemKinds } from '@tickfolio/lib/http';
import { readSources, type Source } from './sources.js';

/** What services say for others to answer stands in lib/errors. */
const answersClients = ({ path, workspace, forTests }: Source): boolean =>
  !forTests && (['bff', 'services/auth'].includes(workspace) || path.startsWith('lib/errors/'));

/**
 * A stable word of a field, with what stands beside it in the source; the rest is said by hand in
 * api/errors/error-words.ts.
 */
interface FieldReason {
  readonly reason: string;
  readonly field: string | undefined;
  readonly status: number | undefined;
}

const reasonPatterns = [
  /\{\s*field: '(?<field>[\w-]+)',[^;]{0,200}?reason: '(?<reason>[a-z-]+)'/g,
  /\bcoinRefusal\(\s*(?:'(?<code>\w+)'|\w+),\s*'(?<field>[\w-]+)',\s*'(?<reason>[a-z-]+)'/g,
  /\brefusal\(\s*'(?<reason>[a-z-]+)'/g,
  /\breason: '(?<reason>[a-z-]+)'/g,
];

/** Of the sources of who answers clients, each reason once, in the order of the alphabet. */
export const fieldReasons = (): FieldReason[] => {
  const sources = readSources().filter(answersClients);
  const found = reasonPatterns.flatMap((pattern) =>
    sources.flatMap(({ text }) =>
      [...text.matchAll(pattern)].map(({ groups = {} }): FieldReason => {
        const { reason = '', field, code }: Record<string, string | undefined> = groups;
        const status = code === undefined ? undefined : httpStatusOf[code as ErrorCode].status;
        return { reason, field, status };
      }),
    ),
  );
  // What says most stands first, because its pattern does.
  return [...new Map(found.reverse().map((one) => [one.reason, one])).values()].sort((a, b) =>
    a.reason < b.reason ? -1 : 1,
  );
};

const sameNames = (what: string, inCode: readonly string[], inWords: Readonly<Record<string, unknown>>): void => {
  const lacking = inCode.filter((name) => !Object.hasOwn(inWords, name));
  const gone = Object.keys(inWords).filter((name) => !inCode.includes(name));
  if (lacking.length > 0)
    throw new Error(`api/errors/error-words.ts says nothing of the ${what} ${lacking.join(', ')}`);
  if (gone.length > 0)
    throw new Error(`api/errors/error-words.ts speaks of the ${what} ${gone.join(', ')}, which no source has`);
};

const intro = `# Errors of the REST interface

<!-- Generated from the code and api/errors/error-words.ts: run "make docs". -->

Everything that fails is answered as \`application/problem+json\` ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)): \`title\` and \`status\`,
a \`detail\` for people, a \`requestId\` that the server's log has too, a \`code\` for programs, \`urn:tickfolio:problem:<name>\`, and as \`type\`
the address of a page about it, \`/docs/errors/<name>\`. All of them are listed at \`/docs/errors\`.
\`errors\` names the fields of a request that are wrong; a field's \`reason\` is a stable word, for programs that say it in another language.
Each name and each reason is a heading of this page.

`;

/** docs/errors.md. @throws Error naming a refusal that nothing is said of */
export const errorsPage = (): string => {
  const all = [...problemKinds].map(([name, kind]) => ({ name, ...kind }));
  const found = fieldReasons();
  const reasons = found.map(({ reason }) => reason);
  sameNames(
    'problem',
    all.map(({ name }) => name),
    problemWords,
  );
  sameNames('reason', reasons, fieldErrorWords);
  for (const { reason, field, status } of found) {
    const words = fieldErrorWords[reason];
    if ((field ?? words?.field) !== words?.field || (status ?? words?.status) !== words?.status)
      throw new Error(`api/errors/error-words.ts says another field or status of ${reason} than the code`);
  }
  const problemParts = all.map(({ name, title, status }) => {
    const { means, act } = problemWords[name] ?? { means: '', act: '' };
    return `### ${name}\n\n${status} · ${title} · \`urn:tickfolio:problem:${name}\`\n\n${means}\n\n**What to do:** ${act}\n`;
  });
  const fieldParts = reasons.flatMap((reason) => {
    const words = fieldErrorWords[reason];
    return words
      ? [
          `### ${reason}\n\n${words.status} · field \`${words.field}\`\n\n${words.means}\n\n**What to do:** ${words.act}\n`,
        ]
      : [];
  });
  const table = all.map(({ name, title, status }) => `| ${status} | [${name}](#${name}) | ${title} |`);
  return [
    intro,
    '| status | name | title |\n|---|---|---|\n',
    `${table.join('\n')}\n`,
    '\n## Problems\n\n',
    problemParts.join('\n'),
    '\n## Fields: `errors[].reason`\n\n',
    fieldParts.join('\n'),
  ].join('');
};
