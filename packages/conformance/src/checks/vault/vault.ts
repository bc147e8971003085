import { objectOf, statusOf, textOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { binding, namesOf, readingOf, withVault } from "./with-vault.js";

/** What a vault keeps, tells and forgets (`egress.md` 4). */
export const vaultChecks = checkTopic(
  { part: "egress", topic: "vault", group: "vault", capability: "vault" },
  {
    create: {
      title: "a vault is created once: the state comes back, a second create is 409 and changes nothing",
      clauses: ["egress.vault.create"],
      run: (context) =>
        withVault(context, async (vault) => {
          const first = context.random.token();
          const made = readingOf(
            await vault.create([vault.credential(first)], [binding("b", first, vault.host("one"))]),
          );
          const expected = { status: 201, revision: 1, credentials: [first], bindings: ["b"] };
          context.must(JSON.stringify(made) === JSON.stringify(expected), {
            invariant: "state",
            expected,
            observed: made,
          });
          context.positive("its state came back");
          const again = await vault.call("POST", { credentials: [vault.credential("other")] });
          context.must(statusOf(again) === 409, {
            invariant: "second-is-409",
            expected: 409,
            observed: statusOf(again),
          });
          const state = await vault.state();
          context.must(state.credentials.join() === first && state.revision === made.revision, {
            invariant: "changes-nothing",
            expected: [first],
            observed: state.credentials,
          });
          context.negative("a second create is refused and changes nothing");
        }),
    },
    read: {
      title: "credentials and bindings are listed and read by name, encoded names too, and an unknown name is 404",
      clauses: ["egress.vault.read"],
      run: (context) =>
        withVault(context, async (vault) => {
          const [one, two] = [`${context.random.token()}/ü x`, context.random.token()];
          await vault.create(
            [vault.credential(one), vault.credential(two)],
            [binding(two, one, vault.host("a")), binding(one, two, vault.host("b"))],
          );
          for (const kind of ["credentials", "bindings"] as const) {
            const list = await vault.call("GET", undefined, `/${kind}`);
            const names = namesOf(objectOf(list)[kind]);
            context.must(statusOf(list) === 200 && names.join() === [one, two].sort().join(), {
              invariant: "listed",
              expected: [one, two].sort(),
              observed: names,
            });
            for (const name of [one, two]) {
              const item = await vault.call("GET", undefined, `/${kind}/${encodeURIComponent(name)}`);
              context.must(statusOf(item) === 200 && objectOf(item)["name"] === name, {
                invariant: "by-name",
                expected: `${kind} ${name}`,
                observed: [statusOf(item), objectOf(item)["name"]],
              });
            }
            const unknown = await vault.call("GET", undefined, `/${kind}/${context.random.token()}`);
            context.must(statusOf(unknown) === 404, {
              invariant: "unknown-is-404",
              expected: 404,
              observed: statusOf(unknown),
            });
          }
          const item = objectOf(await vault.call("GET", undefined, `/bindings/${two}`));
          const hosts = (item["match"] as { readonly hosts?: readonly string[] } | undefined)?.hosts;
          context.must(hosts?.join() === vault.host("a"), {
            invariant: "own-match",
            expected: vault.host("a"),
            observed: hosts,
          });
          context.positive("each is listed and read");
          context.negative("an unknown name is 404");
        }),
    },
    "write-only": {
      title: "no answer contains a value of the vault: not of creates, changes, reads or refusals",
      clauses: ["egress.vault.write-only"],
      run: (context) =>
        withVault(context, async (vault) => {
          const name = context.random.token();
          const [first, second] = [vault.credential(name), vault.credential("two")];
          await vault.create([first, second], [binding("b", name, vault.host("a"))]);
          for (const path of [
            "",
            "/credentials",
            `/credentials/${name}`,
            "/bindings",
            "/bindings/b",
            "/_active",
            `/credentials/${first.source.value}`,
          ])
            await vault.call("GET", undefined, path);
          await vault.call("PATCH", { credentials: { replace: [vault.credential(name)] } });
          await vault.call("POST", { credentials: [vault.credential("again")] });
          await vault.call("PATCH", { expectedRevision: 99, credentials: { add: [vault.credential("stale")] } });
          await vault.call("PATCH", { credentials: { add: [vault.credential(name)] } });
          await vault.call("PATCH", { credentials: { add: [{ ...vault.credential("odd"), rxUnknown: 1 }] } });
          await vault.call("PATCH", {
            credentials: {
              add: [{ name: "typed", source: { type: "rx", value: vault.credential("typed").source.value } }],
            },
          });
          await vault.call("GET");
          const encoded = vault.values.flatMap((value) => [
            value,
            Buffer.from(value).toString("base64").replace(/=+$/, ""),
          ]);
          // A path is echoed by nobody's vault: what is asked for is known to the one who asks.
          for (const answer of vault.answers) {
            const told = textOf(answer) + (answer.head?.headers.flat().join("\n") ?? "");
            context.must(!encoded.some((value) => told.includes(value)), {
              invariant: "no-value",
              expected: "names and types only",
              observed: `${answer.method} ${statusOf(answer)} contains a value`,
            });
          }
          context.negative(`${vault.answers.length} answers have none of ${vault.values.length} values`);
          const state = await vault.state();
          context.must(state.credentials.includes(name), {
            clause: "egress.vault.create",
            invariant: "state",
            expected: name,
            observed: state.credentials,
          });
          context.positive("they have the names");
        }),
    },
    delete: {
      title: "a deleted vault is 404 with all that was in it, and can be created again without it",
      clauses: ["egress.vault.delete", "G15"],
      run: (context) =>
        withVault(context, async (vault) => {
          const [old, young] = [context.random.token(), context.random.token()];
          await vault.create([vault.credential(old)], [binding("b", old, vault.host("a"))]);
          const deleted = await vault.call("DELETE");
          context.must(statusOf(deleted) === 204, { invariant: "deleted", expected: 204, observed: statusOf(deleted) });
          for (const [method, path, json] of [
            ["GET", ""],
            ["GET", "/credentials"],
            ["GET", `/credentials/${old}`],
            ["GET", "/bindings/b"],
            ["DELETE", ""],
            ["PATCH", "", { credentials: { delete: [old] } }],
          ] as const) {
            const answer = await vault.call(method, json, path);
            context.must(statusOf(answer) === 404, {
              invariant: "gone-is-404",
              expected: `404 for ${method} ${path}`,
              observed: statusOf(answer),
            });
          }
          context.negative("all of it is gone");
          await vault.create([vault.credential(young)]);
          const state = await vault.state();
          context.observe("G15", `the new vault begins at revision ${state.revision}`);
          context.must(state.credentials.join() === young && state.bindings.length === 0, {
            invariant: "anew",
            expected: { credentials: [young], bindings: [] },
            observed: state,
          });
          context.positive("a new one has what it was created with alone");
        }),
    },
    "unknown-fields": {
      title: "unknown fields are refused with 400 in creates and changes, at any depth, and nothing is made of them",
      clauses: ["egress.vault.unknown-fields"],
      run: (context) =>
        withVault(context, async (vault) => {
          const name = context.random.token();
          for (const body of [
            { rxUnknown: 1 },
            { credentials: [{ ...vault.credential(name), rxUnknown: 1 }] },
            { credentials: [{ name, source: { ...vault.credential(name).source, rxUnknown: "x" } }] },
          ]) {
            const answer = await vault.call("POST", body);
            context.must(statusOf(answer) === 400, {
              invariant: "create-is-400",
              expected: 400,
              observed: statusOf(answer),
            });
          }
          context.must((await vault.state()).status === 404, {
            invariant: "nothing-made",
            expected: 404,
            observed: (await vault.state()).status,
          });
          await vault.create([vault.credential(name)]);
          context.positive("the same without unknown fields is taken");
          for (const body of [
            { rxUnknown: [] },
            { credentials: { add: [{ ...vault.credential("x"), rxUnknown: 1 }] } },
            { bindings: { rxUnknown: [] } },
            { bindings: { add: [{ ...binding("b", name, vault.host("a")), rxUnknown: 1 }] } },
          ]) {
            const answer = await vault.call("PATCH", body);
            context.must(statusOf(answer) === 400, {
              invariant: "patch-is-400",
              expected: 400,
              observed: statusOf(answer),
            });
          }
          const state = await vault.state();
          context.must(state.credentials.join() === name && state.bindings.length === 0, {
            invariant: "changes-nothing",
            expected: [name],
            observed: state,
          });
          context.negative("with them nothing is made or changed");
        }),
    },
    private: {
      title: "the active values cannot be read, with the token or without it",
      clauses: ["egress.vault.private", "G26"],
      run: (context) =>
        withVault(context, async (vault) => {
          const name = context.random.token();
          await vault.create([vault.credential(name)], [binding("b", name, vault.host("a"))]);
          for (const isAnonymous of [false, true]) {
            for (const path of [
              "/credential-vault/_active",
              "/credential-vault/_active?format=json",
              "/credential-vault/%5Factive",
            ]) {
              const answer = await vault.egress.call({ method: "GET", path, isAnonymous });
              context.must(statusOf(answer) >= 400 && statusOf(answer) < 500, {
                invariant: "refused",
                expected: "4xx",
                observed: statusOf(answer),
              });
              context.must(!vault.values.some((value) => textOf(answer).includes(value)), {
                clause: "egress.vault.write-only",
                invariant: "no-value",
                expected: "no value",
                observed: "a value",
              });
              if (path.endsWith("_active"))
                context.observe("G26", `${isAnonymous ? "without" : "with"} token: ${statusOf(answer)}`);
            }
          }
          context.negative("it is refused");
          const state = await vault.state();
          context.must(state.credentials.join() === name, {
            clause: "egress.vault.create",
            invariant: "state",
            expected: [name],
            observed: state.credentials,
          });
          context.positive("what is not secret is told");
        }),
    },
    readings: {
      title: "what a vault does where nothing is promised",
      clauses: ["G13", "G14", "G16", "G17", "G18", "G19"],
      level: "INFO",
      run: (context) =>
        withVault(context, async (vault) => {
          const typeless = await vault.call("POST", {
            credentials: [{ name: "typeless", source: { value: vault.credential("typeless").source.value } }],
          });
          context.observe(
            "G17",
            statusOf(typeless) === 201 ? "inline is the default" : `refused with ${statusOf(typeless)}`,
          );
          context.observe("G19", `a write over plain HTTP is ${statusOf(typeless)}`);
          if (statusOf(typeless) !== 201) await vault.create([vault.credential("one")]);
          const before = await vault.state();
          const empty = readingOf(await vault.call("PATCH", {}));
          context.observe(
            "G14",
            empty.status === 200
              ? `revision ${before.revision} becomes ${empty.revision}`
              : `refused with ${empty.status}`,
          );
          const named = await vault.call("PATCH", {
            credentials: { add: [{ ...vault.credential("expectedRevision"), source: { type: "inline", value: "" } }] },
          });
          context.observe("G13", String(statusOf(named)));
          const substitution = {
            ...binding("s", "typeless", vault.host("s")),
            auth: {
              type: "passthrough",
              substitutions: [{ credential: "typeless", placeholder: "{{x}}", in: ["header"] }],
            },
          };
          context.observe("G18", String(statusOf(await vault.call("PATCH", { bindings: { add: [substitution] } }))));
          const state = await vault.state();
          context.must(state.status === 200, {
            clause: "egress.vault.read",
            invariant: "listed",
            expected: 200,
            observed: state.status,
          });
          context.positive("the vault is there");
          if (!context.isSidecarBorrowed)
            context.observe(
              "G16",
              `without a credential proxy: ${statusOf(await (await context.egress()).call({ method: "DELETE", path: "/credential-vault" }))}`,
            );
          await vault.call("DELETE");
          context.must((await vault.state()).status === 404, {
            clause: "egress.vault.delete",
            invariant: "gone-is-404",
            expected: 404,
            observed: 200,
          });
          context.negative("and is gone when it is deleted");
        }),
    },
  },
);
