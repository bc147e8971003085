// @ts-check

/** What ends the object under observation, or is no call. */
const skipped = new Set(["constructor", "close", "connectionConfig", "id"]);

/**
 * Every function that an object offers, its parts included, as calls by their full name. Whatever a call needs stands
 * in `args`.
 * @param {string} prefix
 * @param {object} target
 * @param {Readonly<Record<string, readonly unknown[]>>} args by full name; none when absent
 * @returns {Record<string, () => unknown>}
 */
export function memberCalls(prefix, target, args) {
  /** @type {Record<string, () => unknown>} */
  const calls = {};
  for (const name of namesOf(target)) {
    const full = `${prefix}.${name}`;
    const member = /** @type {Record<string, unknown>} */ (target)[name];
    if (typeof member === "function") calls[full] = () => member.apply(target, args[full] ?? []);
    else if (typeof member === "object" && member !== null) Object.assign(calls, memberCalls(full, member, args));
  }
  return calls;
}

/** @param {object} target */
function namesOf(target) {
  /** @type {Set<string>} */
  const names = new Set();
  for (let level = target; level !== null && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const name of Object.getOwnPropertyNames(level)) if (!skipped.has(name)) names.add(name);
  }
  return names;
}
