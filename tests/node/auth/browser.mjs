// A person at a browser: Chromium where there is one, else the forms that it would send, filled in over HTTP.
import { spawnSync } from 'node:child_process';
import * as chromium from './chromium.mjs';
import * as forms from './forms.mjs';

const hasChromium = spawnSync(process.env.CHROMIUM ?? 'chromium', ['--version']).status === 0;
export const { signIn } = hasChromium ? chromium : forms;
console.log(`signs in by ${hasChromium ? 'Chromium' : 'HTTP'}`);
