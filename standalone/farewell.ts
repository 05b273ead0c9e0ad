import type { Lifecycle } from '@tickfolio/lib/lifecycle';

/** Says that the run stops and that it has stopped. Own it first: what is owned first is closed last. */
export const ownFarewell = (life: Lifecycle, print: (text: string) => void) => {
  let muted = false;
  life.signal.addEventListener(
    'abort',
    () => muted || print('\n  Stopping: clients are told to reconnect, then everything is closed ...'),
    {
      once: true,
    },
  );
  life.own('farewell', { close: () => void (muted || print('  Stopped.')) });
  return {
    /** For a start that failed, which is told by its fault. */
    mute: () => {
      muted = true;
    },
  };
};
