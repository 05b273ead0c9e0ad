/** An answer of a server that may be older than this page, and then leaves out the fields that are named. */
export type OfAnyAge<Answer, Newer extends keyof Answer> = Omit<Answer, Newer> & Partial<Pick<Answer, Newer>>;
