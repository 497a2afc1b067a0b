// chromium.js - a page in headless Chromium, served as serve.js does
'use strict';
const {spawn} = require('child_process');
const fs = require('fs'), os = require('os'), path = require('path');
const puppeteer = require('puppeteer-core');

const serveJs = path.join(__dirname, '../../examples/browser/serve.js');

function serve(directory) {
    const server = spawn(process.execPath, [serveJs, directory, '0'],
                         {stdio: ['ignore', 'pipe', 'inherit']});

    return new Promise((resolve, reject) => {
        server.stdout.once('data', url =>
            resolve({server, url: String(url).trim()}));
        server.once('exit', () => reject(new Error('serve.js ended')));
    });
}

// use(page, url) gets an empty page, and the address of the directory.
async function withPage(directory, use) {
    const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'chromium-'));
    const {server, url} = await serve(directory);
    let browser;

    try {
        browser = await puppeteer.launch({
            executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
            headless: true, userDataDir: profile,
            args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
                   '--no-first-run', '--disable-background-networking',
                   '--disable-component-update', '--disable-sync'],
        });
        return await use(await browser.newPage(), url);
    } finally {
        if (browser)
            await browser.close();
        server.kill();
        fs.rmSync(profile, {recursive: true, force: true, maxRetries: 5});
    }
}

module.exports = {withPage};
