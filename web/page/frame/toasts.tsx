import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react';
import { useParts } from '../parts.js';
import { useText } from '../text/language.js';

export interface Toast {
  readonly message: string;
  readonly tone?: 'fault' | undefined;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

const ToastContext = createContext<(toast: Toast) => void>(() => undefined);
export const useToast = () => useContext(ToastContext);

/** Long enough to read it and to reach its button. */
const shownMs = 8_000;

export const ToastProvider = ({ children }: { readonly children: ReactNode }) => {
  const { clock } = useParts();
  const text = useText();
  const [shown, setShown] = useState<readonly (Toast & { readonly id: number })[]>([]);
  const last = useRef(0);
  const dismiss = useCallback((id: number) => setShown((all) => all.filter((toast) => toast.id !== id)), []);
  const show = useCallback(
    (toast: Toast) => {
      const id = ++last.current;
      setShown([{ ...toast, id }]);
      clock.after(shownMs, () => dismiss(id));
    },
    [clock, dismiss],
  );
  const list = useMemo(
    () =>
      shown.map(({ id, message, tone, action }) => (
        <div key={id} className={`toast ${tone ?? ''}`}>
          <span>{message}</span>
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
    [shown, dismiss, text],
  );
  return (
    <ToastContext.Provider value={show}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {list}
      </div>
    </ToastContext.Provider>
  );
};
