/** The methods of a service, each by name: the compiler names what is missing. */
export type MethodNames<Service> = { readonly [Name in keyof Service]-?: true };

/**
 * Makes a class of a function that builds a service: each method is on the prototype, so that a class of yours can
 * extend it and override some.
 */
export function createAdapterClass<Args extends readonly unknown[], Service extends object>(
  name: string,
  methods: MethodNames<Service>,
  build: (...args: Args) => Service,
): new (...args: Args) => Service {
  const services = new WeakMap<object, Service>();
  class Adapter {
    constructor(...args: Args) {
      services.set(this, build(...args));
    }

    get [Symbol.toStringTag](): string {
      return name;
    }
  }
  for (const method of Object.keys(methods) as (keyof Service & string)[]) {
    const value = function (this: object, ...args: unknown[]): unknown {
      return (services.get(this)![method] as (...args: unknown[]) => unknown)(...args);
    };
    Object.defineProperty(Adapter.prototype, method, { value, writable: true, configurable: true });
  }
  Object.defineProperty(Adapter, "name", { value: name });
  return Adapter as unknown as new (...args: Args) => Service;
}
