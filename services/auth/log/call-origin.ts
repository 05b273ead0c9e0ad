/** Where a call comes from, as far as it is kept and shown to whose account it is. */
export interface CallOrigin {
  /** What asks, such as `Firefox on Linux`; empty where it does not say. */
  readonly device: string;
  /** The network of the address, /24 or /48: enough to know it again, and not who lives there. Empty if unknown. */
  readonly network: string;
  readonly requestId: string;
}
