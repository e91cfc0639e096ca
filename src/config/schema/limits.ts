/** Bounds that an operator may move. */
import * as v from "valibot";
import {
  DRAIN_MS,
  MAX_DRAIN_SECONDS,
  MAX_GROUPS_PER_CONNECTION,
  MAX_RECOVERY_WINDOW_SECONDS,
  MAX_RESERVED_DESCRIPTORS,
  MAX_SETTABLE_GROUPS,
  RECOVERY_WINDOW_MS,
  RESERVED_DESCRIPTORS,
} from "../../limits.ts";
import { restLimits } from "./rest_limits.ts";
import { integer } from "./values.ts";

/** The object `limits`. */
export const limits = v.object({
  groupsPerConnection: v.optional(
    integer(0, MAX_SETTABLE_GROUPS, {
      doc: "Groups that one connection may be in; 0 is no bound",
      env: "HUBBUB_LIMITS_GROUPS_PER_CONNECTION",
    }),
    MAX_GROUPS_PER_CONNECTION,
  ),
  reservedDescriptors: v.optional(
    integer(0, MAX_RESERVED_DESCRIPTORS, {
      doc: "File descriptors that connections leave to everything else; 0 switches the account off",
      env: "HUBBUB_LIMITS_RESERVED_DESCRIPTORS",
    }),
    RESERVED_DESCRIPTORS,
  ),
  ...restLimits,
});

/** Entries of the tree's top: how long the server waits for clients. */
export const times = {
  recoveryWindowSeconds: v.optional(
    integer(1, MAX_RECOVERY_WINDOW_SECONDS, {
      doc: "How long a reliable client that lost its socket can come back, in seconds",
      env: "HUBBUB_RECOVERY_WINDOW_SECONDS",
    }),
    RECOVERY_WINDOW_MS / 1000,
  ),
  drainSeconds: v.optional(
    integer(0, MAX_DRAIN_SECONDS, {
      doc: "How long a stop waits for clients and handlers, in seconds",
      env: "HUBBUB_DRAIN_SECONDS",
    }),
    DRAIN_MS / 1000,
  ),
};
