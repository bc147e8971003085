/** The daemon of one sandbox. */
export interface ExecdHealth {
  /** True, or a rejection. */
  ping(): Promise<boolean>;
}

/** The daemon's answer to a ping; nothing in it is promised. */
export type PingResponse = Record<string, unknown>;
