"use strict";
// The checks of counterfoil-verify (cli/verifier.py) a second time, with WebCrypto alone. Functions
// have the names and the order of that program, so that both can be read side by side; the formats
// are in docs/formats. Nothing here reads a file, opens a connection or touches the page.
//
// A whole number that can be larger than 2^53 is a BigInt. Names that come from a file are never
// properties of an object that is written: such tables are Maps.
const SIGNS = 1; // type of a key that signs checkpoints and envelopes (c2sp.org/signed-note)
const COSIGNS = 4; // type of a key that cosigns checkpoints (c2sp.org/tlog-cosignature), Ed25519
const ML_DSA = 6; // the same, ML-DSA-44, which WebCrypto does not have: it never counts here
const KEY_BYTES = new Map([[SIGNS, 32], [COSIGNS, 32], [ML_DSA, 1312]]);
const PRIME = 2n ** 255n - 19n;
const ORDER_8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
const SMALL_ORDER = [0n, 1n, PRIME - 1n, ORDER_8, PRIME - ORDER_8]; // anybody can sign under these
const CALENDAR_ENDS = 253402300800n; // the year 10,000, in POSIX seconds
const TREE_LIMIT = 2n ** 63n;
const MAX_FILE = 2 ** 22, MAX_BUNDLE = 2 ** 26; // bytes

// The grammars of the files. SOLID holds no white space (as Python knows it), LINE is any line.
const WHITE = "\\n \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const SOLID = `[^${WHITE}]+`, LINE = "[^\\n]+", NAME = `([^+${WHITE}]+)`;
const HASHES = `((?:${SOLID}\\n)*)`;
const NOTE = `\\n((?:${LINE}\\n)+)\\n((?:${LINE}\\n)+)`; // a checkpoint: its text, its signatures
const whole = (...parts) => new RegExp(`^(?:${parts.join("")})$`);
const PROOF = whole(
  `c2sp\\.org/tlog-proof@v1\\n(?:extra ((?:${SOLID})?)\\n)?index (${SOLID})\\n`, HASHES, NOTE,
);
const CONSISTENCY = whole("counterfoil-consistency-1\\n", HASHES, NOTE, NOTE);
const ATTESTATION = whole(
  "(counterfoil-attestation-([12])\\nnone ([a-z_]+)\\nfrom ([0-9-]{10})\\nto ([0-9-]{10})\\n",
  `range (${SOLID}) (${SOLID})\\n(?:tree (${SOLID} ${SOLID})\\n)?)(?:signed (${SOLID})\\n)?`,
  HASHES, `((?:entry ${SOLID} ${LINE}\\n(?:${SOLID}\\n)*)*)(?:${NOTE})?`, NOTE,
);
const CHECKPOINT = whole(`(${LINE})\\n(${LINE})\\n(${LINE})\\n(?:${LINE}\\n)*`);
const KEY = whole(NAME, `\\+([^+]+)\\+(${LINE})`);
const SIGNATURE = whole("\u2014 ", NAME, ` (${LINE})`);
const JWS = whole("([\\w-]+)\\.([\\w-]+)\\.([\\w-]+)");
const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;
const KINDS = new Set(`
  office key law snapshot certificate batch rejected granted refused opening not_compared review
  disclosure release inspection withdrawal suspension resumption override fork incident disposal
  retention_hold retention_lift delay hold published replay reconciled determined sample
  accounting inform comparison state settings notice_rule notice duty litigation_hold
  recall receipt closing
`.split(/\s+/).filter(Boolean));

// The grammar of an answer file's rows; the second format has rows that were rejected as well.
const ANSWER_FORMATS = ["counterfoil-answer-1", "counterfoil-answer-2"];
const ID = "[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", CODE = "[a-z][a-z0-9_]{0,63}",
  ROW = "[1-9][0-9]{0,15}";
