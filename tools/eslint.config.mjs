// @ts-check
import { rxjsConfig } from "./gates/rxjs-lint.mjs";

/** For editors: `eslint --config tools/eslint.config.mjs`. */
export default rxjsConfig("tools/specs.tsconfig.json");
