import { type RefObject, useCallback, useEffect, useRef } from 'react';
import { useParts } from '../parts.js';
import { askNoMore, canOfferPasskeys, offerPasskeys } from '../security/passkey-ceremony.js';

/** What the server gives for an offer is good for 5 minutes. */
const offerMs = 4 * 60_000;
/** How often a page that is looked at sees whether its offer is too old. */
const lookMs = 30_000;

/**
 * Has the browser offer passkeys where the name is filled in, for as long as somebody looks at the page.
 * @param isAsking while a passkey is asked for by a button, which an offer would end
 * @param tell what became of a passkey that was taken and does not fit
 * @returns offers anew, after something else asked for a passkey
 */
export const usePasskeyOffer = (
  isAsking: RefObject<boolean>,
  tell: (thrown: unknown) => void,
): (() => Promise<void>) => {
  const { session, clock } = useParts();
  const dueAt = useRef(0);
  const told = useRef(tell);
  told.current = tell;
  const offer = useCallback(async () => {
    if (!(await canOfferPasskeys())) return;
    dueAt.current = clock.monotonic() + offerMs;
    let isTaken = false;
    try {
      await session.signInByPasskey(async (options) => {
        if (isAsking.current) throw new DOMException('', 'AbortError');
        const response = await offerPasskeys(options);
        isTaken = true;
        return response;
      });
    } catch (thrown) {
      // Nobody misses what nobody asked for: whoever presses the button is told what is wrong.
      if (!isTaken) return;
      dueAt.current = 0;
      told.current(thrown);
    }
  }, [session, clock, isAsking]);
  useEffect(() => {
    const look = () => {
      if (!document.hidden && !isAsking.current && clock.monotonic() >= dueAt.current) void offer();
    };
    void offer();
    const timer = clock.every(lookMs, look);
    document.addEventListener('visibilitychange', look);
    return () => {
      timer.cancel();
      document.removeEventListener('visibilitychange', look);
      askNoMore();
    };
  }, [offer, clock, isAsking]);
  return offer;
};
