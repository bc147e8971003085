export { createPool } from "./create-pool.js";
export type { ClosePoolOptions, Pool, PoolClient, PoolEvent, PoolOptions, ReleaseOptions } from "./pool.js";
export { createMemoryStore, type MemoryStoreOptions } from "./store/memory-store.js";
export type {
  AddAnswer,
  AddRequest,
  Grant,
  Hold,
  LeaveAnswer,
  LeaveRequest,
  PoolCounts,
  PoolStore,
  ReconcileAnswer,
  ReconcileRequest,
  TakeAnswer,
  TakeRequest,
} from "./store/pool-store.js";
