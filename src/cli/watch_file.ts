/**
 * When a file has changed. Only its text counts: a new time stamp over the same text is no change, and on bind mounts of
 * containers, network shares and behind swapped symbolic links neither time stamps nor events can be relied on. So the
 * file is read again and again, and events of the file system only make the next look come sooner.
 */
import { CONFIG_POLL_MS, CONFIG_SETTLE_MS } from "../limits.ts";
import type { Cancel, Platform } from "../platform.ts";

/** How the watch reaches a file. */
export interface WatchedFile {
  /** Its text; throws when it cannot be read. */
  read(): string;
  /** Calls `onEvent` when something happens near the file, as far as the file system tells; never, if it does not. */
  events(onEvent: () => void): Cancel;
}

/**
 * Calls `onChange` once for each change; the result ends the watch. A file that is still being written is left alone
 * until two looks see the same text. A file that disappears has changed, too.
 *
 * @param known the text that the caller has worked with so far
 */
export function watchFile(
  file: WatchedFile,
  known: string,
  platform: Pick<Platform, "after">,
  onChange: () => void,
): Cancel {
  let told: string | undefined = known;
  /** What the last look saw, where it was new. */
  let fresh: { readonly text: string | undefined } | undefined;
  let isSoon = false;
  let cancel: Cancel = () => {};

  const lookIn = (ms: number) => {
    cancel();
    isSoon = ms === CONFIG_SETTLE_MS;
    cancel = platform.after(ms, look);
  };
  const look = () => {
    const text = textOf(file);
    const isChange = text !== told;
    const isSettled = fresh !== undefined && fresh.text === text;
    if (isChange && !isSettled) {
      fresh = { text };
      lookIn(CONFIG_SETTLE_MS);
      return;
    }
    fresh = undefined;
    told = text;
    lookIn(CONFIG_POLL_MS);
    if (isChange) onChange();
  };

  lookIn(CONFIG_POLL_MS);
  const stopEvents = file.events(() => {
    // In a busy folder events must not put the look off.
    if (!isSoon) lookIn(CONFIG_SETTLE_MS);
  });
  return () => {
    stopEvents();
    cancel();
  };
}

function textOf(file: WatchedFile): string | undefined {
  try {
    return file.read();
  } catch {
    // Whoever reads it next for its sense says why.
    return undefined;
  }
}
