import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSources, type Source } from './sources.js';

const sources = readSources().filter(({ forTests }) => !forTests);
const parts = sources.filter(({ workspace }) => workspace === 'bff' || workspace.startsWith('services/'));
/** A path below its workspace. */
const inside = ({ path, workspace }: Source): string => path.slice(workspace.length + 1);
const isProgram = (source: Source): boolean => /(^|\/)main\.tsx?$/.test(source.path);

/** Lists `path -> name` of every import that may not be. */
const wrongImports = (of: readonly Source[], isWrong: (name: string, source: Source) => boolean): string[] =>
  of.flatMap((source) =>
    source.imports.filter((name) => isWrong(name, source)).map((name) => `${source.path} -> ${name}`),
  );
/** The file of the same workspace that is meant, without its ending. */
const meant = (name: string, { path, workspace }: Source): string | undefined =>
  name.startsWith('.')
    ? posix
        .join(posix.dirname(path), name)
        .slice(workspace.length + 1)
        .replace(/\.jsx?$/, '')
    : undefined;

describe('layers of a service: main, then config, adapters and app, then its faces, then what it is about', () => {
  it('a program is imported by nobody, its settings by programs alone', () => {
    expect(wrongImports(parts, (name, source) => /(^|\/)main$/.test(meant(name, source) ?? ''))).toEqual([]);
    expect(wrongImports(parts, (name, source) => meant(name, source) === 'config' && !isProgram(source))).toEqual([]);
  });
  it('what puts a service together is imported by programs alone', () => {
    expect(wrongImports(parts, (name, source) => meant(name, source) === 'app' && !isProgram(source))).toEqual([]);
  });
  it('the gRPC face is imported by what puts the service together alone', () => {
    expect(wrongImports(parts, (name, source) => meant(name, source) === 'rpc' && inside(source) !== 'app.ts')).toEqual(
      [],
    );
  });
  it('an adapter is chosen in programs alone: everybody else knows its port', () => {
    const adapter =
      /^@tickfolio\/lib\/(postgres\/(server|pglite)|pubsub\/(redis|memory)|event-log\/(kafka|memory|postgres)|clickhouse\/(server|chdb)|otlp)$/;
    expect(wrongImports(parts, (name, source) => adapter.test(name) && !isProgram(source))).toEqual([]);
  });
  it('files, sockets and programs are opened where that is the file’s one subject', () => {
    const subject = [
      /(^|\/)(main|app|rpc)\.ts$/,
      /^bff\/page\/page-files\.ts$/,
      /^bff\/market\/aggregator-addresses\.ts$/,
      /^bff\/live\/ws-route\.ts$/,
      /^services\/dashboard\/files\//,
      /^services\/exchange-sim\/(connections\/doorman|market\/replay|rest\/planted-klines)\.ts$/,
      /^services\/socket\/exchange\/exchange-connection\.ts$/,
    ];
    const opens =
      /^(node:(fs|fs\/promises|net|http|http2|https|tls|dns|dns\/promises|dgram|child_process|worker_threads)|ws|undici)$/;
    // Types, and what only looks at an address as text.
    const harmless = /^import (type \{[^}]*\}|\{ ?((type \w+|isIPv?[46]?|BlockList),? ?)+\}) from/;
    const wrong = parts
      .filter(({ path }) => !subject.some((one) => one.test(path)))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/^import [^;]*? from '([^']+)';/gm)]
          .filter(([line, name = '']) => opens.test(name) && !harmless.test(line))
          .map(([, name]) => `${path} -> ${name}`),
      );
    expect(wrong).toEqual([]);
  });
  it('what the product is about stands on nothing that speaks to anybody', () => {
    const rooms = /^(services\/(aggregator\/(tape|tickers)|socket\/pool|exchange-sim\/(streams|faults))|bff\/prices)\//;
    const speaks =
      /^(fastify|@fastify\/|@grpc\/|drizzle-orm|@tickfolio\/lib\/(grpc|http|outbound|postgres|clickhouse|otlp|lifecycle))/;
    const domain = parts.filter(({ path }) => rooms.test(path));
    expect(domain.length).toBeGreaterThan(40);
    expect(wrongImports(domain, (name) => speaks.test(name))).toEqual([]);
  });
});

/**
 * The rooms of lib from below: each may look into those of the lines before its own, no room of the same line into
 * another.
 */
const order = [
  ['clock', 'errors', 'renewal'],
  ['access-token', 'config', 'lane', 'money', 'retry', 'sealed', 'throttle', 'tracing'],
  ['look', 'market', 'telemetry'],
  ['events', 'lifecycle', 'outbound', 'pubsub', 'tally'],
  ['embedded-store', 'folder-lock', 'grpc', 'http', 'otlp', 'price-bus'],
  ['clickhouse', 'health', 'postgres', 'service'],
  ['audit', 'event-log'],
  ['outbox'],
];

describe('the rooms of lib', () => {
  const roomOf = (path: string): string => path.split('/')[1] ?? '';
  const floor = new Map(order.flatMap((rooms, at) => rooms.map((room) => [room, at] as const)));
  const lib = sources.filter(({ workspace }) => workspace === 'lib');
  it('have a place each, from below', () => {
    expect([...new Set(lib.map(({ path }) => roomOf(path)))].sort()).toEqual([...floor.keys()].sort());
  });
  it('look down only', () => {
    const wrong = wrongImports(lib, (name, source) => {
      const to = meant(name, source);
      if (to === undefined) return false;
      const [from, room] = [roomOf(source.path), to.split('/')[0] ?? ''];
      return room !== from && (floor.get(room) ?? Infinity) >= (floor.get(from) ?? -1);
    });
    expect(wrong).toEqual([]);
  });
});
