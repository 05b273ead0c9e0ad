-- What names the request that made the account, so that it is answered the same once more to its owner whom the answer did not reach.
-- Null where the request had no name.
ALTER TABLE "accounts" ADD COLUMN "registration_key" text;
--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_registration_key" ON "accounts" ("registration_key") WHERE "registration_key" IS NOT NULL;
