import type { z } from '@tickfolio/lib/config';

/** What a service on its own must be told; in a run the embedded counterpart or the other part is there without. */
const unneeded = [
  'AGGREGATOR_ADDR',
  'BROKERS',
  'CLICKHOUSE_ADDR',
  'JWT_SECRET',
  'KAFKA_BROKERS',
  'LOG_LEVEL',
  'POSTGRES_DB',
  'POSTGRES_HOST',
  'POSTGRES_PASSWORD',
  'POSTGRES_USER',
  'REDIS_ADDR',
  'SOCKET_SERVICE_ADDR',
] as const;
type Unneeded = (typeof unneeded)[number];

type InRun<Shape> = {
  readonly [Name in keyof Shape]: Name extends Unneeded
    ? Shape[Name] extends z.ZodType
      ? z.ZodOptional<Shape[Name]>
      : never
    : Shape[Name];
};

/** The settings of a service as one part of a run. */
export const inRun = <Shape extends z.ZodRawShape>(shape: Shape): InRun<Shape> => {
  const optional = unneeded
    .filter((name) => name in shape)
    .map((name) => [name, (shape[name] as unknown as z.ZodType).optional()]);
  return { ...shape, ...Object.fromEntries(optional) };
};
