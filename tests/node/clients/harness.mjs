// Command line, steps and waiting: what every scripted client needs and no client is about.
import assert from 'node:assert/strict';

const STEP_LIMIT_MS = 15_000;

/** Reads `--stdio "<command>"` or `--http <url>`, and the options that a client has of its own. */
export function target(options = {}) {
  const found = { ...options };
  const args = process.argv.slice(2);
  for (let i = 0; i < args.length; i += 2) {
    const name = args[i].replace(/^--/, '');
    assert(args[i].startsWith('--') && args[i + 1] !== undefined, `cannot read ${args[i]}`);
    assert(['stdio', 'http'].includes(name) || name in options, `unknown option --${name}`);
    found[name] = args[i + 1];
  }
  if (!found.stdio === !found.http) {
    console.error('usage: client.mjs --stdio "<command>" | --http <url>');
    process.exit(2);
  }
  return found;
}

/** The parameters of a stdio transport. `exec` lets the process be the server and not a shell around it. */
export function shell(command) {
  return { command: 'sh', args: ['-c', `exec ${command}`], env: process.env, stderr: 'inherit' };
}

let passed = 0;
let failed = 0;

/** Runs one step and prints one line. A failed step does not stop those that can run without it. */
export async function step(name, body, limitMs = STEP_LIMIT_MS) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${limitMs} ms`)), limitMs);
  });
  try {
    const note = await Promise.race([body(), limit]);
    passed += 1;
    console.log(note === undefined ? `ok    ${name}` : `ok    ${name}: ${note}`);
    return true;
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}: ${error.stack ?? error}`);
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** Prints the total and ends the process: a server that does not go away must not keep the test alive. */
export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Waits until `ready()` is true. */
export async function until(what, ready, limit = 5_000) {
  const end = Date.now() + limit;
  while (!ready()) {
    assert(Date.now() < end, `${what}: not within ${limit} ms`);
    await sleep(10);
  }
}

/** Asserts that a call ends in a protocol error, and gives the error. */
export async function protocolError(call, code) {
  const error = await call.then(
    (result) => assert.fail(`expected error ${code}, got ${JSON.stringify(result)}`),
    (error) => error,
  );
  assert.equal(error.code, code, `expected error ${code}, got ${error.code}: ${error.message}`);
  return error;
}
