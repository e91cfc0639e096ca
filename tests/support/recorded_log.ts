/** A log that tests read. */
import type { Log, LogFields } from "../../src/ports.ts";

/** One line of it. */
export interface RecordedLine extends LogFields {
  readonly level: keyof Log;
  readonly message: string;
}

/** Remembers every line. */
export class RecordedLog implements Log {
  readonly lines: RecordedLine[] = [];

  debug(message: string, fields?: LogFields): void {
    this.lines.push({ level: "debug", message, ...fields });
  }
  info(message: string, fields?: LogFields): void {
    this.lines.push({ level: "info", message, ...fields });
  }
  warn(message: string, fields?: LogFields): void {
    this.lines.push({ level: "warn", message, ...fields });
  }
  error(message: string, fields?: LogFields): void {
    this.lines.push({ level: "error", message, ...fields });
  }
}
