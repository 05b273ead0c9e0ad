import { cardMoney, money, signed } from '@tickfolio/lib/look/amount';
import type { Decimal } from '@tickfolio/lib/money';
import { Figure } from './figure.js';
import { useText } from './language.js';

interface CardAmountProps {
  /** In USDT, exact. */
  readonly amount: Decimal;
  readonly className: string;
  /** A gain or a loss, which has its sign. */
  readonly isChange?: boolean;
}

/** Somebody's money in a card, where a long one has no room: three digits from 10 million on, the whole where one points. */
export const CardAmount = ({ amount, className, isChange = false }: CardAmountProps) => {
  const { numbers, sizes } = useText();
  const written = (text: string) => `${isChange ? signed(text) : text} USDT`;
  const [short, whole] = [written(cardMoney(amount, numbers, sizes)), written(money(amount, numbers))];
  return (
    <Figure className={className} title={short === whole ? undefined : whole} isPrivate>
      {short}
    </Figure>
  );
};
