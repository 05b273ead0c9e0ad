import { type DefaultPortfolio, defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import type { Database, DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Command } from '../postings/once.js';
import { portfolios } from '../schema.js';
import { lockOwner, type Owner } from './owner.js';
import { nameKey } from './portfolio-data.js';
import type { TellOfPortfolio } from './portfolio-stream.js';

interface DefaultPlan extends DefaultPortfolio {
  readonly name: string;
}

const tracking: DefaultPlan = { kind: 'tracking', simulated: false, name: 'Portfolio' };
/** Each kind of prices has one of its own: the two never mix. */
const paperOf = (simulated: boolean): DefaultPlan => ({
  kind: 'paper',
  simulated,
  name: simulated ? 'Paper (simulated)' : 'Paper',
});

/** Of the portfolio that is meant by an id, which may be `default`: the default one of what is owned. */
export const portfolioIdOf = (userId: string, id: string): string =>
  id === 'default' ? defaultPortfolioId(userId) : id;

/** The portfolios that everybody has, each made once whoever is first: a call of the user, or the news of the account. */
export interface DefaultPortfolios {
  /** Makes those that are missing, in a transaction of its own where any is. */
  ensure(owner: Owner): Promise<void>;
  /** The same within the transaction of who has locked the owner. */
  make(tx: Transaction, owner: Owner): Promise<void>;
}

export interface DefaultPortfoliosDeps {
  readonly db: Database;
  /** One after the other of each user. */
  readonly command: Command;
  readonly time: DatabaseTime;
  readonly tell: TellOfPortfolio;
  /** Gives the default one for paper money what it begins with, in the transaction that makes it. */
  readonly grant: (tx: Transaction, owner: Owner, portfolioId: string) => Promise<void>;
}

export const createDefaultPortfolios = (deps: DefaultPortfoliosDeps): DefaultPortfolios => {
  const { db, command, time, tell, grant } = deps;
  const plansOf = ({ userId, simulated }: Owner) =>
    [tracking, ...(simulated === undefined ? [] : [paperOf(simulated)])].map((plan) => ({
      ...plan,
      id: defaultPortfolioId(userId, plan),
    }));
  type Plan = ReturnType<typeof plansOf>[number];
  const missing = async (on: Pick<Database, 'select'>, plans: readonly Plan[]) => {
    const ids = plans.map(({ id }) => id);
    const found = await on.select({ id: portfolios.id }).from(portfolios).where(inArray(portfolios.id, ids));
    return plans.filter(({ id }) => !found.some((one) => one.id === id));
  };
  const make: DefaultPortfolios['make'] = async (tx, owner) => {
    const { userId } = owner;
    for (const { id, kind, simulated, name: wanted } of await missing(tx, plansOf(owner))) {
      const name = await freeName(tx, userId, wanted);
      const named = { userId, name, nameKey: nameKey(name) };
      const [made] = await tx
        .insert(portfolios)
        .values({ id, ...named, kind, simulated, isDefault: true, version: 1, createdAt: time() })
        .returning();
      if (!made) throw new Error('a portfolio was not made');
      await tell(tx, owner, 'portfolio.created', made);
      if (kind === 'paper') await grant(tx, owner, id);
    }
  };
  return {
    ensure: async (owner) => {
      if ((await missing(db, plansOf(owner))).length === 0) return;
      const inTurn = async (tx: Transaction) => {
        await lockOwner(tx, time, owner.userId);
        await make(tx, owner);
      };
      await command(owner.userId, inTurn, owner.signal);
    },
    make,
  };
};

/** The wanted one, or one with a number behind it where the user has a portfolio of that name. */
const freeName = async (tx: Transaction, userId: string, wanted: string): Promise<string> => {
  const rows = await tx
    .select({ key: portfolios.nameKey })
    .from(portfolios)
    .where(and(eq(portfolios.userId, userId), isNull(portfolios.archivedAt)));
  const taken = new Set(rows.map(({ key }) => key));
  let name = wanted;
  for (let number = 2; taken.has(nameKey(name)); number++) name = `${wanted} ${number}`;
  return name;
};
