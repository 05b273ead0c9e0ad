import { type RefObject, useCallback, useEffect, useState } from 'react';

/** Shows one element on the whole screen. */
export const useFullScreen = (element: RefObject<HTMLElement | null>) => {
  const [isFull, setFull] = useState(false);
  const [isRefused, setRefused] = useState(false);
  useEffect(() => {
    const note = () => setFull(document.fullscreenElement !== null && document.fullscreenElement === element.current);
    document.addEventListener('fullscreenchange', note);
    return () => document.removeEventListener('fullscreenchange', note);
  }, [element]);
  const toggle = useCallback(() => {
    const change = document.fullscreenElement ? document.exitFullscreen() : element.current?.requestFullscreen();
    change?.then(
      () => setRefused(false),
      () => setRefused(true),
    );
  }, [element]);
  return {
    isFull,
    /** The browser did not do it. */
    isRefused,
    toggle,
    /** Some phones show nothing but films that way. */
    isPossible: document.fullscreenEnabled === true,
  };
};
