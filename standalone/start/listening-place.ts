import type { Address } from '@tickfolio/lib/config';

/** Where what does not leave the machine listens. */
export const loopback = '127.0.0.1';

/** A port that the run is going to listen on. */
export interface ListeningPlace {
  /** What moves it. */
  readonly variable: string;
  /** By this name too, which is told where it is the one that was set. */
  readonly otherName?: string;
  readonly address: Address;
  /** Not listened on where prices are an exchange's, which is not known at once. */
  readonly onlyWhenSimulated?: true;
}
