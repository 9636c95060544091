// The page: reads what was chosen, asks verify.js and bundle.js, and shows what they say. All text
// from a file goes in as text, so that nothing in it is obeyed.
const MAX_BYTES = 2 ** 29; // of one file: browsers hold no text that is much longer
const at = (id) => document.getElementById(id);
const KINDS_OF_FILE = [ // how each kind of file begins, what it is called, and who checks it
  ["c2sp.org/tlog-proof@v1\n", "proof", "A proof that an entry is in the ledger"],
  ["counterfoil-consistency-1\n", "consistency",
    "A proof that a later ledger continues an earlier one"],
  ["counterfoil-attestation-", "attestation", "An attestation that no entry of a kind was made"],
  ['{"format":"counterfoil-evidence-1"', "bundle", "The public part of an evidence bundle"],
];
const TITLES = new Map(KINDS_OF_FILE.map(([, ...each]) => each));
TITLES.set("answer", "An answer file and its envelope");
TITLES.set("recalls", "The office's list of recalls");
TITLES.set("unknown", "A file of no kind that this page knows, or an answer without its envelope");

/** An element with a text or children. */
function made(name, content, attributes = {}) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...[content].flat());
  return element;
}

/** { name, bytes } of each file of an input, read whole. */
async function readFiles(input) {
  const found = [];
  for (const file of input.files) {
    if (file.size > MAX_BYTES) throw new Unusable(`${file.name} is over 512 MiB`);
    found.push({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
  }
  return found;
}

/** The one file of an input, the text typed beside it, or null: as bytes. */
async function chosen(name) {
  const [file, typed] = [(await readFiles(at(`${name}-file`)))[0], at(name)?.value.trim()];
  if (file && typed) throw new Unusable(`${name} was given twice, as a file and as text`);
  return file ? file.bytes : typed ? utf8(typed) : null;
}

/** What a file is, by how it begins. */
function kindOf(bytes) {
  const start = new TextDecoder("latin1").decode(bytes.slice(0, 1024));
  const known = KINDS_OF_FILE.find(([beginning]) => start.startsWith(beginning));
  const header = start.split(".")[0].replaceAll("-", "+").replaceAll("_", "/");
  try {
    const isList = atob(header).endsWith(`"typ":"${RECALLS_FORMAT}"}`);
    return known?.[1] ?? (isList ? "recalls" : "unknown");
  } catch {
    return known?.[1] ?? "unknown";
  }
}

/** What to check, one for each file that is not part of another: { what, name, main, ... }. */
function subjectsOf(files) {
  const byName = new Map(files.map(({ name, bytes }) => [name, bytes]));
  if (byName.size < files.length) throw new Unusable("two files have one name");
  const isPart = (name) => /\.(jws|proof)$/.test(name) &&
    byName.has(name.replace(/\.(jws|proof)$/, ""));
  const subjects = [...byName].filter(([name]) => !isPart(name)).map(([name, main]) => {
    const envelope = byName.get(`${name}.jws`) ?? null, proof = byName.get(`${name}.proof`) ?? null;
    const what = envelope ? "answer" : kindOf(main);
    return { what, name, main, envelope, proof, recalls: null };
  });
  const lists = subjects.filter(({ what }) => what === "recalls");
  if (lists.length > 1) throw new Unusable("choose one list of recalls");
  return subjects.map((each) => ({ ...each, recalls: lists[0]?.main ?? null }));
}

/** Check all that was chosen and show it. */
async function check() {
  at("results").replaceChildren();
  at("check").disabled = true;
  const shown = [];
  try {
    const files = await readFiles(at("files"));
    const key = await chosen("key"), policy = await chosen("policy");
    const entry = await chosen("entry");
    if (!files.length) throw new Unusable("choose a file to check");
    if (!key) throw new Unusable("give the verifier key of the holder");
    const today = new Date().toISOString().slice(0, 10);
    const witnesses = linesOf(at("witnesses").value).map((each) => each.trim());
    const asked = { key: textOf(key).trim(), witnesses, policy, entry, today };
    for (const subject of subjectsOf(files)) {
      const said = await run({ ...asked, ...subject });
      shown.push(articleOf(subject.name, TITLES.get(subject.what), said));
    }
    for (const [name, bytes] of [["the key", key], ["the policy", policy], ["the entry", entry]]) {
      if (bytes) files.push({ name, bytes });
    }
    shown.push(await exhibit(asked, files));
  } catch (fault) {
    const why = fault instanceof Unusable ? fault.message
      : "a file that you chose, or the key, cannot be read";
    shown.push(articleOf("", "Nothing was checked",
      { code: 2, lines: [], last: `CANNOT BE USED: ${why}` }));
  }
  at("check").disabled = false;
  at("results").replaceChildren(...shown);
  at("results").focus();
}

/** What was found of one file: the verdict first, then what was established. */
function articleOf(name, title, { code, lines, last }) {
  const kind = code === 0 ? "ok" : code === 6 ? "expired" : "fault";
  const established = lines.map((line) => made("li", line.replace(/^\d+\. /, "")));
  const heading = code === 0 || code === 6 ? "What was established"
    : "What was established before that";
  return made("article", [
    made("h2", title),
    ...(name ? [made("p", made("code", printable(name)))] : []),
    made("p", last, { class: `verdict ${kind}` }),
    ...(lines.length ? [made("h3", heading), made("ol", established)] : []),
  ]);
}

/** What makes a printed page an exhibit: when, with what, of which bytes. */
async function exhibit(asked, files) {
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  const rows = [["Checked at", `${time}, by the clock of this machine`]];
  rows.push(["Verifier key", asked.key], ["Witness keys", asked.witnesses.join(", ") || "none"]);
  for (const { name, bytes } of files) {
    rows.push([name, `${bytes.length} bytes, ${await digestOf(bytes)}`]);
  }
  rows.push(["This page's program", await digestOf(utf8(document.scripts[0].textContent))]);
  const list = rows.flatMap(([name, text]) => [
    made("dt", printable(name)), made("dd", printable(text)),
  ]);
  const again = made("button", "Print this page", { type: "button" });
  again.addEventListener("click", () => print());
  return made("section", [made("h2", "What was checked, and with what"), made("dl", list), again]);
}

/** Whether this browser checks Ed25519: the second test of RFC 8032, 7.1, and that it can fail. */
async function canCheck() {
  const bytes = (text) => Uint8Array.from(text.match(/../g), (each) => parseInt(each, 16));
  const publicKey = bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const signature = bytes("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  const verifies = (message) => isSignature({ publicKey }, signature, bytes(message));
  return (await verifies("72")) && !(await verifies("73"));
}

at("asked").addEventListener("submit", (event) => {
  event.preventDefault();
  check();
});
for (const kind of ["dragover", "drop"]) {
  at("drop").addEventListener(kind, (event) => {
    event.preventDefault();
    if (kind === "drop") at("files").files = event.dataTransfer.files;
  });
}
canCheck().catch(() => false).then((can) => {
  at("cannot").hidden = can;
  at("check").disabled = !can;
});
