import { Dialog, DialogDismiss, DialogHeading, Tab, TabList, TabPanel, TabProvider } from '@ariakit/react';
import { useState } from 'react';
import { useLive } from '../../parts.js';
import { useText } from '../../text/language.js';
import { basesHeldTwice, nameAmong } from '../../text/pair.js';
import { QuantityForm } from './quantity-form.js';
import { useCoinChange } from './use-coin-change.js';
import { usePriceOf } from './use-price-of.js';

/** Add to a coin, take away from it, or remove it. */
export const ChangeCoinDialog = ({ symbol, onClose }: { readonly symbol: string; readonly onClose: () => void }) => {
  const text = useText();
  const rows = useLive((state) => state.view?.rows);
  const held = rows?.find((row) => row.symbol === symbol);
  // What is taken away wholly leaves the view before the server has answered; who asked for it is still here.
  const [seen, setSeen] = useState(held);
  if (held && held !== seen) setSeen(held);
  const row = held ?? seen;
  const price = usePriceOf(symbol);
  const { add, reduce, remove, tellFault } = useCoinChange();
  if (!row) return null;
  const { base } = row;
  const title = text.changeOf(nameAmong(row.name, row, basesHeldTwice(rows ?? [])));
  const onUnheard = (thrown: unknown) => tellFault(symbol, base, thrown);
  const form = { base, held: row.quantity, price, onDone: onClose, onUnheard };
  return (
    <Dialog open onClose={onClose} className="dialog" backdrop={<div className="backdrop" />} unmountOnHide>
      <header className="dialog-head">
        <DialogHeading className="dialog-title">{title}</DialogHeading>
        <DialogDismiss className="icon-button" aria-label={text.close}>
          ✕
        </DialogDismiss>
      </header>
      <TabProvider defaultSelectedId="add">
        <TabList className="tabs" aria-label={title}>
          <Tab id="add" className="tab">
            {text.add}
          </Tab>
          <Tab id="reduce" className="tab">
            {text.reduce}
          </Tab>
        </TabList>
        <TabPanel tabId="add" unmountOnHide focusable={false}>
          <QuantityForm {...form} mode="add" submit={(quantity, key) => add(symbol, base, quantity, key)} />
        </TabPanel>
        <TabPanel tabId="reduce" unmountOnHide focusable={false}>
          <QuantityForm {...form} mode="reduce" submit={(quantity, key) => reduce(symbol, base, quantity, key)} />
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
