import { expect, it } from 'vitest';
import { type RecordedValues, readValues, type ValueAnswer } from './recorded-values.js';

const minuteMs = 60_000;
const noon = Date.parse('2026-06-15T12:00:00.000Z');
const pointAt = (minutes: number) => ({
  Time: new Date(noon + minutes * minuteMs).toISOString(),
  Value: String(minutes),
});

/** A server that has recorded every minute up to now. */
const setUp = () => {
  const asked: string[] = [];
  const server = { minute: 0, step: 60 as number | undefined };
  const ask = async (query: string): Promise<ValueAnswer> => {
    asked.push(query);
    const after = /after=(.*)/.exec(query)?.[1];
    const all = Array.from({ length: 61 }, (_, at) => pointAt(server.minute - 60 + at));
    const Points = after && server.step ? all.filter(({ Time }) => Time > after) : all;
    return { Range: '1h', ...(server.step ? { StepSeconds: server.step } : {}), Points };
  };
  let known: RecordedValues | undefined;
  let nowMs = 0;
  const read = async (passedMs = minuteMs) => {
    nowMs += passedMs;
    known = await readValues(ask, '1h', known, nowMs);
    return known.points.map(({ value }) => Number(value));
  };
  return { asked, server, read };
};

it('asks for what is new only, and keeps the hour that it shows', async () => {
  const { asked, server, read } = setUp();
  expect(await read()).toHaveLength(61);
  server.minute = 2;
  expect((await read()).slice(-3)).toEqual([0, 1, 2]);
  expect(asked).toEqual(['range=1h', 'range=1h&after=2026-06-15T12:00:00.000Z']);
  for (server.minute = 3; server.minute < 50; server.minute++) await read();
  const kept = await read();
  expect([kept.at(-1), kept.length]).toEqual([50, 63]);
  expect(asked.filter((query) => !query.includes('after'))).toHaveLength(1);
});

it('reads all of it again once an hour, and when the steps are others', async () => {
  const { asked, server, read } = setUp();
  await read();
  await read(61 * minuteMs);
  expect(asked).toEqual(['range=1h', 'range=1h']);
  server.step = 300;
  await read();
  expect(asked.slice(2)).toEqual(['range=1h&after=2026-06-15T12:00:00.000Z', 'range=1h']);
});

it('does with a server of before, which gives all of it each time', async () => {
  const { asked, server, read } = setUp();
  server.step = undefined;
  expect(await read()).toHaveLength(61);
  server.minute = 5;
  expect(await read()).toHaveLength(61);
  expect(asked).toEqual(['range=1h', 'range=1h']);
});
