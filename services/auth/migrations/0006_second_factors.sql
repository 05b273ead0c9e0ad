-- Only the SHA-256 of a code is kept: 80 random bits, which nobody guesses.
CREATE TABLE "recovery_codes" (
  "code_hash" text PRIMARY KEY,
  "user_id" uuid NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
  "created_at" timestamp with time zone NOT NULL,
  "used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "recovery_codes_user_id" ON "recovery_codes" ("user_id");
--> statement-breakpoint
-- What an authenticator app and the service share. It must be read back, so it is sealed and not hashed. It counts once it was confirmed.
CREATE TABLE "totp_secrets" (
  "user_id" uuid PRIMARY KEY REFERENCES "accounts" ("id") ON DELETE CASCADE,
  "sealed" text NOT NULL,
  "begun_by" uuid NOT NULL,
  "created_at" timestamp with time zone NOT NULL,
  "confirmed_at" timestamp with time zone,
  -- The step of 30 s of the last code that was taken: a code works once.
  "last_step" bigint
);
--> statement-breakpoint
CREATE TABLE "passkeys" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "user_id" uuid NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
  "name" text NOT NULL,
  "credential_id" text NOT NULL UNIQUE,
  "public_key" bytea NOT NULL,
  "counter" bigint NOT NULL,
  "transports" text NOT NULL,
  "relying_party" text NOT NULL,
  "backed_up" boolean NOT NULL,
  "created_at" timestamp with time zone NOT NULL,
  "last_used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "passkeys_user_id" ON "passkeys" ("user_id");
--> statement-breakpoint
-- Logins that wait for their second factor, and tickets of passkeys that were used. The latter are signed and stand here only once they
-- were used, so that nobody fills the table by asking.
CREATE TABLE "tickets" (
  "ticket_hash" text PRIMARY KEY,
  "kind" text NOT NULL CHECK ("kind" IN ('second-factor', 'passkey')),
  "user_id" uuid NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
  "tries" integer NOT NULL DEFAULT 0,
  "expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "tickets_expires_at" ON "tickets" ("expires_at");
--> statement-breakpoint
CREATE INDEX "tickets_user_id" ON "tickets" ("user_id");
