import { bffConfig } from '@tickfolio/bff/config';
import { addressOrOff, z } from '@tickfolio/lib/config';
import { parts } from './parts.js';
import type { AnyPart } from './run/part.js';

type ShapeOf<P extends AnyPart> = P extends { readonly settings?: (env: NodeJS.ProcessEnv) => infer Shape }
  ? Shape
  : never;
/** As a spread of their shapes has it: the later one counts. */
type ShapesOf<Parts extends readonly AnyPart[]> = Parts extends readonly [
  ...infer Before extends AnyPart[],
  infer Last extends AnyPart,
]
  ? Omit<ShapesOf<Before>, keyof ShapeOf<Last>> & ShapeOf<Last>
  : unknown;

const settingsOfParts = (env: NodeJS.ProcessEnv) =>
  Object.assign({}, ...parts.map(({ settings }) => settings?.(env))) as ShapesOf<typeof parts>;

const onlyForServices = () => z.undefined({ error: 'is for services that run on their own' }).optional();

/**
 * The settings of the all-in-one run: whatever its parts read, by the same names and with the same meaning, and a few
 * of its own.
 * @param env decides, by its `ENV`, whether an example value will do as JWT_SECRET, and by its `POSTGRES_HOST` what
 * else is needed
 */
export const standaloneConfig = (env: NodeJS.ProcessEnv) => {
  const given = { ...env, ENV: env.ENV || 'local' };
  return z.object({
    ...settingsOfParts(given),

    // What is otherwise here than in services of their own: safe on the machine it runs on, and nothing that must be
    // set.
    ENV: z.string().default('local'),
    LOG_LEVEL: bffConfig(given).shape.LOG_LEVEL.unwrap().optional().describe('Unset: warnings, in words.'),
    HTTP_HOST: z.string().default('127.0.0.1').describe('The address that HTTP listens on.'),
    METRICS_ADDR: addressOrOff('off').describe('One more place for `/metrics`; every `/metrics` shows all services.'),
    /** Its gRPC does not leave the machine. */
    GRPC_TLS_CA: onlyForServices(),
    GRPC_TLS_CERT: onlyForServices(),
    GRPC_TLS_KEY: onlyForServices(),
    PARTS: z.enum(['whole'], { error: 'is for services that run on their own: a run has all of them' }).optional(),
    DATA_DIR: z
      .string()
      .default('./data')
      .describe('The data folder: accounts, portfolios, archive; one run at a time.'),
  });
};

export type StandaloneConfig = z.output<ReturnType<typeof standaloneConfig>>;
