import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { useDiscreet } from '../display/choices.js';
import { useParts, useSession } from '../parts.js';
import { useBreaks } from '../text/figure.js';
import { useText } from '../text/language.js';

export interface Toast {
  readonly message: string;
  /** The same without the amounts in it, for discreet mode. */
  readonly discreetly?: string | undefined;
  readonly tone?: 'fault' | undefined;
  /** The symbol whose row it speaks of, which it does not cover. */
  readonly about?: string | undefined;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

interface Told extends Toast {
  readonly id: number;
  /** Whose it is; nobody else sees it, nor presses its button. */
  readonly userId: string | undefined;
}

const ToastContext = createContext<(toast: Toast) => void>(() => undefined);
/** A function that tells who is signed in now; kept for longer, it tells nobody else. */
export const useToast = () => useContext(ToastContext);

/** Long enough to read it and to reach its button. */
const shownMs = 8_000;
/** Between a toast and the row it speaks of, in CSS pixels. */
const gap = 12;

/** A toast lies under a dialog that is open. */
const isCovered = () => document.querySelector('.backdrop') !== null;

/**
 * How often it is looked at whether a row is elsewhere by now: a new one moves with its first price, and while the page
 * is being built.
 */
const lookMs = 200;

/**
 * Moves the page up where a row lies under the toasts, whenever it came to another place of the page; not when somebody
 * scrolls.
 */
const createUncovering = (symbol: string, toasts: HTMLElement) => {
  let before: number | undefined;
  return () => {
    const row = document.querySelector(`tr[data-symbol="${CSS.escape(symbol)}"]`)?.getBoundingClientRect();
    const place = row && row.top + scrollY;
    if (!row || place === before) return;
    before = place;
    const top = toasts.getBoundingClientRect().top - gap;
    if (row.bottom > top && row.top < innerHeight) scrollBy({ top: row.bottom - top });
  };
};

export const ToastProvider = ({ children }: { readonly children: ReactNode }) => {
  const { clock } = useParts();
  const text = useText();
  const breaks = useBreaks();
  const isDiscreet = useDiscreet();
  const session = useSession();
  const userId = session.kind === 'signed-in' ? session.userId : undefined;
  const [all, setAll] = useState<readonly Told[]>([]);
  const shown = useMemo(() => all.filter((toast) => toast.userId === userId), [all, userId]);
  /** Who is here now, for what began under somebody else. */
  const present = useRef(userId);
  useEffect(() => {
    present.current = userId;
  }, [userId]);
  const last = useRef(0);
  const dismiss = useCallback((id: number) => setAll((before) => before.filter((toast) => toast.id !== id)), []);
  const box = useRef<HTMLDivElement>(null);
  const show = useCallback(
    (toast: Toast) => {
      if (present.current !== userId) return;
      const id = ++last.current;
      setAll([{ ...toast, id, userId }]);
      // What could not be read or reached is shown for longer.
      const wait = () => void clock.after(shownMs, () => (isCovered() ? wait() : dismiss(id)));
      wait();
    },
    [clock, dismiss, userId],
  );
  useEffect(() => {
    const symbol = shown.find(({ about }) => about !== undefined)?.about;
    if (symbol === undefined || !box.current) return undefined;
    const uncover = createUncovering(symbol, box.current);
    uncover();
    const looking = clock.every(lookMs, uncover);
    return () => looking.cancel();
  }, [shown, clock]);
  const list = useMemo(
    () =>
      shown.map(({ id, message, discreetly = message, tone, action }) => (
        <div key={id} className={`toast ${tone ?? ''}`}>
          <span>{breaks(isDiscreet ? discreetly : message)}</span>
          {action && (
            <button
              type="button"
              className="button small"
              onClick={() => {
                dismiss(id);
                action.run();
              }}
            >
              {action.label}
            </button>
          )}
          <button type="button" className="icon-button" aria-label={text.dismiss} onClick={() => dismiss(id)}>
            ✕
          </button>
        </div>
      )),
    [shown, dismiss, text, breaks, isDiscreet],
  );
  return (
    <ToastContext.Provider value={show}>
      {children}
      <div ref={box} className="toasts" role="status" aria-live="polite">
        {list}
      </div>
    </ToastContext.Provider>
  );
};
