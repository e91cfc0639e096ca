/** The events that the server itself raises for a handler. Rules: the service's event handler settings. */

/** Their names, as settings and URLs hold them. */
export const SYSTEM_EVENTS = ["connect", "connected", "disconnected"] as const;

/** A system event. */
export type SystemEvent = (typeof SYSTEM_EVENTS)[number];

/** The event of that name, in any case and between blanks; `undefined` when there is none. */
export function systemEventOf(name: string): SystemEvent | undefined {
  const wanted = name.trim().toLowerCase();
  return SYSTEM_EVENTS.find((event) => event === wanted);
}
