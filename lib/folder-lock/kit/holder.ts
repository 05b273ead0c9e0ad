import { lockFolder } from '../folder-lock.js';

// Started by folder-lock.test.ts: locks a folder, says how that went, and stays until it is killed or its input ends.
const [folder = ''] = process.argv.slice(2);
try {
  const lock = await lockFolder(folder);
  process.stdout.write('held\n');
  process.stdin.resume().on('end', () => void lock.close());
} catch (err) {
  process.stdout.write(`refused ${err instanceof Error ? err.message : String(err)}\n`);
}
