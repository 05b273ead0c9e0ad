// What somebody types between opening a search and its field's being there: the field's file may still load, and on a
// slow connection whole words were lost, or did what their letters do as keys of the page.

/** What was typed, and whether Enter ended it. */
interface TypedAhead {
  readonly typed: string;
  readonly isEntered: boolean;
}

const nothing: TypedAhead = { typed: '', isEntered: false };
const maxLength = 100;

/** The one who types as far as it is known; undefined while a field or nobody is typed to. */
let kept: TypedAhead | undefined;
let stop = () => {};

const after = ({ typed, isEntered }: TypedAhead, key: string): TypedAhead | undefined => {
  if (isEntered) return { typed, isEntered };
  if (key === 'Enter') return { typed, isEntered: typed !== '' };
  if (key === 'Backspace') return { typed: typed.slice(0, -1), isEntered };
  return key.length === 1 ? { typed: `${typed}${key}`.slice(0, maxLength), isEntered } : undefined;
};

/** Keeps what is typed from now on, until a field takes it. @param leave what Escape does */
export const keepTyped = (leave: () => void): void => {
  stop();
  kept = nothing;
  const take = (event: KeyboardEvent) => {
    const { key, ctrlKey, metaKey, altKey, isComposing, target } = event;
    const isField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
    if (!kept || isComposing || ctrlKey || metaKey || altKey || isField) return;
    if (key === 'Escape') return leave();
    const next = after(kept, key);
    if (!next) return;
    kept = next;
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener('keydown', take, true);
  stop = () => document.removeEventListener('keydown', take, true);
};

/** What was typed since the search was opened; from now on keys go where they belong. */
export const takeTyped = (): TypedAhead => {
  const taken = kept ?? nothing;
  stop();
  kept = undefined;
  return taken;
};
