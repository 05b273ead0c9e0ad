CREATE TABLE "profiles" (
  "id" text PRIMARY KEY,
  "name" text NOT NULL,
  "created_at" timestamp with time zone NOT NULL DEFAULT now()
);
--> statement-breakpoint
CREATE TABLE "coins" (
  "id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  "user_id" text NOT NULL REFERENCES "profiles" ("id") ON DELETE CASCADE,
  "symbol" text NOT NULL,
  "quote_asset" text NOT NULL,
  "quantity" numeric(38, 18) NOT NULL,
  "created_at" timestamp with time zone NOT NULL DEFAULT now(),
  "updated_at" timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "coins_quantity_not_negative" CHECK ("quantity" >= 0)
);
--> statement-breakpoint
CREATE UNIQUE INDEX "coins_user_id_symbol" ON "coins" ("user_id", "symbol");
--> statement-breakpoint
CREATE INDEX "coins_symbol" ON "coins" ("symbol", "quote_asset");
