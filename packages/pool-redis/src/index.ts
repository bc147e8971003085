export { createRedisStore, type RedisStore } from "./create-redis-store.js";
export type { RedisStoreOptions } from "./redis-store-options.js";
