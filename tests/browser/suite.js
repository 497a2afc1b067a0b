// suite.js - run a program that prints TAP in headless Chromium
//
//     node tests/browser/suite.js DIRECTORY PROGRAM.js [ARGUMENT...]
//
// DIRECTORY has the program and suite.html. Prints what it prints; exits as it.
'use strict';
const {withPage} = require('./chromium.js');

const [directory, program, ...rest] = process.argv.slice(2);

async function main(page, url) {
    page.on('pageerror', e => console.log(`# ${e}`));
    await page.goto(`${url}suite.html?${program}#${rest}`);
    await page.waitForFunction(() => code !== null,
                               {polling: 100, timeout: 120000})
        .catch(e => console.log(`# ${e.message}`));
    console.log((await page.evaluate(() => output)).join('\n'));
    return page.evaluate(() => code ?? 1);
}

withPage(directory, main).then(code => process.exitCode = code);
