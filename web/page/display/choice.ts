import { useSyncExternalStore } from 'react';
import { keeping } from '../keeping.js';

/** What somebody chose in this browser, kept from visit to visit. */
export interface Choice<Value extends string> {
  /** The first is the usual one. */
  readonly values: readonly Value[];
  get(): Value;
  set(value: Value): void;
  subscribe(listener: () => void): () => void;
}

/** @param show is told the value at once and whenever it is another, for what the style or the document shows of it */
export const createChoice = <Value extends string>(
  key: string,
  values: readonly [Value, ...Value[]],
  show: (value: Value) => void = () => undefined,
): Choice<Value> => {
  const [usual] = values;
  const listeners = new Set<() => void>();
  let value = values.find((one) => one === keeping.getItem(key)) ?? usual;
  show(value);
  return {
    values,
    get: () => value,
    set: (next) => {
      if (next === value) return;
      value = next;
      if (next === usual) keeping.removeItem(key);
      else keeping.setItem(key, next);
      show(next);
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};

export const useChoice = <Value extends string>(choice: Choice<Value>): Value =>
  useSyncExternalStore(choice.subscribe, choice.get);
