import { EgressRuleError } from "./egress-rule-error.js";

const LOOK =
  'a target is a host name ("pypi.org"), "*." and a host name ("*.pypi.org"), an IP address ("10.0.0.1") or a block ("10.0.0.0/8")';
const MAX_LABEL_LENGTH = 63;
const MAX_NAME_LENGTH = 253;

/**
 * Spells the target of an egress rule as the sidecar compares it, since the sidecar itself changes nothing (`egress.md`
 * 2): without blanks around it, in lower case, without a trailing dot, a name in other scripts in its ASCII form
 * (`xn--…`).
 *
 * Addresses and blocks are accepted although the specification denies them (divergence G05): they have an effect where
 * the sidecar enforces by `dns+nft`, and none where it filters names only (`egress.md` 2.3).
 *
 * Errors: throws {@link EgressRuleError} (`target`) with the reason for a target that no host could ever match: a URL,
 * a port, a path, a star elsewhere than in front, an empty or overlong label, a number in place of a top-level domain.
 * The sidecar would store it without effect.
 *
 * @example
 * normalizeEgressTarget(" *.PyPI.org. "); // => "*.pypi.org"
 */
export function normalizeEgressTarget(target: string): string {
  const text = target.trim().toLowerCase();
  if (isAddressOrBlock(text)) return text;
  const wildcard = text.startsWith("*.") ? "*." : "";
  const given = withoutTrailingDot(text.slice(wildcard.length));
  const name = /^[\0-\x7f]*$/.test(given) ? given : asciiName(given);
  const problem = problemOf(text, name);
  if (problem !== undefined) throw new EgressRuleError("target", `${problem}; ${LOOK}`);
  return wildcard + name;
}

function problemOf(text: string, name: string | undefined): string | undefined {
  if (text === "") return "is blank";
  if (text.includes("://")) return "is a URL, of which only the host belongs here";
  if (/\s/.test(text)) return "has blanks inside";
  if (/^[^:]*:\d*$/.test(text)) return "has a port, but a rule is for all ports";
  if (text.includes("/"))
    return /^[\d.:]+\/|:.*\//.test(text)
      ? "is not a valid block of addresses"
      : "has a path, but a rule is for a whole host";
  if (text.startsWith(".")) return 'begins with a dot: write "*." for every name below it';
  if (text === "*") return 'would match nothing: for every host set defaultAction to "allow" or "deny"';
  if (text.lastIndexOf("*") > 0 || (text.startsWith("*") && !text.startsWith("*.")))
    return 'has a "*" that is not the whole first label, and would match nothing';
  if (name === undefined || !/^[a-z\d_.-]*$/.test(name)) return "has characters that are in no host name";
  const labels = name.split(".");
  if (labels.includes("")) return "has an empty label";
  if (labels.some((label) => label.length > MAX_LABEL_LENGTH))
    return `has a label of more than ${MAX_LABEL_LENGTH} characters`;
  if (name.length > MAX_NAME_LENGTH) return `has more than ${MAX_NAME_LENGTH} characters`;
  return /^\d+$/.test(labels.at(-1) ?? "") ? "ends in a number but is not a valid IP address" : undefined;
}

function withoutTrailingDot(name: string): string {
  return name.endsWith(".") ? name.slice(0, -1) : name;
}

/** The form in which such a name is looked up; undefined when it has none. */
function asciiName(name: string): string | undefined {
  if (/[\s/:?#@\\%[\]*]/.test(name)) return undefined;
  try {
    return new URL(`http://${name}`).hostname;
  } catch {
    return undefined;
  }
}

function isAddressOrBlock(text: string): boolean {
  const [, address = "", bits] = /^([^/]*)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  if (isIpv4(address)) return bits === undefined || Number(bits) <= 32;
  return isIpv6(address) && (bits === undefined || Number(bits) <= 128);
}

function isIpv4(text: string): boolean {
  return (
    /^\d+\.\d+\.\d+\.\d+$/.test(text) &&
    text.split(".").every((byte) => /^(?:0|[1-9]\d{0,2})$/.test(byte) && Number(byte) <= 255)
  );
}

function isIpv6(text: string): boolean {
  if (!/^[\da-f:]*:[\da-f:.]*$/.test(text)) return false;
  try {
    return new URL(`http://[${text}]`).hostname !== "";
  } catch {
    return false;
  }
}
