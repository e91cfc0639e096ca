/** An identity provider for tests: real keys, a fetch that serves its documents, tokens of any kind. */
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { FakePlatform } from "../support/fake_platform.ts";
import { type OidcOptions, OidcVerifier } from "../../src/auth/oidc.ts";
import { NOW } from "./tokens.ts";

export const ISSUER = "https://login.example.com/tenant/v2.0";
export const JWKS_URI = "https://login.example.com/tenant/keys";
export const AUDIENCE = "https://webpubsub.azure.com";

async function makeKey(alg: string, kid: string) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, jwk: { ...await exportJWK(publicKey), kid, alg, use: "sig" } };
}

export type ProviderKey = Awaited<ReturnType<typeof makeKey>>;

export const RSA = await makeKey("RS256", "rsa-1");
export const EC = await makeKey("ES256", "ec-1");
/** Not published at first. */
export const NEXT = await makeKey("RS256", "rsa-2");

export const CLAIMS = {
  iss: ISSUER,
  aud: AUDIENCE,
  exp: NOW + 3600,
  nbf: NOW,
  roles: ["Web PubSub Service Owner"],
};

export function sign(
  claims: JWTPayload = CLAIMS,
  key = RSA,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
    .sign(key.privateKey);
}

/** The provider as the server reaches it; `published` can be changed on the way. */
export class Provider {
  readonly platform = new FakePlatform(NOW * 1000);
  readonly problems: string[] = [];
  published: readonly ProviderKey[] = [RSA, EC];
  discovery: object = { issuer: ISSUER, jwks_uri: JWKS_URI };

  constructor() {
    this.platform.onFetch = (url) => {
      if (url === `${ISSUER}/.well-known/openid-configuration`) {
        return Response.json(this.discovery);
      }
      if (url === JWKS_URI) return Response.json({ keys: this.published.map((key) => key.jwk) });
      return new Response(null, { status: 404 });
    };
  }

  verifier(options: Partial<OidcOptions> = {}): OidcVerifier {
    return new OidcVerifier(
      { issuer: ISSUER, ...options },
      this.platform,
      (problem) => this.problems.push(problem),
    );
  }

  get fetched(): readonly string[] {
    return this.platform.fetched.map(({ url }) => url);
  }
}

/** The access of a good token, or the reason of the refusal. */
export async function judge(verifier: OidcVerifier, token: string): Promise<string> {
  const verdict = await verifier.verify(token);
  return verdict.ok ? verdict.access : verdict.reason;
}
