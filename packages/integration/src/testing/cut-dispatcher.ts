import { Agent, buildConnector } from "undici";
import { startCuttingProxy, type CuttingProxy } from "../files/cutting-proxy.js";

/** A dispatcher whose connections break, whichever port of this machine they lead to. */
export interface CutDispatcher {
  readonly dispatcher: Agent;
  /** Breaks each new connection after so many bytes of its answers; `undefined` lets it live. */
  cutConnectionsAfter(bytes: () => number | undefined): void;
  /** How many it has broken. */
  cuts(): number;
  close(): Promise<void>;
}

/** Creates a dispatcher that leads through a cutting proxy per port, so that addresses stay those of the server. */
export function createCutDispatcher(): CutDispatcher {
  const proxies = new Map<string, Promise<CuttingProxy>>();
  const started: CuttingProxy[] = [];
  let next = (): number | undefined => undefined;
  const connect = buildConnector({});
  const proxyTo = (port: string): Promise<CuttingProxy> => {
    const known = proxies.get(port);
    if (known !== undefined) return known;
    const starting = startCuttingProxy(`127.0.0.1:${port}`).then((proxy) => {
      proxy.cutConnectionsAfter(() => next());
      started.push(proxy);
      return proxy;
    });
    proxies.set(port, starting);
    return starting;
  };
  const dispatcher = new Agent({
    connect: (options, done) => {
      proxyTo(options.port).then(
        ({ domain }) => connect({ ...options, port: domain.split(":")[1] ?? "" }, done),
        (error: Error) => done(error, null),
      );
    },
  });
  return {
    dispatcher,
    cutConnectionsAfter: (bytes) => {
      next = bytes;
    },
    cuts: () => started.reduce((sum, proxy) => sum + proxy.cuts(), 0),
    close: async () => {
      await dispatcher.destroy();
      await Promise.all(started.map((proxy) => proxy.close()));
    },
  };
}
