import type { Check } from "../../model/check.js";
import { authChecks } from "./auth.js";
import { createChecks } from "./create.js";
import { createRefusalChecks } from "./create-refusals.js";
import { endpointChecks } from "./endpoints.js";
import { errorChecks } from "./errors.js";
import { listChecks } from "./list.js";
import { metadataChecks } from "./metadata.js";
import { optionalRouteChecks } from "./optional-routes.js";
import { pauseChecks } from "./pause.js";
import { proxyChecks } from "./proxy.js";
import { renewChecks } from "./renew.js";
import { snapshotChecks } from "./snapshots.js";
import { stateChecks } from "./states.js";

/** Every check of lifecycle servers, in the order of reports. */
export const lifecycleChecks: readonly Check[] = [
  ...createChecks,
  ...createRefusalChecks,
  ...authChecks,
  ...errorChecks,
  ...listChecks,
  ...pauseChecks,
  ...stateChecks,
  ...renewChecks,
  ...metadataChecks,
  ...endpointChecks,
  ...proxyChecks,
  ...snapshotChecks,
  ...optionalRouteChecks,
];
