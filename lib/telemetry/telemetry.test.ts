import { describe, expect, it } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { logLevels } from '../config/config.js';
import { createComplaint, createLogger, createMetrics, silentLogger } from './telemetry.js';

const logged = (write: (log: ReturnType<typeof createLogger>) => void, level: (typeof logLevels)[number] = 'info') => {
  const lines: string[] = [];
  write(createLogger('auth', level, (line) => void lines.push(line)));
  return lines;
};

describe('logger', () => {
  it('writes one JSON line with time, level, service and message', () => {
    const [line = ''] = logged((log) => log.info({ symbol: 'btcusdt' }, 'a sentence'));
    expect(line.endsWith('\n')).toBe(true);
    const read = JSON.parse(line) as Record<string, unknown>;
    expect(read).toMatchObject({ service: 'auth', level: 30, msg: 'a sentence', symbol: 'btcusdt' });
    expect(Number.isNaN(Date.parse(String(read.time)))).toBe(false);
  });

  it.each(logLevels)('writes nothing below %s', (level) => {
    const lines = logged((log) => {
      for (const name of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) log[name](name);
    }, level);
    const at = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].indexOf(level);
    expect(lines).toHaveLength(6 - at);
  });

  it.each([
    'password',
    'token',
    'accessToken',
    'refreshToken',
    'authorization',
    'cookie',
    'secret',
    'JWT_SECRET',
    'set-cookie',
  ])('never writes a %s, four levels deep, and leaves the object as it was', (name) => {
    const value = 'do-not-show';
    const objects = [
      { [name]: value },
      { a: { [name]: value } },
      { a: { b: { [name]: value } } },
      { a: { b: { c: { [name]: value } } } },
    ];
    for (const object of objects) {
      const before = JSON.stringify(object);
      const [line = ''] = logged((log) => log.info(object, 'with a secret'));
      expect(line).not.toContain(value);
      expect(line).toContain('[redacted]');
      expect(JSON.stringify(object)).toBe(before);
    }
  });

  it('never writes a secret that hangs on an error or a child logger', () => {
    const err = Object.assign(new Error('query failed'), { password: 'do-not-show', config: { token: 'do-not-show' } });
    const lines = logged((log) => {
      log.error({ err }, 'failed');
      log
        .child({ authorization: 'Bearer do-not-show', requestId: 'r1' })
        .info({ headers: { cookie: 'do-not-show' } }, 'child');
    });
    expect(lines.join('')).not.toContain('do-not-show');
    expect(lines[0]).toContain('query failed');
    expect(lines[1]).toContain('r1');
  });

  it('joins the sentences of an error and its causes as one: no full stop before a colon', () => {
    const full = new Error('The disk of the database is full.', { cause: new Error('could not extend file') });
    const [line = ''] = logged((log) => log.error({ err: full }, 'failed'));
    expect((JSON.parse(line) as { err: { message: string } }).err.message).toBe(
      'The disk of the database is full: could not extend file',
    );
  });

  it('writes an error with its stack and its causes', () => {
    const [line = ''] = logged((log) =>
      log.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'failed'),
    );
    expect(line).toContain('outer');
    expect(line).toContain('inner');
    expect(line).toContain('telemetry.test');
  });

  it('can be silent', () => {
    expect(silentLogger().level).toBe('silent');
  });
});

describe('metrics', () => {
  it('carry the service in their names', async () => {
    const metrics = createMetrics('exchange-sim');
    metrics.counter({ name: 'frames_total', help: 'Frames.', labelNames: ['kind'] }).inc({ kind: 'trade' }, 2);
    metrics.gauge({ name: 'clients', help: 'Clients.' }).set(3);
    metrics.histogram({ name: 'delay_seconds', help: 'Delay.', buckets: [0.1] }).observe(0.05);
    const text = await metrics.text();
    expect(text).toContain('tickfolio_exchange_sim_frames_total{kind="trade"} 2');
    expect(text).toContain('tickfolio_exchange_sim_clients 3');
    expect(text).toContain('tickfolio_exchange_sim_delay_seconds_bucket{le="0.1"} 1');
    expect(text).not.toContain('process_');
    expect(metrics.contentType).toContain('text/plain');
  });

  it('of two services in one process stay apart; the process itself is measured where asked for', async () => {
    const one = createMetrics('one', { process: true });
    const two = createMetrics('two');
    one.counter({ name: 'x_total', help: 'X.' }).inc();
    two.counter({ name: 'x_total', help: 'X.' }).inc(5);
    expect(await one.text()).toContain('tickfolio_one_x_total 1');
    expect(await one.text()).toContain('process_resident_memory_bytes');
    expect(await two.text()).toContain('tickfolio_two_x_total 5');
    expect(await two.text()).not.toContain('process_resident_memory_bytes');
  });

  it('show everything else while one of them cannot be read, leave that one out and count it', async () => {
    const metrics = createMetrics('archiver');
    let away = true;
    const ask = async () => {
      if (away) throw new Error('Kafka is away');
      return 7;
    };
    metrics.gauge({
      name: 'lag',
      help: 'Lag.',
      async collect() {
        this.set(await ask());
      },
    });
    metrics.gauge({
      name: 'up',
      help: 'Up.',
      labelNames: ['what'],
      collect() {
        this.set({ what: 'kafka' }, 1);
        if (away) throw new Error('and this one throws at once');
      },
    });
    metrics.counter({ name: 'rows_total', help: 'Rows.' }).inc(3);
    const text = await metrics.text();
    expect(text).toContain('tickfolio_archiver_rows_total 3');
    expect(text).not.toMatch(/^tickfolio_archiver_(lag|up)[ {]/m);
    away = false;
    const later = await metrics.text();
    expect(later).toContain('tickfolio_archiver_lag 7');
    expect(later).toContain('tickfolio_archiver_up{what="kafka"} 1');
    expect(later).toContain('tickfolio_archiver_collect_errors_total{metric="tickfolio_archiver_lag"} 1');
    expect(later).toContain('tickfolio_archiver_collect_errors_total{metric="tickfolio_archiver_up"} 1');
  });

  it('wait for one that hangs no longer than 2 s, and ask it no second time meanwhile', async () => {
    const metrics = createMetrics('archiver');
    let asked = 0;
    metrics.gauge({
      name: 'lag',
      help: 'Lag.',
      collect: () => {
        asked++;
        return new Promise<void>(() => undefined);
      },
    });
    const texts = await Promise.all([metrics.text(), metrics.text()]);
    for (const text of texts) expect(text).not.toMatch(/^tickfolio_archiver_lag /m);
    expect(asked).toBe(1);
  });
});

describe('a complaint', () => {
  it('names each coin that it is about, five in a period, and counts the rest', () => {
    const clock = createManualClock();
    const lines: { symbol?: string; times?: number }[] = [];
    const log = createLogger('socket', 'info', (line) => void lines.push(JSON.parse(line) as (typeof lines)[0]));
    const complain = createComplaint(clock, log, 'something cannot be right', 10_000);
    for (let id = 0; id < 3; id++)
      for (const coin of [1, 2, 3, 4, 5, 6, 7]) complain('its time', { symbol: `coin${coin}`, id });
    expect(lines.map(({ symbol }) => symbol)).toEqual(['coin1', 'coin2', 'coin3', 'coin4', 'coin5']);
    clock.advance(10_000);
    complain('its time', { symbol: 'coin7', id: 9 });
    expect(lines.at(-1)).toMatchObject({ symbol: 'coin7', times: 17 });
    expect(lines.reduce((sum, { times = 0 }) => sum + times, 0)).toBe(22);
  });
});
