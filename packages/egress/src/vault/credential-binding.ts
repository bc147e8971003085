/** Which requests of the sandbox get which credential (`egress.md` 4.3). */
export interface CredentialBinding {
  /** Not blank; white space around it does not count. */
  readonly name: string;
  readonly match: CredentialMatch;
  readonly auth: CredentialAuth;
}

/** Requests to match; each list given must have an item, each one left out means what is said at it. */
export interface CredentialMatch {
  /** `https` when absent. */
  readonly schemes?: readonly ("http" | "https")[];
  /** 443 when absent. A sidecar intercepts 80 and 443 and refuses others. */
  readonly ports?: readonly number[];
  /** Dotted names, or `*.` and one; the policy has to allow each by a rule. */
  readonly hosts: readonly string[];
  /** `GET`, `POST`, `PUT`, `PATCH` and `DELETE` when absent. */
  readonly methods?: readonly string[];
  /** Each begins with `/`; a `*` at its end stands for any rest. `/*` when absent. */
  readonly paths?: readonly string[];
}

/** What is put into a matching request; `credential` is the name of one. */
export type CredentialAuth =
  /** `Authorization: Bearer <value>` */
  | { readonly type: "bearer"; readonly credential: string }
  /** `Authorization: Basic <value>`; the value is the base64 text of `user:password`. */
  | { readonly type: "basic"; readonly credential: string }
  /** `<name>: <value>` */
  | { readonly type: "apiKey"; readonly name: string; readonly credential: string }
  /** Several headers; names differ in more than case. */
  | { readonly type: "customHeaders"; readonly headers: readonly CustomHeaderEntry[] };

/** One header and the name of the credential that is its value. */
export interface CustomHeaderEntry {
  readonly name: string;
  readonly credential: string;
}
