import { useEffect, useRef } from 'react';
import { useChoice } from '../display/choice.js';
import { keysChoice } from '../display/choices.js';
import { useParts } from '../parts.js';
import { createKeySequences, type KeyBindings } from './key-sequences.js';

const typesInto = 'input, textarea, select, [contenteditable], [role=combobox], [role=textbox]';

/** Whether a key is meant for something else: what is typed into, a dialog, the browser itself. */
const isTaken = ({ target, ctrlKey, metaKey, altKey, isComposing, defaultPrevented }: KeyboardEvent): boolean =>
  defaultPrevented ||
  isComposing ||
  ctrlKey ||
  metaKey ||
  altKey ||
  (target instanceof Element && target.closest(typesInto) !== null) ||
  document.querySelector('[role=dialog], [role=alertdialog]') !== null;

/** Does what single keys are bound to, wherever one is, as long as nobody switched that off. */
export const useKeys = (bindings: KeyBindings): void => {
  const { clock } = useParts();
  const isOn = useChoice(keysChoice) === 'on';
  const newest = useRef(bindings);
  useEffect(() => {
    newest.current = bindings;
  }, [bindings]);
  useEffect(() => {
    if (!isOn) return undefined;
    const press = createKeySequences(clock, () => newest.current);
    const take = (event: KeyboardEvent) => {
      if (!isTaken(event) && press(event.key)) event.preventDefault();
    };
    document.addEventListener('keydown', take);
    return () => document.removeEventListener('keydown', take);
  }, [clock, isOn]);
};
