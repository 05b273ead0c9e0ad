import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Of the gateway's database, where that is signed in to in another way than that of the books. */
const ownOf = (variable: string) => process.env[`PROFILE_${variable}`] ?? process.env[variable];
const variables = ['POSTGRES_HOST', 'POSTGRES_PORT', 'POSTGRES_USER', 'POSTGRES_PASSWORD', 'POSTGRES_SCHEMA'];
const shown = {
  ...Object.fromEntries(variables.map((variable) => [variable, ownOf(variable)])),
  POSTGRES_DB: process.env.PROFILE_POSTGRES_DB ?? 'profile_db',
};
/** Of the orders service likewise. */
const orders = {
  ...Object.fromEntries(
    variables.map((variable) => [variable, process.env[`ORDERS_${variable}`] ?? process.env[variable]]),
  ),
  POSTGRES_DB: process.env.ORDERS_POSTGRES_DB ?? 'order_service',
};

const programOf = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Of the repair, which is made before all is looked at. */
const repairOptions = ['--repair', '--yes'];
const given = process.argv.slice(2);
const isRepair = given.includes('--repair');
const auditArgs = isRepair ? given.filter((one) => !repairOptions.includes(one)) : given;

/** @returns its exit code; 2, could not be found out, where something ended it */
const run = async (path: string, env: NodeJS.ProcessEnv, given = auditArgs): Promise<number> => {
  const args = ['--enable-source-maps', programOf(path), ...given];
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 2;
};

const repaired = isRepair ? await run('services/orders/dist/repairs/main.js', orders, given) : 0;
if (isRepair) process.stdout.write('\n');
// Each compares what is its own, and one after the other prints.
const codes = [repaired, await run('services/portfolio/dist/audits/main.js', {})];
process.stdout.write('\n');
codes.push(await run('services/orders/dist/audits/main.js', orders));
process.stdout.write('\n');
codes.push(await run('bff/dist/audits/main.js', shown));
// What was found is worse than what could not be found out.
process.exitCode = codes.includes(1) ? 1 : Math.max(...codes);
