import type { Change } from '../live/portfolio-view.js';
import { useText } from '../text/language.js';

const arrows = { up: '▲', down: '▼', same: '■' } as const;

/** A difference: by arrow, sign and colour. */
export const ChangeMark = ({ change, percentOnly = false }: { readonly change: Change; readonly percentOnly?: boolean }) => {
  const text = useText();
  const { direction, percent } = change;
  return (
    <span className={`change ${direction}`}>
      <span className="arrow" aria-hidden="true">
        {arrows[direction]}
      </span>
      <span className="visually-hidden">{text[direction]} </span>
      {percentOnly ? (percent ?? change.text) : change.text}
      {!percentOnly && percent && <span className="change-part"> {percent}</span>}
    </span>
  );
};
