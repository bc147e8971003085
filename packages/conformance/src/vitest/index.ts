export { describeConformance, type DescribeConformanceOptions } from "./describe-conformance.js";
