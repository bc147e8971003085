import { createExecdStack } from "../../adapters/handle-stacks.js";
import { createCommands, type SessionStreams } from "../../commands/create-commands.js";
import { createFiles } from "../../files/create-files.js";
import { createIsolation } from "../../isolation/create-isolation.js";
import type { ExecdCommands } from "../../models/commands.js";
import type { SandboxFiles } from "../../models/files.js";
import type { ExecdHealth } from "../../models/health.js";
import type { IsolationService } from "../../models/isolation.js";
import type { ExecdMetrics } from "../../models/metrics.js";
import type { ExecdClient } from "../clients.js";
import { handleOver, createHandleOverFetch, type RawHttpOptions } from "../handle-over.js";
import { createAdapterClass, type MethodNames } from "./adapter-class.js";

/** Health over a typed client. */
export const HealthAdapter = createAdapterClass(
  "HealthAdapter",
  { ping: true } satisfies MethodNames<ExecdHealth>,
  (client: ExecdClient): ExecdHealth => createExecdStack(handleOver(client)).health,
);
export type HealthAdapter = ExecdHealth;

/** Metrics over a typed client. */
export const MetricsAdapter = createAdapterClass(
  "MetricsAdapter",
  { getMetrics: true } satisfies MethodNames<ExecdMetrics>,
  (client: ExecdClient): ExecdMetrics => createExecdStack(handleOver(client)).metrics,
);
export type MetricsAdapter = ExecdMetrics;

const fileMethods: MethodNames<SandboxFiles> = {
  getFileInfo: true,
  search: true,
  listDirectory: true,
  createDirectories: true,
  deleteDirectories: true,
  writeFiles: true,
  readFile: true,
  readBytes: true,
  readBytesStream: true,
  deleteFiles: true,
  moveFiles: true,
  replaceContents: true,
  replaceContentsDetailed: true,
  setPermissions: true,
};

/** Files over a typed client; uploads and streamed downloads go through `opts`. */
export const FilesystemAdapter = createAdapterClass(
  "FilesystemAdapter",
  fileMethods,
  (client: ExecdClient, opts: RawHttpOptions): SandboxFiles => createFiles(handleOver(client, opts).files),
);
export type FilesystemAdapter = SandboxFiles;

const commandMethods: MethodNames<ExecdCommands & SessionStreams> = {
  run: true,
  runStream: true,
  interrupt: true,
  getCommandStatus: true,
  getBackgroundCommandLogs: true,
  createSession: true,
  runInSession: true,
  runInSessionStream: true,
  deleteSession: true,
};

/** Commands over a typed client; event streams go through `opts`. */
export const CommandsAdapter = createAdapterClass(
  "CommandsAdapter",
  commandMethods,
  (client: ExecdClient, opts: RawHttpOptions): ExecdCommands & SessionStreams =>
    createCommands(handleOver(client, opts)),
);
export type CommandsAdapter = ExecdCommands & SessionStreams;

const isolationMethods: MethodNames<IsolationService> = {
  create: true,
  attach: true,
  capabilities: true,
  list: true,
  runOnce: true,
  withSession: true,
};

/** Isolated sessions over `fetch`. */
export const IsolatedSessionsAdapter = createAdapterClass(
  "IsolatedSessionsAdapter",
  isolationMethods,
  (opts: RawHttpOptions): IsolationService => createIsolation(createHandleOverFetch(opts).isolation),
);
export type IsolatedSessionsAdapter = IsolationService;
