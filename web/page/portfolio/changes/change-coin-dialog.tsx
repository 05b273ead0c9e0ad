import { DialogDismiss, DialogHeading, Tab, TabList, TabPanel, TabProvider } from '@ariakit/react';
import { useState } from 'react';
import type { Row } from '../../live/portfolio-view.js';
import { useLive } from '../../parts.js';
import { PageDialog } from '../../shell/page-dialog.js';
import { basesHeldTwice, nameAmong, pairLabel } from '../../text/pair.js';
import { useQuantityText } from '../../text/quantity/use-quantity-text.js';
import { QuantityForm } from './quantity-form.js';
import { useCoinChange } from './use-coin-change.js';
import { usePriceOf } from './use-price-of.js';

/** A change that somebody wants to make. */
export interface ChangeOf {
  /** The market to begin with, where an asset is held through several. */
  readonly symbol: string;
  readonly mode: 'add' | 'reduce';
}

interface MarketFieldProps {
  readonly rows: readonly Row[];
  readonly symbol: string;
  readonly onPick: (symbol: string) => void;
}

/** Through which market, where an asset is held through several. */
const MarketField = ({ rows, symbol, onPick }: MarketFieldProps) => {
  const text = useQuantityText();
  return (
    <label className="market-field">
      <span>{text.heldThrough}</span>{' '}
      <select value={symbol} onChange={({ target }) => onPick(target.value)}>
        {rows.map((row) => (
          <option key={row.symbol} value={row.symbol}>
            {row.quote === 'USDT' ? `${row.base}/USDT` : pairLabel(row)}
          </option>
        ))}
      </select>
    </label>
  );
};

interface ChangeCoinDialogProps extends ChangeOf {
  readonly onClose: () => void;
}

/** Add to a coin, or take away from it. */
export const ChangeCoinDialog = ({ symbol: first, mode, onClose }: ChangeCoinDialogProps) => {
  const text = useQuantityText();
  const [symbol, setSymbol] = useState(first);
  const rows = useLive((state) => state.view?.rows) ?? [];
  const held = rows.find((row) => row.symbol === symbol);
  // What is taken away wholly leaves the view before the server has answered; who asked for it is still here.
  const [seen, setSeen] = useState(held);
  if (held && held !== seen) setSeen(held);
  const row = held ?? seen;
  const price = usePriceOf(symbol);
  const { add, reduce, tellFault } = useCoinChange();
  if (!row) return null;
  const { base } = row;
  const markets = rows.filter((one) => one.base === base);
  const title = text.changeOf(nameAmong(row.name, row, basesHeldTwice(rows)));
  const onUnheard = (thrown: unknown) => tellFault(symbol, base, thrown);
  const form = { base, symbol, held: row.quantity, price, onDone: onClose, onUnheard };
  return (
    <PageDialog onClose={onClose}>
      <header className="dialog-head">
        <DialogHeading className="dialog-title">{title}</DialogHeading>
        <DialogDismiss className="icon-button" aria-label={text.close}>
          ✕
        </DialogDismiss>
      </header>
      {markets.length > 1 && <MarketField rows={markets} symbol={symbol} onPick={setSymbol} />}
      <TabProvider defaultSelectedId={mode}>
        <TabList className="tabs" aria-label={title}>
          <Tab id="add" className="tab">
            {text.add}
          </Tab>
          <Tab id="reduce" className="tab">
            {text.reduce}
          </Tab>
        </TabList>
        {/* What was typed was meant for one market. */}
        <TabPanel tabId="add" unmountOnHide focusable={false}>
          <QuantityForm
            key={symbol}
            {...form}
            mode="add"
            submit={(quantity, key) => add(symbol, base, quantity, key)}
          />
        </TabPanel>
        <TabPanel tabId="reduce" unmountOnHide focusable={false}>
          <QuantityForm
            key={symbol}
            {...form}
            mode="reduce"
            submit={(quantity, key) => reduce(symbol, base, quantity, key)}
          />
        </TabPanel>
      </TabProvider>
    </PageDialog>
  );
};
