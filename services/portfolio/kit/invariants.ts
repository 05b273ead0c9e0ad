import type { Database } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';

/** What must hold of the whole of the books, each as a query that finds nothing. Said anew here, not taken from the audit. */
const statements = {
  'A1 a posting sums to 0': sql`select posting_id::text as what from entries group by posting_id, asset having sum(amount) <> 0`,
  'A1 all entries sum to 0': sql`select asset as what from entries group by asset having sum(amount) <> 0`,
  'A2 a balance is the sum of its entries': sql`
    select coalesce(b.portfolio_id, e.portfolio_id)::text || ' ' || coalesce(b.asset, e.asset) as what
    from balances b full join (
      select portfolio_id, asset, via,
        coalesce(sum(amount) filter (where account = 'available'), 0) as available,
        coalesce(sum(amount) filter (where account = 'reserved'), 0) as reserved
      from entries where portfolio_id is not null group by portfolio_id, asset, via
    ) e on (b.portfolio_id, b.asset, b.via) = (e.portfolio_id, e.asset, e.via)
    where coalesce(b.available, 0) <> coalesce(e.available, 0) or coalesce(b.reserved, 0) <> coalesce(e.reserved, 0)`,
  'A3 no balance is negative': sql`select id::text as what from balances where available < 0 or reserved < 0`,
  'A3 no balance is nothing': sql`select id::text as what from balances where available = 0 and reserved = 0`,
  'A4 what is reserved is what remains of reservations': sql`
    select coalesce(b.portfolio_id, r.portfolio_id)::text as what
    from (select * from balances where reserved <> 0) b full join (
      select portfolio_id, asset, via, sum(remaining) as remaining from reservations
      where state = 'held' group by portfolio_id, asset, via
    ) r on (b.portfolio_id, b.asset, b.via) = (r.portfolio_id, r.asset, r.via)
    where b.reserved is distinct from r.remaining`,
  'A5 a reservation is what was taken, given back and remains': sql`
    select r.id::text as what from reservations r
    where r.state in ('held', 'closed') and r.amount <> r.remaining + r.released + coalesce((
      select -sum(e.amount) from entries e join postings p on p.id = e.posting_id
      where p.ref_id = r.id::text and p.kind = 'settle' and e.account = 'reserved'), 0)`,
  'A5 what is over has nothing left': sql`select id::text as what from reservations where (state = 'held') <> (remaining > 0)`,
  'A8 events are numbered without holes': sql`
    select p.id::text as what from portfolios p left join (
      select stream, count(*) as events, max(version) as last from portfolio_events group by stream
    ) e on e.stream = 'balances:' || p.id
    where p.balance_version <> coalesce(e.events, 0) or p.balance_version <> coalesce(e.last, 0)`,
  'each event of a change has its entry': sql`
    select e.version::text as what from entries e left join portfolio_events v
      on v.stream = 'balances:' || e.portfolio_id and v.version = e.version
    where e.portfolio_id is not null and v.seq is null`,
};

/** Each fault with the words of what it breaks. */
export const faultsIn = async (db: Database): Promise<readonly string[]> => {
  // Asked at once: a model asks after every step.
  const all = Object.entries(statements).map(
    ([words, statement]) => sql`select concat(${words}::text, ': ', what) as fault from (${statement}) found`,
  );
  const { rows } = (await db.execute(sql.join(all, sql` union all `))) as unknown as { rows: { fault: string }[] };
  return rows.map(({ fault }) => fault);
};
