import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { accountKey } from '../../security/account-overview.js';
import { useFaultWords } from '../../security/fault-words.js';
import { useProof } from '../../security/proof.js';
import { useToast } from '../../shell/toasts.js';

/**
 * Changes the account: asks for proof where the server wants one, reads the account anew, and tells what went wrong.
 */
export const useChange = () => {
  const prove = useProof();
  const toast = useToast();
  const client = useQueryClient();
  const faultWords = useFaultWords();
  const [busy, setBusy] = useState(false);
  /** @returns undefined where nothing was changed */
  const change = async <Answer>(work: () => Promise<Answer>): Promise<Answer | undefined> => {
    if (busy) return undefined;
    setBusy(true);
    try {
      return await prove(work);
    } catch (thrown) {
      toast({ message: faultWords(thrown), tone: 'fault' });
      return undefined;
    } finally {
      setBusy(false);
      void client.invalidateQueries({ queryKey: accountKey });
    }
  };
  return { busy, change };
};
