import { type EmbeddedRunOptions, openEmbeddedRun } from './embedded-run.js';

// Started by the tests of kills: moves boats without end and takes it in, and prints both once they are acknowledged.
const [settings = '{}'] = process.argv.slice(2);
const run = await openEmbeddedRun({
  ...(JSON.parse(settings) as EmbeddedRunOptions),
  took: (stream, version) => void process.stdout.write(`took ${stream} ${version}\n`),
});
void run.failed.then((err) => {
  throw err;
});
for (let to = 1; ; to++) {
  const name = `boat-${to % 3}`;
  process.stdout.write(`boat:${name} ${await run.move(name, to)}\n`);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
