-- The version of a portfolio counts the changes of its coins. A trigger raises it, so that it counts what builds before it change as well.
ALTER TABLE "profiles" ADD COLUMN "version" bigint NOT NULL DEFAULT 0;
--> statement-breakpoint
-- The portfolio's version as the coin's quantity was written last.
ALTER TABLE "coins" ADD COLUMN "version" bigint NOT NULL DEFAULT 0;
--> statement-breakpoint
CREATE FUNCTION "raise_portfolio_version"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    -- A coin of quantity 0 was gone already.
    IF OLD."quantity" > 0 THEN
      UPDATE "profiles" SET "version" = "version" + 1 WHERE "id" = OLD."user_id";
    END IF;
    RETURN OLD;
  END IF;
  UPDATE "profiles" SET "version" = "version" + 1 WHERE "id" = NEW."user_id" RETURNING "version" INTO NEW."version";
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER "coins_raise_portfolio_version" BEFORE INSERT OR DELETE OR UPDATE OF "quantity" ON "coins"
  FOR EACH ROW EXECUTE FUNCTION "raise_portfolio_version"();
--> statement-breakpoint
-- What was changed, kept for some days: a repeated request finds its answer here, and an undo what it reverses.
CREATE TABLE "portfolio_changes" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "user_id" text NOT NULL REFERENCES "profiles" ("id") ON DELETE CASCADE,
  "made_at" timestamp with time zone NOT NULL DEFAULT now(),
  "idempotency_key" text,
  "request" text NOT NULL,
  "symbol" text NOT NULL,
  "quote_asset" text NOT NULL,
  "delta" numeric(38, 18) NOT NULL,
  "quantity" numeric(38, 18) NOT NULL,
  "coin_id" bigint NOT NULL,
  "coin_created_at" timestamp with time zone NOT NULL,
  "version" bigint NOT NULL,
  "undoes" uuid
);
--> statement-breakpoint
CREATE UNIQUE INDEX "portfolio_changes_key" ON "portfolio_changes" ("user_id", "idempotency_key");
--> statement-breakpoint
CREATE UNIQUE INDEX "portfolio_changes_undoes" ON "portfolio_changes" ("undoes");
--> statement-breakpoint
CREATE INDEX "portfolio_changes_made_at" ON "portfolio_changes" ("made_at");
