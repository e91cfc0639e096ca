/**
 * The conformance table: plain data, for a parser as well as for a server behind a socket. Written from RFC 6455 and
 * after the categories of the Autobahn suite.
 */
import type { Case } from "./case.ts";
import { FRAMING_CASES } from "./framing_cases.ts";
import { MESSAGE_CASES } from "./message_cases.ts";

export type { Case, Category, End, Taken } from "./case.ts";

/** All cases. Names are unique within their category. */
export const CASES: readonly Case[] = [...FRAMING_CASES, ...MESSAGE_CASES];
