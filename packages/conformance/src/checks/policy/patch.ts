import type { CheckContext } from "../../model/check-context.js";
import { Unverifiable } from "../../model/outcome.js";
import { statusOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { type OwnRules, ownRules, policyOf } from "./own-rules.js";

/** Most rules of a sidecar that was told no number (`egress.md` 3.5). */
const USUAL_LIMIT = 4_096;

/** Bodies of a patch that are no list of rules. */
const MALFORMED = [
  '{"action":"allow","target":"x.example"}',
  '["x.example"]',
  '[{"action":1,"target":"x.example"}]',
  '[{"action":"allow","target":"x.example"}',
  "true",
  "not json",
] as const;

/** The check's own rules are these, in this order. */
export async function unchanged(context: CheckContext, own: OwnRules, rules: readonly string[]): Promise<void> {
  const [expected, observed] = [own.spelled(...rules), await own.read()];
  context.must(observed.join() === expected.join(), { invariant: "changes-nothing", expected, observed });
}

/** `PATCH /policy` (`egress.md` 3.3). */
export const policyPatchChecks = checkTopic(
  { part: "egress", topic: "policy-patch", group: "policy", capability: "egress" },
  {
    "front-and-replace": {
      title: "patched rules come first, in their order, and replace rules of the same target",
      clauses: ["egress.patch.order", "egress.patch.replace"],
      async run(context) {
        const own = await ownRules(context);
        await own.add("allow a", "allow b");
        await own.add("deny B", "allow c");
        const expected = own.spelled("deny B", "allow c", "allow a");
        const observed = await own.read();
        context.must(!observed.includes(own.spelled("allow b")[0] ?? ""), {
          clause: "egress.patch.replace",
          invariant: "replaced",
          expected,
          observed,
        });
        context.must(observed.join() === expected.join(), { invariant: "merge-order", expected, observed });
        context.positive("the merged rules are read back");
        await own.add("allow a");
        const again = await own.read();
        const moved = own.spelled("allow a", "deny B", "allow c");
        context.must(again.join() === moved.join(), {
          invariant: "repeated-comes-first",
          expected: moved,
          observed: again,
        });
        context.negative("a rule that is patched again comes first, and is there once");
      },
    },
    duplicates: {
      title: "of rules of one target in one patch the first wins, whatever their case",
      clauses: ["egress.patch.duplicates"],
      async run(context) {
        const own = await ownRules(context);
        await own.add("deny one", "allow two", "allow ONE", "deny Two", "deny three");
        const expected = own.spelled("deny one", "allow two", "deny three");
        const observed = await own.read();
        context.must(observed.join() === expected.join(), { invariant: "first-wins", expected, observed });
        context.positive("the first of each target is stored");
        context.negative("the later ones are not");
      },
    },
    "keeps-rest": {
      title:
        "a patch leaves other rules in their order, and the default action alone; wildcards and what they cover are different targets",
      clauses: ["egress.patch.keeps-rest"],
      async run(context) {
        const own = await ownRules(context);
        const defaultAction = async (): Promise<unknown> =>
          policyOf(await own.egress.call({ method: "GET", path: "/policy" })).defaultAction;
        const before = await defaultAction();
        await own.add("allow z", "deny *.m", "allow m", "deny y.m", "allow a");
        await own.add("deny m");
        const expected = own.spelled("deny m", "allow z", "deny *.m", "deny y.m", "allow a");
        const observed = await own.read();
        context.must(observed.join() === expected.join(), { invariant: "rest-in-order", expected, observed });
        context.positive("what was not named is where it was");
        const after = await defaultAction();
        context.must(after === before && typeof after === "string", {
          invariant: "default-action-stays",
          expected: before,
          observed: after,
        });
        context.negative("the named rule moved, the default action did not change");
      },
    },
    empty: {
      title: "a patch without rules is refused with 400 and changes nothing",
      clauses: ["egress.patch.empty", "G22"],
      async run(context) {
        const own = await ownRules(context);
        await own.add("allow a", "deny b");
        context.positive("a patch with rules is taken");
        for (const body of ["", "[]", "null", " [ ] "]) {
          const answer = await own.egress.call({
            method: "PATCH",
            path: "/policy",
            headers: { "Content-Type": "application/json" },
            body,
          });
          context.must(statusOf(answer) === 400, {
            ...(body.includes("[") ? { clause: "G22" } : {}),
            invariant: "empty-is-400",
            expected: `400 for ${JSON.stringify(body)}`,
            observed: statusOf(answer),
          });
        }
        await unchanged(context, own, ["allow a", "deny b"]);
        context.negative("one without is refused and changes nothing");
      },
    },
    malformed: {
      title: "a patch that is not an array of rules is refused with 400 and changes nothing",
      clauses: ["egress.patch.malformed"],
      async run(context) {
        const own = await ownRules(context);
        await own.add("allow a", "deny b");
        context.positive("a well-formed patch is taken");
        for (const text of MALFORMED) {
          const body = text.replaceAll("x.example", own.target("x"));
          const answer = await own.egress.call({
            method: "PATCH",
            path: "/policy",
            headers: { "Content-Type": "application/json" },
            body,
          });
          context.must(statusOf(answer) === 400, {
            invariant: "malformed-is-400",
            expected: `400 for ${text}`,
            observed: statusOf(answer),
          });
        }
        await unchanged(context, own, ["allow a", "deny b"]);
        context.negative("a malformed one is refused and changes nothing");
      },
    },
    invalid: {
      title: "one rule with an unsupported action or a blank target makes a patch fail as a whole",
      clauses: ["egress.policy.invalid"],
      async run(context) {
        const own = await ownRules(context);
        await own.add("allow a", "deny b");
        const good = { action: "allow", target: own.target("new") };
        for (const bad of [
          { action: "permit", target: own.target("x") },
          { action: "deny", target: "" },
          { action: "deny", target: " \t " },
          { action: "allow deny", target: own.target("x") },
        ]) {
          for (const rules of [
            [good, bad],
            [bad, good],
          ]) {
            const answer = await own.patch(rules);
            context.must(statusOf(answer) === 400, {
              invariant: "invalid-is-400",
              expected: `400 for ${JSON.stringify(bad)}`,
              observed: statusOf(answer),
            });
          }
        }
        await unchanged(context, own, ["allow a", "deny b"]);
        context.negative("a patch with one bad rule changes nothing");
        await own.add("allow new");
        const observed = await own.read();
        context.must(observed[0] === own.spelled("allow new")[0], {
          invariant: "good-is-taken",
          expected: own.spelled("allow new", "allow a", "deny b"),
          observed,
        });
        context.positive("its good rule alone is taken");
      },
    },
    normal: {
      title: "actions are stored in lower case without white space, targets in the case they came in",
      clauses: ["egress.policy.normal"],
      async run(context) {
        const own = await ownRules(context);
        const answer = await own.patch([
          { action: " ALLOW ", target: own.target("Mixed") },
          { action: "Deny\n", target: own.target("lower") },
        ]);
        context.must(statusOf(answer) === 200, {
          invariant: "spelling-is-taken",
          expected: 200,
          observed: statusOf(answer),
        });
        const expected = own.spelled("allow Mixed", "deny lower");
        const observed = await own.read();
        context.must(observed.join() === expected.join(), { invariant: "normal-form", expected, observed });
        context.positive("both are stored in their normal form");
        context.negative("allow and deny are told apart, and so are cases of targets");
      },
    },
    limit: {
      title: "more merged rules than the sidecar bears are refused with 413 and change nothing",
      clauses: ["egress.patch.limit"],
      depth: "standard",
      async run(context) {
        const own = await ownRules(context);
        await own.add("allow kept");
        const many = (count: number): readonly unknown[] =>
          Array.from({ length: count }, (_, at) => ({ action: "allow", target: own.target(`n${at}`) }));
        const over = await own.patch(many(USUAL_LIMIT + 1));
        if (statusOf(over) === 200 && (await own.read()).length > USUAL_LIMIT)
          throw new Unverifiable(`the sidecar bears more than ${USUAL_LIMIT} rules`);
        context.must(statusOf(over) === 413, { invariant: "over-is-413", expected: 413, observed: statusOf(over) });
        // The patch alone is within the limit; with the rule that is there already it is not.
        const merged = await own.patch(many(USUAL_LIMIT));
        context.must(statusOf(merged) === 413, {
          invariant: "merged-is-counted",
          expected: 413,
          observed: statusOf(merged),
        });
        await unchanged(context, own, ["allow kept"]);
        context.negative("too many are refused and change nothing");
        await own.add("deny kept", "allow one");
        await unchanged(context, own, ["deny kept", "allow one"]);
        context.positive("few are taken");
      },
    },
  },
);
