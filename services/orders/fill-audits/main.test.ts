import { startProgram } from '@tickfolio/lib/kit/process';
import { describe, expect, it } from 'vitest';

const program = 'services/orders/dist/fill-audits/main.js';

describe('the audit of the fills of an order', () => {
  it('says what it does, and what it needs', async () => {
    const audit = startProgram(program, {}, '--help');
    expect((await audit.ended).code).toBe(0);
    expect(audit.out()).toContain("Fills an order again from the exchange's public trades");
  });

  it('says why it could not be made, and ends with 2', async () => {
    const audit = startProgram(program, { POSTGRES_PORT: 'x' }, '--order', '0199a3c2-0000-7000-8000-000000000000');
    expect((await audit.ended).code).toBe(2);
    expect(audit.err()).toContain('POSTGRES_PORT');
  });
});
