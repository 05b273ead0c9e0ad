import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, startProgram } from '@tickfolio/lib/kit/process';
import { describe, expect, it } from 'vitest';

const program = 'standalone/dist/audit/main.js';
const isBuilt = existsSync(join(projectRoot, program));
if (!isBuilt) console.warn('NOT COVERED: the program is not compiled (npm run build), so it was not run.');

describe.skipIf(!isBuilt)('the audit of books and of what is shown', () => {
  it('says of each what it compares, and what it needs', async () => {
    const audit = startProgram(program, {}, '--help');
    expect((await audit.ended).code).toBe(0);
    expect(audit.out()).toContain('Compares the books of portfolios with themselves');
    expect(audit.out()).toContain('Compares orders with their fills');
    expect(audit.out()).toContain('Compares what the gateway shows of portfolios');
  });

  it('says of each why it could not be made, and ends with 2', async () => {
    const audit = startProgram(program, { POSTGRES_HOST: 'here', PROFILE_POSTGRES_PORT: 'x' });
    expect((await audit.ended).code).toBe(2);
    const [books = '', orders = '', shown = ''] = audit.err().split('The audit could not be made: ').slice(1);
    expect(books).toContain('POSTGRES_USER');
    expect(books).not.toContain('POSTGRES_PORT');
    expect(orders).toContain('POSTGRES_USER');
    expect(shown).toContain('POSTGRES_PORT');
  });

  it('repairs before it looks, where that is asked for, and says why it could not', async () => {
    const help = startProgram(program, {}, '--repair', '--help');
    expect((await help.ended).code).toBe(0);
    expect(help.out()).toContain('What is kept for no order is given back.');
    const repair = startProgram(
      program,
      { POSTGRES_HOST: 'here', POSTGRES_USER: 'me', POSTGRES_PORT: 'x' },
      '--repair',
    );
    expect((await repair.ended).code).toBe(2);
    expect(repair.err()).toMatch(/^It could not be repaired: /m);
  });

  it('refuses an option that it does not know with 2, which is no fault of the books', async () => {
    const audit = startProgram(program, {}, '--mend');
    expect((await audit.ended).code).toBe(2);
    expect(audit.err()).toContain("'--mend'");
  });
});
