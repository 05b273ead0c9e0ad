import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startTestPostgres } from '@tickfolio/lib/kit/postgres';
import { afterAll, describe, expect, it } from 'vitest';

// postgres-core's health check against a real server of its own, since it changes who may connect to what every server
// has.

const server = await startTestPostgres();
afterAll(async () => {
  await server?.close();
});

const script = fileURLToPath(new URL('../../deploy/postgres/ready.sh', import.meta.url));
const { host = '', port = 0, user = '', password = '' } = server ?? {};
const check = async (databases: string, passwords: Readonly<Record<string, string>> = {}) => {
  const own = { PATH: process.env.PATH, POSTGRES_USER: user, POSTGRES_PASSWORD: password };
  const env = { ...own, DATABASES: databases, ...passwords };
  return (await promisify(execFile)('sh', [script, host, String(port)], { env })).stdout;
};
/** What signing in comes to: the role that is spoken as, or the server's words. */
const signIn = async (role: string, database: string, secret: string): Promise<string> => {
  const args = ['-X', '-q', '-A', '-t', '-h', host, '-p', String(port), '-U', role, '-d', database];
  const env = { PATH: process.env.PATH, PGPASSWORD: secret };
  const asked = promisify(execFile)(
    'psql',
    [...args, '-c', 'create table if not exists mine (id int)', '-c', 'select current_user'],
    {
      env,
    },
  );
  return asked.then(
    ({ stdout }) => stdout.trim(),
    (err: { stderr: string }) => err.stderr,
  );
};
const notAllowed = expect.stringContaining('permission denied for database');
const wrongPassword = expect.stringContaining('password authentication failed');

describe.skipIf(!server)('the databases of postgres-core', () => {
  it('are made once, each for its own role, also when the list grows later', async () => {
    expect(await check('')).toBe('');
    expect(await check('portfolio_service')).toBe('made database portfolio_service\n');
    expect(await signIn('portfolio_service', 'portfolio_service', password)).toBe('portfolio_service');
    const grown = 'portfolio_service order_service';
    expect(await check(grown, { ORDER_SERVICE_PASSWORD: "it's a secret" })).toBe('made database order_service\n');
    expect(await check(grown)).toBe('');
    expect(await signIn('order_service', 'order_service', "it's a secret")).toBe('order_service');
    expect(await signIn('order_service', 'order_service', password)).toEqual(wrongPassword);
  });
  it('let in nobody but their own role, and nor do those that every server has', async () => {
    for (const database of ['order_service', 'postgres', 'template1'])
      expect([database, await signIn('portfolio_service', database, password)]).toEqual([database, notAllowed]);
    expect(await signIn('order_service', 'portfolio_service', "it's a secret")).toEqual(notAllowed);
    expect(await signIn(user, 'portfolio_service', password)).toBe(user);
  });
  it('are made on, where the making was cut between role and database', async () => {
    await server?.query('create role alert_service login');
    expect(await check('alert_service')).toBe('made database alert_service\n');
  });
  it('let their role in also where they were restored, or made, by the superuser', async () => {
    await server?.createDatabase('risk_service');
    for (let time = 0; time < 2; time++) await check('risk_service');
    expect(await signIn('risk_service', 'risk_service', password)).toBe('risk_service');
  });
  it('have names that are refused where they are none, and a server that is away is said', async () => {
    await expect(check('Portfolio;drop')).rejects.toThrow('is no name of a database');
    await expect(check('*')).rejects.toThrow("'*' is no name of a database");
    await server?.close();
    await expect(check('')).rejects.toThrow(/refused/);
  });
});
