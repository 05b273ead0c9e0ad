import { newChangeKey } from '@tickfolio/client/change-key';
import { useRef } from 'react';

/**
 * A function that gives a key to what somebody wants done: the same for every try of the same, so that who presses again
 * because no answer came has it once.
 */
export const useWish = (): ((said: object) => string) => {
  const wish = useRef({ said: '', key: '' });
  return (wanted) => {
    const said = JSON.stringify(wanted);
    if (wish.current.said !== said) wish.current = { said, key: newChangeKey() };
    return wish.current.key;
  };
};
