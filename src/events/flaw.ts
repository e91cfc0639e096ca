/** What is wrong with a setting of an event handler, said so that configuration and upstream can both use it. */

/** One flaw. Quotes no value except `part`: values may hold secrets. */
export interface Flaw {
  /** The part of the value to blame, where it is not the whole. */
  readonly part?: string;
  /** Goes on after the name of the value or of the part: `has the scheme "ftp"`. */
  readonly problem: string;
  /** What to write instead. */
  readonly fix: string;
}
