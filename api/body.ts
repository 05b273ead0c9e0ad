import type { Static, TSchema } from 'typebox';

type Unchanged<T> = T extends readonly (infer Entry)[]
  ? readonly Unchanged<Entry>[]
  : T extends object
    ? { readonly [Key in keyof T]: Unchanged<T[Key]> }
    : T;

/** What a schema describes, as who reads it has it: nothing of it is changed. */
export type Body<Schema extends TSchema> = Unchanged<Static<Schema>>;
