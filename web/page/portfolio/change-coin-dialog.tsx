import { Dialog, DialogDismiss, DialogHeading, Tab, TabList, TabPanel, TabProvider } from '@ariakit/react';
import { useLive } from '../parts.js';
import { useText } from '../text/language.js';
import { QuantityForm } from './quantity-form.js';
import { useCoinChange } from './use-coin-change.js';
import { usePriceOf } from './use-price-of.js';

/** Add to a coin, take away from it, or remove it. */
export const ChangeCoinDialog = ({ symbol, onClose }: { readonly symbol: string; readonly onClose: () => void }) => {
  const text = useText();
  const row = useLive((state) => state.view?.rows.find((held) => held.symbol === symbol));
  const price = usePriceOf(symbol);
  const { add, reduce, remove } = useCoinChange();
  if (!row) return null;
  const { base, name } = row;
  const form = { base, held: row.quantity, price, onDone: onClose };
  return (
    <Dialog open onClose={onClose} className="dialog" backdrop={<div className="backdrop" />} unmountOnHide>
      <header className="dialog-head">
        <DialogHeading className="dialog-title">{text.changeOf(name)}</DialogHeading>
        <DialogDismiss className="icon-button" aria-label={text.close}>
          ✕
        </DialogDismiss>
      </header>
      <TabProvider defaultSelectedId="add">
        <TabList className="tabs" aria-label={text.changeOf(name)}>
          <Tab id="add" className="tab">
            {text.add}
          </Tab>
          <Tab id="reduce" className="tab">
            {text.reduce}
          </Tab>
        </TabList>
        <TabPanel tabId="add" unmountOnHide focusable={false}>
          <QuantityForm {...form} mode="add" submit={(quantity) => add(symbol, base, quantity)} />
        </TabPanel>
        <TabPanel tabId="reduce" unmountOnHide focusable={false}>
          <QuantityForm {...form} mode="reduce" submit={(quantity) => reduce(symbol, base, quantity)} />
        </TabPanel>
      </TabProvider>
      <button
        type="button"
        className="button danger"
        onClick={() => {
          remove(symbol, base);
          onClose();
        }}
      >
        {text.remove}
      </button>
    </Dialog>
  );
};
