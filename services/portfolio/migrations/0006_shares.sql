-- Links by which anybody looks at a portfolio. A build of before deletes portfolios and knows nothing of them.
CREATE TABLE "shares" (
  "id" uuid PRIMARY KEY,
  "portfolio_id" uuid NOT NULL REFERENCES "portfolios" ("id") ON DELETE CASCADE,
  -- SHA-256 of the token, which is kept nowhere.
  "token_hash" bytea NOT NULL UNIQUE,
  "amounts" boolean NOT NULL,
  "created_at" timestamp with time zone NOT NULL,
  "expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "shares_of_portfolio" ON "shares" ("portfolio_id");
