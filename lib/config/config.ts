import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { z } from 'zod';

export { z } from 'zod';

/** A host and a port as deployments write them: `redis:6379`, `:8088` (all interfaces), `8088`. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

const portNumber = (text: string): number | undefined => {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
};

// What is said of a setting in `meta({ kind })` is what docs/settings.md calls its values; what it means stands in its
// `describe(…)`.

const portFrom = (least: number, fallback: number) =>
  z
    .string()
    .default(String(fallback))
    .transform((text, ctx) => {
      const value = portNumber(text);
      if (value === undefined || value < least)
        ctx.addIssue({ code: 'custom', message: `must be a port number from ${least} to 65535, not "${text}"` });
      return value ?? 0;
    })
    .meta({ kind: least === 0 ? 'port; `0` picks a free one' : 'port' });

/** A TCP port to listen on; 0 picks a free one. */
export const port = (fallback: number) => portFrom(0, fallback);

/** A TCP port of a server. */
export const serverPort = (fallback: number) => portFrom(1, fallback);

/** An IPv6 host is in brackets: without them nobody could tell where it ends. */
const hostOf = (text: string): string | undefined => {
  const bracketed = /^\[(.*)\]$/.exec(text)?.[1];
  if (bracketed !== undefined) return isIPv6(bracketed) ? bracketed : undefined;
  return /^[\w.%-]+$/.test(text) ? text : undefined;
};

/** @throws nothing; returns undefined for what is no address. */
export const parseAddress = (text: string, defaultHost = '0.0.0.0'): Address | undefined => {
  const at = text.lastIndexOf(':');
  const port = portNumber(text.slice(at + 1));
  const host = at <= 0 ? defaultHost : hostOf(text.slice(0, at));
  return port === undefined || host === undefined ? undefined : { host, port };
};

/**
 * What is wrong with a text as an address; undefined where nothing is. @param isServer somebody is to be reached there,
 * so its port is known
 */
export const addressFault = (text: string, isServer: boolean): string | undefined => {
  const value = parseAddress(text);
  if (value)
    return isServer && value.port === 0 ? `must name the port of a server, which 0 is not, in "${text}"` : undefined;
  return `must be host:port, not "${text}"${/:.*:/.test(text) && !text.startsWith('[') ? '; an IPv6 address goes in brackets: [::1]:6379' : ''}`;
};

const toAddress =
  (isServer: boolean) =>
  (text: string, ctx: z.RefinementCtx): Address => {
    const message = addressFault(text, isServer);
    if (message !== undefined) ctx.addIssue({ code: 'custom', message });
    return parseAddress(text) ?? { host: '', port: 0 };
  };

/** How an address is dialled and shown: `host:port`, an IPv6 host in brackets. */
export const hostPort = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

const addressText = (fallback: string | undefined) =>
  fallback === undefined ? z.string({ error: 'is required (host:port)' }) : z.string().default(fallback);

/** `host:port` to listen on, 0 for any free port; required unless a fallback is given. */
export const address = (fallback?: string) =>
  addressText(fallback).transform(toAddress(false)).meta({ kind: '`host:port`' });

/** `host:port` of a server; required unless a fallback is given. */
export const serverAddress = (fallback?: string) =>
  addressText(fallback).transform(toAddress(true)).meta({ kind: '`host:port`' });

/** `host:port` of servers, several separated by commas; required. Their texts. */
export const addressList = () =>
  z
    .string({ error: 'is required (host:port, several separated by commas)' })
    .transform((text, ctx) => {
      const all = text.split(',').map((part) => part.trim());
      const bad = all.find(
        (part) => !part.includes(':') || part.startsWith(':') || addressFault(part, true) !== undefined,
      );
      if (bad !== undefined)
        ctx.addIssue({ code: 'custom', message: `must be host:port, several separated by commas, not "${text}"` });
      return all;
    })
    .meta({ kind: '`host:port`, several separated by commas' });

/** Where a service serves beside its main port; `off` (undefined when read) for nowhere. */
export const addressOrOff = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, ctx): Address | undefined => {
      if (text === 'off') return undefined;
      const value = parseAddress(text);
      if (!value) ctx.addIssue({ code: 'custom', message: `must be host:port or off, not "${text}"` });
      return value;
    })
    .meta({ kind: '`host:port`, `:port` or `off`' });

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A length of time as people write it, in milliseconds; 0 for what is none. */
export const durationMs = (text: string): number => {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  return match ? Number(match[1]) * (unitMs[match[2] as string] as number) : 0;
};

/** Which bound a text breaks as a length of time; undefined where it breaks none. */
const durationFault = (text: string, max = '999999999d'): string | undefined => {
  if (!/^\d+(ms|s|m|h|d)$/.test(text)) return 'must be a length of time such as 250ms, 10s or 15m';
  if (/^0+\D/.test(text)) return 'must be a length of time above 0';
  return durationMs(text) > durationMs(max) ? `must be at most ${max}` : undefined;
};

/**
 * A length of time with its unit (`10s`, `15m`, `168h`, `250ms`), as milliseconds. @param max the longest, written
 * alike. Default any
 */
