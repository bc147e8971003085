/** The daemon of one sandbox. */
export interface ExecdHealth {
  /** True, or a rejection. */
  ping(): Promise<boolean>;
}
