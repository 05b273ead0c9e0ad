-- Portfolios and what is in them, as the portfolio service tells: what frames of others than the default one are made of.
CREATE TABLE "portfolios" (
  "id" uuid PRIMARY KEY,
  "user_id" text NOT NULL,
  "name" text NOT NULL,
  "kind" text NOT NULL,
  "base_currency_code" text NOT NULL,
  "is_default" boolean NOT NULL,
  "simulated" boolean NOT NULL,
  "version" bigint NOT NULL,
  "archived_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "portfolios_user_id" ON "portfolios" ("user_id");
--> statement-breakpoint
CREATE TABLE "holdings" (
  "portfolio_id" uuid NOT NULL,
  "asset" text NOT NULL,
  "via" text NOT NULL,
  "user_id" text NOT NULL,
  "available" numeric(38, 18) NOT NULL CHECK ("available" >= 0),
  "reserved" numeric(38, 18) NOT NULL CHECK ("reserved" >= 0),
  "version" bigint NOT NULL,
  PRIMARY KEY ("portfolio_id", "asset", "via")
);
--> statement-breakpoint
CREATE INDEX "holdings_user_id" ON "holdings" ("user_id");
--> statement-breakpoint
CREATE TABLE "balance_versions" (
  "portfolio_id" uuid PRIMARY KEY,
  "user_id" text NOT NULL,
  "base" bigint NOT NULL DEFAULT 0,
  "version" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "balance_versions_user_id" ON "balance_versions" ("user_id");
--> statement-breakpoint
-- Those that somebody has on a socket, and until when their symbols are followed for that.
CREATE TABLE "viewed_portfolios" (
  "user_id" text NOT NULL,
  "portfolio_id" text NOT NULL,
  "until" timestamp with time zone NOT NULL,
  PRIMARY KEY ("user_id", "portfolio_id")
);
--> statement-breakpoint
CREATE INDEX "viewed_portfolios_until" ON "viewed_portfolios" ("until");
