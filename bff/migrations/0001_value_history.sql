-- What a portfolio was worth, minute by minute, and once an hour for longer. One row per user and moment, whoever of several replicas writes it.
CREATE TABLE "portfolio_values" (
  "user_id" text NOT NULL REFERENCES "profiles" ("id") ON DELETE CASCADE,
  "minute" timestamp with time zone NOT NULL,
  "value" numeric NOT NULL,
  PRIMARY KEY ("user_id", "minute")
);
--> statement-breakpoint
CREATE INDEX "portfolio_values_minute" ON "portfolio_values" USING brin ("minute");
--> statement-breakpoint
CREATE TABLE "portfolio_hours" (
  "user_id" text NOT NULL REFERENCES "profiles" ("id") ON DELETE CASCADE,
  "hour" timestamp with time zone NOT NULL,
  "value" numeric NOT NULL,
  PRIMARY KEY ("user_id", "hour")
);
--> statement-breakpoint
CREATE INDEX "portfolio_hours_hour" ON "portfolio_hours" USING brin ("hour");
--> statement-breakpoint
-- The first price that was known of a symbol on a day (UTC), in its quote asset: what today's change is counted from.
CREATE TABLE "day_opens" (
  "day" date NOT NULL,
  "symbol" text NOT NULL,
  "price" numeric NOT NULL,
  PRIMARY KEY ("day", "symbol")
);
