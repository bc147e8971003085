import { objectOf, statusOf } from "../../model/read-exchange.js";
import { checkTopic } from "../check-topic.js";
import { codeOf, isRefusal, list, metadataQuery, RICH_FIELDS, runPair, sandboxPath } from "./sandbox-calls.js";

/** What create refuses, and what it does not show (`lifecycle.md` 2). */
export const createRefusalChecks = checkTopic(
  { part: "lifecycle", topic: "create", group: "lifecycle", capability: "core" },
  {
    "refused-leaves-nothing": {
      title: "a refused create leaves no sandbox behind",
      clauses: [
        "lifecycle.create.refused-leaves-nothing",
        "lifecycle.create.image-required",
        "lifecycle.create.entrypoint-required",
        "lifecycle.create.timeout-minimum",
        "lifecycle.create.credential-proxy",
      ],
      async run(context) {
        const { id } = await context.sandbox();
        // The seed alone would not tell what an earlier run has left on the server.
        const nonce = `${context.random.token()}-${context.runName}`;
        const [key, value] = runPair(context);
        context.must((await list(context, metadataQuery({ [key]: value }))).ids.includes(id), {
          invariant: "accepted-is-listed",
          expected: id,
        });
        context.positive("what was accepted is in the list");
        const spoils = {
          "lifecycle.create.image-required": { image: undefined },
          "lifecycle.create.entrypoint-required": { entrypoint: undefined },
          "lifecycle.create.timeout-minimum": { timeout: 59 },
          "lifecycle.create.credential-proxy": { credentialProxy: { enabled: true } },
        } as const;
        for (const [clause, fields] of Object.entries(spoils)) {
          const answer = await context.lifecycle.call({
            method: "POST",
            path: "/v1/sandboxes",
            json: context.createRequest({ ...fields, metadata: { "rx-refused": nonce } }),
          });
          context.must(isRefusal(answer), {
            clause,
            invariant: "refused",
            expected: "4xx",
            observed: statusOf(answer),
          });
        }
        const left = await list(context, metadataQuery({ "rx-refused": nonce }));
        context.must(left.status === 200 && left.ids.length === 0, {
          invariant: "nothing-left",
          expected: [],
          observed: left.ids,
        });
        context.negative("four refused creates are in no list");
      },
    },
    "refuses-impossible": {
      title: "metadata, platforms and volumes that cannot be are refused",
      clauses: [
        "lifecycle.create.metadata-labels",
        "lifecycle.create.metadata-reserved",
        "lifecycle.create.platform",
        "lifecycle.create.volumes",
        "lifecycle.create.volume-names",
        "lifecycle.create.host-path",
        "L21",
      ],
      async run(context) {
        const volume = (fields: object): Readonly<Record<string, unknown>> => ({
          volumes: [{ name: "data", mountPath: "/rx-data", ...fields }],
        });
        const claim = { pvc: { claimName: "rx-none", createIfNotExists: false } };
        const spoils: readonly (readonly [clause: string, fields: Readonly<Record<string, unknown>>])[] = [
          ["lifecycle.create.metadata-labels", { metadata: { "bad key": "x" } }],
          ["lifecycle.create.metadata-labels", { metadata: { good: "bad value!" } }],
          ["lifecycle.create.metadata-labels", { metadata: { good: "x".repeat(64) } }],
          ["lifecycle.create.metadata-labels", { metadata: { ["k".repeat(64)]: "x" } }],
          ["lifecycle.create.metadata-reserved", { metadata: { "opensandbox.io/id": "x" } }],
          ["lifecycle.create.platform", { platform: { os: "plan9", arch: "amd64" } }],
          ["lifecycle.create.platform", { platform: { os: "linux", arch: "vax" } }],
          ["lifecycle.create.volumes", volume({})],
          ["lifecycle.create.volumes", volume({ ...claim, host: { path: "/tmp" } })],
          ["lifecycle.create.volumes", volume({ ...claim, mountPath: "data" })],
          ["lifecycle.create.volumes", volume({ ...claim, name: "Bad_Name" })],
          ["lifecycle.create.volumes", volume({ ...claim, subPath: "../up" })],
          [
            "lifecycle.create.volume-names",
            {
              volumes: [
                { name: "a", mountPath: "/a", ...claim },
                { name: "a", mountPath: "/b", ...claim },
              ],
            },
          ],
          ["lifecycle.create.host-path", volume({ host: { path: `/rx-${context.random.token()}` } })],
          ["lifecycle.create.host-path", volume({ host: { path: "/tmp/../etc" } })],
        ];
        for (const [clause, fields] of spoils) {
          const answer = await context.lifecycle.call({
            method: "POST",
            path: "/v1/sandboxes",
            json: context.createRequest(fields),
          });
          context.must(isRefusal(answer), {
            clause,
            invariant: "refused",
            expected: "4xx",
            observed: { fields, status: statusOf(answer) },
          });
          context.must(statusOf(answer) === 422 || codeOf(answer) !== undefined, {
            clause: "lifecycle.errors.envelope",
            invariant: "error-envelope",
            expected: "code and message",
            observed: statusOf(answer),
          });
        }
        context.negative(`${spoils.length} impossible requests are refused`);
        const pool = await context.lifecycle.call({
          method: "POST",
          path: "/v1/sandboxes",
          json: context.createRequest({ extensions: { poolRef: `rx-${context.random.token()}` } }),
        });
        context.observe("L21", `a pool that does not exist: ${statusOf(pool)} ${codeOf(pool) ?? ""}`);
        const { id } = await context.sandbox({ fields: RICH_FIELDS });
        context.must(statusOf(await context.lifecycle.call({ method: "GET", path: sandboxPath(id) })) === 200, {
          invariant: "possible-was-accepted",
        });
        context.positive("a request with proper metadata was accepted");
      },
    },
    "hides-image-auth": {
      title: "credentials of the image are in no answer",
      clauses: ["lifecycle.create.image-auth-hidden"],
      depth: "standard",
      async run(context) {
        const secret = `sentinel-${context.random.token(24)}`;
        context.secret(secret);
        const image = { ...(context.createRequest()["image"] as object), auth: { username: "rx", password: secret } };
        const { id, created } = await context.sandbox({ isExclusive: true, fields: { image } });
        const answers = [
          created,
          objectOf(await context.lifecycle.call({ method: "GET", path: sandboxPath(id) })),
          (await list(context, "pageSize=200")).items,
        ];
        for (const answer of answers)
          context.must(!JSON.stringify(answer).includes(secret), {
            invariant: "password-shown",
            expected: "no password",
            observed: "the password",
          });
        context.positive("the sandbox was made with credentials");
        const listed = JSON.stringify(answers[2]).includes(id);
        context.must(listed, { invariant: "listed", expected: id, observed: null });
        context.negative("create, get and list show the sandbox without them");
      },
    },
  },
);
