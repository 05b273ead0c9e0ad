import { type Erasing, type ErasingDeps, startErasing as startErasingOf } from '@tickfolio/lib/outbox/inbox';
import { eq } from 'drizzle-orm';
import { erasingUsers, inboxOf, owners, portfolioEvents } from '../schema.js';
import { pieces } from './erased-rows.js';

/** Removes all that lies here of users who were deleted. */
export const startErasing = (deps: ErasingDeps): Erasing =>
  startErasingOf(deps, {
    service: 'portfolio',
    tables: {
      erasedUsers: inboxOf.erasedUsers,
      events: portfolioEvents.events,
      openErasures: erasingUsers,
    },
    pieces,
    lock: async (tx, userId) => {
      await tx.insert(owners).values({ userId, createdAt: deps.time() }).onConflictDoNothing();
      await tx.select().from(owners).where(eq(owners.userId, userId)).for('update');
    },
    unlock: async (tx, userId) => {
      await tx.delete(owners).where(eq(owners.userId, userId));
    },
  });
