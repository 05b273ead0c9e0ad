import { readToken } from './access-token.js';
import { Problem } from './problem.js';
import { readSecondFactor, type SecondFactor } from './second-factor.js';
import type { ServerCalls } from './server-calls.js';

/** The ways into an account. All throw Problem. */
export interface Entrances {
  /**
   * @param key the same for every try of the same account, which then is made once
   * @returns recovery codes, where they are wanted and the server has some; they are shown this once
   */
  signUp(name: string, password: string, key: string, wantsCodes?: boolean): Promise<readonly string[]>;
  /** @returns what is asked for besides, where the password alone opens nothing; undefined once one is signed in */
  signIn(name: string, password: string): Promise<SecondFactor | undefined>;
  /** @throws Problem 401 with the reason `wrong-code`, or `ticket-over` where one signs in anew */
  giveSecondFactor(ticket: string, kind: string, code: string): Promise<void>;
  /** @param prove what the browser makes of the server's options */
  signInByPasskey(prove: (options: unknown) => Promise<unknown>): Promise<void>;
  /**
   * Goes on with another session, after what is on its way for the present one; where it throws, nothing has changed.
   * @param swap puts in what renews that other one @returns puts back what was there
   */
  resume(swap: () => () => void): Promise<void>;
  /** Sets a new password by a recovery code, and ends all sessions. @returns how many codes are left */
  recover(name: string, code: string, password: string): Promise<number>;
}

export interface EntrancesDeps extends Pick<ServerCalls, 'post'> {
  /** Takes the token of `answer` while no other tab takes another. */
  readonly enter: (answer: () => Promise<Readonly<Record<string, unknown>>>) => Promise<void>;
}

const auth = '/api/v1/auth';
const textsOf = (list: unknown): readonly string[] =>
  Array.isArray(list) ? list.filter((text) => typeof text === 'string') : [];

export const createEntrances = ({ post, enter }: EntrancesDeps): Entrances => ({
  signUp: async (name, password, key, wantsCodes = false) => {
    const body = { name, password, ...(wantsCodes ? { recoveryCodes: true } : {}) };
    return textsOf((await post(`${auth}/register`, body, { headers: { 'idempotency-key': key } })).recoveryCodes);
  },
  signIn: async (name, password) => {
    let asked: SecondFactor | undefined;
    await enter(async () => {
      const answer = await post(`${auth}/login`, { name, password });
      asked = readSecondFactor(answer);
      return answer;
    });
    return asked;
  },
  giveSecondFactor: (ticket, kind, code) => enter(() => post(`${auth}/second-factor`, { ticket, kind, code })),
  signInByPasskey: async (prove) => {
    const { ticket, options } = await post(`${auth}/passkey/options`);
    // Its user takes as long as needed; other tabs do not wait for that.
    const response = await prove(options);
    await enter(() => post(`${auth}/passkey/verify`, { ticket, response }));
  },
  resume: (swap) =>
    enter(async () => {
      const putBack = swap();
      try {
        const answer = await post(`${auth}/refresh`);
        if (readToken(String(answer.accessToken))) return answer;
        throw new Problem(0, 'The server sent no access token.');
      } catch (thrown) {
        putBack();
        throw thrown;
      }
    }),
  recover: async (name, code, password) => {
    const { recoveryCodesLeft } = await post(`${auth}/recover`, { name, code, password });
    return typeof recoveryCodesLeft === 'number' ? recoveryCodesLeft : 0;
  },
});
