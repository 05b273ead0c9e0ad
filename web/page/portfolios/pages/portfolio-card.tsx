import { Link } from '@tanstack/react-router';
import { cardMoney } from '@tickfolio/lib/look/amount';
import { ChangeMark } from '../../kit/change-mark.js';
import { useLive } from '../../parts.js';
import { Figure } from '../../text/figure.js';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';
import { someCoins } from '../../text/total-lacks.js';
import { addressOf, defaultName } from '../addresses.js';
import { KindMark } from '../kind-mark.js';
import type { Portfolio } from '../portfolio-calls.js';
import { useBalances } from '../use-balances.js';
import { worthOf } from '../worth.js';

/** Which assets a sum is without. */
const Lacks = ({ coins }: { readonly coins: readonly string[] }) => {
  const text = usePortfoliosText();
  return coins.length > 0 && <p className="card-lacks">{text.without(someCoins(coins, text))}</p>;
};

/** What the live one is worth, and how that moved. */
const LiveWorth = () => {
  const text = usePortfoliosText();
  const view = useLive((state) => state.view);
  const connection = useLive((state) => state.connection);
  if (!view) {
    const why = { refused: text.refused, reconnecting: text.notReached };
    return <p className="none">{connection in why ? why[connection as keyof typeof why] : text.working}</p>;
  }
  return (
    <>
      <p className="card-worth">
        <Figure isPrivate>{`${cardMoney(view.total.value, text.numbers, text.sizes)} USDT`}</Figure>
      </p>
      {view.day && (
        <p>
          <ChangeMark change={view.day} isPrivate />
        </p>
      )}
      <Lacks coins={view.lacking} />
    </>
  );
};

const Worth = ({ id }: { readonly id: string }) => {
  const text = usePortfoliosText();
  const { data, isPending, isError } = useBalances(id);
  const worth = data && worthOf(data);
  if (!worth) return <p className="none">{isPending ? text.working : isError ? text.noAnswer : text.valueIsUnknown}</p>;
  return (
    <>
      <p className="card-worth">
        <Figure isPrivate>{`${cardMoney(worth, text.numbers, text.sizes)} USDT`}</Figure>
      </p>
      <Lacks coins={data.lacks ?? []} />
    </>
  );
};

/** One portfolio of the list; all of it leads there. */
export const PortfolioCard = ({ portfolio }: { readonly portfolio: Portfolio }) => {
  const name = addressOf(portfolio);
  return (
    <li className="card portfolio-card">
      <div className="page-head">
        <h2>
          <Link to="/portfolios/$portfolio" params={{ portfolio: name }} translate="no">
            {portfolio.name}
          </Link>
        </h2>
        <KindMark of={portfolio} />
      </div>
      {name === defaultName ? <LiveWorth /> : <Worth id={portfolio.id} />}
    </li>
  );
};
