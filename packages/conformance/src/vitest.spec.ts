import { afterAll } from "vitest";
import { describeConformance } from "./vitest.js";
import { embeddedSubject, type EmbeddedSubject } from "./proof/embedded-subject.js";

let embedded: EmbeddedSubject | undefined;
afterAll(() => embedded?.close());

describeConformance(
  async () => {
    embedded = await embeddedSubject();
    return embedded.subject;
  },
  { name: "describeConformance", depth: "quick", filter: "execd/command-", seed: 1 },
);
