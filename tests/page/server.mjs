// A server, a browser, and what consumers ask.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const running = [];

/** Starts a server; answers its URL. */
export async function serve(...args) {
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^STANDIN_|_proxy$/i.test(name)));
  const child = spawn(process.env.STANDIN_PROGRAM, ['serve', '--port', '0', '-q', '--clock', 'step', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'], env: environment,
  });
  running.push(child);
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, 'line');
  const { url } = JSON.parse(line);
  return { url, stop: () => child.kill('SIGKILL') };
}

/** Ends every server. */
export const stopAll = () => running.forEach((child) => child.kill('SIGKILL'));

/** Asks as a consumer does. */
export async function call(url, method, path, body, headers = {}) {
  const answer = await fetch(url + path, {
    method, body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    headers: { authorization: 'Bearer a-token-of-the-consumer', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
  });
  return { status: answer.status, text: await answer.text() };
}

/** Asks the control API. */
export async function control(url, method, path, body) {
  const answer = await fetch(`${url}/_standin${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
}

let browser;

/** A page of a browser of its own; whatever it reports as wrong is kept in `page.wrongs`. */
export async function open(address, options = {}) {
  browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.wrongs = [];
  page.asked = [];
  page.on('pageerror', (error) => page.wrongs.push(String(error)));
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && page.wrongs.push(message.text()));
  page.on('dialog', (dialog) => (page.answer === undefined ? (page.wrongs.push(`a dialog: ${dialog.message()}`), dialog.dismiss()) : dialog.accept(page.answer)));
  page.on('request', (request) => page.asked.push(request.url()));
  if (address) await page.goto(address);
  return page;
}

export const closeBrowser = () => browser?.close();
