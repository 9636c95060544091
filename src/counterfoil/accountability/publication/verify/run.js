// What the command line of counterfoil-verify does: reads what is asked for, runs one of the
// checks, and says how it ended.
const COMMANDS = {
  proof: verifyProof, consistency: verifyConsistency, attestation: verifyAttestation,
  answer: verifyAnswer, bundle: verifyBundle, recalls: verifyRecalls,
  unknown: verifyAnswer,
};

/** The task, with keys, policy and entry read. `given` has `what`, one of COMMANDS; `name` and the
 * bytes `main` of the file; `envelope`, `proof`, `recalls` and `entry`, bytes or null; `key`, a
 * line; `witnesses`, lines; `policy`, bytes or null; `today`, YYYY-MM-DD by UTC. */
async function readTask(given) {
  const key = await parseKey(given.key, SIGNS), witnesses = [];
  for (const line of given.witnesses) witnesses.push(await parseKey(line, COSIGNS));
  const everybody = { listed: [], quorum: { least: 0, members: [] } };
  const policy = given.policy ? await readPolicy(given.policy, key) : everybody;
  const isOwn = [...witnesses,
    ...policy.listed].some((each) => same(each.publicKey, key.publicKey));
  need(!isOwn, "the holder is no witness of its own ledger");
  const entry = given.entry && utf8(textOf(given.entry.slice(given.entry.indexOf(123))).trim());
  return { ...given, ...policy, key, witnesses, entry, verdict: "OK" };
}

/** What is established: { code, lines, last }, where `code` is counterfoil-verify's exit code. */
async function run(given) {
  const lines = [];
  let task = null;
  try {
    task = await readTask(given);
    if (COMMANDS[given.what] === verifyAnswer && !given.envelope) {
      throw new Unusable(`${given.name}.jws, its envelope, is not here`);
    }
    const say = (line) => lines.push(printable(`${lines.length + 1}. ${line}`));
    await COMMANDS[given.what](task, say);
  } catch (fault) {
    const isNamed = fault instanceof Fault || fault instanceof Unusable;
    const why = isNamed ? fault.message : task ? `${given.name} is altered`
      : "a key, policy or entry has not its form";
    const isUnusable = !task || fault instanceof Unusable;
    const last = printable(`${isUnusable ? "CANNOT BE USED" : "DOES NOT VERIFY"}: ${why}`);
    return { code: isUnusable ? 2 : 5, lines, last };
  }
  return { code: task.verdict === "OK" ? 0 : 6, lines, last: task.verdict };
}

/** A text whose every character can be seen: others are shown as their code. */
function printable(text) {
  const code = (each) => (each === " " ? each
    : `\\x${each.codePointAt(0).toString(16).padStart(2, "0")}`);
  return text.replace(/[\p{C}\p{Z}]/gu, code);
}
