/** An error in the exchange's REST form: HTTP status and `{"code","msg"}`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export const invalidSymbol = () => new ApiError(400, -1121, 'Invalid symbol.');
export const missing = (name: string) =>
  new ApiError(400, -1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);
export const illegal = (name: string, range: string) =>
  new ApiError(400, -1100, `Illegal characters found in parameter '${name}'; legal range is '${range}'.`);
export const badCombination = () => new ApiError(400, -1128, 'Combination of optional parameters invalid.');
export const badInterval = () => new ApiError(400, -1120, 'Invalid interval.');
export const unknownPath = () => new ApiError(404, -1000, 'No such path here.');
