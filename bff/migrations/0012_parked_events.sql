-- Streams that are called after a user, to forget those of a user who was erased without reading all of them.
CREATE INDEX "inbox_of_user" ON "inbox" (split_part("stream", ':', 2));
--> statement-breakpoint
-- The event that a stream stands at, where nobody can be asked for it. Null of what a build of before parked.
ALTER TABLE "parked_streams" ADD COLUMN "body" text;
