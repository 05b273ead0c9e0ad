import { systemClock } from '@tickfolio/lib/clock';
import { openPgliteEngine } from '@tickfolio/lib/postgres/pglite';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { allDatabases } from '../stores/store-names.js';
import { removeTakenOver, takeOver } from '../stores/take-over.js';
import { former } from './former-databases.js';

// Started by the test that kills it: does with a data folder what the start of a run does first.
const [folder = ''] = process.argv.slice(2);
const deps = { clock: systemClock, log: silentLogger(), print: () => undefined, signal: new AbortController().signal };
const isNew = await takeOver(deps, folder, former);
const engine = await openPgliteEngine({ ...deps, folder: `${folder}/${allDatabases}` });
if (!isNew) await removeTakenOver(folder, deps);
await engine.close();
