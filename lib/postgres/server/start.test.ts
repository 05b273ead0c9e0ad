import { createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../clock/clock.js';
import { listening } from '../../kit/postgres.js';
import { createLogger } from '../../telemetry/telemetry.js';
import { openServerPostgres } from './server.js';

const migrationsFolder = fileURLToPath(new URL('../kit/migrations', import.meta.url));

/** The protocol's ErrorResponse. @param routine only PostgreSQL itself says where its errors come from */
const errorResponse = (code: string, words: string, routine?: string): Buffer => {
  const fields = Buffer.from(`SFATAL\0C${code}\0M${words}\0${routine === undefined ? '' : `R${routine}\0`}\0`);
  const head = Buffer.alloc(5, 'E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
};

describe('the start before a server that refuses', () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());
  /**
   * Starts against a server that gives everybody these answers in turn, the last one for ever; for at most half a
   * second.
   */
  const start = async (...answers: readonly Buffer[]) => {
    let attempts = 0;
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(answers[attempts++] ?? answers.at(-1) ?? ''));
    });
    const port = await listening(server);
    const lines: string[] = [];
    const log = createLogger('test', 'warn', (line) => lines.push(line));
    const place = { host: '127.0.0.1', port, user: 'anna', password: 'p', database: 'auth_db' };
    const refused = await openServerPostgres({
      ...place,
      migrationsFolder,
      log,
      clock: systemClock,
      startTimeoutMs: 1_500,
      refusalPatienceMs: 200,
    }).catch((err: unknown) => err);
    return { words: String(refused).replace(`127.0.0.1:${port}`, 'DB'), attempts, waits: lines.length };
  };

  it.each([
    ['28P01', 'refuses the user "anna" or its password (permission denied)'],
    ['28000', 'refuses the user "anna" or its password (permission denied)'],
    ['3D000', 'has no database "auth_db"'],
    ['42501', 'permission denied (SQLSTATE 42501)'],
    ['0A000', 'permission denied (SQLSTATE 0A000)'],
    ['08P01', 'permission denied (SQLSTATE 08P01)'],
    ['53400', 'permission denied (SQLSTATE 53400)'],
  ])('ends at once and says why when the answer will be the same next time (%s)', async (code, words) => {
    const ended = await start(errorResponse(code, 'permission denied', 'InitPostgres'));
    expect(ended).toEqual({ words: expect.stringContaining(words), attempts: 1, waits: 0 });
    expect(ended.words).toMatch(/^StartError: PostgreSQL at DB /);
  });

  it.each(['57P03', '53300', '08006', '57P01'])('waits when it may be otherwise in a moment (%s)', async (code) => {
    const ended = await start(errorResponse(code, 'the database system is starting up', 'ProcessStartupPacket'));
    expect(ended.words).toContain(
      'PostgreSQL at DB did not become ready within 1.5 s (the database system is starting up).',
    );
    expect(ended.attempts).toBeGreaterThan(2);
  });

  it('does not wait a minute for a pooler that repeats itself, and passes on what it says', async () => {
    const ended = await start(errorResponse('08P01', 'unsupported startup parameter: statement_timeout'));
    expect(ended.words).toBe(
      'StartError: What answers at DB refuses: unsupported startup parameter: statement_timeout.',
    );
    expect(ended.attempts).toBeLessThanOrEqual(4);
  });

  it('waits while a pooler has different things to say, as when the server behind it starts', async () => {
    const ended = await start(errorResponse('08P01', 'the database system is starting up'), Buffer.alloc(0));
    expect(ended.words).toContain('did not become ready within 1.5 s');
  });
});
