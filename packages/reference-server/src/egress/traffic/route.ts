import type { LookupFunction } from "node:net";
import type { HostAndPort } from "./host-and-port.js";

/** Where a connection is really opened. */
export interface Route extends HostAndPort {
  readonly lookup?: LookupFunction;
}

/** Finds the way to what a sandbox asked for; `undefined` when it must not get there. */
export type FindRoute = (target: HostAndPort) => Route | undefined;
