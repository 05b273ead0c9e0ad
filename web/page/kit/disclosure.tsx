import { type ReactNode, useEffect, useId, useRef, useState } from 'react';

interface DisclosureProps {
  /** What the button is called. */
  readonly label: string;
  readonly className?: string | undefined;
  readonly button: ReactNode;
  readonly children: ReactNode;
}

/**
 * A button that shows a few links or settings below it: until one goes on, presses Escape or presses elsewhere. No menu
 * of an application, so what is in it is reached by Tab.
 */
export const Disclosure = ({ label, className, button, children }: DisclosureProps) => {
  const id = useId();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const leave = ({ target }: Event) => {
      if (target instanceof Node && !box.current?.contains(target)) setOpen(false);
    };
    const follow = ({ target }: Event) => {
      if (target instanceof Element && target.closest('a')) setOpen(false);
    };
    const leaveByKey = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape') return;
      setOpen(false);
      opener.current?.focus();
    };
    document.addEventListener('pointerdown', leave);
    document.addEventListener('focusin', leave);
    document.addEventListener('keydown', leaveByKey);
    document.addEventListener('click', follow);
    return () => {
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('focusin', leave);
      document.removeEventListener('keydown', leaveByKey);
      document.removeEventListener('click', follow);
    };
  }, [open]);
  return (
    <div ref={box} className={`disclosure ${className ?? ''}`}>
      <button
        ref={opener}
        type="button"
        className="disclosure-button"
        aria-label={label}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {button}
      </button>
      {open && (
        <div id={id} className="disclosure-content">
          {children}
        </div>
      )}
    </div>
  );
};
