import { statusOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { binding, readingOf, withVault } from "./with-vault.js";

/** `PATCH /credential-vault` and what bindings need (`egress.md` 4.3, 4.5). */
export const vaultChangeChecks = checkTopic(
  { part: "egress", topic: "vault-change", group: "vault", capability: "vault" },
  {
    revision: {
      title:
        "a change that expects another revision is 409 and changes nothing; one that expects the current one, or none, is taken",
      clauses: ["egress.vault.revision"],
      run: (context) =>
        withVault(context, async (vault) => {
          const made = readingOf(await vault.create([vault.credential("a")]));
          const changed = readingOf(
            await vault.call("PATCH", {
              expectedRevision: made.revision,
              credentials: { add: [vault.credential("b")] },
            }),
          );
          context.must(changed.status === 200 && changed.credentials.join() === "a,b", {
            invariant: "current-is-taken",
            expected: ["a", "b"],
            observed: changed,
          });
          context.must(changed.revision > made.revision, {
            invariant: "revision-grows",
            expected: `more than ${made.revision}`,
            observed: changed.revision,
          });
          for (const expectedRevision of [made.revision, 0, changed.revision + 1]) {
            const stale = await vault.call("PATCH", { expectedRevision, credentials: { delete: ["a"] } });
            context.must(statusOf(stale) === 409, {
              invariant: "stale-is-409",
              expected: `409 for ${expectedRevision}`,
              observed: statusOf(stale),
            });
          }
          const state = await vault.state();
          context.must(state.credentials.join() === "a,b" && state.revision === changed.revision, {
            invariant: "changes-nothing",
            expected: changed,
            observed: state,
          });
          context.negative("others are refused and change nothing");
          const free = readingOf(await vault.call("PATCH", { credentials: { delete: ["a"] } }));
          context.must(free.status === 200 && free.credentials.join() === "b" && free.revision > changed.revision, {
            invariant: "none-is-taken",
            expected: ["b"],
            observed: free,
          });
          context.positive("the current one and none are taken");
        }),
    },
    atomic: {
      title: "a change of which one part fails changes nothing of the others",
      clauses: ["egress.vault.atomic"],
      run: (context) =>
        withVault(context, async (vault) => {
          await vault.create([vault.credential("a"), vault.credential("b")], [binding("one", "a", vault.host("one"))]);
          const before = await vault.state();
          const good = { credentials: { delete: ["b"], add: [vault.credential("c")] } };
          const failing = [
            { ...good, bindings: { add: [binding("two", "nobody", vault.host("two"))] } },
            { ...good, bindings: { delete: ["nobody"] } },
            { credentials: { ...good.credentials, replace: [vault.credential("nobody")] } },
            { credentials: { delete: ["a", "b"] } },
            { credentials: { add: [vault.credential("c"), vault.credential("b")] } },
            { credentials: { add: [vault.credential("c"), { name: "d", source: { type: "inline", value: "" } }] } },
          ];
          for (const [at, body] of failing.entries()) {
            const answer = await vault.call("PATCH", body);
            context.must(statusOf(answer) === 400, {
              invariant: "fails-with-400",
              expected: `400 for change ${at + 1}`,
              observed: statusOf(answer),
            });
            const state = await vault.state();
            context.must(JSON.stringify(state) === JSON.stringify(before), {
              invariant: "changes-nothing",
              expected: before,
              observed: state,
            });
          }
          context.negative("failing changes changed nothing");
          const after = readingOf(
            await vault.call("PATCH", { ...good, bindings: { add: [binding("two", "c", vault.host("two"))] } }),
          );
          context.must(
            after.status === 200 && after.credentials.join() === "a,c" && after.bindings.join() === "one,two",
            {
              invariant: "good-is-taken",
              expected: { credentials: ["a", "c"], bindings: ["one", "two"] },
              observed: after,
            },
          );
          context.positive("the good part is taken with another that fits");
        }),
    },
    "binding-rules": {
      title: "a binding needs a known credential and a host that an allow rule covers, and the policy keeps that rule",
      clauses: ["egress.vault.binding-rules"],
      run: (context) =>
        withVault(context, async (vault) => {
          await vault.rules.add("deny no.v");
          const refused = [
            binding("b", "nobody", vault.host("a")),
            binding("b", "a", vault.host("no")),
            binding("b", "a", vault.rules.target("elsewhere")),
            { ...binding("b", "a", ""), match: { hosts: [] } },
          ];
          for (const [at, one] of refused.entries()) {
            const answer = await vault.call("POST", { credentials: [vault.credential("a")], bindings: [one] });
            context.must(statusOf(answer) === 400, {
              invariant: "refused",
              expected: `400 for binding ${at + 1}`,
              observed: statusOf(answer),
            });
          }
          const none = await vault.state();
          context.must(none.status === 404, { invariant: "nothing-made", expected: 404, observed: none.status });
          context.negative("bindings without credential or rule are refused");
          await vault.create([vault.credential("a")], [binding("b", "a", vault.host("deep.a"))]);
          context.positive("one with both is taken");
          const before = await vault.rules.read();
          const removal = await vault.rules.remove([vault.rules.target("*.v")]);
          context.must(statusOf(removal) === 400, {
            invariant: "rule-is-kept",
            expected: 400,
            observed: statusOf(removal),
          });
          const denial = await vault.rules.patch([{ action: "deny", target: vault.rules.target("*.v") }]);
          context.must(statusOf(denial) === 400, {
            invariant: "rule-is-kept",
            expected: 400,
            observed: statusOf(denial),
          });
          const after = await vault.rules.read();
          context.must(after.join() === before.join(), {
            invariant: "policy-stays",
            expected: before,
            observed: after,
          });
          await vault.call("PATCH", { bindings: { delete: ["b"] } });
          const free = await vault.rules.remove([vault.rules.target("no.v")]);
          context.must(statusOf(free) === 200, {
            invariant: "free-without-binding",
            expected: 200,
            observed: statusOf(free),
          });
        }),
    },
  },
);
