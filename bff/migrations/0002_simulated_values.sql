-- Real and simulated prices never mix: a run may take one kind today and the other tomorrow, on the same database.
-- What was recorded until now says nothing about its kind.
DELETE FROM "portfolio_values";
--> statement-breakpoint
ALTER TABLE "portfolio_values" ADD COLUMN "simulated" boolean NOT NULL, DROP CONSTRAINT "portfolio_values_pkey", ADD PRIMARY KEY ("user_id", "simulated", "minute");
--> statement-breakpoint
DELETE FROM "portfolio_hours";
--> statement-breakpoint
ALTER TABLE "portfolio_hours" ADD COLUMN "simulated" boolean NOT NULL, DROP CONSTRAINT "portfolio_hours_pkey", ADD PRIMARY KEY ("user_id", "simulated", "hour");
--> statement-breakpoint
DELETE FROM "day_opens";
--> statement-breakpoint
ALTER TABLE "day_opens" ADD COLUMN "simulated" boolean NOT NULL, DROP CONSTRAINT "day_opens_pkey", ADD PRIMARY KEY ("day", "simulated", "symbol");
