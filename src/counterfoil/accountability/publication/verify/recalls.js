// The holder's list of recalls (docs/formats/recall.md): what it says of an answer, and of itself.
const RECALLS_FORMAT = "counterfoil-recalls-1";
const RECALLS_FIELDS = ["checkpoint", "format", "kinds", "made_at", "office", "recalls"];
const WHOLE_NOTE = whole(NOTE);

/** The list of the task, once it is found to be the holder's and complete: the last entries of all
 * kinds add up to its ledger, and as many recalls are here, numbered in order. */
async function readRecalls(task) {
  need(task.recalls.length <= MAX_BUNDLE, "the list of recalls is longer than 64 MiB");
  const text = textOf(task.recalls).trim(), what = "list of recalls";
  const said = await checkJws(task, text, what, [RECALLS_FORMAT], RECALLS_FIELDS, 1_000_000);
  need(said.office === task.key.name, "the list of recalls is another holder's");
  const note = `\n${field(said, "checkpoint", "string")}`;
  const parts = partsOf(note, WHOLE_NOTE, "the list of recalls has no checkpoint");
  const ledger = await checkCheckpoint(task, ...parts);
  need(TIME.test(field(said, "made_at", "string")), "the list of recalls says no time");
  const counts = new Map(), recalls = [];
  for (const each of said.kinds) {
    const { kind, count } = (await listedEntry(each, ledger)).entry;
    need(!counts.has(kind), "the list of recalls is not complete");
    counts.set(kind, count);
  }
  for (const each of said.recalls) recalls.push(await listedEntry(each, ledger));
  const sum = [...counts.values()].reduce((total, count) => total + BigInt(count), 0n);
  const inOrder = recalls.length === (counts.get("recall") ?? 0) &&
    recalls.every(({ entry }, place) => entry.kind === "recall" && entry.count === place + 1);
  need(sum === ledger.size && inOrder, "the list of recalls is not complete");
  return { made_at: said.made_at, ledger, recalls };
}

/** An entry that a list shows, once it is found to be in the ledger, and its sealed part. */
async function listedEntry([index, line, path, sealed], ledger) {
  need(Number.isSafeInteger(index) && index >= 0, "an index is none");
  await checkInclusion(utf8(line), BigInt(index), path, ledger);
  return { index, entry: oneObject(utf8(line)), sealed };
}

/** What the list says of an answer whose envelope was checked. */
async function lookUpRecalls(task, envelope) {
  const { made_at, ledger, recalls } = await readRecalls(task);
  const isLater = ledger.size > BigInt(field(envelope.ledger, "index", "number"));
  need(isLater, "the list of recalls was made before this answer was released");
  const found = [];
  for (const { index, entry, sealed } of recalls) {
    const rows = await openRecall(entry, sealed, envelope);
    if (rows) found.push(`${rows.join(", ") || "all of it"}, by entry ${index} at ${entry.time}; `);
  }
  const asOf = `by the list of ${made_at}, complete at ${ledger.size} entries.`;
  if (!found.length) return `It is not recalled ${asOf}`;
  task.verdict = "RECALLED: all of it verifies, and the holder recalled it or rows of it";
  return `RECALLED: ${found.join("")}${asOf}`;
}

/** The rows of a recall, none for all of them, if it is one of this answer, else null: only the
 * envelope opens it. The entry must commit to what it says. */
async function openRecall(entry, sealed, { batch, salt, request_file_digest: file }) {
  const context = utf8(`counterfoil/recall/v1\0${batch}`), additionalData = utf8(RECALLS_FORMAT);
  const iv = Uint8Array.from(entry.count.toString(16).padStart(24, "0").match(/../g), (each) =>
    parseInt(each, 16));
  for (const secret of [base64(salt), utf8(file)]) {
    const hmac = { name: "HMAC", hash: "SHA-256" };
    const made = await crypto.subtle.importKey("raw", secret, hmac, false, ["sign"]);
    const raw = await crypto.subtle.sign("HMAC", made, context);
    const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
    const algorithm = { name: "AES-GCM", iv, additionalData };
    const plain = await crypto.subtle.decrypt(algorithm, key, base64(sealed)).catch(() => null);
    if (!plain) continue;
    const { committed, rows, rows_salt, salt: opened } = JSON.parse(textOf(plain));
    const digest = rows.length ? await commitment(rows_salt, canonical(rows)) : "";
    const isOfIt = committed.batch === batch && committed.rows === digest &&
      entry.commitment === (await commitment(opened, canonical(committed)));
    need(isOfIt, "a recall is not what its entry commits to");
    return rows;
  }
  return null;
}

/** What a list says without an answer. */
async function verifyRecalls(task, say) {
  const { made_at, ledger, recalls } = await readRecalls({ ...task, recalls: task.main });
  say(`${task.key.name} signed the list of recalls of ${made_at}.`);
  say(ledger.statement);
  say(`It is complete at ${ledger.size} entries: the last entries of all kinds add up to them, ` +
    `and its ${recalls.length} recalls are all that were entered.`);
  say("Of which answers they are, only the answer's envelope opens: choose an answer with it.");
}