const CSV_HEADERS = ["request_id,answer,codes\r\n", "request_id,answer,codes,row\r\n"];
const CSV = `${ID},(?:(?:not_)?confirmed,|refused,${CODE}(?:;${CODE})*|not_compared,${CODE})`;
const JSONL = `\\{"request_id":"${ID}","answer":"(?:(?:not_)?confirmed","codes":\\[\\]` +
  `|refused","codes":\\["${CODE}"(?:,"${CODE}")*\\]|not_compared","codes":\\["${CODE}"\\])\\}\\n`;
const REJECTED =
  `\\{"request_id":"(?:${ID})?","answer":"rejected","codes":\\["${CODE}"\\],"row":${ROW}\\}\\n`;
const ROWS = new Map([
  ["csv", [`${CSV}\\r\\n`, `(?:${CSV},|(?:${ID})?,rejected,${CODE},${ROW})\\r\\n`]],
  ["jsonl", [JSONL, `${JSONL}|${REJECTED}`]],
]);
const COMMITTED = [
  "agreement", "agreement_digest", "batch", "certificates", "expires_on", "register_snapshot",
  "released_at", "request_file_digest", "row_count", "rows_digest", "rules_digest",
];
const FIELDS = [...COMMITTED, "format", "office", "use_limits", "rows_format", "salt", "ledger"];

/** A check failed; the text says which one. */
class Fault extends Error {}

/** What was given cannot be used: a key, a policy, a file that is not there. */
class Unusable extends Error {}

function need(established, otherwise) {
  if (!established) throw new Fault(otherwise);
}

// -- Bytes, texts, numbers, JSON -------------------------------------------------------------
const utf8 = (text) => new TextEncoder().encode(text);
const textOf = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const hex = (bytes) => Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");
const same = (one, other) => hex(one) === hex(other);
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const digestOf = async (bytes) => `sha256:${hex(await sha256(bytes))}`;
const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const wholeOf = (bytes) => BigInt(`0x0${hex(bytes)}`); // big-endian
const hasExactly = (value, names) =>
  Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name));

/** The text of a file of less than 4 MiB: no proof, key or envelope is longer. */
function boundedText(bytes) {
  if (bytes.length >= MAX_FILE) throw new Unusable("a file is too long for one of its kind");
  return textOf(bytes);
}

/** The groups of a text that has a form. Its only control character is the newline. */
function partsOf(text, form, otherwise) {
  need(!/[\x00-\x09\x0b-\x1f]/.test(text), "the file holds a control character");
  const found = form.exec(text);
  need(found !== null, otherwise);
  return found.slice(1);
}

/** The bytes of a base64 text with padding, in its one form. */
function base64(text) {
  if (typeof text !== "string" || text.length % 4 || /[^A-Za-z0-9+/=]/.test(text)) {
    throw new TypeError("not base64");
  }
  const bytes = atob(text);
  need(btoa(bytes) === text, "a text is not base64 in its one form");
  return Uint8Array.from(bytes, (each) => each.charCodeAt(0));
}

/** A decimal number below 2**63, without a sign or leading zeros. */
function number(text) {
  need(/^(?:0|[1-9][0-9]{0,18})$/.test(text) && BigInt(text) < TREE_LIMIT,
    "a number is not in its one form");
  return BigInt(text);
}

/** A field that must be there, and of a type. */
function field(object, name, type) {
  if (!Object.hasOwn(object, name) || typeof object[name] !== type) throw new TypeError(name);
  return object[name];
}

