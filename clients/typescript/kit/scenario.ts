import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@tickfolio/lib/kit/process';

/** What the server does on a socket, one step after the other. */
export type SocketStep =
  /** A frame of that total, of another portfolio perhaps; goes on when the client has taken it. */
  | { readonly frame: string; readonly of?: string }
  /** Frames of the totals 1 to this one. */
  | { readonly frames: number }
  /** Any text. */
  | { readonly text: string }
  /** Says that the token runs out soon. */
  | { readonly expiring: true }
  /** Goes on when another portfolio was asked for on the socket. */
  | { readonly viewed: true }
  /** Answers who asks for channels on the socket. */
  | { readonly subscribed: true }
  /** Tells that so much USDT is in a portfolio, that an order is so, or that both are to be read anew. */
  | { readonly balance: string }
  /** With the price of what filled it last. */
  | { readonly order: string; readonly filledAt?: string }
  | { readonly resync: true }
  /** Refuses it. */
  | { readonly error: string; readonly reason: string }
  /** Goes on when a new token came on the socket. */
  | { readonly refreshed: true }
  | { readonly close: number }
  /** Ends the connection without a word. */
  | { readonly cut: true };

export interface ScriptedAnswer {
  /** 0: the connection is cut instead of an answer. */
  readonly status: number;
  readonly retryAfter?: number;
  readonly body?: unknown;
}

export type ClientStep =
  /** The code is what the user has for an account that asks for a second factor, of the first kind that it takes. */
  | { readonly signIn: true | { readonly code: string } }
  /** Reads the portfolio. */
  | { readonly read: true }
  /** Reads how the total comes about, which is shown as a frame is. */
  | { readonly receipt: true }
  /** Adds so much of a coin. */
  | { readonly add: readonly [symbol: string, quantity: string] }
  /** Lets so much time pass, in seconds. */
  | { readonly wait: number }
  /** Takes so many frames, and is told of balances and orders meanwhile; signs in once more after so many of them. */
  | {
      readonly live: number;
      readonly silentAfter?: number;
      readonly signInAfter?: number;
      readonly portfolioId?: string;
      readonly balances?: true;
      readonly orders?: true;
    }
  /** Takes one frame, is busy until the server has done everything, then takes frames until this total. */
  | { readonly liveUntil: string };

/** What a client that did its steps has to show, and what the server has seen of it. */
export interface Outcome {
  /** Totals in their order. */
  readonly frames?: readonly string[];
  /** What it was told beside frames: `<asset> <available>`, `order <status> <price of its fill>`, or `resync`. */
  readonly balances?: readonly string[];
  /** Milliseconds. */
  readonly pauses: readonly number[];
  readonly problem?: {
    readonly status: number;
    readonly reason?: string;
    readonly retryAfterMs?: number;
    readonly fields?: Readonly<Record<string, string>>;
  };
  /** The close code for which it gave up. */
  readonly stopped?: number;
  /** Calls and sockets in their order, with the number of the access token or of the cookie, and of the change's key. A second factor is there as it was sent. */
  readonly seen: readonly string[];
}

/** One script for a server and a client, and what must come of it: a file of clients/scenarios. */
export interface Scenario {
  readonly about: string;
  /** What the client's chance gives, 0 to 1. Default 0.5. */
  readonly random?: number;
  /** When the server's clock says that tokens are made. */
  readonly issuedAt?: string;
  /** By `METHOD path`: the first calls; later ones are answered as usual. */
  readonly answers?: Readonly<Record<string, readonly ScriptedAnswer[]>>;
  /** The first sockets; later ones are as the last. */
  readonly sockets?: readonly (readonly SocketStep[])[];
  readonly client: readonly ClientStep[];
  readonly outcome: Outcome;
}

const folder = join(projectRoot, 'clients/scenarios');

/** All of them, by the names of their files. */
export const readScenarios = (): ReadonlyMap<string, Scenario> =>
  new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .sort()
      .map((file) => [file.replace('.json', ''), JSON.parse(readFileSync(join(folder, file), 'utf8')) as Scenario]),
  );
