import { describe, expect, it } from 'vitest';
import { withWholes } from './with-wholes.js';

const dust = { shown: '<0.00000001', whole: '0.000000001234' };

describe('a selected text', () => {
  it('has the digits of each figure in its own place, where several are shown alike', () => {
    const other = { shown: '<0.00000001', whole: '0.000000005678' };
    expect(withWholes('A <0.00000001 B <0.00000001', [dust, other])).toBe('A 0.000000001234 B 0.000000005678');
  });
  it('that begins within a figure has that part as it is, and the next one whole', () => {
    expect(withWholes('00001 B <0.00000001', [{ shown: '00001' }, dust])).toBe('00001 B 0.000000001234');
    expect(withWholes('<0.00000001 B 1', [{ shown: '<0.00000001' }, { shown: '1', whole: '1.5' }])).toBe(
      '<0.00000001 B 1.5',
    );
  });
  it('keeps a figure that happens to begin with the digits of a shortened one', () => {
    const figures = [{ shown: '1.12345678' }, { shown: '1.1234567…', whole: '1.12345670001' }];
    expect(withWholes('1.12345678 1.1234567…', figures)).toBe('1.12345678 1.12345670001');
    expect(withWholes('10.1 0.1', [{ shown: '10.1' }, { shown: '0.1', whole: '0.1000000001' }])).toBe(
      '10.1 0.1000000001',
    );
  });
  it('goes without a figure that the browser leaves out', () => {
    expect(withWholes('A B <0.00000001', [{ shown: '68,000.00' }, dust])).toBe('A B 0.000000001234');
  });
});
