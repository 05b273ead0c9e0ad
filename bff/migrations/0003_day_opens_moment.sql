-- When the first price of a day was recorded: of a coin that was added at noon it is not the price of midnight.
-- Of what was recorded until now nobody knows it.
DELETE FROM "day_opens";
--> statement-breakpoint
ALTER TABLE "day_opens" ADD COLUMN "recorded_at" timestamp with time zone NOT NULL DEFAULT now();
