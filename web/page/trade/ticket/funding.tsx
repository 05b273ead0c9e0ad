import { Link } from '@tanstack/react-router';
import { Suspense, useCallback, useState } from 'react';
import { latePart } from '../../kit/late-part.js';
import type { OrderSide } from '../../orders/order-calls.js';
import type { Portfolio } from '../../portfolios/portfolio-calls.js';
import type { Balances } from '../../portfolios/use-balances.js';
import { openDialog } from '../../shell/open-dialog.js';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';
import { useTradeText } from '../../text/trade/use-trade-text.js';
import type { Market } from '../market/use-market.js';

const FundDialog = latePart(() =>
  import('../../portfolios/dialogs/fund-dialog.js').then(({ FundDialog: found }) => found),
);

/** What paper money comes in; anything else is bought with it. */
const given: ReadonlySet<string> = new Set(['USDT', 'USDC', 'EUR']);

interface FundingProps {
  readonly portfolio: Portfolio;
  readonly balances: Balances | undefined;
  readonly market: Market;
  readonly side: OrderSide;
  /** Whether there is nothing at all to pay with; else there is less than the order needs. */
  readonly isNothing: boolean;
  readonly onBuy: () => void;
}

/** Where what is missing comes from: it is given, or bought first. */
export const Funding = ({ portfolio, balances, market, side, isNothing, onBuy }: FundingProps) => {
  const text = useTradeText();
  const { fund } = usePortfoliosText();
  const [open, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  const { base, quote } = market;
  if (side === 'SELL')
    return isNothing ? (
      <div className="ticket-funding">
        <p>{text.noneToSell(base)}</p>
        <button type="button" className="button small" onClick={onBuy}>
          {text.firstBuy(base)}
        </button>
      </div>
    ) : null;
  return (
    <div className="ticket-funding">
      {isNothing && <p>{text.noneOf(quote)}</p>}
      {given.has(quote) ? (
        <>
          {isNothing && <p>{text.firstFund}</p>}
          <button type="button" className="button small" onClick={() => setOpen(true)}>
            {fund}
          </button>
        </>
      ) : (
        <Link to="/trade/$symbol" params={{ symbol: `${quote.toLowerCase()}usdt` }} className="button small">
          {text.firstBuy(quote)}
        </Link>
      )}
      <Suspense>
        {open && <FundDialog portfolio={portfolio} balances={balances} first={quote} onClose={close} />}
      </Suspense>
    </div>
  );
};

/** In the place of a ticket where there is no portfolio that it could be for. */
export const NoPaper = () => {
  const text = useTradeText();
  return (
    <section className="card ticket paper" aria-label={text.ticket}>
      <p>{text.noPaper}</p>
      <button type="button" className="button primary" onClick={() => openDialog('portfolio')}>
        {text.makePaper}
      </button>
    </section>
  );
};
