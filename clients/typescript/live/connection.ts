/** How frames come. */
export type Connection =
  | 'connecting'
  | 'live'
  /** Lost, and being tried again. */
  | 'reconnecting'
  /** No socket gets through; frames are read over REST meanwhile. */
  | 'reading'
  /** The server wants no more sockets of this user; only the user tries again. */
  | 'refused';