/** The canonical JSON of a value (RFC 8785, for the values that are used here). */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const inOrder = Object.keys(value).sort(byCharacter);
    return `{${inOrder.map((name) => `${canonical(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  const inForm = typeof value !== "number" || (Number.isSafeInteger(value) && value >= 0);
  need(inForm, "a number is not in its one form");
  if (typeof value === "string" && !value.isWellFormed()) throw new TypeError("half a character");
  return JSON.stringify(value);
}

/** Compares texts character by character. (`<` compares halves of some characters.) */
function byCharacter(one, other) {
  const [ones, others] = [[...one], [...other]];
  const at = ones.findIndex((each, place) => each !== others[place]);
  return at < 0 ? ones.length - others.length
    : (ones[at].codePointAt(0) - (others[at] ?? "").codePointAt(0)) || 1;
}

/** The JSON object whose canonical form the bytes are, its numbers whole and below 2**53. */
function oneObject(bytes, brackets = 500) {
  const text = textOf(bytes), value = JSON.parse(text);
  const isFlat = text[0] === "{" && text.split(/[[{]/).length <= brackets;
  need(isFlat && canonical(value) === text, "an object is not canonical JSON");
  return value;
}

// -- Keys, signatures, checkpoints -----------------------------------------------------------
/** A verifier key: the holder's where `kind` is SIGNS, a witness's where it is COSIGNS. A witness's
 * Ed25519 key may be written as one of type SIGNS. `own` is one text for each key. */
async function parseKey(line, kind) {
  const [name, keyId, encoded] = partsOf(line, KEY, "a key is not NAME+ID+BASE64");
  const data = base64(encoded), start = utf8(`${name}\n`);
  need(hex(await sha256(joined(start, data))).slice(0, 8) === keyId,
    "the key id does not belong to the key");
  const isOfKind = data[0] === kind || (kind === COSIGNS && KEY_BYTES.has(data[0]));
  need(isOfKind && data.length === 1 + KEY_BYTES.get(data[0]), "the key is of another type");
  const ownKind = Math.max(kind, data[0]), publicKey = data.slice(1);
  const y = wholeOf(publicKey.toReversed()) % 2n ** 255n;
  const isSound = ownKind === ML_DSA || (y < PRIME && !SMALL_ORDER.includes(y));
  need(isSound, "anybody can sign under this key");
  const id = (await sha256(joined(start, [ownKind], publicKey))).slice(0, 4);
  return { name, kind: ownKind, id, publicKey, own: `${name} ${ownKind} ${hex(publicKey)}` };
}

/** The witnesses and the quorum of a policy (c2sp.org/tlog-policy). */
async function readPolicy(bytes, holder) {
  need(bytes.length < MAX_FILE, "the file is too long");
  const text = new TextDecoder().decode(bytes);
  need(!/[\x00-\x08\x0b-\x1f\x7f]/.test(text), "a control character in the policy");
  const named = new Map([["none", { least: 0, members: [] }]]);
  const logs = [], quorums = [], taken = ["none"]; // `taken`: who is in a group
  for (const row of text.split("\n")) {
    const [word, name, third, ...rest] = row.split(/[ \t]+/).filter(Boolean);
    const isNew = name !== undefined && !named.has(name);
    if (word === "log" && name && !rest.length) {
      logs.push(await parseKey(name, SIGNS));
    } else if (word === "witness" && third && rest.length < 2 && isNew) {
      named.set(name, await parseKey(third, COSIGNS));
    } else if (word === "group" && third && rest.length && isNew) {
      const least = third === "all" ? rest.length : third === "any" ? 1 : Number(number(third));
      const isWhole = least >= 1 && least <= rest.length && rest.every((each) => named.has(each));
      need(isWhole, "a group is malformed");
      named.set(name, { least, members: rest.map((each) => named.get(each)) });
      taken.push(...rest);
    } else if (word === "quorum" && named.has(name) && third === undefined) {
      quorums.push(named.get(name));
    } else {
      need(word === undefined || word.startsWith("#"), "a line of the policy is malformed");
    }
  }
  const witnesses = [...named.values()].filter((each) => each.own);
  const keys = [...logs, ...witnesses];
  const areApart = (text) => new Set(keys.map(text)).size === keys.length;
  const isOnce = areApart((key) => hex(key.publicKey)) &&
    areApart((key) => `${key.name} ${key.kind} ${hex(key.id)}`);
  need(isOnce && new Set(taken).size === taken.length, "the policy names a key or member twice");
  need(quorums.length === 1, "the policy has no quorum, or more than one");
  need(!logs.length || logs.some((key) => key.own === holder.own),
    "the policy is for another log than --key");
  return { listed: witnesses, quorum: quorums[0] };
}

/** Whether these cosigners, a Map by `own`, are a quorum. */
function isEnough(quorum, cosigned) {
  if (quorum.own) return cosigned.has(quorum.own);
  return quorum.members.filter((each) => isEnough(each, cosigned)).length >= quorum.least;
}

/** The checkpoint of `text`, once the holder and the witnesses of the task have signed it: the two
 * parts of a signed note (c2sp.org/signed-note, c2sp.org/tlog-checkpoint). Signatures by keys that
 * were not named are ignored. `witnessed` is the newest time of a witness (1970 for none). */
async function checkCheckpoint(task, text, signatures) {
  const otherwise = "this is not a checkpoint of the holder's ledger";
  const [origin, digits, encoded] = partsOf(text, CHECKPOINT, otherwise);
  need(origin === task.key.name, otherwise);
  const size = number(digits), root = base64(encoded);
  const isSound = root.length === 32 && (size > 0n || same(root, await sha256(new Uint8Array())));
  need(isSound, "the checkpoint's root is malformed");
  const lines = signatures.slice(0, -1).split("\n");
  need(lines.length <= 100, "the signatures are not 1 to 100 lines");
  const signed = new Map(), unchecked = new Set();
  for (const line of lines) {
    const made = await checkSignature(line, text, task);
    if (made?.key.kind === ML_DSA) unchecked.add(made.key.name);
    else if (made) signed.set(made.key.own, made);
  }
  need(signed.delete(task.key.own), "the holder did not sign this checkpoint");
  const allCosigned = task.witnesses.every((key) => signed.has(key.own));
  need(allCosigned,
    `a witness that you named did not cosign this checkpoint${remarkOn(unchecked)}`);
  const isQuorum = isEnough(task.quorum, signed);
  need(isQuorum,
    `those who cosigned this checkpoint are no quorum of the policy${remarkOn(unchecked)}`);
  const cosigned =
    [...signed.values()].map(({ key, time }) => `; ${key.name} cosigned at ${instant(time)}`);
  const statement = `${task.key.name} signed its ledger at ${size} entries${cosigned.join("")}.`;
  const times = [...signed.values()].map((each) => each.time).concat(0n);
  const newest = times.reduce((one, other) => (one > other ? one : other));
  const witnessed = instant(newest < CALENDAR_ENDS ? newest : CALENDAR_ENDS - 1n);
  return { size, root, encoded, statement: statement + remarkOn(unchecked), witnessed };
}

/** What is said of cosignatures that this page cannot check. */
function remarkOn(unchecked) {
  const names = [...unchecked].join(", ");
  return names &&
    ` (The ML-DSA-44 cosignature of ${names} was not checked here, and does not count.)`;
}

/** The key of the task that made this signature line, with its time, or null. A wrong signature by
 * one of them refuses the whole file. */
async function checkSignature(line, text, task) {
  const [name, encoded] = partsOf(line, SIGNATURE, "a signature is malformed");
  const data = base64(encoded);
  need(data.length > 4, "a signature is malformed");
  const known = [task.key, ...task.witnesses, ...task.listed];
  const candidates = known.filter((key) => key.name === name && same(key.id, data.slice(0, 4)));
  for (const key of candidates) {
    if (key.kind === ML_DSA) return { key };
    // A cosignature begins with its time, 8 bytes, which is signed together with the text.
    const [start, least] = key.kind === SIGNS ? [4, 0n] : [12, 1n];
    const time = wholeOf(data.slice(4, start));
    const message = key.kind === SIGNS ? text : `cosignature/v1\ntime ${time}\n${text}`;
    const inForm = time >= least && time < TREE_LIMIT;
    if (inForm && (await isSignature(key, data.slice(start), utf8(message)))) return { key, time };
  }
  need(!candidates.length, `a signature by ${name} is altered`);
  return null;
}

/** Whether a key signed the message. A key that is no point of the curve signed nothing. */
async function isSignature(key, signature, message) {
  const made = await crypto.subtle.importKey("raw", key.publicKey, "Ed25519", false,
    ["verify"]).catch(() => null);
  return made !== null && crypto.subtle.verify("Ed25519", made, signature, message);
}

/** A time in words, by UTC; a number where the calendar does not reach. */
function instant(seconds) {
  if (seconds >= CALENDAR_ENDS) return String(seconds);
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}Z`;
}

// -- The Merkle tree (RFC 6962, RFC 9162) ----------------------------------------------------
const above = (left, right) => sha256(joined([1], left, right));
const linesOf = (text) => text.split("\n").filter(Boolean);

/** Climb from node `index` of a row of `last` + 1 nodes, whose hash is `start`, to the top (RFC
 * 9162, 2.1.3.2 and 2.1.4.2, which take the same steps). `path` is the proof: the hashes of the
 * nodes beside those reached. Returns the root of the tree that ends with the node `index`, and the
 * root of the whole tree. */
async function rootsAbove(index, last, path, start) {
  let endingHere = start, whole = start;
  for (const line of path) {
    const sibling = base64(line);
    need(last > 0n && sibling.length === 32,
      "a proof has a hash too many, or one that is not 32 bytes");
    if (index % 2n === 1n || index === last) {
      endingHere = await above(sibling, endingHere);
      whole = await above(sibling, whole);
      while (index % 2n === 0n && index > 0n) [index, last] = [index / 2n, last / 2n];
    } else {
      whole = await above(whole, sibling);
    }
    [index, last] = [index / 2n, last / 2n];
  }
  need(last === 0n, "a proof has a hash too few");
  return [endingHere, whole];
}

/** Establish that the bytes are the entry `index` of a ledger, counted from 0. */
async function checkInclusion(entry, index, path, ledger) {
  const otherwise = `entry ${index} is not in the ledger that was signed`;
  need(index < ledger.size, otherwise);
  const [, root] = await rootsAbove(index, ledger.size - 1n, path,
    await sha256(joined([0], entry)));
  need(same(root, ledger.root), otherwise);
}

/** Establish that the first entries of the newer ledger are those of the older one. */
async function checkConsistency(older, newer, path) {
  if (older.size === 0n || older.size === newer.size) {
    const isSame = older.size === 0n || same(older.root, newer.root);
    need(isSame && !path.length, "two ledgers of one size differ");
    return;
  }
  const canContinue = older.size < newer.size && path.length;
  need(canContinue, "the earlier checkpoint is the larger one, or the proof is missing");
  // The climb begins at the last whole subtree of the older tree: as many levels up as its size can
  // be halved. If the older tree is nothing but that subtree, the proof leaves out its hash.
  let subtree = 1n;
  while (older.size % (2n * subtree) === 0n) subtree *= 2n;
  const isWhole = older.size === subtree;
  const [start, rest] = isWhole ? [older.root, path] : [base64(path[0]), path.slice(1)];
  const roots = await rootsAbove((older.size - 1n) / subtree, (newer.size - 1n) / subtree, rest,
    start);
  const continues = same(roots[0], older.root) && same(roots[1], newer.root);
  need(continues, "the later ledger does not continue the earlier one");
}

// -- The four commands -----------------------------------------------------------------------
async function verifyProof(task, say) {
  await statementsOfProof(task, boundedText(task.main), null, say);
}

/** Establish that a tlog-proof (c2sp.org/tlog-proof) shows the entry of the task, or the one that
 * it carries, in the ledger of its checkpoint; at the index `place`, if that is known. */
async function statementsOfProof(task, text, place, say) {
  const [carried, index, path, ...note] = partsOf(text, PROOF,
    "this is not a C2SP tlog-proof, version 1");
  need(place === null || place === index, "the proof is of another entry");
  const ledger = await checkCheckpoint(task, ...note); // proof 1, answer 3
  say(ledger.statement);
  const extra = base64(carried ?? "");
  const entry = task.entry ?? extra;
  need(entry.length, "no entry is given and the proof carries none");
  await checkInclusion(entry, number(index), linesOf(path), ledger); // proof 2, answer 4
  if (entry.some((each) => each > 127)) throw new TypeError("an entry is ASCII");
  say(`This is entry ${index} of it, byte for byte: ${textOf(entry)}`);
}

async function verifyConsistency(task, say) {
  const [path, ...notes] = partsOf(boundedText(task.main), CONSISTENCY,
    "this is not a consistency proof");
  const older = await checkCheckpoint(task, ...notes.slice(0, 2)); // 1
  say(older.statement);
  const newer = await checkCheckpoint(task, ...notes.slice(2)); // 2
  say(newer.statement);
  await checkConsistency(older, newer, linesOf(path)); // 3
  const unchanged = `The first ${older.size} entries are the same in both`;
  say(`${unchanged}: none was changed, removed or put between.`);
}

async function verifyAttestation(task, say) {
  const parts = partsOf(boundedText(task.main), ATTESTATION, "this is not an attestation");
  const [claim, version, kind, first, last, start, end, tree, signature, path, blocks,
    ...notes] = parts;
  const isWhole = (version === "2") === (tree !== undefined) &&
    (tree === undefined) === (signature === undefined);
  need(isWhole, "`tree` and `signed` are lines of version 2");
  need(dayOf(first) <= dayOf(last), "the days are in the wrong order");
  const low = number(start), high = number(end); // entries low, low + 1, ... high - 1
  const ledger = await checkCheckpoint(task, ...notes.slice(2)); // 1
  say(ledger.statement);
  let older = { size: 0n, statement: "No earlier checkpoint is here.", witnessed: "" },
    remark = ""; // 2
  if (notes[0] !== undefined) {
    older = await checkCheckpoint(task, ...notes.slice(0, 2));
    remark = " They are unchanged, and come before the range.";
  }
  await checkConsistency(older, ledger, linesOf(path));
  const isBetween = older.size <= low && low <= high && high <= ledger.size &&
    older.witnessed < first;
  need(isBetween, "the range is not between the two checkpoints");
  say(older.statement + remark);
  const entries = await checkEntries(blocks, [low, high], ledger); // 3
  say(`The ${entries.size} entries in this file stand in that ledger and agree with each other.`);
  say(checkDays(entries, low, high, [first, last], ledger, task.today)); // 4
  const before = runningCounts(entries, low), after = runningCounts(entries, high); // 5
  const sums = `The running counts of all kinds add up to ${low} and ${high}`;
  say(`${sums}: every entry of the range is counted.`);
  need(KINDS.has(kind), `there are no entries of a kind ${kind}`); // 6
  const count = before.get(kind) ?? 0, countAfter = after.get(kind) ?? 0;
  need(count === countAfter, `${countAfter - count} of kind ${kind} were entered in the range`);
  const ofKind = `Of kind ${kind} there were ${count} before the range and as many at its end`;
  say(`${ofKind}: none was entered in it.`);
  if (version === "1") { // 7
    say("Nobody signed this sentence as such: it follows from the entries above.");
    return;
  }
  const data = base64(signature);
  const isSigned = same(data.slice(0, 4), task.key.id) &&
    (await isSignature(task.key, data.slice(4), utf8(claim)));
  need(isSigned && tree === `${ledger.size} ${ledger.encoded}`,
    "the holder did not sign this kind, days and range");
  say(`${task.key.name} signed this kind, these days and this range.`);
}

/** A day that the calendar has, as it was written: such texts are in the order of their days. */
function dayOf(text) {
  const day = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < "0001" ||
    day.toISOString().slice(0, 10) !== text) {
    throw new TypeError("no day");
  }
  return text;
}

/** The entries of an attestation by their index, each shown to be in the ledger, once they can be
 * those of one ledger: times never go back, and from one of a kind to the next, over an end of the
 * range or not, the count rises by one at least, and by no more than there are places. */
async function checkEntries(blocks, ends, ledger) {
  const entries = new Map(), counted = new Map();
  let newest = -1n, time = "";
  for (const block of `\n${blocks}`.split("\nentry ").slice(1)) {
    const [line, ...path] = linesOf(block);
    const gap = line.indexOf(" "), place = line.slice(0, gap), written = utf8(line.slice(gap + 1));
    await checkInclusion(written, number(place), path, ledger);
    const index = number(place), entry = oneObject(written);
    if (!Object.hasOwn(entry, "kind") ||
      !Object.hasOwn(entry, "count")) throw new TypeError("kind, count");
    const { kind, count } = entry;
    const areOfTypes = typeof kind === "string" && typeof count === "number";
    const inForm = areOfTypes && kind && TIME.test(field(entry, "time", "string"));
    need(inForm, `entry ${index} has no kind, count or time`);
    need(index > newest, "entries out of order");
    const [last, before] = counted.get(kind) ?? [-1n, 0];
    const at = ends.filter((end) => end <= index).map((end) => end - 1n).concat(last)
      .reduce((one, other) => (one > other ? one : other));
    const rise = count - before;
    const fits = rise >= 1 && BigInt(rise) <= index - at && entry.time >= time;
    need(fits, `entry ${index} contradicts what comes before it`);
    entries.set(index, entry);
    counted.set(kind, [index, count]);
    [newest, time] = [index, entry.time];
  }
  return entries;
}

/** Establish that the range holds all entries of the days and no others: the entries on both sides
 * of each end say so, because times in a ledger never go back. And that the last day was over: a
 * later entry says so, or a witness. Returns the statement. */
function checkDays(entries, low, high, [first, last], ledger, today) {
  const edges = [low - 1n, low, high - 1n, high].filter((at) => at >= 0n && at < ledger.size);
  need(edges.every((at) => entries.has(at)), "an entry at an edge of the range is missing");
  for (const [index, entry] of entries) {
    const day = entry.time.slice(0, 10);
    const side = index < low ? 0 : index < high ? 1 : 2; // before, in and after the range
    need(side === (day >= first) + (day > last), "the range is not that of its days");
  }
  const isOver = high < ledger.size || ledger.witnessed.slice(0, 10) > last;
  need(isOver && last < today, "nothing shows that the last day is over in this ledger");
  const made = `Entries ${low} to ${high - 1n}, ${high - low} of them, are all those of`;
  return `${high > low ? made : "No entry was made from"} ${first} to ${last} (UTC).`;
}

/** How many entries of each kind come before the index `end`, by the last one of each kind: it says
 * the running count of its kind. They add up to `end` exactly if no kind is left out. */
function runningCounts(entries, end) {
  const counts = new Map();
  for (const [index, entry] of entries) if (index < end) counts.set(entry.kind, entry.count);
  const total = [...counts.values()].reduce((sum, count) => sum + BigInt(count), 0n);
  need(total === end, `a gap: the running counts add up to ${total} of ${end} entries`);
  return counts;
}

async function verifyAnswer(task, say) {
  const envelope = await checkEnvelope(task); // 1
  const { agreement, batch } = envelope;
  say(`${task.key.name} signed the envelope: agreement ${agreement}, batch ${batch}.`);
  const rowCount = await checkRows(task.main, envelope); // 2
  say(`The ${rowCount} rows are those that it signed: each a request id, a word and codes.`);
  const { ledger } = envelope;
  const isOwn = envelope.office === task.key.name && ledger.origin === task.key.name;
  need(isOwn, "the ledger is another holder's");
  const entry = base64(ledger.entry);
  const proof = task.proof ? boundedText(task.proof) : field(ledger, "proof", "string");
  await statementsOfProof({ ...task, entry }, proof, canonical(ledger.index).replaceAll('"', ""),
    say); // 3, 4
  await checkCommitment(oneObject(entry), envelope, rowCount); // 5
  if (canonical(envelope.certificates)[0] !== "{") throw new TypeError("certificates");
  const certified = Object.entries(envelope.certificates).map(([scope, cited]) => {
    const certificate = field(cited, "certificate", "string");
    return `${scope} to ${bound(field(cited, "limit", "number"))} by ${certificate}`;
  });
  say("That entry commits to this batch, file, agreement, snapshot and rules, at " +
    `${envelope.released_at}; certified ${certified.join(", ") || "none"}.`);
  const lastDay = field(envelope, "expires_on", "string");
  const isExpired = task.today > lastDay; // 6
  if (isExpired) task.verdict = "EXPIRED: all of it verifies, and its time of use is over";
  say(`${isExpired ? "EXPIRED: it" : "It"} may be used until ${lastDay}.`);
  if (task.recalls) say(await lookUpRecalls(task, envelope)); // 7
}

/** A certificate's limit, which is in parts of 10^12, as a number like 1.0e-05. */
const bound = (limit) => (limit / 1e12).toExponential(1).replace(/e([+-])(\d)$/, "e$10$2");

/** The content of FILE.jws. */
async function checkEnvelope(task) {
  return checkJws(task, boundedText(task.envelope), "envelope", ANSWER_FORMATS, FIELDS);
}

/** The object in a compact JWS (RFC 7515) that has one of these formats and exactly these fields,
 * once the holder's signature verifies; `what` it is called. */
async function checkJws(task, text, what, formats, fields, brackets) {
  const parts = partsOf(text, JWS, `the ${what} is not a compact JWS`);
  const padded = parts.map((part) => part + "=".repeat((4 - (part.length % 4)) % 4));
  const decoded = padded.map((part) => base64(part.replaceAll("-", "+").replaceAll("_", "/")));
  const [header, payload, signature] = decoded;
  const kid = `${task.key.name}+${hex(task.key.id)}`;
  const stated = formats.map((typ) => canonical({ alg: "EdDSA", kid, typ }));
  const version = stated.findIndex((each) => same(utf8(each), header));
  need(version >= 0, "it is of another format, or names another key");
  const isSigned = await isSignature(task.key, signature, utf8(`${parts[0]}.${parts[1]}`));
  need(isSigned, `the ${what} is altered, or the holder did not sign it`);
  const said = oneObject(payload, brackets);
  const inForm = hasExactly(said, fields) && said.format === formats[version];
  need(inForm, `the ${what} has a field too many or too few`);
  return said;
}

/** The number of rows, once the file is the one that is named, each row in its form. */
async function checkRows(bytes, envelope) {
  const version = ANSWER_FORMATS.indexOf(envelope.format), format = envelope.rows_format;
  if (!ROWS.has(format)) throw new TypeError("rows_format");
  const header = format === "csv" ? CSV_HEADERS[version] : "";
  const text = new TextDecoder("latin1").decode(bytes);
  need(text.startsWith(header), "the rows have another header");
  need(envelope.rows_digest === (await digestOf(bytes)), "the rows are not those signed");
  const lines = text.slice(header.length).split(/(?<=\n)/);
  const pieces = lines.reduce((sum, line) => sum + Math.ceil(line.length / 65536), 0);
  need(pieces <= envelope.row_count + 1, "the rows are not those signed"); // no reader goes on
  const row = new RegExp(ROWS.get(format)[version], "y");
  let at = header.length, count = 0;
  for (row.lastIndex = at; at < text.length && row.test(text); at = row.lastIndex) {
    need(row.lastIndex - at <= 65536, "a row says something else than it may");
    count += 1;
  }
  need(at === text.length, "a row says something else than it may");
  need(count === envelope.row_count, "the number of rows is not the one that was signed");
  return count;
}

/** Establish that a ledger entry is the release of the envelope's answers. It holds a salted hash
 * of the fields in `COMMITTED`; the envelope carries the salt. */
async function checkCommitment(entry, envelope, rowCount) {
  const committed = Object.fromEntries(COMMITTED.map((name) => [name, envelope[name]]));
  const body = canonical({ format: "counterfoil-release-1", ...committed });
  const digest = await commitment(envelope.salt, body);
  const stated = ["v", "kind", "batch", "time", "answers"].map((name) => entry[name] ?? null);
  const expected = [1, "release", envelope.batch, envelope.released_at, digest];
  // An older entry does not say how many rows there are; the hash covers it.
  stated.push(envelope.row_count, Object.hasOwn(entry, "rows") ? entry.rows : rowCount);
  expected.push(rowCount, rowCount);
  need(canonical(stated) === canonical(expected), "the entry is of something else");
}

/** The salted hash of a text, as an entry carries it; the salt in base64. */
async function commitment(salt, text) {
  return digestOf(joined(utf8("counterfoil/commit/v1\0"), base64(salt), utf8(text)));
}
