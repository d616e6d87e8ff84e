// What a browser does for a person, without one: fills in the forms that come, until the app gets its answer.

const MOST_PAGES = 20;

/** Goes to `start`, signs in as `user`, consents, and gives the parameters that `redirectUrl` gets. */
export async function signIn(start, redirectUrl, user) {
  const cookies = new Map();
  let request = { url: new URL(start) };
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const response = await fetch(request.url, {
      method: request.form ? 'POST' : 'GET',
      body: request.form,
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location?.startsWith(redirectUrl)) {
      return new URL(location).searchParams;
    }
    request = location ? { url: new URL(location, request.url) } : submit(request.url, await response.text(), user);
  }
  throw new Error('there is no end of pages');
}

/** Fills in the form of a page. */
function submit(url, page, user) {
  const action = page.match(/<form[^>]*action="([^"]*)"/);
  if (!action) {
    throw new Error(`there is no form: ${page}`);
  }
  const form = new URLSearchParams();
  for (const [input] of page.matchAll(/<input[^>]*>/g)) {
    const name = input.match(/name="([^"]*)"/)?.[1];
    const value = input.match(/value="([^"]*)"/)?.[1] ?? '';
    if (name) {
      form.set(name, name === 'login' ? user : name === 'password' ? 'any' : value);
    }
  }
  return { url: new URL(action[1], url), form };
}
