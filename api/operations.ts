import { Type } from 'typebox';
import { orNull, strict } from './fields.js';

export const HealthAnswer = Type.Object({ status: Type.Literal('ok') }, strict);

export const ReadyAnswer = Type.Object(
  {
    status: Type.Union([Type.Literal('ready'), Type.Literal('not ready'), Type.Literal('draining')]),
    simulated: orNull(Type.Boolean(), { description: 'whether prices are simulated; null while nobody knows' }),
    clockOffsetMs: orNull(Type.Integer(), {
      description:
        "how far the exchange's time is ahead of this machine's clock, in milliseconds; null while nobody knows",
    }),
    tokenClockOffsetMs: orNull(Type.Integer(), {
      description:
        "how far the time of the auth service's database, by which access tokens run out, is ahead of this machine's clock, in milliseconds; null while nobody knows",
    }),
    dependencies: Type.Record(
      Type.String(),
      Type.Object(
        {
          status: Type.Union([Type.Literal('ok'), Type.Literal('down')]),
          required: Type.Boolean({ description: 'whether the service is ready only with it' }),
          reason: Type.Optional(Type.String({ description: 'what is wrong' })),
        },
        strict,
      ),
    ),
  },
  strict,
);
