// @ts-check

/** @typedef {import("@rxsandbox/protocol").ProtocolOperation} Operation */

/**
 * Finds the operation that a request is a call of; a fixed part of a path wins over a variable one.
 * @param {readonly Operation[]} operations
 * @param {string} method
 * @param {string} path without query
 * @returns {Operation | undefined}
 */
export function matchOperation(operations, method, path) {
  return operations
    .filter((operation) => operation.method === method && patternOf(operation.path).test(path))
    .sort((a, b) => variables(a) - variables(b))[0];
}

/** @param {string} path */
function patternOf(path) {
  const parts = path
    .split("/")
    .map((part) => (/^\{.*\}$/.test(part) ? "[^/]+" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  return new RegExp(`^${parts.join("/")}$`);
}

/** @param {Operation} operation */
function variables({ path }) {
  return path.split("{").length;
}

/** @param {Operation} operation */
export function nameOf({ method, path }) {
  return `${method} ${path}`;
}
