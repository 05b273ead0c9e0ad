import { useEffect, useId, useRef } from 'react';
import { useTradeText } from '../../text/trade/use-trade-text.js';

interface QuestionProps {
  readonly words: string;
  readonly busy: boolean;
  readonly onPlace: () => void;
  readonly onBack: () => void;
}

/** Asks once more before an order is placed: Enter says yes, Escape goes back to it. */
export const Question = ({ words, busy, onPlace, onBack }: QuestionProps) => {
  const text = useTradeText();
  const id = useId();
  const box = useRef<HTMLFieldSetElement>(null);
  const yes = useRef<HTMLButtonElement>(null);
  useEffect(() => yes.current?.focus(), []);
  useEffect(() => {
    const element = box.current;
    const leave = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') onBack();
    };
    element?.addEventListener('keydown', leave);
    return () => element?.removeEventListener('keydown', leave);
  }, [onBack]);
  return (
    <fieldset ref={box} className="ticket-ask" aria-labelledby={id}>
      <p id={id}>{words}</p>
      <div className="ticket-answers">
        <button type="button" className="button" disabled={busy} onClick={onBack}>
          {text.changeOrder}
        </button>
        <button
          ref={yes}
          type="button"
          className="button primary"
          aria-describedby={id}
          aria-disabled={busy}
          onClick={() => {
            if (!busy) onPlace();
          }}
        >
          {busy ? text.working : text.place}
        </button>
      </div>
    </fieldset>
  );
};
