import type { WireEgressPolicy, WireEgressRule } from "@rxsandbox/protocol";
import fc from "fast-check";

/** A host name of few short labels, so that names and rules meet. */
export function hostName(): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom("a", "b", "api", "pypi", "Example", "example", "com", "org"), { minLength: 1, maxLength: 4 })
    .map((labels) => labels.join("."));
}

/** A rule within the domain where every server agrees: ASCII, no padding, action `allow` or `deny`. */
export function egressRule(): fc.Arbitrary<WireEgressRule> {
  const target = fc.oneof(
    { weight: 3, arbitrary: hostName() },
    { weight: 2, arbitrary: hostName().map((name) => `*.${name}`) },
    { weight: 1, arbitrary: fc.constantFrom("10.0.0.0/8", "10.0.0.1", "example.com.") },
  );
  return fc.record({ action: fc.constantFrom("allow", "deny"), target });
}

/** A stored policy; `egress` is a list, `null` or absent. */
export function egressPolicy(): fc.Arbitrary<WireEgressPolicy> {
  return fc.record(
    { defaultAction: fc.constantFrom("allow", "deny"), egress: fc.option(fc.array(egressRule(), { maxLength: 6 })) },
    { requiredKeys: ["defaultAction"] },
  );
}
