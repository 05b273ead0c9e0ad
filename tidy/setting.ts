import type { z } from '@tickfolio/lib/config';

/** What a service's schema says of one of its variables. */
export interface Setting {
  readonly name: string;
  /** A sentence, or several, in Markdown. */
  readonly words: string;
  /** What may stand there: `duration`, `on` or `off` … */
  readonly kind: string;
  /** As one would write it; `required` where the service does not start without, `none` where it may be left out. */
  readonly fallback: string;
}

interface Facts {
  words?: string;
  kind?: string;
  fallback?: string;
}

const written = (value: unknown, kind = ''): string => {
  if (value === '') return 'none';
  return kind === '`on` or `off`' ? `\`${value === 'true' ? 'on' : 'off'}\`` : `\`${value}\``;
};

/** Looks from the outermost layer of a schema to the innermost; what stands further out counts. */
const look = (schema: z.core.$ZodType, facts: Facts): Facts => {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const { description, kind } = (schema as z.ZodType).meta() ?? {};
  if (description !== undefined) facts.words ??= description;
  if (typeof kind === 'string') facts.kind ??= kind;
  if (def.type === 'enum')
    facts.kind ??= Object.values(def.entries)
      .map((entry) => `\`${entry}\``)
      .join(', ');
  if (def.type === 'default') facts.fallback ??= written(def.defaultValue, facts.kind);
  if (def.type === 'optional') facts.fallback ??= 'none';
  if (def.type === 'pipe') return look(def.in, facts);
  return 'innerType' in def ? look(def.innerType, facts) : facts;
};

/** Set by nobody: a name that a schema has only to refuse it in words. */
const isRefused = (schema: z.core.$ZodType): boolean => {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'undefined' || (def.type === 'optional' && isRefused(def.innerType));
};

/** The variables of a schema, in its order. */
export const settingsOf = (shape: Readonly<Record<string, z.core.$ZodType>>): Setting[] =>
  Object.entries(shape).flatMap(([name, schema]) => {
    if (isRefused(schema)) return [];
    const { words = '', kind = 'text', fallback = 'required' } = look(schema, {});
    return [{ name, words, kind, fallback }];
  });
