import { clientOf } from "../connection/clients.js";
import { createSandboxes } from "../sandbox/create-sandboxes.js";
import type {
  AdapterFactory,
  CreateEgressStackOptions,
  CreateExecdStackOptions,
  CreateLifecycleStackOptions,
  EgressStack,
  ExecdStack,
  LifecycleStack,
} from "./adapter-factory.js";
import { configAt, createHandleAt } from "./handle-at.js";
import { createEgressStack, createExecdStack } from "./handle-stacks.js";

/**
 * Builds the services on the client; sends nothing. Extend it, or call it from a factory of your own, to replace only
 * some of them.
 *
 * The stacks of one `connectionConfig` share its connections; `connectionConfig.closeTransport()` closes them.
 * They stay at the addresses that they are given.
 */
export class DefaultAdapterFactory implements AdapterFactory {
  createLifecycleStack({ connectionConfig, lifecycleBaseUrl }: CreateLifecycleStackOptions): LifecycleStack {
    const config = configAt(connectionConfig, lifecycleBaseUrl);
    return { sandboxes: createSandboxes(clientOf(config), config) };
  }

  createExecdStack({ connectionConfig, execdBaseUrl, endpointHeaders }: CreateExecdStackOptions): ExecdStack {
    return createExecdStack(createHandleAt(connectionConfig, execdBaseUrl, endpointHeaders));
  }

  createEgressStack({ connectionConfig, egressBaseUrl, endpointHeaders }: CreateEgressStackOptions): EgressStack {
    return createEgressStack(createHandleAt(connectionConfig, egressBaseUrl, endpointHeaders));
  }
}

/** Returns the factory that `Sandbox` and `SandboxManager` build on. */
export function createDefaultAdapterFactory(): AdapterFactory {
  return new DefaultAdapterFactory();
}
