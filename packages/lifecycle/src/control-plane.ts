/** The control plane's address and key, for the decision where that key may go. */
export interface ControlPlane {
  /** `scheme://host[:port]`. */
  readonly origin: string;
  readonly apiKey: string | undefined;
}
