export { embeddedSubject, type EmbeddedSubject } from "./embedded-subject.js";
