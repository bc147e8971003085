import { always, conditional } from "../named-mutants.js";
import type { ServerMutant } from "../server-mutant.js";
import { answerJson, answers, refusalAccepted, requestJson } from "./altering.js";
import { anyVault, credentialsOf, vault } from "./vault-alterations.js";

/** Sidecars that change a vault in a wrong way. */
export const vaultChangeMutants: readonly ServerMutant[] = [
  always(
    "vault-no-guard",
    "the expected revision is ignored",
    "egress/vault-change/revision",
    "egress.vault.revision/stale-is-409",
    () => requestJson(vault("PATCH"), ({ expectedRevision: _, ...rest }) => rest),
  ),
  conditional(
    "vault-zero-is-none",
    "an expected revision of zero counts as none",
    "egress/vault-change/revision",
    "egress.vault.revision/stale-is-409",
    () =>
      requestJson(vault("PATCH"), (body) =>
        body["expectedRevision"] === 0 ? { ...body, expectedRevision: null } : body,
      ),
  ),
  conditional(
    "vault-future-revision-taken",
    "an expected revision above the current one is taken",
    "egress/vault-change/revision",
    "egress.vault.revision/stale-is-409",
    () => {
      let current = 0;
      return {
        ...answerJson(
          (request) => request.part === "egress" && anyVault.test(request.path),
          (body) => {
            if (typeof body["revision"] === "number") current = body["revision"];
            return body;
          },
        ),
        ...requestJson(vault("PATCH"), (body) =>
          Number(body["expectedRevision"]) > current && Number(body["expectedRevision"]) < 90
            ? { ...body, expectedRevision: null }
            : body,
        ),
      };
    },
  ),
  conditional(
    "vault-revision-stands",
    "the revision does not grow with a change that expects one",
    "egress/vault-change/revision",
    "egress.vault.revision/revision-grows",
    () =>
      answers(vault("PATCH"), (answer, request) =>
        answer.status === 200 && request.body.includes("expectedRevision")
          ? { ...answer, body: Buffer.from(answer.body.toString().replace(/"revision":\d+/, '"revision":1')) }
          : answer,
      ),
  ),
  conditional(
    "vault-conflict-counts",
    "a conflict makes the revision grow",
    "egress/vault-change/revision",
    "egress.vault.revision/changes-nothing",
    () => {
      let conflicts = 0;
      return {
        ...answers(
          (request) => request.part === "egress" && anyVault.test(request.path),
          (answer, request) => {
            if (vault("DELETE")(request)) conflicts = 0;
            if (answer.status === 409 && vault("PATCH")(request)) conflicts++;
            if (!vault("GET")(request) || answer.status !== 200) return answer;
            return {
              ...answer,
              body: Buffer.from(
                answer.body
                  .toString()
                  .replace(
                    /^\{"revision":(\d+)/,
                    (_, revision: string) => `{"revision":${Number(revision) + conflicts}`,
                  ),
              ),
            };
          },
        ),
      };
    },
  ),
  always(
    "vault-dangling-binding-dropped",
    "a binding of an unknown credential is dropped from a change and the rest is taken",
    "egress/vault-change/atomic",
    "egress.vault.atomic/fails-with-400",
    () =>
      requestJson(vault("PATCH"), (body) =>
        JSON.stringify(body).includes('"credential":"nobody"') ? { credentials: body["credentials"] } : body,
      ),
  ),
  conditional(
    "vault-half-a-change",
    "a change whose second credential is there already leaves the first",
    "egress/vault-change/atomic",
    "egress.vault.atomic/changes-nothing",
    () => {
      let isHalf = false;
      return {
        ...answers(
          (request) => request.part === "egress" && anyVault.test(request.path),
          (answer, request) => {
            if (vault("DELETE")(request)) isHalf = false;
            if (
              answer.status === 400 &&
              answer.body.includes("already exists") &&
              credentialsOf(request.body).length > 1
            )
              isHalf = true;
            return isHalf && vault("GET")(request) && answer.status === 200
              ? {
                  ...answer,
                  body: Buffer.from(
                    answer.body
                      .toString()
                      .replace('"credentials":[', '"credentials":[{"name":"c","sourceType":"inline","revision":1},'),
                  ),
                }
              : answer;
          },
        ),
      };
    },
  ),
  conditional(
    "vault-uncovered-host-taken",
    "a host without allow rule is taken where another rule names it",
    "egress/vault-change/binding-rules",
    "egress.vault.binding-rules/refused",
    () =>
      requestJson(
        vault("POST"),
        (body) => JSON.parse(JSON.stringify(body).replace(/"no(\.v\.)/, '"yes$1')) as Record<string, unknown>,
      ),
  ),
  always(
    "vault-unknown-credential-taken",
    "a binding of an unknown credential is taken",
    "egress/vault-change/binding-rules",
    "egress.vault.binding-rules/refused",
    () =>
      requestJson(
        vault("POST"),
        (body) =>
          JSON.parse(JSON.stringify(body).replace('"credential":"nobody"', '"credential":"a"')) as Record<
            string,
            unknown
          >,
      ),
  ),
  conditional(
    "vault-rule-is-lost",
    "the rule that a binding needs can be removed",
    "egress/vault-change/binding-rules",
    "egress.vault.binding-rules/rule-is-kept",
    () =>
      refusalAccepted(
        (request) => request.part === "egress" && request.method === "DELETE" && request.path === "/policy",
        { status: "ok" },
        (answer) => answer.body.includes("vault"),
      ),
  ),
  conditional(
    "vault-third-change-forgets",
    "a vault that was changed three times tells one credential less",
    "egress/vault-sequence/model",
    "egress.vault.atomic/state",
    () => {
      let changes = 0;
      return {
        ...answers(
          (request) => request.part === "egress" && anyVault.test(request.path),
          (answer, request) => {
            if (vault("POST")(request)) changes = 0;
            if (vault("PATCH")(request) && answer.status === 200) changes++;
            return changes >= 3 && vault("GET")(request) && answer.status === 200
              ? {
                  ...answer,
                  body: Buffer.from(answer.body.toString().replace(/"credentials":\[\{.*?\},?/, '"credentials":[')),
                }
              : answer;
          },
        ),
      };
    },
  ),
];
