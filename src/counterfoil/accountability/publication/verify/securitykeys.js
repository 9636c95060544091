// Officers' security keys (docs/formats/security-key.md): the verifier key of one or two WebAuthn
// credentials, and what they signed. The page's address is compared with the key's own site; which
// pages the agreement names stands in the law, which is not loaded here.
const SECURITY_KEYS = 255; // type of such a key
const LABEL = "(?:[a-z0-9-]{0,61}[a-z0-9])?";
const RP = new RegExp(`^(?:(?:[a-z0-9]${LABEL}\\.)+[a-z]${LABEL}|localhost)$`);
const ORIGIN = /^(https?):\/\/([a-z0-9.-]{1,253})(?::([1-9][0-9]{0,4}))?$/;
const CURVE = { name: "ECDSA", namedCurve: "P-256" };

/** The bytes of base64url without padding, in its one form. */
function base64url(text) {
  if (typeof text !== "string" || /[^A-Za-z0-9_-]/.test(text)) throw new TypeError("not base64url");
  const plain = text.replaceAll("-", "+").replaceAll("_", "/");
  return base64(plain.padEnd(4 * Math.ceil(plain.length / 4), "="));
}

const isOfSecurityKeys = (line) =>
  typeof line === "string" && line.length <= 2048 && /^[^+]*\+[^+]*\+\/[w-z0-9+/]/.test(line);

/** Name, site and credentials of a verifier key. */
async function parseSecurityKeys(line) {
  const [name, keyId, encoded] = partsOf(line, KEY, "a key is not NAME+ID+BASE64");
  const data = base64(encoded);
  const head = joined([SECURITY_KEYS], utf8("counterfoil/security-key/v1\0"));
  need(hex(await sha256(joined(utf8(`${name}\n`), data))).slice(0, 8) === keyId,
    "the key id does not belong to the key");
  need(same(data.slice(0, head.length), head), "the key is of another version");
  const said = oneObject(data.slice(head.length));
  const listed = said.authenticators, otherwise = "a security key is not in its form";
  need(hasExactly(said, ["authenticators", "rp"]) && Array.isArray(listed), otherwise);
  need(isSite(said.rp) && (listed.length === 1 || listed.length === 2), otherwise);
  const found = [];
  for (const { credential, key, ...more } of listed) {
    need(!Object.keys(more).length, otherwise);
    const length = base64url(credential).length, x = base64url(key.x);
    const kind = `${key.kty} ${key.crv}`;
    const isPoint = kind === "EC P-256" && hasExactly(key, ["crv", "kty", "x", "y"]);
    const isEdwards = kind === "OKP Ed25519" && hasExactly(key, ["crv", "kty", "x"]);
    need(length >= 16 && length <= 255 && (isPoint || isEdwards) && x.length === 32, otherwise);
    const raw = isPoint ? joined([4], x, base64url(key.y)) : x;
    const y = wholeOf(raw.toReversed()) % 2n ** 255n;
    const isSound =
      isPoint ? (await importPoint(raw)) !== null : y < PRIME && !SMALL_ORDER.includes(y);
    need(isSound, "anybody can sign under this key");
    found.push({ credential, isPoint, publicKey: raw, identity: hex(x) });
  }
  const [one, other] = found;
  need(!other || (one.credential < other.credential && one.identity !== other.identity), otherwise);
  return { name, rp: said.rp, found, line, identities: found.map((each) => each.identity) };
}

const importPoint = (raw) =>
  crypto.subtle.importKey("raw", raw, CURVE, false, ["verify"]).catch(() => null);
const isSite = (text) => typeof text === "string" && text.length <= 253 && RP.test(text);

/** Whether keys for a site are used on pages of this origin. */
function isPageOf(origin, rp) {
  const [, scheme, host, port] = (typeof origin === "string" && ORIGIN.exec(origin)) || [];
  const isOfHost = host === rp || (host?.endsWith(`.${rp}`) && isSite(host));
  const usual = scheme === "https" ? "443" : "80";
  const isPort = port === undefined || (port !== usual && Number(port) < 65536);
  return Boolean(isOfHost) && isPort && (scheme === "https" || rp === "localhost");
}

/** The page on which one of the keys signed the statement. `kept` is what is kept of it. */
async function checkAssertion(keys, statement, kept) {
  const made = oneObject(utf8(kept.client_data)), otherwise = "a security key did not sign this: ";
  need(hasExactly(made, ["authenticator_data", "client_data_json", "credential"]),
    `${otherwise}its form`);
  const one = keys.found.find((each) => each.credential === made.credential);
  need(one !== undefined, `${otherwise}it is another officer's`);
  const client = base64url(made.client_data_json), data = base64url(made.authenticator_data);
  const signature = base64(kept.signature), said = clientData(client);
  const isInside = Object.hasOwn(said, "topOrigin") ||
    (Object.hasOwn(said, "crossOrigin") && said.crossOrigin !== false);
  const isPage = said.type === "webauthn.get" && isPageOf(said.origin, keys.rp) && !isInside;
  need(isPage, `${otherwise}it was signed on another page, or inside one`);
  const asked = await sha256(joined(utf8("counterfoil/statement/v1\0"), statement));
  need(typeof said.challenge === "string" && same(base64url(said.challenge), asked),
    `${otherwise}the statement is another`);
  const isOfSite = same(data.slice(0, 32), await sha256(utf8(keys.rp)));
  // present and verified (1, 4); no copy of the key (8, 16); nothing more than 37 bytes (64, 128)
  need(data.length === 37 && isOfSite && (data[32] & 0b11011101) === 0b101,
    `${otherwise}another site, its user not verified, or a key that can leave its device`);
  const covered = joined(data, await sha256(client));
  const holds = await (one.isPoint
    ? crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, await importPoint(one.publicKey),
      twoNumbers(signature), covered)
    : isSignature(one, signature, covered));
  need(holds, `${otherwise}the signature is wrong`);
  return said.origin;
}

/** The object that client data hold: no name twice, few brackets. */
function clientData(bytes) {
  const text = textOf(bytes), said = JSON.parse(text);
  const names = (value) => value !== null && typeof value === "object"
    ? Object.values(value).reduce((sum, each) => sum + names(each),
      Array.isArray(value) ? 0 : Object.keys(value).length)
    : 0;
  const written = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, "").split(":").length - 1;
  need(bytes.length <= 4096 && text.split(/[[{]/).length <= 65 && written === names(said) &&
    said !== null && typeof said === "object" && !Array.isArray(said), "client data are malformed");
  return said;
}

/** r and s, 32 bytes each, of a signature in DER, in its one form. */
function twoNumbers(der) {
  const numbers = [], otherwise = "a signature is not in its form";
  need(der[0] === 0x30 && der[1] === der.length - 2, otherwise);
  let rest = der.slice(2);
  while (rest.length) {
    const digits = rest.slice(2, 2 + rest[1]);
    const isShort = !(digits.length > 1 && digits[0] === 0 && digits[1] < 128);
    const isWhole = digits.length > 0 && digits.length === rest[1] && digits[0] < 128;
    need(rest[0] === 2 && isWhole && isShort, otherwise);
    const value = digits[0] ? digits : digits.slice(1);
    need(value.length <= 32, otherwise);
    numbers.push(joined(new Uint8Array(32 - value.length), value));
    rest = rest.slice(2 + rest[1]);
  }
  need(numbers.length === 2, otherwise);
  return joined(...numbers);
}
