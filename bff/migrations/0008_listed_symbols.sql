-- What the exchange listed at any time, so that the page of a coin that is on no list any more still says what it is of and priced in.
CREATE TABLE "listed_symbols" (
  "symbol" text NOT NULL,
  "simulated" boolean NOT NULL,
  "quote_asset" text NOT NULL,
  PRIMARY KEY ("simulated", "symbol")
);
--> statement-breakpoint
-- What was held before this table was there; by its last price it is known of which kind.
INSERT INTO "listed_symbols" ("symbol", "simulated", "quote_asset")
SELECT "held"."symbol", "last_prices"."simulated", "held"."quote_asset"
FROM (SELECT "symbol", "quote_asset" FROM "coins" UNION SELECT "symbol", "quote_asset" FROM "portfolio_changes") AS "held"
JOIN "last_prices" ON "last_prices"."symbol" = "held"."symbol"
ON CONFLICT DO NOTHING;
