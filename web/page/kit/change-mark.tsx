import type { Change } from '@tickfolio/lib/look/change';
import { useDiscreet } from '../display/choices.js';
import { hiddenAmount, useBreaks } from '../text/figure.js';
import { useText } from '../text/language.js';

const arrows = { up: '▲', down: '▼', same: '■' } as const;

interface ChangeMarkProps {
  readonly change: Change;
  readonly percentOnly?: boolean;
  /** Of an amount that is somebody's: discreet mode shows its percentage alone. */
  readonly isPrivate?: boolean;
  /** Said to who points at it, and to screen readers: what is special about its beginning. */
  readonly note?: string | undefined;
}

/** A difference: by arrow, sign and colour. */
export const ChangeMark = ({ change, percentOnly = false, isPrivate = false, note }: ChangeMarkProps) => {
  const text = useText();
  const breaks = useBreaks();
  const discreet = useDiscreet();
  const percentFirst = (percentOnly || (isPrivate && discreet)) && change.percent !== undefined;
  const isHidden = isPrivate && discreet && !percentFirst;
  const shown = isHidden ? hiddenAmount : breaks((percentFirst && change.percent) || change.text);
  const direction = percentFirst ? change.percentDirection : change.direction;
  return (
    <span className={`change ${direction} ${note === undefined ? '' : 'noted'}`} title={note}>
      <span className="visually-hidden">{`${text[direction]} `}</span>
      <span className="arrow" aria-hidden="true">
        {arrows[direction]}
      </span>
      <span translate="no">{shown}</span>{' '}
      {!percentFirst && change.percent !== undefined && (
        <span className="change-part" translate="no">
          {breaks(change.percent)}
        </span>
      )}
      {note !== undefined && <span className="visually-hidden">{` ${note}`}</span>}
    </span>
  );
};
