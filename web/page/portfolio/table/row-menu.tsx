import { Menu, MenuItem, MenuSeparator, useMenuStore } from '@ariakit/react';
import { useNavigate } from '@tanstack/react-router';
import { useLayoutEffect } from 'react';
import type { Row } from '../../live/portfolio-view.js';
import { openReceipt } from '../../shell/open-dialog.js';
import { assetAddress } from '../../text/asset-address.js';
import { useQuantityText } from '../../text/quantity/use-quantity-text.js';
import type { ChangeOf } from '../changes/change-coin-dialog.js';
import { useCoinChange } from '../changes/use-coin-change.js';

/** The row whose menu is open. */
export interface RowMenuOf {
  /** The markets that it is about. */
  readonly rows: readonly [Row, ...Row[]];
  readonly called: string;
  /** The button that opened it. */
  readonly anchor: HTMLElement;
}

interface RowMenuProps {
  readonly of: RowMenuOf;
  readonly onChange: (of: ChangeOf) => void;
  readonly onClose: () => void;
}

/** What can be done with a holding. */
export const RowMenu = ({ of: { rows, called, anchor }, onChange, onClose }: RowMenuProps) => {
  const text = useQuantityText();
  const navigate = useNavigate();
  const { remove } = useCoinChange();
  const menu = useMenuStore({
    open: true,
    setOpen: (open) => {
      if (open) return;
      // Who pressed elsewhere is there already.
      if (menu.getState().contentElement?.contains(document.activeElement)) anchor.focus({ preventScroll: true });
      onClose();
    },
    placement: 'bottom-end',
  });
  // As a button of its own would tell it: the row's is there long before its menu is loaded.
  useLayoutEffect(() => {
    menu.setDisclosureElement(anchor);
    menu.setAnchorElement(anchor);
  }, [menu, anchor]);
  useLayoutEffect(() => {
    menu.setInitialFocus('first');
    menu.setAutoFocusOnShow(true);
  }, [menu]);
  const [lead, ...others] = rows;
  const symbols = [lead.symbol, ...others.map(({ symbol }) => symbol)] as const;
  const { asset, search } = assetAddress(lead.symbol, lead.quote.toLowerCase());
  const receipt = rows.length === 1 ? { symbol: lead.symbol } : { asset: lead.base };
  return (
    <Menu store={menu} className="menu" aria-label={text.rowActions(called)} gutter={4} unmountOnHide>
      <MenuItem className="menu-item" onClick={() => onChange({ symbol: lead.symbol, mode: 'add' })}>
        {text.add}
      </MenuItem>
      <MenuItem className="menu-item" onClick={() => onChange({ symbol: lead.symbol, mode: 'reduce' })}>
        {text.reduce}
      </MenuItem>
      <MenuItem className="menu-item" onClick={() => openReceipt(receipt)}>
        {text.receiptTitle}
      </MenuItem>
      <MenuItem
        className="menu-item"
        onClick={() => void navigate({ to: '/assets/$asset', params: { asset }, search })}
      >
        {text.openAsset}
      </MenuItem>
      <MenuSeparator className="menu-line" />
      <MenuItem className="menu-item danger" onClick={() => remove(symbols, lead.base)}>
        {text.remove}
      </MenuItem>
    </Menu>
  );
};
