import { InvalidArgumentException } from "../errors/exceptions.js";

/** Throws for the official way to replace parts of the SDK: to ignore it would send real requests in somebody's test. */
export function refuseAdapters(opts: object): void {
  if ("adapterFactory" in opts && opts.adapterFactory !== undefined) {
    throw new InvalidArgumentException({ message: "adapterFactory is not supported: give the connectionConfig a transport instead" });
  }
}
