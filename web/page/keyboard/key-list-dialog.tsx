import { DialogDismiss, DialogHeading } from '@ariakit/react';
import { useChoice } from '../display/choice.js';
import { keysChoice } from '../display/choices.js';
import { PageDialog } from '../shell/page-dialog.js';
import { useKeysText } from '../text/keys/use-keys-text.js';

const rows = ['search', 'home', 'portfolio', 'markets', 'trade', 'add', 'receipt', 'discreet', 'keys'] as const;
/** As `page/shell.tsx` binds them. */
const keysOf: Readonly<Record<(typeof rows)[number], readonly string[]>> = {
  search: ['/'],
  home: ['g', 'h'],
  portfolio: ['g', 'p'],
  markets: ['g', 'm'],
  trade: ['g', 't'],
  add: ['n'],
  receipt: ['='],
  discreet: ['.'],
  keys: ['?'],
};

/** What single keys do, and the switch for them. */
export const KeyListDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const text = useKeysText();
  const isOn = useChoice(keysChoice) === 'on';
  return (
    <PageDialog onClose={onClose}>
      <header className="dialog-head">
        <DialogHeading className="dialog-title">{text.keysTitle}</DialogHeading>
        <DialogDismiss className="icon-button" aria-label={text.close}>
          ✕
        </DialogDismiss>
      </header>
      <dl className="facts key-list">
        {rows.map((row) => (
          <div key={row}>
            <dt>{text.keyMeanings[row]}</dt>
            <dd>
              {keysOf[row].map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <label className="switch">
        <input type="checkbox" checked={isOn} onChange={() => keysChoice.set(isOn ? 'off' : 'on')} />
        <span>{text.keysOn}</span>
      </label>
    </PageDialog>
  );
};
