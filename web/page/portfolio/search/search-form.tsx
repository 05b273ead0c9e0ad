import {
  Combobox,
  ComboboxGroup,
  ComboboxGroupLabel,
  ComboboxItem,
  ComboboxList,
  ComboboxProvider,
} from '@ariakit/react';
import { useEffect, useState } from 'react';
import { CoinBadge } from '../../kit/coin-badge.js';
import { faultText } from '../../kit/fault-text.js';
import { Icon, type IconName } from '../../kit/icon.js';
import { takeTyped } from '../../shell/typed-ahead.js';
import { useQuantityText } from '../../text/quantity/use-quantity-text.js';
import { useNewListings, useSymbols } from '../changes/use-symbols.js';

/** Something that a search finds. */
export interface SearchEntry {
  readonly key: string;
  readonly name: string;
  /** Below the name: of an asset its ticker. */
  readonly detail?: string | undefined;
  /** A sign of the page's own, else the badge of an asset. */
  readonly icon: IconName | { readonly asset: string };
  /** What is special about it. */
  readonly tags?: readonly { readonly words: string; readonly isWarning: boolean }[];
}

/** What is found of one kind. */
export interface SearchGroup<Entry extends SearchEntry> {
  readonly label: string;
  readonly entries: readonly Entry[];
  /** Whether something else may have been meant, that is not known here. */
  readonly isGuess: boolean;
}

interface SearchFormProps<Entry extends SearchEntry> {
  readonly label: string;
  readonly placeholder: string;
  /** What a text finds, best first. */
  readonly find: (typed: string) => readonly SearchGroup<Entry>[];
  readonly onPick: (entry: Entry) => void;
}

const Item = ({ entry: { name, detail, icon, tags = [] } }: { readonly entry: SearchEntry }) => (
  <>
    {typeof icon === 'string' ? <Icon name={icon} /> : <CoinBadge asset={icon.asset} />}
    <span className="coin-names">
      <span className="coin-name" translate={typeof icon === 'string' ? 'yes' : 'no'}>
        {name}
      </span>
      {detail !== undefined && detail !== name && (
        <span className="coin-symbol" translate="no">
          {detail}
        </span>
      )}
    </span>
    {tags.map(({ words, isWarning }) => (
      <span key={words} className={isWarning ? 'tag' : 'tag plain'}>
        {words}
      </span>
    ))}
  </>
);

/** One field that finds by what is typed; the arrow keys and Enter are enough. */
export const SearchForm = <Entry extends SearchEntry>(props: SearchFormProps<Entry>) => {
  const { label, placeholder, find, onPick } = props;
  const text = useQuantityText();
  const { data, isPending, isError, error, refetch } = useSymbols();
  // Not deferred: what Enter picks has to be what was typed.
  const [query, setQuery] = useState('');
  const groups = find(query);
  const foundNothing = data !== undefined && groups.length === 0;
  /** Enter came before the field, and picks what is best as soon as that is known. */
  const [isEntered, setEntered] = useState(false);
  useEffect(() => {
    if (!isEntered || data === undefined) return;
    setEntered(false);
    const best = groups[0]?.entries[0];
    if (best) onPick(best);
  });
  const takeAhead = () => {
    const ahead = takeTyped();
    setQuery((typed) => `${typed}${ahead.typed}`);
    setEntered(ahead.isEntered);
  };
  useNewListings(data !== undefined && groups.every(({ isGuess }) => isGuess) ? query : undefined);
  return (
    <ComboboxProvider open value={query} setValue={setQuery}>
      <Combobox
        autoSelect="always"
        autoFocus
        className="search"
        aria-label={label}
        placeholder={placeholder}
        onFocus={takeAhead}
      />
      <ComboboxList alwaysVisible className="found" aria-label={text.results}>
        {groups.map(({ label: kind, entries }) => (
          <ComboboxGroup key={kind} className="found-group">
            <ComboboxGroupLabel className="found-label">{kind}</ComboboxGroupLabel>
            {entries.map((entry) => (
              <ComboboxItem
                key={entry.key}
                className="found-item"
                value={entry.key}
                setValueOnClick={false}
                hideOnClick={false}
                onClick={() => onPick(entry)}
              >
                <Item entry={entry} />
              </ComboboxItem>
            ))}
          </ComboboxGroup>
        ))}
      </ComboboxList>
      {isPending && <p className="found-note">{text.working}</p>}
      {isError && (
        <p className="found-note">
          <span>{faultText(error, text)}</span>{' '}
          <button type="button" className="button small" onClick={() => void refetch()}>
            {text.tryAgain}
          </button>
        </p>
      )}
      {foundNothing && (
        <p className="found-note" role="status">
          {text.noResult(query)}
        </p>
      )}
    </ComboboxProvider>
  );
};
