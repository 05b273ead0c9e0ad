import { add, additions } from './additions.js';
import { runIn } from './command.js';
import { apply, type Edit } from './edits.js';
import { bffEdits } from './edits-of-bff.js';
import { deployEdits } from './edits-of-deploy.js';
import { serviceEdits } from './edits-of-services.js';
import { copyTree } from './tree-copy.js';
import { tryInRun } from './trial-run.js';

/**
 * What one more service may cost: with a gRPC face, a database, an event, a route of the gateway and a part of the
 * all-in-one run.
 */
const maxTouched = 12;
const edits: readonly Edit[] = [...serviceEdits, ...bffEdits, ...deployEdits];
/** Changed by commands, nobody has to search for them. */
const written: readonly { readonly path: string; readonly why: string }[] = [
  { path: 'package-lock.json', why: 'written by npm install' },
  { path: 'deploy/isolated.compose.yaml', why: 'written by make docs' },
  { path: 'docs/settings.md', why: 'written by make docs' },
  { path: 'docs/api/calls.md', why: 'written by make docs' },
  { path: 'api/openapi.json', why: 'written by make docs' },
];

const say = (text: string) => void process.stdout.write(`${text}\n`);
const copy = copyTree();
try {
  say(`A trial service in a copy of the project, ${copy.folder} ...`);
  add(copy.folder);
  copy.link('services/trial');
  for (const edit of edits) apply(copy.folder, edit);
  runIn(
    copy.folder,
    'npm install --package-lock-only --ignore-scripts --offline --no-audit --no-fund --loglevel=error',
  );
  runIn(copy.folder, 'npm run --silent gen');
  say('It is formatted and built, and its pages are written ...');
  const touched = [...additions, ...edits.map(({ path }) => path)].filter((path) => /\.tsx?$/.test(path));
  runIn(copy.folder, `npx biome check --write --error-on-warnings ${touched.join(' ')}`);
  runIn(copy.folder, 'npm run --silent docs');
  say('Every list of services is compared with the registry ...');
  // But for what holds the trial to the project as it is without it.
  runIn(copy.folder, 'npx vitest run --project tidy tidy/*.test.ts');
  runIn(copy.folder, 'npx vitest run --project rooms bff/modules.test.ts standalone/config.test.ts');
  say('It answers in the all-in-one run ...');
  await tryInRun(copy.folder);

  const whys = new Map([...edits, ...written].map(({ path, why }) => [path, why]));
  const changed = copy.changed();
  say(
    `\nIt works. Files that it adds: ${additions.length}. Files outside its folder that were there and that it touches: ${changed.length}.\n`,
  );
  for (const path of changed) say(`  ${path.padEnd(56)} ${whys.get(path) ?? 'for a reason that nobody wrote down'}`);
  if (changed.length > maxTouched) {
    say(
      `\nThat is too much: a service may touch ${maxTouched} of them at most. ${changed.length - maxTouched} have to go.`,
    );
    process.exitCode = 1;
  }
} finally {
  copy.remove();
}
