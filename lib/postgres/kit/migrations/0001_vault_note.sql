ALTER TABLE "vaults" ADD COLUMN "note" jsonb;
--> statement-breakpoint
ALTER TABLE "vaults" ADD COLUMN "visits" bigint NOT NULL DEFAULT 0;
