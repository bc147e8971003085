import type { Alteration, GatewayAnswer, GatewayRequest } from "../../../gateway/alteration.js";

/** A credential as it is sent. */
export interface Item {
  readonly name: string;
  readonly source?: { readonly value?: string };
}

/** A test for requests to a vault; no path means the vault itself. */
export function vault(method: string, path = /^\/credential-vault$/): (request: GatewayRequest) => boolean {
  return (request) => request.part === "egress" && request.method === method && path.test(request.path);
}

/** The path of a vault and of everything below it. */
export const anyVault = /^\/credential-vault/;

/** Gives the lists of a create or a change to `use`. */
export function sent(use: (credentials: readonly Item[]) => void): Pick<Alteration, "request"> {
  return {
    request(request) {
      if (vault("POST")(request) || vault("PATCH")(request)) use(credentialsOf(request.body));
      return request;
    },
  };
}

/** The credentials that a body sends. */
export function credentialsOf(body: Buffer): readonly Item[] {
  try {
    const { credentials } = JSON.parse(body.toString("utf8")) as {
      readonly credentials?: readonly Item[] | Readonly<Record<string, readonly Item[]>>;
    };
    return (Array.isArray(credentials) ? credentials : Object.values(credentials ?? {}).flat()).filter(
      (item) => typeof item === "object",
    );
  } catch {
    // Not JSON: nothing is sent.
    return [];
  }
}

/** Drops every unknown field of a body. */
export function withoutUnknown(method: string, isMeant: (text: string) => boolean): Alteration {
  return {
    request(request) {
      const text = request.body.toString("utf8");
      return vault(method)(request) && isMeant(text)
        ? {
            ...request,
            body: Buffer.from(
              JSON.stringify(JSON.parse(text, (key, value: unknown) => (key === "rxUnknown" ? undefined : value))),
            ),
          }
        : request;
    },
  };
}

/** What a sidecar answers where there is no vault. */
export const noVault: GatewayAnswer = {
  status: 404,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: Buffer.from("credential vault not found\n"),
};
