-- What fills of a reservation may bring at most: room is kept for it, because a fill is never refused. Of those of before
-- nobody said it.
ALTER TABLE "reservations" ADD COLUMN "brings_asset" text NOT NULL DEFAULT '';
--> statement-breakpoint
ALTER TABLE "reservations" ADD COLUMN "brings" numeric(38, 18) NOT NULL DEFAULT 0 CHECK ("brings" >= 0);
