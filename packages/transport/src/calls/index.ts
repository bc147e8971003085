/**
 * The kit that the client packages build their calls with. Not covered by semantic versioning: it may change in any
 * release.
 *
 * @packageDocumentation
 */
export {
  integerFrom,
  listOf,
  mapOf,
  nonEmptyListOf,
  numberFrom,
  objectOf,
  omitUndefined,
  oneOf,
  readFlag,
  readFunction,
  readNonNegative,
  readObject,
  readOptions,
  readPositive,
  readSecondsAsMs,
  readString,
  readText,
  refuseDuplicates,
  textWhere,
  type Defined,
  type Read,
  type ReadFields,
} from "./arguments.js";
export { completeInBackground } from "./complete-in-background.js";
export { createConnection, type ApiConnection, type SandboxConnection } from "./connection.js";
export { createRemote, type RemoteCreation } from "./create-remote.js";
export { hasStatus } from "./has-status.js";
export { ignoreNotFound } from "./ignore-not-found.js";
export { mayHaveBegun } from "./may-have-begun.js";
export { mayPass, passingWaitMs } from "./may-pass.js";
export { retryWithPause, type FailedTry } from "./retry-with-pause.js";
export { adaptiveDelay, poll, type DelayBounds, type PollOptions, type PollTimes } from "./poll.js";
export { survive, type Survival } from "./survive.js";
export { createRequestId } from "../api/request-id.js";
