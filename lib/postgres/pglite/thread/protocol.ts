/** What goes to the thread that runs PGlite, and comes back. Everything here is plain data. */
export interface WorkerStart {
  readonly dataFolder: string;
}

export type WorkerRequest =
  | {
      readonly kind: 'query';
      readonly id: number;
      readonly text: string;
      readonly params: unknown[];
      readonly rowMode: 'array' | 'object';
      /** Where unqualified names are looked up and made; absent: where they were last. */
      readonly schema?: string;
    }
  | { readonly kind: 'copy'; readonly id: number; readonly to: string }
  | { readonly kind: 'close'; readonly id: number };

export interface QueryResult {
  readonly rows: unknown[];
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  readonly affectedRows?: number;
}

export interface WorkerFault {
  readonly message: string;
  /** SQLSTATE. */
  readonly code?: string;
  readonly constraint?: string;
  /** True when the database cannot go on after it, whatever is asked next. */
  readonly fatal?: true;
}

/** Id 0 announces that the database is open, or why it is not. */
export type WorkerAnswer =
  | { readonly id: number; readonly result: QueryResult }
  | { readonly id: number; readonly fault: WorkerFault };
