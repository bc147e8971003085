import { keepingCases } from "./keeping-cases.js";
import { queueCases } from "./queue-cases.js";
import { randomCases } from "./random-cases.js";
import type { StoreCase } from "./store-harness.js";

/**
 * What every {@link PoolStore} does. Run each case with a pool of its own.
 */
export const storeCases: readonly StoreCase[] = [...queueCases, ...keepingCases, ...randomCases];
