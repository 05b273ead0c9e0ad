CREATE TABLE "accounts" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "name" text NOT NULL,
  "password_hash" text NOT NULL,
  "created_at" timestamp with time zone NOT NULL DEFAULT now()
);
--> statement-breakpoint
-- Names are unique regardless of case and kept as they were given.
CREATE UNIQUE INDEX "accounts_name_unique" ON "accounts" (lower("name"));
--> statement-breakpoint
-- A session is a family of refresh tokens, each born from the one before.
CREATE TABLE "sessions" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  "user_id" uuid NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
  "created_at" timestamp with time zone NOT NULL,
  "expires_at" timestamp with time zone NOT NULL,
  "revoked_at" timestamp with time zone,
  "revoked_because" text CHECK ("revoked_because" IN ('logout', 'reuse')),
  CHECK (("revoked_at" IS NULL) = ("revoked_because" IS NULL))
);
--> statement-breakpoint
CREATE INDEX "sessions_user_id" ON "sessions" ("user_id");
--> statement-breakpoint
CREATE INDEX "sessions_expires_at" ON "sessions" ("expires_at");
--> statement-breakpoint
CREATE INDEX "sessions_revoked_at" ON "sessions" ("revoked_at") WHERE "revoked_at" IS NOT NULL;
--> statement-breakpoint
-- Only the SHA-256 of a token is kept.
CREATE TABLE "refresh_tokens" (
  "token_hash" text PRIMARY KEY,
  "session_id" uuid NOT NULL REFERENCES "sessions" ("id") ON DELETE CASCADE,
  "created_at" timestamp with time zone NOT NULL,
  "expires_at" timestamp with time zone NOT NULL,
  "used_at" timestamp with time zone,
  "grace_uses" integer NOT NULL DEFAULT 0
);
--> statement-breakpoint
CREATE INDEX "refresh_tokens_session_id" ON "refresh_tokens" ("session_id");
--> statement-breakpoint
CREATE INDEX "refresh_tokens_expires_at" ON "refresh_tokens" ("expires_at");
