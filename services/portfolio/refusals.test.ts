import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectRoot } from '@tickfolio/lib/kit/process';
import { describe, expect, it } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));

interface Declared {
  readonly path: string;
  readonly text: string;
}

/** Declarations at the top of files, by `<path> <name>`; and whence each file has the names that it imports. */
const [declared, imported] = [new Map<string, Declared>(), new Map<string, string>()];
for (const path of readdirSync(here, { recursive: true, encoding: 'utf8' })) {
  if (!path.endsWith('.ts') || /(^|\/)(dist|kit|node_modules)\/|\.(test|contract)\.ts$/.test(path)) continue;
  const source = readFileSync(join(here, path), 'utf8');
  for (const [, names = '', from = ''] of source.matchAll(/^import \{([^}]*)\} from '(\.[^']+)\.js';/gm))
    for (const name of names.split(',').map((one) => one.trim().replace(/^type /, '')))
      imported.set(`${path} ${name}`, posix.join(posix.dirname(path), `${from}.ts`));
  for (const text of source.split(/^(?=(?:export )?const )/m)) {
    const name = /^(?:export )?const (\w+)/.exec(text)?.[1];
    if (name) declared.set(`${path} ${name}`, { path, text });
  }
}
/** What is handed over instead of imported, by what makes it. */
const handedOver: Readonly<Record<string, string>> = {
  'books/funding.ts post': 'postings/posting.ts createPost',
  'books/transfer.ts post': 'postings/posting.ts createPost',
  'books/coins.ts post': 'postings/posting.ts createPost',
  'books/settlement.ts post': 'postings/posting.ts createPost',
  'portfolios/portfolios.ts requireRoom': 'portfolios/room.ts createRequireRoom',
};

/** What is refused where a key stands for another request; a take-over has one key, whatever it says. */
const sameAlways: Readonly<Record<string, string>> = { 'books/adoption.ts': 'different-request' };

const wordsIn = (text: string): readonly string[] => [
  ...[...text.matchAll(/new AppError\([\s\S]*?\b(?:reason|problem): '([a-z-]+)'/g)].map(([, word = '']) => word),
  ...[...text.matchAll(/booksRefusal\(\s*[^,]+,\s*[^,]+,\s*'([a-z-]+)'/g)].map(([, word = '']) => word),
  ...(/\bdifferentRequest\b/.test(text) ? ['different-request'] : []),
];

/** The words of all refusals that what a file declares can come to. Every one may be `invalid-argument` or not found. */
const refusalsIn = (path: string): readonly string[] => {
  const [found, seen] = [new Set<string>(), new Set<string>()];
  const walk = ({ path: at, text }: Declared) => {
    for (const word of wordsIn(text)) found.add(word);
    for (const [name] of text.matchAll(/\b[a-z]\w+/g)) {
      const own = `${at} ${name}`;
      const key = handedOver[own] ?? (imported.has(own) ? `${imported.get(own)} ${name}` : own);
      const next = declared.get(key);
      if (!next || seen.has(key)) continue;
      seen.add(key);
      walk(next);
    }
  };
  for (const one of declared.values()) if (one.path === path) walk(one);
  return [...found]
    .filter((word) => word !== 'invalid-argument' && word !== 'not-found' && word !== sameAlways[path])
    .sort();
};

/** The words that the comments of these calls and of their service say, with those of the calls that they point to. */
const saidOf = (proto: string, calls: readonly string[]): readonly string[] => {
  const text = readFileSync(join(projectRoot, 'proto/portfolio/v1', proto), 'utf8');
  const commentOf = (what: RegExp) => /((?: *\/\/.*\n)*)$/.exec(text.slice(0, text.search(what)))?.[1] ?? '';
  const ofCall = (call: string): string => {
    const comment = commentOf(new RegExp(`^ *rpc ${call}\\(`, 'm'));
    const [, ...others] = /\bas ([A-Z]\w+)\b/.exec(comment) ?? [];
    return comment + others.map(ofCall).join('');
  };
  const all = commentOf(/^service \w+ \{\n(?![\s\S]*service EventService)/m) + calls.map(ofCall).join('');
  return [...new Set([...all.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map(([, word = '']) => word))].sort();
};

const faces = [
  ['portfolio.proto', ['Create', 'List', 'Get', 'Update', 'Archive'], 'portfolios/portfolios.ts'],
  ['portfolio.proto', ['Fund'], 'books/funding.ts'],
  ['portfolio.proto', ['Transfer'], 'books/transfer.ts'],
  ['holding.proto', ['ChangeCoin', 'RemoveCoin', 'UndoChange'], 'books/coins.ts'],
  ['holding.proto', ['BeginAdoption', 'AdoptHoldings'], 'books/adoption.ts'],
  ['reservation.proto', ['Reserve', 'Release'], 'books/reservations.ts'],
  ['reservation.proto', ['Settle'], 'books/settlement.ts'],
  ['watchlist.proto', ['Add', 'Remove'], 'watchlist/watchlist.ts'],
  ['share.proto', ['Create', 'List', 'End', 'Open'], 'shares/shares.ts'],
] as const;

describe('what the comments of gRPC calls say of refusals', () => {
  it.each(faces)('is all of it: %s %s', (proto, calls, path) => {
    const said = saidOf(proto, calls);
    const refusals = refusalsIn(path);
    expect(refusals.length).toBeGreaterThan(0);
    expect(refusals.filter((word) => !said.includes(word))).toEqual([]);
  });

  it('is nothing that is never refused', () => {
    const files = [...new Set(faces.map(([proto]) => proto))];
    const never = files.flatMap((proto) => {
      const own = faces.filter(([file]) => file === proto);
      const refusals = new Set(own.flatMap(([, , path]) => refusalsIn(path)));
      const words = saidOf(
        proto,
        own.flatMap(([, calls]) => calls),
      );
      return words.filter((word) => !refusals.has(word)).map((word) => `${proto}: ${word}`);
    });
    // A figure behind a refusal, and the word where none is closer.
    expect(never.filter((one) => !/: (available|not-found)$/.test(one))).toEqual([]);
  });
});
