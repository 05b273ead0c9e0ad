import type { Transaction } from '@tickfolio/lib/postgres';
import { eq } from 'drizzle-orm';
import { booksRefusal } from './refusal.js';
import { assets } from './tables.js';

/** What paper money is counted in. It is there before any list of assets was read. */
export const paperCurrency = 'USDT';

/** The symbol by which an asset is valued where nobody says another; undefined where nothing is known of it. */
export const defaultVia = async (tx: Transaction, asset: string): Promise<string | undefined> => {
  const [known] = await tx.select({ via: assets.defaultVia }).from(assets).where(eq(assets.asset, asset));
  return known?.via;
};

/** @param field that names it @throws AppError unprocessable where the exchange does not list it */
export const requireListed = async (tx: Transaction, asset: string, field: string): Promise<void> => {
  const unknownAsset = (message: string) => booksRefusal('unprocessable', field, 'unknown-asset', message);
  if (asset === paperCurrency) return;
  const [known] = await tx.select({ listed: assets.listed }).from(assets).where(eq(assets.asset, asset));
  if (known?.listed) return;
  const [any] = known ? [known] : await tx.select({ listed: assets.listed }).from(assets).limit(1);
  if (any) throw unknownAsset(`The exchange does not list ${asset}; nothing was changed.`);
  throw unknownAsset(`Which assets there are is not known yet, but for ${paperCurrency}; please try again soon.`);
};
