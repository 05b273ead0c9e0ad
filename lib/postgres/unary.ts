import type { CallContext, GrpcServer } from '../grpc/grpc.js';
import { fromPostgresError } from './sql-error.js';

/** The calls of a service that stands on a database: what that throws becomes an AppError here, once. */
export const unaryOf =
  (server: Pick<GrpcServer, 'unary'>) =>
  <Req, Res>(handle: (request: Req, context: CallContext) => Promise<Res>) =>
    server.unary<Req, Res>(async (request, context) => {
      try {
        return await handle(request, context);
      } catch (err) {
        throw fromPostgresError(err);
      }
    });
