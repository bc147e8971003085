import { DEFAULT_EXECD_PORT } from "../constants.js";
import type { ExecdCommands } from "../models/commands.js";
import type { SandboxFiles } from "../models/files.js";
import type { SandboxId } from "../models/lifecycle.js";
import type { ExecdMetrics } from "../models/metrics.js";
import type { Sandbox } from "../sandbox/sandbox.js";
import { createDefaultAdapterFactory, type AdapterFactory } from "./adapter-factory.js";
import type { Codes } from "./codes.js";

export interface CodeInterpreterCreateOptions {
  adapterFactory?: AdapterFactory;
}

/**
 * Runs code in a sandbox whose image has kernels. It uses the sandbox's connections, and ends when the sandbox is
 * closed.
 *
 * @example
 * import { Sandbox } from "@rxsandbox/compat";
 * import { CodeInterpreter } from "@rxsandbox/compat/code-interpreter";
 *
 * const box = await Sandbox.connect({ sandboxId: sandbox.id, connectionConfig: { domain, apiKey } });
 * const interpreter = await CodeInterpreter.create(box);
 * const { result } = await interpreter.codes.run("1 + 1", { language: "python" });
 * result[0]?.text; // => "2"
 * await box.close();
 */
export class CodeInterpreter {
  readonly sandbox: Sandbox;
  readonly codes: Codes;

  private constructor(sandbox: Sandbox, codes: Codes) {
    this.sandbox = sandbox;
    this.codes = codes;
  }

  /** Looks up the daemon's address. */
  static async create(
    sandbox: Sandbox,
    { adapterFactory = createDefaultAdapterFactory() }: CodeInterpreterCreateOptions = {},
  ): Promise<CodeInterpreter> {
    const { endpoint, headers } = await sandbox.getEndpoint(DEFAULT_EXECD_PORT);
    const execdBaseUrl = `${sandbox.connectionConfig.protocol}://${endpoint}`;
    return new CodeInterpreter(
      sandbox,
      adapterFactory.createCodes({ sandbox, execdBaseUrl, ...(headers !== undefined && { endpointHeaders: headers }) }),
    );
  }

  get id(): SandboxId {
    return this.sandbox.id;
  }

  get files(): SandboxFiles {
    return this.sandbox.files;
  }

  get commands(): ExecdCommands {
    return this.sandbox.commands;
  }

  get metrics(): ExecdMetrics {
    return this.sandbox.metrics;
  }
}
