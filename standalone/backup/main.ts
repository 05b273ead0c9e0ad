import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '@tickfolio/lib/clock';
import { z } from '@tickfolio/lib/config';
import { freeInWords, lacksRoom } from '@tickfolio/lib/embedded-store';
import { StartError } from '@tickfolio/lib/errors';
import { readSettings, refuseToStart, runProcess } from '@tickfolio/lib/lifecycle';
import { createLogger } from '@tickfolio/lib/telemetry';
import { createNotices } from '../notices.js';
import { defaultBackup } from './backups.js';
import { type DatabaseNames, otherNames } from './other-names.js';
import { restoreBackup } from './restore.js';
import { storeInWords } from './stores.js';
import { type BackupDeps, takeBackup } from './take.js';

const help = `Backs up the data folder of \`make run\`, or restores it.

  make backup  [BACKUP=folder]     (npm run backup)    all stores of one moment, also while the run goes on
  make restore  BACKUP=folder      (npm run restore)   after the run was stopped

A backup is a folder with a manifest: both databases, the archives and the secret, each file with its checksum. It is opened and read to prove
that it is whole before it gets its name, and never takes the place of another one. It holds password hashes and the secret that signs access
tokens: keep it where nobody else can read it.
To restore proves every file first, keeps the data folder of before beside the new one, and ends all sessions: everybody signs in again.
Settings: BACKUP (default for a backup: ./backups/<time, UTC>), DATA_DIR (./data). Where the run has other names for its databases, a restore says
which; it compares AUTH_POSTGRES_DB (auth_db) and PROFILE_POSTGRES_DB (profile_db).
Exit code: 0 when it was done, 1 when it was not; then nothing was changed.
`;
/** Stores are closed in order when it is interrupted. */
const shutdownDeadlineMs = 60_000;

const settings = z.object({
  DATA_DIR: z.string().default('./data'),
  BACKUP: z.string().optional(),
  AUTH_POSTGRES_DB: z.string().default('auth_db'),
  PROFILE_POSTGRES_DB: z.string().default('profile_db'),
});

const print = (text: string) => void process.stdout.write(`${text}\n`);

const backUp = async (deps: BackupDeps, dataFolder: string, target: string): Promise<void> => {
  print(`Backing up ${dataFolder} ...`);
  const { folder, bytes, files, stores, source } = await takeBackup(deps, dataFolder, target);
  print(`Backed up to ${folder}: ${freeInWords(bytes)}, ${files} files, opened and whole.`);
  for (const store of stores) print(`  ${storeInWords(store)}`);
  if (source.heldMs !== undefined)
    print(`The run went on; it wrote nothing for ${(source.heldMs / 1_000).toFixed(1)} s.`);
  for (const { path, to } of source.followed) print(`${path} is a link to ${to}: what lies there is in it.`);
  for (const place of source.elsewhere) print(`Not in it, because the run keeps it elsewhere: ${place}.`);
  for (const name of source.setAside) print(`Not in it, because it was set aside: ${name}.`);
};

const restore = async (deps: BackupDeps, dataFolder: string, backup: string, names: DatabaseNames): Promise<void> => {
  print(`Restoring ${backup} to ${dataFolder} ...`);
  const done = await restoreBackup(deps, { backup, dataFolder });
  const { manifest, dataFolder: restored, kept, stores, accountStores, endedSessions } = done;
  print(`Restored to ${restored}, as it was at ${manifest.takenAt} (version ${manifest.version}).`);
  for (const store of stores) print(`  ${storeInWords(store)}`);
  if (accountStores.length > 0) print(`All sessions were ended (${endedSessions}): everybody signs in again.`);
  else print('It has no accounts, so there were no sessions to end.');
  for (const line of otherNames(done, names)) print(line);
  if (kept !== undefined) print(`What was there before is kept in ${kept}.`);
};

interface Asked {
  readonly command: string | undefined;
  readonly help: boolean;
}

const readArguments = (): Asked => {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' } },
    });
    const [command, stranger] = positionals;
    if (stranger !== undefined)
      throw new Error(`"${stranger}" is not understood: places are named by BACKUP and DATA_DIR.`);
    return { command, help: values.help === true };
  } catch (err) {
    return refuseToStart(`${err instanceof Error ? err.message : err}\nSee --help.`);
  }
};

const run = async (restoring: boolean): Promise<void> => {
  const { DATA_DIR, BACKUP, ...names } = readSettings(restoring ? 'restore' : 'backup', settings, process.env);
  if (restoring && BACKUP === undefined)
    refuseToStart('BACKUP names the backup to restore: make restore BACKUP=<folder>. See --help.');
  const clock = systemClock;
  const log = createLogger(restoring ? 'restore' : 'backup', 'warn', createNotices(clock, print));
  await runProcess(
    async (life) => {
      const deps = { clock, log, signal: life.signal };
      const dataFolder = resolve(DATA_DIR);
      const backup = resolve(BACKUP ?? defaultBackup(clock.now()));
      // It must have cleared up before an interrupted process ends.
      const work = restoring ? restore(deps, dataFolder, backup, names) : backUp(deps, dataFolder, backup);
      life.own('work', { close: () => work.catch(() => undefined) });
      await work.catch((err: unknown) => {
        // Not as if it had been done, whatever the signal.
        if (life.signal.aborted) life.fail(new StartError('Interrupted: nothing was changed.'));
        throw lacksRoom(err) && !(err instanceof StartError)
          ? new StartError('The disk is full, so it could not be done. Nothing was changed.')
          : err;
      });
      life.finish();
    },
    { log, shutdownDeadlineMs },
  );
};

const { command, help: wantsHelp } = readArguments();
if (wantsHelp) process.stdout.write(help);
else if (command === 'backup' || command === 'restore') await run(command === 'restore');
else refuseToStart(help);
