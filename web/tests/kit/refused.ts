/** An answer of the server that is a problem. */
export class Refused {
  readonly status: number;
  readonly json: object;
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param reason its stable word @param field what it is about, where it is one @param headers further ones @param facts
   * the numbers behind it
   */
  constructor(
    status: number,
    reason: string,
    field?: string,
    headers: Readonly<Record<string, string>> = {},
    facts: Readonly<Record<string, unknown>> = {},
  ) {
    this.status = status;
    const errors = field === undefined ? [] : [{ field, message: `is ${reason}`, reason }];
    this.json = { detail: `refused: ${reason}`, code: `urn:tickfolio:problem:${reason}`, errors, facts };
    this.headers = headers;
  }
}
