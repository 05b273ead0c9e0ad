import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../errors/errors.js';
import { itBlamesTheRightOne } from './blame.contract.js';
import {
  type ClickHouse,
  clickHouseFault,
  fitsDecimal64,
  maxInsertRows,
  tabSeparated,
  type Value,
} from './clickhouse.js';
import { itTakesTimesForUtc } from './zone.contract.js';

const failure = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => expect.unreachable('should have failed'),
    (err: unknown) => {
      expect(err).toBeInstanceOf(AppError);
      return err as AppError;
    },
  );

/**
 * What every adapter does. `open` opens a ClickHouse of this suite alone, whose last `close` may take everything away.
 */
export const describeClickHouse = (name: string, open: () => Promise<ClickHouse>): void => {
  describe(`${name} as a clickhouse`, () => {
    let clickhouse: ClickHouse;
    beforeAll(async () => {
      clickhouse = await open();
      await clickhouse.command('CREATE DATABASE vault');
      await clickhouse.command(
        'CREATE TABLE vault.coins (id UInt32, name String, amount Decimal64(8), big UInt64, small Int64, held Bool, at DateTime64(3), note Nullable(String)) ENGINE = MergeTree ORDER BY id',
      );
    });
    afterAll(() => clickhouse?.close());
    const columns = ['id', 'name', 'amount', 'big', 'small', 'held', 'at', 'note'];
    const coin = (id: number, changes: Partial<Record<string, Value>> = {}): Value[] => {
      const row: Record<string, Value> = {
        id,
        name: 'btc',
        amount: '1.5',
        big: '1',
        small: '-1',
        held: true,
        at: '2026-01-27 10:00:00.123',
        note: null,
        ...(changes as Record<string, Value>),
      };
      return columns.map((column) => row[column] as Value);
    };
    const fresh = () => clickhouse.command('TRUNCATE TABLE vault.coins');

    it('says that it is there', async () => {
      expect(await clickhouse.check()).toBeUndefined();
    });

    it('inserts rows and reads them as they were', async () => {
      await fresh();
      await clickhouse.insert('vault.coins', columns, [
        coin(1, { name: 'tab\tnew\nline\rback\\slash \'quote\' "double" ; -- ü 🪙 \\N', note: '' }),
        coin(2, { amount: '-9999999999.99999999', big: 18446744073709551615n, small: -(2n ** 63n), held: false }),
        coin(3, { amount: '0.00000001', name: '' }),
      ]);
      expect(await clickhouse.query('SELECT * FROM vault.coins ORDER BY id')).toEqual([
        {
          id: 1,
          name: 'tab\tnew\nline\rback\\slash \'quote\' "double" ; -- ü 🪙 \\N',
          amount: '1.5',
          big: '1',
          small: '-1',
          held: true,
          at: '2026-01-27 10:00:00.123',
          note: '',
        },
        {
          id: 2,
          name: 'btc',
          amount: '-9999999999.99999999',
          big: '18446744073709551615',
          small: '-9223372036854775808',
          held: false,
          at: '2026-01-27 10:00:00.123',
          note: null,
        },
        {
          id: 3,
          name: '',
          amount: '0.00000001',
          big: '1',
          small: '-1',
          held: true,
          at: '2026-01-27 10:00:00.123',
          note: null,
        },
      ]);
    });

    itTakesTimesForUtc(() => clickhouse);
    itBlamesTheRightOne(() => clickhouse);

    it('tells decimals without zeros at their end, or with all of them when asked', async () => {
      await fresh();
      await clickhouse.insert('vault.coins', columns, [
        coin(1, { amount: '88412.34000000' }),
        coin(2, { amount: '7' }),
      ]);
      const sql = 'SELECT amount FROM vault.coins ORDER BY id';
      expect(await clickhouse.query(sql)).toEqual([{ amount: '88412.34' }, { amount: '7' }]);
      expect(await clickhouse.query(sql, {}, { settings: { output_format_decimal_trailing_zeros: 1 } })).toEqual([
        { amount: '88412.34000000' },
        { amount: '7.00000000' },
      ]);
      // … and only when asked.
      expect(await clickhouse.query(sql)).toEqual([{ amount: '88412.34' }, { amount: '7' }]);
    });

    it('keeps lines that look like the end of a statement, or like nothing', async () => {
      await clickhouse.command('CREATE TABLE vault.words (word String) ENGINE = MergeTree ORDER BY tuple()');
      const words = [
        '',
        '',
        'a;',
        ';',
        ' ',
        'SELECT 1',
        '',
        '-- x',
        '/*',
        "'",
        '\\',
        '\\N',
        'FORMAT TabSeparated',
        '',
        '\0',
        '\b\f',
        '',
      ];
      await clickhouse.insert(
        'vault.words',
        ['word'],
        words.map((word) => [word]),
      );
      const kept = await clickhouse.query<{ word: string }>('SELECT word FROM vault.words');
      expect(kept.map(({ word }) => word).sort()).toEqual([...words].sort());
    });

    it('keeps rows of empty texts', async () => {
      await clickhouse.command('CREATE TABLE vault.pairs (a String, b String) ENGINE = MergeTree ORDER BY tuple()');
      await clickhouse.insert(
        'vault.pairs',
        ['a', 'b'],
        [
          ['', ''],
          ['', 'x'],
          ['', ''],
          ['y', ''],
          ['', ''],
        ],
      );
      expect(await clickhouse.query('SELECT a, b, count() AS n FROM vault.pairs GROUP BY a, b ORDER BY a, b')).toEqual([
        { a: '', b: '', n: '3' },
        { a: '', b: 'x', n: '1' },
        { a: 'y', b: '', n: '1' },
      ]);
    });

    it('inserts thousands of rows at once, none of them lost or twice', async () => {
      await fresh();
      const rows = Array.from({ length: 12_345 }, (_, id) =>
        coin(id, { amount: `${id}.${String(id).padStart(8, '0')}` }),
      );
      await clickhouse.insert('vault.coins', columns, rows);
      expect(
        await clickhouse.query('SELECT count() AS n, uniqExact(id) AS ids, sum(amount) AS total FROM vault.coins'),
      ).toEqual([{ n: '12345', ids: '12345', total: '76193340.7619334' }]);
    });

    it('inserts lines as it inserts the rows they were made of', async () => {
      await fresh();
      const rows = Array.from({ length: 4_321 }, (_, id) =>
        coin(id, { amount: `${id}.${String(id).padStart(8, '0')}` }),
      );
      const sums = 'SELECT count() AS n, groupBitXor(cityHash64(*)) AS hash FROM vault.coins';
      await clickhouse.insert('vault.coins', columns, rows);
      const expected = await clickhouse.query(sums);
      await fresh();
      const lines = (of: readonly string[]) => ({
        bytes: Buffer.from(of.map((line) => `${line}\n`).join('')),
        count: of.length,
      });
      await clickhouse.insertLines('vault.coins', columns, lines(rows.map(tabSeparated)));
      expect(await clickhouse.query(sums)).toEqual(expected);
      const short = await failure(clickhouse.insertLines('vault.coins', columns, lines(['1\t2'])));
      expect(short.code).toBe('invalid_argument');
      expect(await clickhouse.query(sums)).toEqual(expected);
      await expect(clickhouse.insertLines('vault.coins', ['id'], lines(['1']))).rejects.toBeInstanceOf(TypeError);
      await expect(clickhouse.insertLines('vault.coins', columns, lines([]))).resolves.toBeUndefined();
    });

    it('inserts the same block as often as it is told to', async () => {
      await fresh();
      for (let time = 0; time < 3; time++) await clickhouse.insert('vault.coins', columns, [coin(1), coin(2)]);
      expect(await clickhouse.query('SELECT count() AS n FROM vault.coins')).toEqual([{ n: '6' }]);
    });

    it('takes rows of more than a hundred months in one insert', async () => {
      await clickhouse.command(
        'CREATE TABLE vault.months (id UInt32, at DateTime64(3)) ENGINE = MergeTree PARTITION BY toYYYYMM(at) ORDER BY id',
      );
      const rows = Array.from({ length: 130 }, (_, id) => [
        id,
        `${1990 + Math.floor(id / 12)}-${String((id % 12) + 1).padStart(2, '0')}-01 00:00:00.000`,
      ]);
      await clickhouse.insert('vault.months', ['id', 'at'], rows);
      expect(await clickhouse.query('SELECT count() AS n FROM vault.months')).toEqual([{ n: '130' }]);
    });

    it('blames a row that does not fit, and stores none of its neighbours', async () => {
      await fresh();
      for (const changes of [
        { amount: '10000000000' },
        { amount: 'abc' },
        { at: 'yesterday' },
        { id: -1 },
        { big: '1.5' },
      ]) {
        const err = await failure(clickhouse.insert('vault.coins', columns, [coin(1), coin(2, changes), coin(3)]));
        expect({ changes, code: err.code, message: err.message }).toMatchObject({ changes, code: 'invalid_argument' });
        expect(err.message).toMatch(/^ClickHouse: .+ \([A-Z_]+\)$/s);
        expect(clickHouseFault(err)?.code).toBeGreaterThan(0);
      }
      expect(await clickhouse.query('SELECT count() AS n FROM vault.coins')).toEqual([{ n: '0' }]);
    });

    it('blames no row for a table that is not there, nor for a column that is not', async () => {
      const missing = await failure(clickhouse.insert('vault.nothing', ['id'], [[1]]));
      expect({
        code: missing.code,
        server: clickHouseFault(missing)?.code,
        type: clickHouseFault(missing)?.type,
      }).toEqual({
        code: 'not_found',
        server: 60,
        type: 'UNKNOWN_TABLE',
      });
      expect((await failure(clickhouse.insert('vault.coins', ['nothing'], [[1]]))).code).toBe('internal');
      expect((await failure(clickhouse.insert('nowhere.coins', ['id'], [[1]]))).code).toBe('not_found');
    });

    it('takes rows that are no rows for a fault of the caller', async () => {
      await expect(clickhouse.insert('vault.coins', columns, [[1, 2]])).rejects.toBeInstanceOf(TypeError);
      await expect(clickhouse.insert('vault.coins', ['id'], [[Number.NaN]])).rejects.toBeInstanceOf(TypeError);
      await expect(clickhouse.insert('vault.coins', ['id) VALUES (1'], [[1]])).rejects.toBeInstanceOf(TypeError);
      await expect(clickhouse.insert('vault.coins; DROP TABLE vault.coins', ['id'], [[1]])).rejects.toBeInstanceOf(
        TypeError,
      );
      await expect(
        clickhouse.insert('vault.coins', ['id'], new Array(maxInsertRows + 1).fill([1])),
      ).rejects.toBeInstanceOf(RangeError);
      await expect(clickhouse.insert('vault.coins', ['id'], [])).resolves.toBeUndefined();
    });

    it('binds parameters, whatever stands in them', async () => {
      const nasty = `'; DROP TABLE vault.coins; -- \\ \t \n "\` {x:String} \\N 'ü`;
      const rows = await clickhouse.query(
        'SELECT {text:String} AS text, {n:UInt64} AS n, {d:Decimal64(8)} AS d, {at:DateTime64(3)} AS at, {list:Array(String)} AS list, {nothing:Nullable(String)} AS nothing, {yes:Bool} AS yes',
        {
          text: nasty,
          n: 2n ** 64n - 1n,
          d: '1.50000000',
          at: '2026-01-27 10:00:00.123',
          list: ['a', nasty],
          nothing: null,
          yes: true,
        },
      );
      expect(rows).toEqual([
        {
          text: nasty,
          n: '18446744073709551615',
          d: '1.5',
          at: '2026-01-27 10:00:00.123',
          list: ['a', nasty],
          nothing: null,
          yes: true,
        },
      ]);
      expect((await failure(clickhouse.query('SELECT {text:String}'))).code).toBe('invalid_argument');
      expect((await failure(clickhouse.query('SELECT {n:UInt8}', { n: 'x' }))).code).toBe('invalid_argument');
    });

    it('keeps the parameters of statements that run together apart', async () => {
      const texts = Array.from({ length: 20 }, (_, at) => `text ${at}`);
      const answers = await Promise.all(
        texts.map((text) => clickhouse.query<{ text: string }>('SELECT {text:String} AS text', { text })),
      );
      expect(answers.map(([row]) => row?.text)).toEqual(texts);
    });

    it('says what is wrong with a statement in ClickHouse’s own words', async () => {
      const cases = [
        ['SELEC 1', 62, 'SYNTAX_ERROR', 'invalid_argument'],
        ['SELECT nothing FROM vault.coins', 47, 'UNKNOWN_IDENTIFIER', 'invalid_argument'],
        ['SELECT nope(1)', 46, 'UNKNOWN_FUNCTION', 'invalid_argument'],
        ['SELECT 1 FROM vault.nothing', 60, 'UNKNOWN_TABLE', 'not_found'],
        ['SELECT 1 FROM nowhere.nothing', 81, 'UNKNOWN_DATABASE', 'not_found'],
      ] as const;
      for (const [sql, server, type, code] of cases) {
        const err = await failure(clickhouse.query(sql).then(() => expect.unreachable(sql)));
        expect({ sql, code: err.code, server: clickHouseFault(err)?.code, type: clickHouseFault(err)?.type }).toEqual({
          sql,
          code,
          server,
          type,
        });
        expect(err.message).toContain(type);
      }
      expect((await failure(clickhouse.command('CREATE TABLE vault.coins (id Int8) ENGINE = Memory'))).code).toBe(
        'already_exists',
      );
    });

    it('refuses more rows than it was told to expect', async () => {
      expect(await clickhouse.query('SELECT number FROM numbers(10)', {}, { maxRows: 10 })).toHaveLength(10);
      expect((await failure(clickhouse.query('SELECT number FROM numbers(11)', {}, { maxRows: 10 }))).code).toBe(
        'resource_exhausted',
      );
      expect((await failure(clickhouse.query('SELECT number FROM numbers(1000000)', {}, { maxRows: 10 }))).code).toBe(
        'resource_exhausted',
      );
    });

    it('lets no setting stay behind', async () => {
      const sql = "SELECT toString(getSetting('max_threads')) AS threads";
      const before = await clickhouse.query(sql);
      expect(await clickhouse.query(sql, {}, { settings: { max_threads: 7 } })).toEqual([{ threads: '7' }]);
      expect(await clickhouse.query(sql)).toEqual(before);
    });

    it('gives a statement up that takes too long, and goes on', async () => {
      const endless =
        'SELECT count() AS n FROM numbers(1000000000000) WHERE sipHash64(number) = 1 SETTINGS max_threads = 1';
      const [slow, quick] = await Promise.all([
        failure(clickhouse.query(endless, {}, { timeoutMs: 300 })),
        clickhouse.query('SELECT 1 AS one'),
      ]);
      expect(slow.code).toBe('deadline_exceeded');
      expect(quick).toEqual([{ one: 1 }]);
      await expect
        .poll(() =>
          clickhouse.query(
            "SELECT count() AS n FROM system.processes WHERE query LIKE '%1000000000000%' AND query NOT LIKE '%processes%'",
          ),
        )
        .toEqual([{ n: '0' }]);
    });

    it('keeps exactly the decimals that are said to fit', async () => {
      const digits = (min: number, max: number) =>
        fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max });
      const decimal = fc
        .tuple(fc.constantFrom('', '-'), digits(0, 13), fc.option(digits(0, 10)))
        .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === null ? '' : `.${fraction}`}`);
      const texts = [...new Set(fc.sample(decimal, { numRuns: 60, seed: 7 }))];
      const canonical = (text: string) =>
        text
          .replace(/(\.\d*?)0+$/, '$1')
          .replace(/\.$/, '')
          .replace(/^(-?)0+(?=\d)/, '$1')
          .replace(/^-0$/, '0');
      for (const [id, text] of texts.entries()) {
        const stored = await clickhouse.insert('vault.coins', columns, [coin(50_000 + id, { amount: text })]).then(
          () =>
            clickhouse.query<{ amount: string }>('SELECT amount FROM vault.coins WHERE id = {id:UInt32}', {
              id: 50_000 + id,
            }),
          () => [],
        );
        const kept = /^-?\d+(\.\d+)?$/.test(text) && stored[0]?.amount === canonical(text);
        expect({ text, kept }).toEqual({ text, kept: fitsDecimal64(text) });
      }
    });

    it('refuses work after it was closed', async () => {
      await clickhouse.close();
      await clickhouse.close();
      expect((await failure(clickhouse.query('SELECT 1'))).code).toBe('unavailable');
      expect(await clickhouse.check()).toBeDefined();
    });
  });
};
