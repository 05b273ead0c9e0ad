/** Unseen, in forms that ask for a password alone: programs that keep passwords learn from it whose it is. */
export const WhosePassword = ({ userName }: { readonly userName: string }) => (
  <input
    className="visually-hidden"
    name="username"
    autoComplete="username"
    value={userName}
    readOnly
    tabIndex={-1}
    aria-hidden="true"
  />
);
