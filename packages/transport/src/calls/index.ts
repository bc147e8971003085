/**
 * The kit that the client packages build their calls with. Not covered by semantic versioning: it may change in any release.
 *
 * @packageDocumentation
 */
export {
  integerFrom,
  listOf,
  mapOf,
  nonEmptyListOf,
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
