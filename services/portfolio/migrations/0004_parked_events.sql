-- Streams that are called after a user, to forget those of a user who was erased without reading all of them.
CREATE INDEX "inbox_of_user" ON "inbox" (split_part("stream", ':', 2));
--> statement-breakpoint
-- The event that a stream stands at, where nobody can be asked for it. Null of what a build of before parked.
ALTER TABLE "parked_streams" ADD COLUMN "body" text;
--> statement-breakpoint
-- What of a user goes is looked up by its portfolios, and a portfolio goes only where nothing refers to it.
CREATE INDEX "reservations_of_portfolio" ON "reservations" ("portfolio_id");
--> statement-breakpoint
-- That users were erased, which is forgotten after some weeks.
CREATE INDEX "portfolio_events_erased" ON "portfolio_events" ("created_at") WHERE "type" = 'user.erased';
