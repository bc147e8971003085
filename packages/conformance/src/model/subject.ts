import type { Capability } from "./check.js";

/**
 * How a server inside a sandbox is reached: its direct endpoint, the root of that port, or through the lifecycle
 * server.
 */
export type AccessPath = "direct" | "root" | "proxy";

/** A server by address. */
export interface ServerAddress {
  /** Base address, such as `http://127.0.0.1:44772/proxy/44772`. */
  readonly url: string;
  /** Headers of every request; their values are secrets. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A service that answers each request with the headers that it got, in any format. */
export interface EchoService {
  /** Plain HTTP on port 80 of a name with a dot, such as `http://echo.example.com/headers`. */
  readonly url: string;
  /** Address of that name, where sandboxes cannot look it up. */
  readonly address?: string;
}

/** A lifecycle server; the daemon and the sidecar of its sandboxes are found through it. */
export interface LifecycleAddress extends ServerAddress {
  /** Value of `OPEN-SANDBOX-API-KEY`; omitted where the server asks for none. */
  readonly apiKey?: string;
  /** Image of the sandboxes that the run creates. */
  readonly image: string;
  /** Main process of those sandboxes; default `tail -f /dev/null`. */
  readonly entrypoint?: readonly string[];
  /** Variables of those sandboxes; they are written to reports and reproducers. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further variables, of which only the names are written; each value has at least 6 characters. */
  readonly secretEnv?: Readonly<Record<string, string>>;
  /** Resource limits of those sandboxes, such as `{ cpu: "500m", memory: "512Mi" }`; default none. */
  readonly resourceLimits?: Readonly<Record<string, string>>;
  /**
   * What their requests are sent to, to see which credentials of a vault they carry; without it a second sandbox
   * answers, where the network allows it.
   */
  readonly echo?: EchoService;
  /**
   * Milliseconds for which the daemon keeps an answer open after its end, set through the sandboxes' environment;
   * default as the server likes.
   */
  readonly tailMs?: number;
  /** Sandboxes that are created at one time; default 1, because real servers stand still while they create. */
  readonly parallelCreates?: number;
}

/** Servers under test; at least one address. */
export interface ServerSubject {
  readonly kind: "server";
  readonly lifecycle?: LifecycleAddress;
  readonly execd?: ServerAddress;
  readonly egress?: ServerAddress;
  /** Default `direct`. */
  readonly access?: AccessPath;
  /** Capabilities that the subject claims to have; the others are probed. */
  readonly declares?: readonly Capability[];
  /** Lets checks change what they cannot restore on a bare egress address; default false. */
  readonly allowsMutation?: boolean;
}

/**
 * A rule under test: answers one request object of the rule port by one answer object (`docs/conformance.md`, "Rules in
 * any language").
 */
export interface RuleSubject {
  readonly kind: "rule";
  readonly name: string;
  readonly ops: readonly ("decode" | "infer" | "merge" | "remove")[];
  /** Sends one request of the port and gives its answer; rejects when the rule hangs or crashes. */
  ask(request: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
}

/** What a run judges. */
export type Subject = ServerSubject | RuleSubject;
