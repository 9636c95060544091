// The public part of an evidence bundle (docs/formats/evidence-bundle.md): what `counterfoil
// evidence check` says in 1 to 5, but for loading the law. Nothing is decided again here.
const ROLES = new Map(Object.entries({ // what an entry is there for, in order, and its kinds
  law: ["law"], "certificate-birth": ["certificate"], "certificate-names": ["certificate"],
  batch: ["batch"], gate: ["granted", "refused"], override: ["override"], opening: ["opening"],
  review: ["review"], answer: ["disclosure", "not_compared"], release: ["release"],
  inspection: ["inspection"], "first-officer": ["key"], "second-officer": ["key"],
}));
const OF_NO_BATCH = /^(law|certificate-.*|.*-officer)$/,
  NOT_IN_ORDER = /^(inspection|certificate-.*|.*-officer)$/;
const isText = (value) => typeof value === "string";
const isTable = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const isTableOf = (kind) => (value) => isTable(value) && Object.values(value).every(kind);
const isMadeOf = (kinds) => (value) => isTable(value) && hasExactly(value, Object.keys(kinds)) &&
  Object.entries(kinds).every(([name, kind]) => kind(value[name]));
const isOfficer = (value) => isTable(value) && isText(value.name) && isText(value.vkey);
const isWord = (value) =>
  value === null || isMadeOf({ officer: isOfficer, signature: isText })(value);
