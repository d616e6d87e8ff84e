// The same in a real browser: Chromium without a window, over its DevTools protocol.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Goes to `start`, signs in as `user`, consents, and gives the parameters that `redirectUrl` gets. */
export async function signIn(start, redirectUrl, user) {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  const browser = spawn(
    process.env.CHROMIUM ?? 'chromium',
    ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exited = new Promise((done) => browser.once('exit', done));
  try {
    const page = await open(await address(browser));
    return await page.signIn(String(start), redirectUrl, user);
  } finally {
    browser.kill();
    await exited;
    rmSync(profile, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
  }
}

/** Where the browser listens, which it writes on its standard error. */
async function address(browser) {
  for await (const line of createInterface({ input: browser.stderr })) {
    const found = line.match(/^DevTools listening on ws:\/\/([^/]+)/);
    if (found) {
      browser.stderr.resume();
      return found[1];
    }
  }
  throw new Error('the browser does not start');
}

async function open(address) {
  const [target] = (await (await fetch(`http://${address}/json`)).json()).filter((it) => it.type === 'page');
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((done, failed) => Object.assign(socket, { onopen: done, onerror: failed }));
  return new Page(socket);
}

class Page {
  #socket;
  #calls = new Map();
  #handlers = new Map();

  constructor(socket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const { id, result, error, method, params } = JSON.parse(data);
      if (id === undefined) {
        this.#handlers.get(method)?.(params);
      } else if (error) {
        this.#calls.get(id).failed(new Error(error.message));
      } else {
        this.#calls.get(id).done(result);
      }
    };
  }

  #send(method, params = {}) {
    const id = this.#calls.size + 1;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((done, failed) => this.#calls.set(id, { done, failed }));
  }

  async signIn(start, redirectUrl, user) {
    const answered = new Promise((done) => {
      // Nobody listens at the redirect URI: what the browser would send there is the answer.
      this.#handlers.set('Network.requestWillBeSent', ({ request }) => {
        if (request.url.startsWith(redirectUrl)) {
          done(new URL(request.url).searchParams);
        }
      });
    });
    // Each page has one form: to sign in, then to consent.
    this.#handlers.set('Page.loadEventFired', () => {
      const expression = `
        for (const input of document.querySelectorAll('input[name=login]')) input.value = ${JSON.stringify(user)};
        for (const input of document.querySelectorAll('input[name=password]')) input.value = 'any';
        document.querySelector('form [type=submit]')?.click();`;
      this.#send('Runtime.evaluate', { expression }).catch(() => {});
    });
    await this.#send('Network.enable');
    await this.#send('Page.enable');
    await this.#send('Page.navigate', { url: start });
    return await answered;
  }
}
