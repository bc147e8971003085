import { createHandleAt } from "../adapters/handle-at.js";
import type { Sandbox } from "../sandbox/sandbox.js";
import type { Codes } from "./codes.js";
import { createCodes } from "./create-codes.js";

/** Where the daemon of a sandbox is. */
export interface CreateCodesStackOptions {
  sandbox: Sandbox;
  execdBaseUrl: string;
  /** Sent with every request to the daemon. */
  endpointHeaders?: Record<string, string>;
}

/** Builds what a `CodeInterpreter` calls; not the factory of the same name that a `Sandbox` takes. */
export interface AdapterFactory {
  createCodes(opts: CreateCodesStackOptions): Codes;
}

/** Builds the code API on the connections of the sandbox; sends nothing. */
export class DefaultAdapterFactory implements AdapterFactory {
  createCodes({ sandbox, execdBaseUrl, endpointHeaders }: CreateCodesStackOptions): Codes {
    return createCodes(createHandleAt(sandbox.connectionConfig, execdBaseUrl, endpointHeaders).code);
  }
}

/** Returns the factory that `CodeInterpreter.create` uses when none is given. */
export function createDefaultAdapterFactory(): AdapterFactory {
  return new DefaultAdapterFactory();
}
