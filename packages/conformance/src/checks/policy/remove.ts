import { statusOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { ownRules } from "./own-rules.js";
import { unchanged } from "./patch.js";

/** `DELETE /policy` (`egress.md` 3.4). */
export const policyRemoveChecks = checkTopic(
  { part: "egress", topic: "policy-remove", group: "policy", capability: "egress" },
  {
    rules: {
      title: "removing takes the rules of the named targets, whatever their action, and no others",
      clauses: ["egress.remove.rules"],
      async run(context) {
        const own = await ownRules(context);
        await own.add("allow a", "deny b", "allow *.c", "deny c", "allow d.c", "deny e");
        const one = await own.remove([own.target("*.c"), own.target("b"), own.target("nobody")]);
        context.must(statusOf(one) === 200, { invariant: "removed-is-200", expected: 200, observed: statusOf(one) });
        const expected = own.spelled("allow a", "deny c", "allow d.c", "deny e");
        const observed = await own.read();
        context.must(observed.join() === expected.join(), { invariant: "those-and-no-others", expected, observed });
        context.positive("the named rules are gone");
        context.negative("what a wildcard covers stays, and so does everything else");
      },
    },
    none: {
      title: "removing what is not there succeeds and changes nothing",
      clauses: ["egress.remove.none", "G27"],
      async run(context) {
        const own = await ownRules(context);
        await own.add("allow a", "deny b");
        for (const targets of [
          [own.target("nobody")],
          [own.target("aa"), `x${own.target("b")}`],
          [own.target("a").slice(0, -1)],
        ]) {
          const answer = await own.remove(targets);
          context.must(statusOf(answer) === 200, {
            invariant: "none-is-200",
            expected: 200,
            observed: statusOf(answer),
          });
        }
        await unchanged(context, own, ["allow a", "deny b"]);
        context.negative("nothing was removed");
        await own.remove([own.target("a")]);
        await unchanged(context, own, ["deny b"]);
        const again = await own.remove([own.target("a")]);
        context.must(statusOf(again) === 200, {
          clause: "G27",
          invariant: "again-is-200",
          expected: 200,
          observed: statusOf(again),
        });
        context.positive("what is there is removed, and removing it again succeeds");
      },
    },
    empty: {
      title: "a removal without targets, or of something else than targets, is refused with 400 and changes nothing",
      clauses: ["egress.remove.empty", "G22"],
      async run(context) {
        const own = await ownRules(context);
        await own.add("allow a", "deny b");
        for (const body of ["", "[]", "null", '{"target":"x"}', "[1]", '["x"']) {
          const answer = await own.egress.call({
            method: "DELETE",
            path: "/policy",
            headers: { "Content-Type": "application/json" },
            body,
          });
          context.must(statusOf(answer) === 400, {
            ...(body === "[]" ? { clause: "G22" } : {}),
            invariant: "empty-is-400",
            expected: `400 for ${JSON.stringify(body)}`,
            observed: statusOf(answer),
          });
        }
        await unchanged(context, own, ["allow a", "deny b"]);
        context.negative("it is refused and changes nothing");
        await own.remove([own.target("a"), own.target("b")]);
        await unchanged(context, own, []);
        context.positive("targets are removed");
      },
    },
    case: {
      title: "removing ignores the case of targets, stored and named",
      clauses: ["egress.remove.case"],
      async run(context) {
        const own = await ownRules(context);
        await own.add("allow Upper", "deny lower", "allow other");
        await own.remove([own.target("uppeR"), own.target("LOWER").toUpperCase()]);
        const expected = own.spelled("allow other");
        const observed = await own.read();
        context.must(observed.join() === expected.join(), { invariant: "case-ignored", expected, observed });
        context.positive("both are gone");
        context.negative("the other stays");
      },
    },
  },
);
