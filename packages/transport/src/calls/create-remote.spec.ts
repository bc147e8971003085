import { NEVER, Subject, of, throwError, type Observable } from "rxjs";
import { describe, expect, it } from "vitest";
import { createScope } from "../scope/create-scope.js";
import { collect, lost, response, setUp } from "../testing/api-over.js";
import type { ClientEvent } from "../ports/client-event.js";
import type { TransportRequest, TransportResponse } from "../ports/transport.js";
import { createConnection } from "./connection.js";
import { createRemote, type RemoteCreation } from "./create-remote.js";

const endpoint = { url: "http://host", headers: {}, access: "direct" } as const;

/** Creates a thing over a server that answers the POST as told. */
function creating(
  answer: Observable<TransportResponse>,
  {
    target = of(endpoint),
    ...options
  }: Partial<RemoteCreation<string>> & { readonly target?: Observable<typeof endpoint> } = {},
) {
  const reports: ClientEvent[] = [];
  const scope = createScope({ events: { next: (event) => void reports.push(event) } });
  const { api, transport } = setUp(() => answer as Observable<never>, { target: () => target, retry: false });
  const removed: unknown[] = [];
  const seen = collect(
    createRemote(createConnection({ api, scope }), {
      call: { what: "Create thing", method: "POST", path: "/things" },
      parse: (value) => (value as { readonly id: string }).id,
      subject: (requestId) => ({ kind: "session", id: `with request id ${requestId}` }),
      remove: (id) => {
        removed.push(id);
        return of(undefined);
      },
      ...options,
    }),
  );
  return { seen, scope, transport, removed, reports };
}

const requestIdOf = (request: TransportRequest | undefined): string | undefined => request?.headers["x-request-id"];

describe("createRemote", () => {
  it("emits what was created and leaves it alone", async () => {
    const { seen, scope, removed } = creating(of(response(201, { id: "t" })));
    expect(seen).toMatchObject({ values: ["t"], done: true });
    seen.unsubscribe();
    await scope.close();
    expect(removed).toEqual([]);
  });

  it("sends nothing for a subscriber that leaves before the address is known", async () => {
    const address = new Subject<typeof endpoint>();
    const { seen, scope, transport, removed } = creating(NEVER, { target: address });
    seen.unsubscribe();
    address.next(endpoint);
    await scope.close();
    expect(transport.sent).toEqual([]);
    expect(removed).toEqual([]);
  });

  it("awaits the answer after an unsubscribe and removes what it names", async () => {
    const answer = new Subject<TransportResponse>();
    const { seen, scope, transport, removed } = creating(answer);
    seen.unsubscribe();
    expect(transport.aborted()).toBe(0);
    const closing = scope.close();
    answer.next(response(201, { id: "late" }));
    answer.complete();
    await closing;
    expect(removed).toEqual(["late"]);
  });

  it("does the same when the client closes", async () => {
    const answer = new Subject<TransportResponse>();
    const { seen, scope, removed } = creating(answer);
    const closing = scope.close();
    expect(seen.error?.code).toBe("closed");
    answer.next(response(201, { id: "late" }));
    answer.complete();
    await closing;
    expect(removed).toEqual(["late"]);
  });

  it("reports what may be left behind, by the request id of the call", async () => {
    const answer = new Subject<TransportResponse>();
    const { seen, scope, transport, reports } = creating(answer);
    seen.unsubscribe();
    answer.error(new Error("broken"));
    await scope.close();
    const id = `with request id ${requestIdOf(transport.sent[0])}`;
    expect(reports).toEqual([expect.objectContaining({ type: "cleanup-failed", subject: { kind: "session", id } })]);
  });

  it.each([
    ["a refusal", of(response(400, { code: "BAD", message: "no" }))],
    ["a call that never left", lost("connect")],
  ])("reports nothing after %s", async (_, answer) => {
    const late = new Subject<TransportResponse>();
    const { seen, scope, reports } = creating(late);
    seen.unsubscribe();
    answer.subscribe(late);
    await scope.close();
    expect(reports).toEqual([]);
  });

  it.each([
    ["somebody waits for the answer", true],
    ["nobody does any more", false],
  ])("looks for what a lost answer may have left when %s", async (_, waits) => {
    const answer = new Subject<TransportResponse>();
    let searches = 0;
    const removeLost = (): Observable<unknown> => of((searches += 1));
    const { seen, scope, reports } = creating(answer, { removeLost });
    if (!waits) seen.unsubscribe();
    throwError(() => new Error("broken")).subscribe(answer);
    await scope.close();
    expect(seen.error?.code).toBe(waits ? "network" : undefined);
    expect(searches).toBe(1);
    expect(reports).toEqual([]);
  });
});
