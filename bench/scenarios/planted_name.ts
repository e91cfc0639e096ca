/** Name of the group that cannot be looked up, see `planted_fault.ts`. */
export const PLANTED = "planted-fault";
