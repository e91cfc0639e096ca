// Node's events for browsers: the package that the official client names, which bundlers for Node leave out.
export { default } from "npm:events@3.3.0";
