import { InvalidArgumentError, readEgressTarget } from "@rxsandbox/transport";
import { readList, readObject, readOptionalList, readText } from "../argument.js";
import type { CredentialMatch } from "./credential-binding.js";

const label = "[a-z\\d_](?:[a-z\\d_-]*[a-z\\d_])?";
const dottedName = new RegExp(`^(?:\\*\\.)?${label}(?:\\.${label})+$`);
const ipv4 = /^[\d.]+$/;
const token = /^[!#$%&'*+.^_`|~\w-]+$/;

/** Copies what a binding matches or throws (`egress.md` 4.3). */
export function readMatch(path: string, given: unknown): CredentialMatch {
  const match = readObject(path, given, ["schemes", "ports", "hosts", "methods", "paths"]);
  const hosts = readList(`${path}.hosts`, match["hosts"], readHost);
  if (hosts.length === 0) throw new InvalidArgumentError(`${path}.hosts`, "must not be empty");
  const schemes = readOptionalList(`${path}.schemes`, match["schemes"], readScheme);
  const ports = readOptionalList(`${path}.ports`, match["ports"], readPort);
  const methods = readOptionalList(`${path}.methods`, match["methods"], readMethod);
  const paths = readOptionalList(`${path}.paths`, match["paths"], readPath);
  return {
    ...(schemes !== undefined && { schemes }),
    ...(ports !== undefined && { ports }),
    hosts,
    ...(methods !== undefined && { methods }),
    ...(paths !== undefined && { paths }),
  };
}

function readHost(path: string, value: unknown): string {
  const host = readEgressTarget(path, value);
  if (!dottedName.test(host) || ipv4.test(host))
    throw new InvalidArgumentError(path, "must be a dotted host name, or `*.` and one");
  return host;
}

function readScheme(path: string, value: unknown): "http" | "https" {
  if (value !== "http" && value !== "https") throw new InvalidArgumentError(path, `must be "http" or "https"`);
  return value;
}

function readPort(path: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > 65_535)
    throw new InvalidArgumentError(path, "must be an integer from 1 to 65535");
  return value;
}

function readMethod(path: string, value: unknown): string {
  const method = readText(path, value);
  if (!token.test(method)) throw new InvalidArgumentError(path, "is not the name of a method");
  return method;
}

function readPath(path: string, value: unknown): string {
  const pattern = readText(path, value);
  if (!pattern.startsWith("/")) throw new InvalidArgumentError(path, "must begin with /");
  return pattern;
}
