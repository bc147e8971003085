import type { WireSandbox } from "@rxsandbox/protocol";
import fc from "fast-check";

/** RFC 3339 in UTC as the lifecycle server writes it: microseconds only when they are not zero (`lifecycle.md` 1). */
export function wireTime(): fc.Arbitrary<string> {
  const seconds = fc.integer({ min: Date.UTC(2024, 0, 1) / 1000, max: Date.UTC(2040, 0, 1) / 1000 });
  const micros = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 999_999 }));
  return fc.tuple(seconds, micros).map(([second, micro]) => {
    const base = new Date(second * 1000).toISOString().slice(0, 19);
    return micro === 0 ? `${base}Z` : `${base}.${String(micro).padStart(6, "0")}Z`;
  });
}

/**
 * A sandbox as `GET` answers it, in any state, open ones included; absent fields are left out (`lifecycle.md` 2.2, 3).
 */
export function wireSandbox(): fc.Arbitrary<WireSandbox> {
  const state = fc.constantFrom(
    "Pending",
    "Running",
    "Pausing",
    "Paused",
    "Resuming",
    "Stopping",
    "Terminated",
    "Failed",
    "Allocated",
    "Unknown",
    "Hibernating",
  );
  const metadata = fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/), fc.string({ maxLength: 8 }), {
    maxKeys: 3,
  });
  return fc.record(
    {
      id: fc.uuid({ version: 4 }),
      image: fc.record({ uri: fc.constantFrom("python:3.11", "sandbox-image:local") }),
      status: fc.record(
        {
          state,
          reason: fc.constantFrom("CONTAINER_RUNNING", "CREATING"),
          message: fc.string({ maxLength: 12 }),
          lastTransitionAt: wireTime(),
        },
        { requiredKeys: ["state"] },
      ),
      metadata,
      entrypoint: fc.array(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 3 }),
      expiresAt: fc.option(wireTime()),
      createdAt: wireTime(),
    },
    { requiredKeys: ["id", "status", "createdAt"] },
  );
}