const isProved = isMadeOf({ role: isText, entry: isText, proof: isText });
const isPublicPart = isMadeOf({ // evidence/contents.py, PublicPart
  office: isText, batch: isText, received_at: isText, gate_date: isText, agreement: isText,
  file_digest: isText, versions: isTableOf(isText), law: isTableOf(isText),
  law_digests: isTableOf(isText), snapshot: isText, manifest: isText, manifest_signature: isText,
  certificates: isTableOf(isMadeOf({ certificate: isText, signature: isText })),
  determinations: isText, review: isWord, release: isWord,
  entries: (value) => Array.isArray(value) && value.every(isProved),
});
const AGREEMENT_ID = /^id: *(["']?)([A-Za-z0-9._-]+)\1 *(?:#.*)?\r?$/m; // the line of YAML
const BUNDLE_FIELDS = ["format", "holder", "key_id", "public", "sealed", "signature"];
const STATEMENT_FIELDS = ["act", "details", "expires", "generation", "nonce", "office", "subject"];

/** A text without the white space of ASCII around it. */
const stripped = (text) => text.replace(/^[ \t-\r]+|[ \t-\r]+$/g, "");

/** Like `need`: the public part does not hold together. */
function hold(established, otherwise) {
  need(established, `the public part does not hold together: ${otherwise}`);
}

async function verifyBundle(task, say) {
  need(task.main.length <= MAX_BUNDLE, "the file is longer than 64 MiB");
  const { signature, ...body } = oneObject(task.main, 1_000_000);
  need(body.format === "counterfoil-evidence-1",
    "the file is not of format counterfoil-evidence-1");
  const inForm = hasExactly({ ...body, signature }, BUNDLE_FIELDS) &&
    isPublicPart(body.public);
  need(inForm, "the bundle has a member too many or too few, or one of another form");
  const named = await parseKey(field(body, "holder", "string"), SIGNS);
  need(named.own === task.key.own, "the bundle names another holder's key than the one you gave");
  base64(body.sealed);
  const signed = utf8(`counterfoil/evidence/v1\0${canonical(body)}`);
  need(await isSignature(named, base64(signature), signed),
    "the holder's signature over the bundle does not verify");
  const part = body.public;
  say(`${named.name} signed the bundle: batch ${part.batch}, received ${part.received_at}.`); // 1
  const paths = Object.keys(part.law); // 2
  hold(hasExactly(part.law_digests, paths), "a law file is not the one of its digest");
  for (const path of paths) {
    const digest = await digestOf(utf8(field(part.law, path, "string")));
    hold(digest === part.law_digests[path], "a law file is not the one of its digest");
  }
  hold(Object.hasOwn(part.law, "agreement.yaml"), "a law file is missing");
  const [, , id] = AGREEMENT_ID.exec(part.law["agreement.yaml"]) ?? [];
  hold(id === undefined || id === part.agreement,
    "the agreement is not the one that the batch names");
  say(`The ${paths.length} law files are those of the digests in it. They were not loaded here, ` +
    "nor compared with the rules that the ledger names: `counterfoil evidence check` does that.");
  const entries = await proveEntries(task, part); // 3
  checkOrder(part, named, entries);
  const places = [...entries].map(([role, { index }]) => `${role} ${index}`).join(", ");
  const { ledger } = entries.get("law");
  say(`${entries.size} entries stand in one ledger: ${places}. ${ledger.statement}`);
  say(await checkSnapshot(part, named, entries)); // 4
  say(await checkOfficers(part, entries)); // 5
  say("The request was not decided again, and the sealed part was not opened: " +
    "`counterfoil replay` does both, with the bundle's key.");
}

/** The entries of the bundle by their role, all proved to one checkpoint, in the order of roles. */
async function proveEntries(task, part) {
  const found = new Map(), notes = new Set();
  for (const { role, entry, proof } of part.entries) {
    hold(!found.has(role), "two entries have one role");
    const [carried, index, path, ...note] = partsOf(proof, PROOF,
      "this is not a C2SP tlog-proof, version 1");
    const ledger = await checkCheckpoint(task, ...note);
    await checkInclusion(utf8(entry), number(index), linesOf(path), ledger);
    const fields = oneObject(utf8(entry));
    const isOfRole = carried === undefined && fields.v === 1 &&
      ROLES.get(role)?.includes(fields.kind);
    hold(isOfRole, "an entry is not of the kind that its role needs");
    found.set(role, { index: number(index), fields, ledger });
    notes.add(note.join("\n"));
  }
  const inOrder =
    [...ROLES.keys()].filter((role) => found.has(role)).join() === [...found.keys()].join();
  const isWhole = ["law", "batch", "gate", "inspection"].every((role) => found.has(role));
  hold(isWhole && inOrder && notes.size === 1,
    "an entry is missing, or they are not proved to one checkpoint");
  return found;
}

/** The entries are of this batch, under the same rules, in the order of the steps. */
function checkOrder(part, holder, entries) {
  const fieldsOf = (role) => entries.get(role).fields;
  const ofBatch = [...entries.keys()].filter((role) => !OF_NO_BATCH.test(role));
  hold(ofBatch.every((role) => fieldsOf(role).batch === part.batch),
    "an entry is of another batch");
  const rulesOf =
    (role) => canonical([fieldsOf(role).agreement ?? null, fieldsOf(role).rules ?? null]);
  hold(rulesOf("law") === rulesOf("batch"), "the ledger says that other rules were in force");
  const isHere = part.office === holder.name && part.received_at === fieldsOf("batch").time &&
    part.gate_date === part.received_at.slice(0, 10);
  hold(isHere, "the ledger names another office, time or day");
  const at =
    [...entries].filter(([role]) => !NOT_IN_ORDER.test(role)).map(([, { index }]) => index);
  const opening = entries.get("opening")?.index ?? -1n;
  const certified = [...entries].filter(([role]) => role.startsWith("certificate-"));
  const isRising = at.every((index, place) => place === 0 || at[place - 1] <= index) &&
    certified.every(([, { index }]) => index <= opening);
  hold(isRising, "the entries are not in the order of the steps");
}

/** The holder signed the snapshot's manifest, which the opening names, and the certificates, which
 * the ledger names. Returns the statement. */
async function checkSnapshot(part, holder, entries) {
  const scopes = Object.keys(part.certificates);
  const roles = [...entries.keys()].filter((role) => role.startsWith("certificate-"));
  const isSame = scopes.length === roles.length &&
    scopes.every((scope) => entries.has(`certificate-${scope}`));
  hold(isSame && (part.snapshot || !scopes.length),
    "certificates and their entries are not of the same scopes");
  if (!part.snapshot) {
    hold(!part.manifest && !part.manifest_signature, "there is a manifest of no snapshot");
    return "No snapshot of the register was asked for this request.";
  }
  const manifest = utf8(part.manifest), digest = await digestOf(manifest);
  const isSigned = await isSignature(holder, base64(stripped(part.manifest_signature)), manifest);
  need(isSigned, "the manifest is not what the holder's key signed");
  const isOpened = entries.get("opening")?.fields.snapshot === digest &&
    JSON.parse(part.manifest).snapshot === part.snapshot;
  hold(isOpened, "the ledger does not say that this snapshot was opened for the batch");
  for (const scope of scopes) {
    const { certificate, signature } = part.certificates[scope];
    const { fields } = entries.get(`certificate-${scope}`), data = utf8(certificate);
    const isNamed = fields.scope === scope && fields.snapshot === digest &&
      fields.certificate === (await digestOf(data));
    hold(isNamed, "the ledger names another certificate, or one of another snapshot or scope");
    const context = joined(utf8("counterfoil/certificate/v1\0"), data);
    const isHolders = await isSignature(holder, base64(stripped(signature)), context);
    need(isHolders, "the certificate does not hold: the holder's key did not sign it");
  }
  const governed =
    scopes.map((scope) => `${scope} ${entries.get(`certificate-${scope}`).fields.certificate}`);
  return `${holder.name} signed the manifest of snapshot ${part.snapshot}, which was opened for ` +
    "this batch. Certificates that governed, as the ledger names them: " +
    `${governed.join(", ") || "none"}.`;
}

/** Two officers, each by a signature of their own, reviewed and released. Returns the statement. */
async function checkOfficers(part, entries) {
  if (part.review === null || part.release === null) {
    const isNone = !part.review && !part.release && !part.determinations && !entries.has("release");
    hold(isNone, "the word of one officer is missing");
    return "The batch was not released when the bundle was made.";
  }
  const first = await checkWord(part, "review"), second = await checkWord(part, "release");
  const fold = (key) => key.name.toUpperCase().toLowerCase();
  const areTwo = fold(first) !== fold(second) &&
    !first.identities.some((each) => second.identities.includes(each));
  need(areTwo, "the officer who releases has the name or the key of the officer who reviewed");
  const [one, other] = [await digestOf(utf8(first.line)), await digestOf(utf8(second.line))];
  const says = (role, wanted) => Object.entries(wanted)
    .every(([name, value]) => entries.get(role)?.fields[name] === value);
  const { determinations } = part;
  hold(says("release", { determinations, officer: one, second: other }),
    "the release in the ledger is of other officers or determinations");
  hold(says("review", { determinations, officer: one }),
    "the review in the ledger is of another officer or other determinations");
  const enrolled = [["first-officer", one, "review"], ["second-officer", other, "release"]];
  for (const [role, key, signed] of enrolled) {
    const isEnrolled = says(role, { purpose: "officer", event: "added", key }) &&
      entries.get(role).index < entries.get(signed).index;
    hold(!entries.has(role) || isEnrolled,
      "the ledger does not say that an officer was enrolled before signing");
  }
  const told = enrolled.every(([role]) => entries.has(role))
    ? "The ledger enrolled them before: entries " +
      `${enrolled.map(([role]) => entries.get(role).index).join(" and ")}.`
    : "The bundle does not show when they were enrolled.";
  const pages = [...new Set([first.page, second.page].filter(Boolean))].sort();
  const where = pages.length ? ` Signed with a security key on ${pages.join(", ")}; whether the ` +
    "agreement names that was not looked up here." : "";
  return `${first.name} reviewed and ${second.name} released, each by a signature of their own ` +
    `key. ${told}${where}`;
}

/** The key of the officer who signed `act` over the batch's determinations. */
async function checkWord(part, act) {
  const { officer, signature } = part[act], { batch, determinations, office } = part;
  const areKeys = isOfSecurityKeys(officer.vkey);
  const key = await (areKeys ? parseSecurityKeys(officer.vkey) : parseKey(officer.vkey, SIGNS));
  const otherwise = `the officer's signature does not stand for the ${act} of this batch`;
  need(key.name === officer.name, "the verifier key carries another name than the officer's");
  let made = signature; // of an older version, which signed less
  let signed = { act, batch, determinations, format: "counterfoil-officer-1", office };
  if (signature.startsWith("{")) {
    const kept = oneObject(utf8(signature)), said = kept.statement;
    need(hasExactly(kept, ["client_data", "scheme", "signature", "statement"]), otherwise);
    const isOfScheme =
      areKeys ? kept.scheme === "webauthn" : kept.scheme === "ed25519" && kept.client_data === "";
    need(isOfScheme && hasExactly(said, STATEMENT_FIELDS), otherwise);
    const isOfIt = said.act === act && said.office === office && said.subject === batch &&
      Object.hasOwn(said.details, "determinations") &&
        said.details.determinations === determinations;
    need(isOfIt, otherwise);
    made = kept.signature;
    signed = { ...said, format: "counterfoil-statement-1" };
    if (areKeys) return { ...key, page: await checkAssertion(key, utf8(canonical(signed)), kept) };
  }
  need(!areKeys, otherwise);
  need(await isSignature(key, base64(made), utf8(canonical(signed))), otherwise);
  return { ...key, line: officer.vkey, identities: [hex(key.publicKey)] };
}
