import { integer, text } from "./scalar-rules.js";
import { map, model, type Rule } from "./validation-rule.js";

const count = { rule: integer({ minimum: 0 }), isRequired: true } as const;
const anything: Rule<object> = (value) => Object(value) as object;

const capacityRule = model({ bufferMax: count, bufferMin: count, poolMax: count, poolMin: count });

/** The body of `POST /v1/pools`, which is checked before it is refused (`lifecycle.md` 8). */
export const createPoolRule = model({
  name: { rule: text({ maximum: 253, pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" }), isRequired: true },
  template: { rule: map(anything), isRequired: true },
  capacitySpec: { rule: capacityRule, isRequired: true },
});

/** The body of `PUT /v1/pools/{name}`. */
export const updatePoolRule = model({ capacitySpec: { rule: capacityRule, isRequired: true } });
