import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EgressRuleError } from "./egress-rule-error.js";
import { evaluateEgress } from "./evaluate-egress.js";
import { normalizeEgressTarget } from "./normalize-egress-target.js";

const label = fc.oneof(
  fc.stringMatching(/^[a-z\d_-]{1,8}$/),
  fc.constantFrom("a", "COM", "xn--bcher-kva", "10", "255", "0"),
);
const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join("."));
const piece = fc.constantFrom(
  "*",
  ".",
  "..",
  "*.",
  "://",
  "http",
  ":",
  "/",
  "8",
  "10.0.0.1",
  "256",
  "::",
  "2001:db8::1",
  "example",
  "com",
  " ",
  "é",
  "%",
  "@",
  "\u3002",
);
const anyTarget = fc.oneof(
  name,
  name.map((text) => `*.${text}`),
  name.map((text) => ` ${text}. `),
  fc.array(fc.oneof(piece, label), { maxLength: 6 }).map((pieces) => pieces.join("")),
  fc.oneof(fc.ipV4(), fc.ipV6()),
  fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat({ max: 140 })).map(([address, bits]) => `${address}/${bits}`),
  fc.string({ unit: "binary" }),
);

function accepted(target: string): string | undefined {
  try {
    return normalizeEgressTarget(target);
  } catch (error) {
    expect(error).toBeInstanceOf(EgressRuleError);
    return undefined;
  }
}

/** Whether the platform's own list of addresses takes the target and finds its address in it. */
function holdsItsAddress(target: string): boolean {
  const [address = "", bits] = target.split("/");
  const family = isIP(address) === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  if (bits === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(bits), family);
  return list.check(address, family);
}

describe("normalizeEgressTarget", () => {
  it("for any accepted target, there is a host or an address that the rule decides", () => {
    fc.assert(
      fc.property(anyTarget, (given) => {
        const target = accepted(given);
        if (target === undefined) return;
        if (isIP(target.split("/")[0] ?? "") !== 0) {
          expect(holdsItsAddress(target)).toBe(true);
          return;
        }
        const host = target.replace(/^\*\./, "x.");
        for (const [action, other] of [
          ["allow", "deny"],
          ["deny", "allow"],
        ] as const) {
          expect(evaluateEgress({ defaultAction: other, egress: [{ action, target }] }, host)).toBe(action);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it("for any accepted target, spelling it again changes nothing", () => {
    fc.assert(
      fc.property(anyTarget, (given) => {
        const target = accepted(given);
        if (target !== undefined) expect(normalizeEgressTarget(target)).toBe(target);
      }),
      { numRuns: 5000 },
    );
  });

  it("for any host name, the name and every wildcard above it are accepted and decide it", () => {
    fc.assert(
      fc.property(
        name.filter((text) => !/(^|\.)\d+$/.test(text)),
        fc.constantFrom("", "."),
        (host, dot) => {
          const labels = host.split(".");
          const targets = [host, ...labels.slice(1).map((_label, index) => `*.${labels.slice(index + 1).join(".")}`)];
          for (const target of targets) {
            expect(
              evaluateEgress(
                { defaultAction: "deny", egress: [{ action: "allow", target: normalizeEgressTarget(target + dot) }] },
                host,
              ),
            ).toBe("allow");
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
