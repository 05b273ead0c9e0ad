import { useSyncExternalStore } from 'react';

/** How much of a coin there is room for; the style has the same limits. */
export type Columns = 'all' | 'fewer' | 'phone';

const fewer = matchMedia('(max-width: 1060px)');
const phone = matchMedia('(max-width: 800px)');

const subscribe = (listener: () => void) => {
  fewer.addEventListener('change', listener);
  phone.addEventListener('change', listener);
  return () => {
    fewer.removeEventListener('change', listener);
    phone.removeEventListener('change', listener);
  };
};

/** What has no room is not made at all: a screen reader may not know the style of what is out of sight. */
export const useColumns = (): Columns =>
  useSyncExternalStore(subscribe, () => (phone.matches ? 'phone' : fewer.matches ? 'fewer' : 'all'));
