/**
 * The table of all operations.
 */
import { CLOSE_OPERATIONS } from "./close.ts";
import { EXISTENCE_OPERATIONS } from "./existence.ts";
import { GENERATE_CLIENT_TOKEN } from "./client_token.ts";
import { LIST_CONNECTIONS_IN_GROUP } from "./listing.ts";
import { MEMBERSHIP_OPERATIONS } from "./membership.ts";
import type { Operation } from "./operation.ts";
import { PERMISSION_OPERATIONS } from "./permissions.ts";
import { SEND_OPERATIONS } from "./send.ts";

/** Every operation of the data plane below `/api/hubs`. */
export const OPERATIONS: readonly Operation[] = [
  ...SEND_OPERATIONS,
  ...CLOSE_OPERATIONS,
  ...EXISTENCE_OPERATIONS,
  ...MEMBERSHIP_OPERATIONS,
  LIST_CONNECTIONS_IN_GROUP,
  ...PERMISSION_OPERATIONS,
  GENERATE_CLIENT_TOKEN,
];
