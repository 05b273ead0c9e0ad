-- Symbols that somebody looks at without holding them. All replicas read them, so that each tells the aggregator of the same set.
CREATE TABLE "symbol_leases" (
  "user_id" text NOT NULL,
  "symbol" text NOT NULL,
  "quote_asset" text NOT NULL,
  "until" timestamp with time zone NOT NULL,
  PRIMARY KEY ("user_id", "symbol")
);
--> statement-breakpoint
CREATE INDEX "symbol_leases_until" ON "symbol_leases" ("until");
