import * as wire from '@tickfolio/gen/portfolio/v1/reservation';
import { AppError } from '@tickfolio/lib/errors';
import type { CallContext, GrpcServer } from '@tickfolio/lib/grpc';
import { unaryOf } from '@tickfolio/lib/postgres';
import type { Books } from './books/books.js';
import type { KeptReservation } from './books/readings.js';
import { requirePage } from './pages.js';
import { unknownReservation } from './postings/refusal.js';

const maxFees = 8;
const kinds = ['order', 'execution'] as const;
const wordPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const maxWordLength = 64;

const invalid = (field: string, message: string): AppError =>
  new AppError('invalid_argument', `The ${field} ${message}.`, { fields: [{ field, message }] });

const readKind = (text: string): (typeof kinds)[number] => {
  const kind = kinds.find((one) => one === text);
  if (kind === undefined) throw invalid('kind', `must be one of ${kinds.join(', ')}`);
  return kind;
};
const readWord = (reason: string): string => {
  if (reason.length <= maxWordLength && wordPattern.test(reason)) return reason;
  throw invalid('reason', `must be a word in kebab-case of at most ${maxWordLength} characters`);
};
const given = <Part>(part: Part | undefined, field: string): Part => {
  if (part === undefined) throw invalid(field, 'must be said');
  return part;
};
const toWire = ({ for: kind, ...kept }: KeptReservation): wire.Reservation => ({ ...kept, kind });

/** Adds portfolio.v1.ReservationService to the server. */
export const serveReservations = (
  server: GrpcServer,
  { reservations, settle, readings }: Pick<Books, 'reservations' | 'settle' | 'readings'>,
): void => {
  const unary = unaryOf(server);
  const implementation: wire.ReservationServiceServer = {
    reserve: unary<wire.ReserveRequest, wire.ReserveResponse>(
      async ({ kind, ...asked }, { requestId }: CallContext) => ({
        state: 'held',
        ...(await reservations.reserve({ ...asked, for: readKind(kind), requestId })),
      }),
    ),
    settle: unary<wire.SettleRequest, wire.SettleResponse>(async ({ take, give, fees, ...asked }, { requestId }) => {
      if (fees.length > maxFees) throw invalid('fees', `must be ${maxFees} at most`);
      const parts = { take: given(take, 'take'), give: given(give, 'give'), fees };
      const { fee, ...settled } = await settle({ ...asked, ...parts, requestId });
      return { ...settled, fee: fee && { ...fee } };
    }),
    release: unary<wire.ReleaseRequest, wire.ReleaseResponse>(async ({ reason, ...asked }, { requestId }) => ({
      ...(await reservations.release({ ...asked, reason: readWord(reason), requestId })),
    })),
    getReservation: unary<wire.GetReservationRequest, wire.Reservation>(async ({ reservationId }) => {
      const kept = await readings.reservation(reservationId);
      if (!kept) throw unknownReservation();
      return toWire(kept);
    }),
    listReservations: unary<wire.ListReservationsRequest, wire.ListReservationsResponse>(async (page) => {
      requirePage(page);
      const { items, next } = await readings.reservations(page.after, page.limit);
      return { reservations: items.map(toWire), next: next ?? '' };
    }),
  };
  server.addService(wire.ReservationServiceService, implementation);
};
