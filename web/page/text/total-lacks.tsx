import { useText } from './language.js';
import type { Messages } from './messages-en.js';

const maxNames = 4;

/** Some coins, and how many more there are. */
export const someCoins = (coins: readonly string[], text: Messages): string => {
  const more = coins.length - maxNames;
  return `${coins.slice(0, maxNames).join(', ')}${more > 0 ? ` ${text.andMore(more)}` : ''}`;
};

/** Says below the total which coins are not in it. */
export const TotalLacks = ({ coins }: { readonly coins: readonly string[] }) => {
  const text = useText();
  if (coins.length === 0) return null;
  return <p className="total-lacks">{text.notInTotal(someCoins(coins, text))}</p>;
};
