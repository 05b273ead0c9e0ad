-- The last price of every symbol that somebody holds, real and simulated apart: the price bus may forget them, and the exchange may list a
-- symbol no longer. One row per symbol and kind, which only goes forward.
CREATE TABLE "last_prices" (
  "symbol" text NOT NULL,
  "simulated" boolean NOT NULL,
  "price" numeric NOT NULL,
  "trade_time" timestamp with time zone NOT NULL,
  "trade_id" bigint NOT NULL,
  "received_at" timestamp with time zone NOT NULL,
  PRIMARY KEY ("simulated", "symbol")
);
--> statement-breakpoint
-- What a recorded value lacks: coins without any price, and coins at a price that stands still. NULL for nothing, and in all rows of before.
ALTER TABLE "portfolio_values" ADD COLUMN "missing" text[], ADD COLUMN "old" text[];
--> statement-breakpoint
ALTER TABLE "portfolio_hours" ADD COLUMN "missing" text[], ADD COLUMN "old" text[];
