import { isProblem } from '@tickfolio/client/problem';
import { createContext, type ReactNode, Suspense, useCallback, useContext, useEffect, useRef, useState } from 'react';
import { latePart } from '../kit/late-part.js';

const ProofDialog = latePart(() => import('./proof-dialog.js').then(({ ProofDialog: found }) => found));

/**
 * Does what changes how one gets in. Where the server wants to know once more that it is the account's owner, asks for
 * the password or a passkey, and does it again.
 * @returns undefined where that was not given, and nothing was changed @throws whatever `work` throws
 */
export type Prove = <T>(work: () => Promise<T>) => Promise<T | undefined>;

const ProofContext = createContext<Prove | undefined>(undefined);

export const useProof = (): Prove => {
  const prove = useContext(ProofContext);
  if (!prove) throw new Error('outside of the pages of an account');
  return prove;
};

export const ProofProvider = ({ children }: { readonly children: ReactNode }) => {
  const [asking, setAsking] = useState(false);
  /** Ends the question that is open. */
  const settle = useRef<(isProved: boolean) => void>(() => undefined);
  const answer = useCallback((isProved: boolean) => {
    setAsking(false);
    settle.current(isProved);
  }, []);
  // Whoever goes to another page has given up what was begun here.
  useEffect(() => () => settle.current(false), []);
  const prove = useCallback<Prove>(async (work) => {
    try {
      return await work();
    } catch (thrown) {
      if (!isProblem(thrown, 403) || thrown.reason !== 'reauthenticate') throw thrown;
    }
    settle.current(false);
    const isProved = await new Promise<boolean>((resolve) => {
      settle.current = resolve;
      setAsking(true);
    });
    return isProved ? work() : undefined;
  }, []);
  return (
    <ProofContext.Provider value={prove}>
      {children}
      <Suspense>{asking && <ProofDialog onProved={() => answer(true)} onClose={() => answer(false)} />}</Suspense>
    </ProofContext.Provider>
  );
};
