import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { AppError } from '@tickfolio/lib/errors';
import type { Transaction } from '@tickfolio/lib/postgres';
import { tickets } from '../schema.js';
import { secretHash } from '../sessions/secret-hash.js';

/** What a browser was asked for with a passkey, and by whom. */
export interface PasskeyAsk {
  readonly purpose: 'login' | 'reauthenticate' | 'add';
  /** Random, as the authenticator signs it; base64url. */
  readonly challenge: string;
  /** The host name it is for. */
  readonly relyingParty: string;
  /** Of who asked; empty where nobody is signed in. */
  readonly sessionId: string;
  readonly expiresAtMs: number;
}

/**
 * Tickets are signed and not kept, so that whoever asks for a million of them fills nothing. Used ones are kept until
 * their time is over: each works once.
 */
export interface PasskeyTickets {
  give(ask: Omit<PasskeyAsk, 'challenge' | 'expiresAtMs'>, nowMs: number): { ticket: string; challenge: Uint8Array };
  /** @throws AppError unauthenticated for one that is not ours, for something else, or out of time */
  read(ticket: string, ask: Omit<PasskeyAsk, 'challenge' | 'expiresAtMs'>, nowMs: number): PasskeyAsk;
}

const lifeMs = 5 * 60_000;
const challengeBytes = 32;
const maxTicketLength = 1_024;

const ticketOver = () =>
  new AppError('unauthenticated', 'That took too long, or was done already; please begin again.', {
    fields: [{ field: 'ticket', message: 'is used, or its time is over', reason: 'ticket-over' }],
  });

/** @param secret the signing key is derived from it, and says nothing of others that are */
export const createPasskeyTickets = (secret: string): PasskeyTickets => {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'tickfolio passkey tickets', 32));
  const macOf = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const signed = (ticket: string): PasskeyAsk | undefined => {
    const [text = '', mac = '', ...rest] = ticket.length > maxTicketLength ? [] : ticket.split('.');
    const given = Buffer.from(mac, 'base64url');
    const own = macOf(text);
    if (rest.length > 0 || given.length !== own.length || !timingSafeEqual(given, own)) return undefined;
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as PasskeyAsk; // Ours, as it was signed.
  };
  return {
    give: (ask, nowMs) => {
      const challenge = randomBytes(challengeBytes);
      const whole: PasskeyAsk = {
        ...ask,
        challenge: challenge.toString('base64url'),
        expiresAtMs: nowMs + lifeMs,
      };
      const text = Buffer.from(JSON.stringify(whole)).toString('base64url');
      return { ticket: `${text}.${macOf(text).toString('base64url')}`, challenge: new Uint8Array(challenge) };
    },
    read: (ticket, { purpose, relyingParty, sessionId }, nowMs) => {
      const ask = signed(ticket);
      const isFor = ask?.purpose === purpose && ask.relyingParty === relyingParty && ask.sessionId === sessionId;
      if (!ask || !isFor || ask.expiresAtMs <= nowMs) throw ticketOver();
      return ask;
    },
  };
};

/** Notes in the transaction of its use that a ticket was used. @throws AppError unauthenticated where it was before */
export const usePasskeyTicket = async (
  tx: Transaction,
  userId: string,
  { challenge, expiresAtMs }: PasskeyAsk,
): Promise<void> => {
  const row = { ticketHash: secretHash(challenge), kind: 'passkey' as const, userId, expiresAt: new Date(expiresAtMs) };
  const used = await tx.insert(tickets).values(row).onConflictDoNothing().returning({ hash: tickets.ticketHash });
  if (used.length === 0) throw ticketOver();
};
