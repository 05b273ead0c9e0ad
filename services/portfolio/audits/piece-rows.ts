/** Rows of one statement: nobody else has the embedded database meanwhile. */
export const pieceRows = 1_000;
