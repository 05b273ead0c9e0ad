import { Dialog, type DialogProps } from '@ariakit/react';

/**
 * Whether the room of the scroll bar is kept free, which goes while a dialog is open. Where there is none the style
 * alone stops the scrolling: Ariakit would at the body, and header and navigation would no longer stay in sight.
 */
const keepsScrollBar = (): boolean => innerWidth > document.documentElement.clientWidth;

interface PageDialogProps extends Omit<DialogProps, 'open' | 'preventBodyScroll' | 'backdrop' | 'unmountOnHide'> {
  readonly onClose: () => void;
}

/** A dialog over the page, open for as long as it is drawn; header and navigation stay in sight behind it. */
export const PageDialog = ({ className = '', ...more }: PageDialogProps) => (
  <Dialog
    {...more}
    preventBodyScroll={keepsScrollBar()}
    open
    className={`dialog ${className}`.trim()}
    backdrop={<div className="backdrop" />}
    unmountOnHide
  />
);
