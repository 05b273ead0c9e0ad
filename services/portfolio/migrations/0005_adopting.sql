-- While only some is here of what its user had elsewhere: hundreds of coins are taken over some at a time.
ALTER TABLE "portfolios" ADD COLUMN "adopting" boolean NOT NULL DEFAULT false;
