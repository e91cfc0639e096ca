/**
 * Which addresses handlers may have. Instance metadata and link-local addresses give secrets to every caller, so they
 * need to be allowed by name; private ones are refused on demand.
 *
 * What remains: `fetch` resolves the name once more by itself. A name server that answers a harmless address to this
 * guard and another one to `fetch` a moment later, or that changes its answer while a verdict is remembered, gets past
 * it. Handler hosts come from the operator, never from clients, so such a server would have to be the operator's own
 * choice; an operator who cannot accept that names the handlers by address, or filters outgoing connections below the
 * server.
 */
import { EGRESS_VERDICT_LIFE_MS } from "../limits.ts";
import type { Platform } from "../platform.ts";
import { addressKind } from "./ip_address.ts";
import type { EgressSettings } from "./settings.ts";

/** All addresses of a host name, as the machine resolves it for connections; rejects when there are none. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** The machine's own resolver, hosts file included: the one that `fetch` asks too. */
export const systemResolveHost: ResolveHost = async (host) => {
  const { lookup } = await import("node:dns/promises");
  return (await lookup(host, { all: true })).map((entry) => entry.address);
};

/** Whether a host may be called. */
export type EgressVerdict =
  | { readonly kind: "allowed" }
  /** `address` is the one to blame. */
  | { readonly kind: "denied"; readonly address: string }
  | { readonly kind: "unresolved" };

const ALLOWED: EgressVerdict = { kind: "allowed" };
const UNRESOLVED: EgressVerdict = { kind: "unresolved" };

interface Known {
  readonly until: number;
  readonly verdict: EgressVerdict;
}

/** Judges hosts by their addresses, under one set of settings. */
export class EgressGuard {
  readonly #platform: Platform;
  readonly #resolveHost: ResolveHost;
  readonly #denyPrivate: boolean;
  readonly #allowed: ReadonlySet<string>;
  /** By the host as it stands in the URL; hosts come from the settings, so there are few. */
  readonly #known = new Map<string, Known>();
  readonly #pending = new Map<string, Promise<EgressVerdict>>();

  constructor(platform: Platform, resolveHost: ResolveHost, settings: EgressSettings) {
    this.#platform = platform;
    this.#resolveHost = resolveHost;
    this.#denyPrivate = settings.denyPrivateAddresses;
    this.#allowed = new Set(settings.allowedHosts.map(bareHost));
  }

  /**
   * The verdict on the host of a URL (as the URL parser writes it: odd spellings of IPv4 addresses are undone by it).
   * At once for addresses and remembered names, else after a look-up. Never rejects.
   */
  check(hostname: string): EgressVerdict | Promise<EgressVerdict> {
    const known = this.#known.get(hostname);
    if (known !== undefined && known.until > this.#platform.now()) return known.verdict;
    const host = bareHost(hostname);
    const isListed = this.#allowed.has(host);
    if (isListed || addressKind(host) !== undefined) {
      const verdict = isListed ? ALLOWED : this.#judge([host]);
      this.#known.set(hostname, { until: Infinity, verdict });
      return verdict;
    }
    let pending = this.#pending.get(hostname);
    if (pending === undefined) {
      pending = this.#lookUp(hostname, host).finally(() => this.#pending.delete(hostname));
      this.#pending.set(hostname, pending);
    }
    return pending;
  }

  async #lookUp(hostname: string, host: string): Promise<EgressVerdict> {
    try {
      const addresses = await this.#resolveHost(host);
      const verdict = addresses.length === 0 ? UNRESOLVED : this.#judge(addresses);
      if (verdict !== UNRESOLVED) {
        this.#known.set(hostname, {
          until: this.#platform.now() + EGRESS_VERDICT_LIFE_MS,
          verdict,
        });
      }
      return verdict;
    } catch {
      // Whatever the resolver says: without an address there is nothing to call. The failed call is logged.
      return UNRESOLVED;
    }
  }

  /** One denied address denies the host: `fetch` may pick any. */
  #judge(addresses: readonly string[]): EgressVerdict {
    for (const address of addresses) {
      if (!this.#isAllowed(address)) return { kind: "denied", address };
    }
    return ALLOWED;
  }

  #isAllowed(address: string): boolean {
    if (this.#allowed.has(bareHost(address))) return true;
    switch (addressKind(address)) {
      case "public":
        return true;
      case "private":
        return !this.#denyPrivate;
      case "linkLocal":
      case "metadata":
      case undefined: // not an address at all: do not guess
        return false;
    }
  }
}

/** The form in which hosts are compared: lower case, IPv6 addresses without brackets, no final dot. */
function bareHost(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$/g, "").replace(/\.$/, "");
}
