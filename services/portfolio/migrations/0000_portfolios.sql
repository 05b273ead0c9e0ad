-- Who has portfolios. The row is locked first by whatever makes or names one, so that names and numbers are counted in turn;
-- the portfolio's own row after it.
CREATE TABLE "owners" (
  "user_id" text PRIMARY KEY,
  -- Of the last event of the stream `watchlist:<user id>`.
  "watchlist_version" bigint NOT NULL DEFAULT 0,
  "created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "portfolios" (
  "id" uuid PRIMARY KEY,
  "user_id" text NOT NULL REFERENCES "owners" ("user_id"),
  "name" text NOT NULL,
  -- What names are compared by, made by the program: databases fold letters each in its own way.
  "name_key" text NOT NULL,
  "kind" text NOT NULL CHECK ("kind" IN ('tracking', 'paper', 'exchange')),
  "base_currency_code" text NOT NULL DEFAULT 'USDT',
  "cost_method" text NOT NULL DEFAULT 'FIFO' CHECK ("cost_method" IN ('FIFO', 'LIFO', 'HIFO', 'AVERAGE')),
  "is_default" boolean NOT NULL DEFAULT false,
  "fee_asset" text,
  -- Of an exchange, where it mirrors one.
  "account_id" text,
  -- Whether it lives at made-up prices. What one really owns never does.
  "simulated" boolean NOT NULL DEFAULT false CHECK ("kind" <> 'tracking' OR NOT "simulated"),
  -- Of the last event of the stream `portfolio:<id>`.
  "version" bigint NOT NULL CHECK ("version" > 0),
  -- Of the last event of the stream `balances:<id>`.
  "balance_version" bigint NOT NULL DEFAULT 0 CHECK ("balance_version" >= 0),
  "created_at" timestamp with time zone NOT NULL,
  "archived_at" timestamp with time zone,
  CHECK (NOT "is_default" OR "archived_at" IS NULL)
);
--> statement-breakpoint
CREATE UNIQUE INDEX "portfolios_default" ON "portfolios" ("user_id", "kind", "simulated") WHERE "is_default";
--> statement-breakpoint
CREATE UNIQUE INDEX "portfolios_name" ON "portfolios" ("user_id", "name_key") WHERE "archived_at" IS NULL;
--> statement-breakpoint
CREATE INDEX "portfolios_of_user" ON "portfolios" ("user_id", "created_at", "id");
--> statement-breakpoint
-- Requests that were made under a key, each with its answer, kept for some days: the same once more changes nothing.
CREATE TABLE "requests" (
  "user_id" text NOT NULL REFERENCES "owners" ("user_id"),
  "key" text NOT NULL,
  -- The same for the same request only.
  "request" text NOT NULL,
  "result" jsonb NOT NULL,
  "created_at" timestamp with time zone NOT NULL,
  PRIMARY KEY ("user_id", "key")
);
--> statement-breakpoint
CREATE INDEX "requests_created_at" ON "requests" ("created_at");
--> statement-breakpoint
-- The service's own events, kept for good; those that the event log has not acknowledged are sent from here (lib/outbox).
CREATE TABLE "portfolio_events" (
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
CREATE INDEX "portfolio_events_unsent" ON "portfolio_events" ("seq") WHERE "sent_at" IS NULL;
--> statement-breakpoint
CREATE TABLE "relay_lease" (
  "name" text PRIMARY KEY,
  "holder" text NOT NULL,
  "until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "database_epoch" ("one" boolean PRIMARY KEY CHECK ("one"), "epoch" integer NOT NULL CHECK ("epoch" > 0));
