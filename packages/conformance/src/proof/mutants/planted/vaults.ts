import { always, conditional } from "../named-mutants.js";
import type { ServerMutant } from "../server-mutant.js";
import { answerJson, answers, refusalAccepted } from "./altering.js";
import { anyVault, credentialsOf, noVault, sent, vault, withoutUnknown, type Item } from "./vault-alterations.js";
import { vaultChangeMutants } from "./vault-changes.js";

/** Sidecars whose vault is wrong in one way. */
export const vaultMutants: readonly ServerMutant[] = [
  always(
    "vault-created-twice",
    "a second create is answered as the first was",
    "egress/vault/create",
    "egress.vault.create/second-is-409",
    () => {
      return answers(vault("POST"), (answer) =>
        answer.status === 409
          ? {
              ...answer,
              status: 201,
              headers: { "content-type": "application/json" },
              body: Buffer.from('{"revision":1,"credentials":[],"bindings":[]}'),
            }
          : answer,
      );
    },
  ),
  conditional(
    "vault-second-create-replaces",
    "a second create is refused and takes the place of the first",
    "egress/vault/create",
    "egress.vault.create/changes-nothing",
    () => {
      let isReplaced = false;
      return {
        ...answers(
          (request) => request.part === "egress",
          (answer, request) => {
            if (vault("POST")(request)) isReplaced = answer.status === 409;
            if (vault("DELETE")(request)) isReplaced = false;
            return isReplaced && vault("GET")(request)
              ? {
                  ...answer,
                  body: Buffer.from(
                    answer.body.toString().replace(/"credentials":\[.*?\]/, '"credentials":[{"name":"other"}]'),
                  ),
                }
              : answer;
          },
        ),
      };
    },
  ),
  always(
    "vault-create-is-200",
    "a create is answered with 200",
    "egress/vault/create",
    "egress.vault.create/created",
    () => answers(vault("POST"), (answer) => (answer.status === 201 ? { ...answer, status: 200 } : answer)),
  ),
  conditional(
    "vault-encoded-name-unknown",
    "a name with a slash is not found",
    "egress/vault/read",
    "egress.vault.read/by-name",
    () => answers(vault("GET", /%2F/i), () => noVault),
  ),
  conditional(
    "vault-list-of-one",
    "a list has its first item alone",
    "egress/vault/read",
    "egress.vault.read/listed",
    () =>
      answerJson(vault("GET", /\/bindings$/), (body) => ({
        ...body,
        bindings: (body["bindings"] as readonly unknown[] | undefined)?.slice(0, 1),
      })),
  ),
  always(
    "vault-unknown-is-empty",
    "an unknown name is an empty item",
    "egress/vault/read",
    "egress.vault.read/unknown-is-404",
    () => refusalAccepted(vault("GET", /\/(?:credentials|bindings)\/[a-z0-9]+$/), {}),
  ),
  conditional(
    "vault-binding-of-another",
    "a binding read by name has the match of another",
    "egress/vault/read",
    "egress.vault.read/own-match",
    () =>
      answerJson(vault("GET", /\/bindings\/[a-z0-9]+$/), (body) => ({
        ...body,
        match: { ...(body["match"] as object), hosts: ["b.example.com"] },
      })),
  ),
  always(
    "vault-tells-values",
    "reading a credential tells its value",
    "egress/vault/write-only",
    "egress.vault.write-only/no-value",
    () => {
      const values = new Map<string, string>();
      return {
        ...sent((items) => items.forEach(({ name, source }) => values.set(name, source?.value ?? ""))),
        ...answerJson(vault("GET", /\/credentials\/./), (body) => ({
          ...body,
          value: values.get(String(body["name"])),
        })),
      };
    },
  ),
  conditional(
    "vault-error-tells-value",
    "the refusal of a duplicate tells the value in base64",
    "egress/vault/write-only",
    "egress.vault.write-only/no-value",
    () => {
      return answers(vault("PATCH"), (answer, request) => {
        const [first] = credentialsOf(request.body);
        return answer.status === 400 && answer.body.includes("already exists")
          ? { ...answer, body: Buffer.from(`rejected ${Buffer.from(first?.source?.value ?? "").toString("base64")}\n`) }
          : answer;
      });
    },
  ),
  conditional(
    "vault-rotation-echoes",
    "the answer to a rotation echoes the new value in a header",
    "egress/vault/write-only",
    "egress.vault.write-only/no-value",
    () => {
      return answers(vault("PATCH"), (answer, request) =>
        answer.status === 200 && request.body.includes('"replace"')
          ? {
              ...answer,
              headers: { ...answer.headers, "x-debug": credentialsOf(request.body)[0]?.source?.value ?? "" },
            }
          : answer,
      );
    },
  ),
  always(
    "vault-delete-keeps",
    "the credentials of a vault that is gone are an empty list",
    "egress/vault/delete",
    "egress.vault.delete/gone-is-404",
    () =>
      answers(vault("GET", /\/credentials$/), (answer) =>
        answer.status === 404
          ? {
              status: 200,
              headers: { "content-type": "application/json" },
              body: Buffer.from('{"revision":1,"credentials":[]}'),
            }
          : answer,
      ),
  ),
  conditional(
    "vault-delete-again-succeeds",
    "deleting a vault that is gone succeeds",
    "egress/vault/delete",
    "egress.vault.delete/gone-is-404",
    () =>
      answers(vault("DELETE"), (answer) =>
        answer.status === 404 ? { status: 204, headers: {}, body: Buffer.alloc(0) } : answer,
      ),
  ),
  conditional(
    "vault-anew-remembers",
    "a vault that is created after a change of none has the credentials of the old one",
    "egress/vault/delete",
    "egress.vault.delete/anew",
    () => {
      let [old, remembered]: [readonly Item[], readonly Item[]] = [[], []];
      return {
        ...answers(
          (request) => request.part === "egress" && anyVault.test(request.path),
          (answer, request) => {
            if (vault("POST")(request) && answer.status === 201)
              old = credentialsOf(request.body).map(({ name }) => ({ name }));
            if (vault("DELETE")(request) && answer.status === 204) remembered = [];
            if (vault("PATCH")(request) && answer.status === 404) remembered = old;
            return vault("GET")(request) && answer.status === 200 && remembered.length > 0
              ? {
                  ...answer,
                  body: Buffer.from(
                    answer.body
                      .toString()
                      .replace('"credentials":[', `"credentials":${JSON.stringify(remembered).slice(0, -1)},`),
                  ),
                }
              : answer;
          },
        ),
      };
    },
  ),
  always(
    "vault-unknown-create-taken",
    "unknown fields of a create are ignored",
    "egress/vault/unknown-fields",
    "egress.vault.unknown-fields/create-is-400",
    () => withoutUnknown("POST", (text) => text.includes("rxUnknown")),
  ),
  conditional(
    "vault-unknown-in-source-taken",
    "unknown fields of a source are ignored",
    "egress/vault/unknown-fields",
    "egress.vault.unknown-fields/create-is-400",
    () => withoutUnknown("POST", (text) => text.includes('"rxUnknown":"x"')),
  ),
  conditional(
    "vault-unknown-change-taken",
    "unknown fields of a change of bindings are ignored",
    "egress/vault/unknown-fields",
    "egress.vault.unknown-fields/patch-is-400",
    () => withoutUnknown("PATCH", (text) => text.includes('"bindings":{"rxUnknown"')),
  ),
  always(
    "vault-active-open",
    "the active values are served to whoever has the token",
    "egress/vault/private",
    "egress.vault.private/refused",
    () =>
      refusalAccepted(
        (request) => vault("GET", /_active$/)(request) && request.headers["opensandbox-egress-auth"] !== undefined,
        { bindings: [] },
      ),
  ),
  conditional(
    "vault-active-with-query",
    "the active values are served when there is a query",
    "egress/vault/private",
    "egress.vault.private/refused",
    () => refusalAccepted(vault("GET", /_active\?/), { bindings: [] }),
  ),
  ...vaultChangeMutants,
];