export const duration = (fallback: string, max?: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, ctx) => {
      const message = durationFault(text, max);
      if (message !== undefined) ctx.addIssue({ code: 'custom', message: `${message}, not "${text}"` });
      return durationMs(text);
    })
    .meta({ kind: max === undefined ? 'duration' : `duration, at most \`${max}\`` });

export const integer = (fallback: number, min: number, max: number) =>
  z
    .string()
    .default(String(fallback))
    .transform((text, ctx) => {
      const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      if (!(value >= min && value <= max))
        ctx.addIssue({ code: 'custom', message: `must be a whole number from ${min} to ${max}, not "${text}"` });
      return value;
    })
    .meta({ kind: `whole number, ${min} to ${max}` });

export const required = () => z.string({ error: 'is required' }).min(1, 'is required');

/** `true`, `1`, `on` or `false`, `0`, `off`. */
export const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false', '1', '0', 'on', 'off'], { error: 'must be true or false' })
    .default(fallback ? 'true' : 'false')
    .transform((text) => text === 'true' || text === '1' || text === 'on')
    .meta({ kind: '`on` or `off`' });

/** An absolute URL with one of the schemes (`ws:`, `https:` …), without a trailing slash. */
export const url = (schemes: readonly string[], fallback?: string) => {
  const text = fallback === undefined ? required() : z.string().default(fallback);
  return text
    .transform((value, ctx) => {
      if (!URL.canParse(value) || !schemes.includes(new URL(value).protocol)) {
        const starts = schemes.map((scheme) => `${scheme}//`).join(' or ');
        ctx.addIssue({ code: 'custom', message: `must be a URL starting with ${starts}, not "${value}"` });
      } else if (new URL(value).port === '0')
        ctx.addIssue({ code: 'custom', message: `must name the port of a server, which 0 is not, in "${value}"` });
      return value.replace(/\/+$/, '');
    })
    .meta({ kind: `URL, ${schemes.map((scheme) => `\`${scheme}//\``).join(' or ')}` });
};

export const environment = () =>
  z
    .string()
    .default('production')
    .describe(
      '`local`: published example secrets are accepted, and cookies work over plain http. Any other name: neither.',
    );

/** Which services this installation has, as `make up PARTS=…` says it. */
export const parts = () =>
  z
    .enum(['core', 'whole'], { error: 'must be core or whole' })
    .default('whole')
    .describe(
      'The services of this installation: `whole`, or `core` where `portfolio` and `orders` are left out. Who deletes an account waits for all of them, and `/ready` names them.',
    );

/** The log's own names, the least severe first. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export const logLevel = () =>
  z
    .enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` })
    .default('info')
    .describe('The least severe log lines that are written, as JSON.');

/** The path of a file; its content when read. */
export const file = () =>
  z
    .string()
    .transform((path, ctx): Buffer => {
      try {
        return readFileSync(path);
      } catch (err) {
        const why = err instanceof Error && 'code' in err ? String(err.code) : String(err);
        ctx.addIssue({ code: 'custom', message: `must be a file that can be read; "${path}" cannot (${why})` });
        return Buffer.alloc(0);
      }
    })
    .optional()
    .meta({ kind: 'path of a file' });

/** Values that stand in documents and examples, and so are no secrets. */
export const publishedSecrets: readonly string[] = [
  'tickfolio-local-development-secret-not-for-production',
  'change-me-change-me-change-me-change-me',
  'your-secret-key-your-secret-key-your-secret-key',
];

/** Why a JWT secret must not be used, or undefined when it may. */
export const secretFault = (secret: string, env: string): string | undefined => {
  if ([...secret].length < 32) return 'must be at least 32 characters long';
  if (env !== 'local' && publishedSecrets.includes(secret))
    return 'is a published example value, allowed with ENV=local only';
  return undefined;
};

/** A secret to sign tokens with. @param env the value of ENV, which decides whether a published example will do */
export const jwtSecret = (env: string | undefined) =>
  required()
    .superRefine((text, ctx) => {
      const fault = secretFault(text, env || 'production');
      if (fault) ctx.addIssue({ code: 'custom', message: fault });
    })
    .meta({ kind: 'at least 32 characters' })
    .describe('Signs access tokens; the same at auth and bff. `openssl rand -hex 32` makes one.');

/** The same of servers' passwords. */
export const publishedPasswords: readonly string[] = ['change-me-local-only'];

/** A server's password. @param env the value of ENV: only where it is `local` a published example will do */
export const password = (env: string | undefined) =>
  z.string({ error: 'is required' }).superRefine((text, ctx) => {
    if ((env || 'production') !== 'local' && publishedPasswords.includes(text))
      ctx.addIssue({ code: 'custom', message: 'is a published example value, allowed with ENV=local only' });
  });

/** Thrown with every fault at once; `message` is ready to be printed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];
  constructor(service: string, faults: readonly string[]) {
    super(`${service} cannot start, its settings are wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/**
 * Reads a service's settings from the environment; an empty variable counts as not set.
 * @throws ConfigError naming every wrong or missing variable.
 */
export const readConfig = <S extends z.ZodType>(service: string, schema: S, env: NodeJS.ProcessEnv): z.output<S> => {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  throw new ConfigError(service, [...new Set(faults)]);
};
