-- Files of the page's builds whose names are made of their content, so that a replica of one build can serve those of another: while an
-- update is rolled out a balancer sends a page to both, and pages that stayed open ask for files of the build before.
CREATE TABLE "page_assets" (
  "name" text PRIMARY KEY,
  "bytes" bytea NOT NULL,
  "seen_at" timestamp with time zone NOT NULL
);
