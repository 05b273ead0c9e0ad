import type { Database, Transaction } from '../postgres/postgres.js';

/** A database whose commits are told of, where something was noted in them. */
export interface ToldCommits {
  /** The same database, through which the transactions go. */
  readonly db: Database;
  /** Has the commit of this transaction told. */
  note(tx: Transaction): void;
  /** One listener. */
  onCommit(listener: () => void): void;
}

export const tellCommits = (db: Database): ToldCommits => {
  const noted = new WeakSet<Transaction>();
  let told: () => void = () => undefined;
  const transaction: Database['transaction'] = async (work, config) => {
    let open: Transaction | undefined;
    const made = await db.transaction((tx) => {
      open = tx;
      return work(tx);
    }, config);
    if (open && noted.has(open)) told();
    return made;
  };
  return {
    db: Object.create(db, { transaction: { value: transaction } }) as Database,
    note: (tx) => void noted.add(tx),
    onCommit: (listener) => {
      told = listener;
    },
  };
};
