import { ConnectionConfig, type ConnectionConfigOptions } from "./connection-config.js";

/**
 * The settings as an object of this package; one of the official package is read like options. Throws
 * `InvalidArgumentException`.
 */
export function readConfig(given: ConnectionConfig | ConnectionConfigOptions | undefined): ConnectionConfig {
  return given instanceof ConnectionConfig ? given : new ConnectionConfig(given);
}
