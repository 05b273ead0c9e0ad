-- Orders. All amounts are exact to 18 decimals. The row is locked before anything of the order changes, and `version` counts what was
-- told of it.
CREATE TABLE "orders" (
  "id" uuid PRIMARY KEY,
  -- By which older ones go first at one price.
  "age" bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  "portfolio_id" uuid NOT NULL,
  "user_id" text NOT NULL,
  "client_order_id" text NOT NULL,
  "symbol" text NOT NULL,
  "base_asset" text NOT NULL,
  "quote_asset" text NOT NULL,
  "side" text NOT NULL CHECK ("side" IN ('BUY', 'SELL')),
  "type" text NOT NULL,
  "time_in_force" text,
  -- One of the two is there.
  "quantity" numeric(38, 18) CHECK ("quantity" > 0),
  "quote_quantity" numeric(38, 18) CHECK ("quote_quantity" > 0),
  "price" numeric(38, 18),
  "stop_price" numeric(38, 18),
  "iceberg_quantity" numeric(38, 18),
  -- Fills never go beyond it.
  "protection" numeric(38, 18),
  "step_size" numeric(38, 18),
  "status" text NOT NULL CHECK ("status" IN ('PENDING', 'NEW', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED', 'EXPIRED', 'REJECTED')),
  "working" boolean NOT NULL,
  "filled_quantity" numeric(38, 18) NOT NULL DEFAULT 0,
  "filled_quote" numeric(38, 18) NOT NULL DEFAULT 0,
  "fee" jsonb NOT NULL DEFAULT '[]',
  "fee_asset" text,
  "reservation_asset" text NOT NULL,
  "reservation_amount" numeric(38, 18) NOT NULL CHECK ("reservation_amount" > 0),
  "accepted_after_trade" bigint,
  "accepted_at_ms" bigint,
  "triggered_after_trade" bigint,
  "ended_after_trade" bigint,
  "matching" jsonb,
  "gap" jsonb,
  "cancel_asked" boolean NOT NULL DEFAULT false,
  "reason" text,
  "detail" text,
  "facts" jsonb,
  -- Of the last event of the stream `order:<id>`.
  "version" bigint NOT NULL CHECK ("version" > 0),
  "simulated" boolean NOT NULL,
  "mode" text NOT NULL DEFAULT 'paper' CHECK ("mode" IN ('paper', 'live')),
  "venue" text NOT NULL DEFAULT 'binance',
  "account_id" text,
  -- Of a child of an execution.
  "execution_id" uuid,
  "slice" integer,
  "attempt" integer,
  "request_hash" bytea NOT NULL,
  "created_at" timestamp with time zone NOT NULL,
  "updated_at" timestamp with time zone NOT NULL,
  "ended_at" timestamp with time zone,
  CHECK (("quantity" IS NULL) <> ("quote_quantity" IS NULL)),
  CONSTRAINT "orders_not_overfilled" CHECK ("filled_quantity" <= "quantity"),
  CONSTRAINT "orders_quote_not_overfilled" CHECK ("side" = 'SELL' OR "filled_quote" <= "quote_quantity"),
  CHECK (("status" IN ('PENDING', 'NEW', 'PARTIALLY_FILLED')) = ("ended_at" IS NULL)),
  CONSTRAINT "orders_client_order_id" UNIQUE ("user_id", "client_order_id")
);
--> statement-breakpoint
CREATE INDEX "orders_open" ON "orders" ("symbol", "portfolio_id") WHERE "status" IN ('PENDING', 'NEW', 'PARTIALLY_FILLED');
--> statement-breakpoint
CREATE INDEX "orders_open_of_portfolio" ON "orders" ("portfolio_id", "symbol") WHERE "status" IN ('PENDING', 'NEW', 'PARTIALLY_FILLED');
--> statement-breakpoint
CREATE INDEX "orders_of_user" ON "orders" ("user_id", "created_at", "id");
--> statement-breakpoint
CREATE INDEX "orders_updated_at" ON "orders" ("updated_at", "id");
--> statement-breakpoint
-- What filled them: by the number of a public trade, once. What it costs is known once it is settled in the portfolio.
CREATE TABLE "fills" (
  "id" uuid PRIMARY KEY,
  "order_id" uuid NOT NULL REFERENCES "orders" ("id"),
  "symbol" text NOT NULL,
  "venue" text NOT NULL,
  "account_id" text,
  "trade_id" bigint,
  "exchange_trade_id" text,
  "price" numeric(38, 18) NOT NULL CHECK ("price" > 0),
  "quantity" numeric(38, 18) NOT NULL CHECK ("quantity" > 0),
  "quote" numeric(38, 18) NOT NULL,
  -- The trade itself, and what others of the portfolio had of it before.
  "trade_price" numeric(38, 18),
  "trade_quantity" numeric(38, 18),
  "taken_before" numeric(38, 18),
  "buyer_is_maker" boolean,
  -- In order of preference; the first that can be paid is.
  "fee_choices" jsonb NOT NULL,
  "fee_schedule_id" integer,
  "discount_price" numeric(38, 18),
  "fee" numeric(38, 18),
  "fee_asset" text,
  "maker" boolean NOT NULL,
  "traded_at" timestamp with time zone NOT NULL,
  "model" text NOT NULL CHECK ("model" IN ('tape', 'book', 'exchange')),
  "recorded_at" timestamp with time zone NOT NULL,
  "settled_at" timestamp with time zone,
  CHECK ("quote" = "price" * "quantity"),
  CHECK (("settled_at" IS NULL) = ("fee" IS NULL)),
  UNIQUE ("order_id", "trade_id")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "fills_of_exchange" ON "fills" ("venue", "account_id", "symbol", "exchange_trade_id");
--> statement-breakpoint
CREATE INDEX "fills_unsettled" ON "fills" ("order_id") WHERE "settled_at" IS NULL;
--> statement-breakpoint
-- What is still to be done for an order, or for the reservation of an execution, by its id.
CREATE TABLE "sagas" (
  "id" uuid PRIMARY KEY,
  "portfolio_id" uuid NOT NULL,
  "step" text NOT NULL CHECK ("step" IN ('reserving', 'working', 'settling', 'releasing', 'abandoning', 'done', 'stuck')),
  "attempts" integer NOT NULL,
  "next_at" timestamp with time zone NOT NULL,
  "waited_ms" integer NOT NULL,
  "last_error" text,
  "step_at" timestamp with time zone NOT NULL,
  "updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "sagas_due" ON "sagas" ("next_at") WHERE "step" NOT IN ('working', 'done', 'stuck');
--> statement-breakpoint
CREATE INDEX "sagas_of_portfolio" ON "sagas" ("portfolio_id") WHERE "step" <> 'done';
--> statement-breakpoint
-- How far the trades of a symbol were looked at, and what was known then; there from its first order on, empty until a trade is known.
-- Locked before any of its orders, by who fills them and by whatever changes which of them may be filled.
CREATE TABLE "tape_positions" (
  "venue" text NOT NULL,
  "symbol" text NOT NULL,
  -- Raised with each change of what may be filled.
  "revision" bigint NOT NULL DEFAULT 0,
  "last_trade_id" bigint,
  "watermark_ms" bigint,
  "last_trade_ms" bigint,
  "last_price" numeric(38, 18),
  -- Of the last trade in which a buyer took, and a seller.
  "ask_print" numeric(38, 18),
  "bid_print" numeric(38, 18),
  "simulated" boolean,
  "updated_at" timestamp with time zone NOT NULL,
  PRIMARY KEY ("venue", "symbol"),
  CHECK (num_nulls("last_trade_id", "watermark_ms", "last_trade_ms", "last_price", "ask_print", "bid_print", "simulated") IN (0, 7))
);
--> statement-breakpoint
CREATE TABLE "fee_schedules" (
  "id" integer PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY,
  "venue" text NOT NULL,
  "maker" numeric(38, 18) NOT NULL CHECK ("maker" >= 0 AND "maker" < 1),
  "taker" numeric(38, 18) NOT NULL CHECK ("taker" >= 0 AND "taker" < 1),
  "discount_asset" text,
  "discount" numeric(38, 18),
  "valid_from" timestamp with time zone NOT NULL,
  CHECK (("discount_asset" IS NULL) = ("discount" IS NULL)),
  UNIQUE ("venue", "valid_from")
);
--> statement-breakpoint
-- Portfolios that take no orders, because one refused what it may not.
CREATE TABLE "reviews" (
  "portfolio_id" uuid PRIMARY KEY,
  "order_id" uuid NOT NULL,
  "reason" text NOT NULL,
  "began_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
-- Symbols that the exchange trades no more and does not expect to, since when: orders of them end after a day.
CREATE TABLE "broken_symbols" ("symbol" text PRIMARY KEY, "since" timestamp with time zone NOT NULL);
--> statement-breakpoint
-- What the rounds that compare orders with fills and reservations found, a row for each check.
CREATE TABLE "audits" (
  "id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  "name" text NOT NULL,
  "scope" text NOT NULL CHECK ("scope" IN ('changed', 'all')),
  "began_at" timestamp with time zone NOT NULL,
  "ended_at" timestamp with time zone NOT NULL,
  "checked" bigint NOT NULL,
  "missing" bigint NOT NULL,
  "duplicate" bigint NOT NULL,
  "mismatch" bigint NOT NULL,
  -- What was passed over because it is being done.
  "in_flight" bigint NOT NULL,
  -- The first of what was found, in words.
  "found" jsonb NOT NULL
);
--> statement-breakpoint
CREATE INDEX "audits_began_at" ON "audits" ("scope", "began_at");
--> statement-breakpoint
-- The service's own events, kept for good; those that the event log has not acknowledged are sent from here (lib/outbox).
CREATE TABLE "order_events" (
  "seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  "id" uuid NOT NULL,
  "topic" text NOT NULL,
  "key" text NOT NULL,
  "stream" text NOT NULL,
  "version" bigint NOT NULL CHECK ("version" > 0),
  "type" text NOT NULL,
  "body" jsonb NOT NULL,
  "created_at" timestamp with time zone NOT NULL,
  "sent_at" timestamp with time zone,
  UNIQUE ("stream", "version")
);
--> statement-breakpoint
CREATE INDEX "order_events_unsent" ON "order_events" ("seq") WHERE "sent_at" IS NULL;
--> statement-breakpoint
-- That users were erased, which is forgotten after some weeks.
CREATE INDEX "order_events_erased" ON "order_events" ("created_at") WHERE "type" = 'user.erased';
--> statement-breakpoint
CREATE TABLE "relay_lease" (
  "name" text PRIMARY KEY,
  "holder" text NOT NULL,
  "until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "database_epoch" ("one" boolean PRIMARY KEY CHECK ("one"), "epoch" integer NOT NULL CHECK ("epoch" > 0));
