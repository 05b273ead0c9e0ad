import { type RefObject, useEffect, useRef } from 'react';

/** Whether the part of the page that asks is still shown: what comes late has to be told elsewhere when it is not. */
export const useIsHere = (): RefObject<boolean> => {
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  return isHere;
};
