/** Loaded before the server: whoever looks up this group meets a fault that nobody foresaw. */

import { PLANTED } from "./planted_name.ts";

const get = Map.prototype.get;
Map.prototype.get = function (key: unknown): unknown {
  if (key === PLANTED) throw new TypeError("planted");
  return get.call(this, key);
};
