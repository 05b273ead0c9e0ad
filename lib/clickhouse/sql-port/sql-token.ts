/** A piece of SQL as ClickHouse's own formatter writes it: no comments, no other quotes than these. */
export interface SqlToken {
  /** `name`: a keyword or an identifier, its quotes taken off; `text`: a string literal; `sign`: anything else. */
  readonly kind: 'name' | 'text' | 'sign';
  readonly text: string;
}

const tokenPattern = /\s+|'(?:[^'\\]|\\[\s\S])*'|`(?:[^`\\]|\\[\s\S])*`|[A-Za-z_]\w*|\d[\w.]*|[\s\S]/gu;

/** @param sql what `formatQuery` made of a text; of other text the tokens may be wrong. */
export const sqlTokens = (sql: string): SqlToken[] =>
  (sql.match(tokenPattern) ?? [])
    .filter((piece) => !/^\s/.test(piece))
    .map((piece): SqlToken => {
      if (/^[A-Za-z_]/.test(piece)) return { kind: 'name', text: piece };
      if (piece.length > 1 && piece.startsWith('`'))
        return { kind: 'name', text: piece.slice(1, -1).replace(/\\([\s\S])/g, '$1') };
      return { kind: piece.length > 1 && piece.startsWith("'") ? 'text' : 'sign', text: piece };
    });
