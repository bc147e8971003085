export { storeCases } from "./store-cases.js";
export type { StoreCase, StoreHarness } from "./store-harness.js";
