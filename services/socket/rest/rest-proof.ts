import { type AppError, toAppError } from '@tickfolio/lib/errors';

/** Whether the exchange answers over REST while its streams do not open: asked then, not remembered from before. */
export interface RestProof {
  /** Undefined until it was asked after the streams were lost. */
  readonly verdict: { readonly fault: string | undefined } | undefined;
  /** The streams did not open: asks, unless that is under way. */
  streamsFailed(): void;
  /** The streams are there, or nobody wants those that are not: what was asked before counts no longer. */
  forget(): void;
  close(): Promise<void>;
}

/** What was not asked, because the exchange wants it so, proves nothing. */
const verdictOf = ({ code, message }: AppError): RestProof['verdict'] =>
  code === 'unavailable' || code === 'deadline_exceeded' ? { fault: message } : undefined;

/** @param ask any small question to the exchange. @throws AppError */
export const createRestProof = (ask: (signal: AbortSignal) => Promise<unknown>): RestProof => {
  const stop = new AbortController();
  let verdict: RestProof['verdict'];
  let asking: Promise<void> | undefined;
  let losses = 0;
  const askOnce = async (loss: number) => {
    const next = await ask(stop.signal).then(
      () => ({ fault: undefined }),
      (err: unknown) => verdictOf(toAppError(err)),
    );
    if (loss === losses) verdict = next;
  };
  return {
    get verdict() {
      return verdict;
    },
    streamsFailed: () => {
      if (stop.signal.aborted) return;
      asking ??= askOnce(losses).finally(() => {
        asking = undefined;
      });
    },
    forget: () => {
      losses += 1;
      verdict = undefined;
    },
    close: async () => {
      stop.abort();
      await asking;
    },
  };
};
