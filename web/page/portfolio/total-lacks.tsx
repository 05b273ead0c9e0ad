import { useText } from '../text/language.js';

const maxNames = 4;

/** Says below the total which coins are not in it. */
export const TotalLacks = ({ coins }: { readonly coins: readonly string[] }) => {
  const text = useText();
  if (coins.length === 0) return null;
  const more = coins.length - maxNames;
  return (
    <p className="total-lacks">{text.notInTotal(`${coins.slice(0, maxNames).join(', ')}${more > 0 ? ` ${text.andMore(more)}` : ''}`)}</p>
  );
};
