import type { Upstream } from "../../src/hub/ports.ts";

/** No handlers at all: every client connects as its token says, every user event fails. */
export const noUpstream: Upstream = {
  asksAbout: () => false,
  connect: () => undefined,
  connected: () => {},
  userEvent: () => ({ kind: "failed", why: "noHandler" }),
  disconnected: () => {},
  reportUnusable: () => {},
  drain: () => Promise.resolve(),
};
