import { useQueryClient } from '@tanstack/react-query';
import { newChangeKey } from '@tickfolio/client/change-key';
import { isProblem } from '@tickfolio/client/problem';

/** Who has not come back to it by then wants it anew. */
const keptMs = 15 * 60_000;

/** Whether the server has said that it was done, or that it was not. */
const isAnswered = (thrown: unknown): boolean => isProblem(thrown) && thrown.status >= 400 && thrown.status < 500;

/** Does what somebody wants. @param said all that makes it this wish and no other one @param key of the call */
type AsWish = <Done>(said: object, work: (key: string) => Promise<Done>) => Promise<Done>;

/**
 * Gives each wish a key, the same for every try until it is answered, so that who presses again because no answer came
 * has it once: in the same dialog, or in one that was opened again.
 * @param what is done, such as `fund`
 */
export const useWish = (what: string): AsWish => {
  // Where everything is forgotten with who is signed in.
  const client = useQueryClient();
  return async (said, work) => {
    const queryKey = ['wish', what, said];
    client.setQueryDefaults(['wish'], { gcTime: keptMs });
    const key = client.getQueryData<string>(queryKey) ?? newChangeKey();
    client.setQueryData(queryKey, key);
    const forget = () => {
      // Wanted once more by now, it is another wish.
      if (client.getQueryData(queryKey) === key) client.removeQueries({ queryKey, exact: true });
    };
    try {
      const done = await work(key);
      forget();
      return done;
    } catch (thrown) {
      if (isAnswered(thrown)) forget();
      throw thrown;
    }
  };
};
