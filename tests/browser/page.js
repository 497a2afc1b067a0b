// page.js - see in headless Chromium that the web page does what it says
//
//     node tests/browser/page.js DIRECTORY [PICTURES]
//
// DIRECTORY is what build.sh made. Prints TAP; exits with 1 as soon as a claim
// does not hold. With PICTURES, two screenshots are written into that directory.
// PATIENCE is how many milliseconds to wait for anything, and ONLY a pattern of
// the claims to try.
'use strict';
const fs = require('fs');
const {withPage} = require('./chromium.js');

const [directory, pictures] = process.argv.slice(2);
const RESTS = 0, ASKS = 1, HOLDS = 2, TIMED_OUT = 3, PAGE = 4;
const patience = Number(process.env.PATIENCE || 60000);
const only = new RegExp(process.env.ONLY || '.');
const said = [];

// The page is watched from outside of its own loop, which may be blocked.
function until(page, condition, ...args) {
    return page.waitForFunction(condition, {polling: 50, timeout: patience}, ...args);
}

function check(ok, ...what) {
    if (!ok)
        throw new Error(what.map(w => JSON.stringify(w)).join(' '));
}

// What a worker that hogs the lock, and the page that waits for it, have been
// doing for longer than any other turn takes.
async function hogWhilePageWaits(page) {
    await page.click('#hog');
    await until(page, (HOLDS, ASKS, PAGE) =>
        lanes.some(l => l.who !== PAGE && l.state === HOLDS
            && clock() - l.since > 600) && lanes[PAGE].state === ASKS,
        HOLDS, ASKS, PAGE);
}

const turns = page => page.evaluate(() => lanes.map(l => l.turns));

async function allTakeAnotherTurn(page) {
    await until(page, before => lanes.every((l, i) => l.turns > before[i] + 1),
                await turns(page));
}

const claims = {
    async 'memory is shared, and the port is the monotonic one'(page) {
        const version = await page.$eval('#version', e => e.textContent);

        check(await page.evaluate(() => crossOriginIsolated));
        check(/^lock\.h [\d.]+, port pthread$/.test(version), version);
    },

    async 'four workers and the page take turns'(page) {
        await until(page, () => lanes.every(l => l.turns >= 3));
    },

    async 'no turn begins before the last one has ended'(page) {
        await until(page, () => lanes.every(l => l.turns >= 3));
        const held = await page.evaluate(HOLDS => lanes.flatMap(l =>
            l.spans.filter(s => s.what === HOLDS && s.end !== null)), HOLDS);

        held.sort((a, b) => a.begin - b.begin);
        check(held.length >= 15, held.length);
        held.slice(1).forEach((s, i) => check(s.begin >= held[i].end, held[i], s));
    },

    async 'frames go on while a worker holds the lock and the page waits'(page) {
        await hogWhilePageWaits(page);
        const [drawn, ms] = await page.evaluate(async (ASKS, PAGE) => {
            const begin = clock();
            let n = 0;

            for (; lanes[PAGE].state === ASKS; n++)
                await frame();
            return [n, clock() - begin];
        }, ASKS, PAGE);

        check(drawn >= 3, drawn);           // a blocked page draws none
        return `${drawn} in ${Math.round(ms)} ms`;
    },

    async 'cancel ends the wait of the page, which has no turn then'(page) {
        await hogWhilePageWaits(page);
        const before = await page.evaluate(PAGE =>
            [lanes[PAGE].turns, lanes[PAGE].cancelled], PAGE);

        await page.click('#cancel');
        await until(page, (PAGE, n) => lanes[PAGE].cancelled === n + 1,
                    PAGE, before[1]);
        check((await turns(page))[PAGE] === before[0]);
    },

    async 'and the page waits again later, and is served'(page) {
        await allTakeAnotherTurn(page);
    },

    async 'while the page does not wait there is nothing to cancel'(page) {
        await until(page, (RESTS, PAGE) => lanes[PAGE].state === RESTS
            && document.getElementById('cancel').disabled, RESTS, PAGE);
    },

    async 'with a time limit, workers and page give up in time'(page) {
        await page.click('#limit');
        await allTakeAnotherTurn(page);
        await page.click('#hog');
        await until(page, PAGE => lanes[PAGE].timedOut > 0
            && lanes.filter(l => l.timedOut > 0).length >= 4, PAGE);
        const waits = await page.evaluate(TIMED_OUT => lanes.flatMap(l =>
            l.spans.filter(s => s.gaveUp === TIMED_OUT)
                .map(s => ({who: l.who, ms: s.end - s.begin}))), TIMED_OUT);

        // A page's timer may be a millisecond early; a limit of the lock never.
        for (const {who, ms} of waits)
            check(ms >= (who === PAGE ? 399 : 400), who, ms);
        return `after ${Math.min(...waits.map(w => w.ms)).toFixed(1)} ms`;
    },

    async 'without it nobody gives up'(page) {
        await page.click('#limit');
        await allTakeAnotherTurn(page);     // waits that had one are over
        const timedOut = () => page.evaluate(() => lanes.map(l => l.timedOut).join());
        const before = await timedOut();

        await hogWhilePageWaits(page);
        await allTakeAnotherTurn(page);
        check(await timedOut() === before, before, await timedOut());
    },

    async 'after a sprint the count is exact'(page) {
        const least = await page.evaluate(() => 4 * SPRINT + PAGE_SPRINT);

        await page.click('#sprint');
        await until(page, least => checked
            && checked.turns.reduce((a, b) => a + b) > least, least);
        await allTakeAnotherTurn(page);
        const {counter, turns, drawn} = await page.evaluate(() => checked);

        check(counter === turns.reduce((a, b) => a + b), counter, turns);
        check(String(turns) === String(drawn), turns, drawn);
        check(/: exact$/.test(await page.$eval('#count', e => e.textContent)));
        return `${counter} turns`;
    },

    async 'a page that blocks freezes, which shows that frames can stop'(page) {
        await page.click('#block');
        await until(page, PAGE => lanes[PAGE].blocks === 1, PAGE);
        const longest = await page.evaluate(async () => {
            await frame();
            await frame();
            return Math.max(...frames.slice(1).map((f, i) => f - frames[i]));
        });

        check(longest > 1500, longest);
        await allTakeAnotherTurn(page);
        return `for ${Math.round(longest)} ms`;
    },

    async 'nothing went wrong but that, of which Emscripten warns'() {
        check(said.length === 1 && /^warn: Blocking on the main/.test(said[0]), said);
    },
};

// At a moment that shows much: a worker hogs the lock, and all others wait.
async function photograph(page, url, scheme) {
    const file = `${pictures}/browser-${scheme}.png`;

    await page.emulateMediaFeatures([{name: 'prefers-color-scheme', value: scheme}]);
    await page.goto(url);
    await page.mouse.move(600, 330);
    await until(page, () => lanes.every(l => l.turns >= 2));
    await page.click('#limit');
    await page.click('#hog');
    await until(page, () => lanes.filter(l => l.timedOut).length >= 3);
    await page.click('#limit');
    await allTakeAnotherTurn(page);
    await hogWhilePageWaits(page);
    await until(page, ASKS => lanes.filter(l => l.state === ASKS).length === 4
        && lanes.every(l => clock() - l.since > 700), ASKS);
    await page.screenshot({path: file});
    return fs.statSync(file).size;
}

async function main(page, url) {
    page.on('console', m => said.push(`${m.type()}: ${m.text()}`));
    page.on('pageerror', e => said.push(String(e)));
    await page.setViewport({width: 1080, height: 800});
    await page.goto(url);
    await until(page, () => document.getElementById('version').textContent);
    for (const [text, test] of Object.entries(claims).filter(([t]) => only.test(t)))
        try {
            const note = await test(page);

            console.log(`ok - browser: ${text}${note ? ` # ${note}` : ''}`);
        } catch (e) {
            console.log(`not ok - browser: ${text}`);
            console.log(`# ${e.message.split('\n')[0]}\n# the page said: ${said}`);
            return 1;
        }
    if (pictures)
        for (const scheme of ['light', 'dark'])
            console.log(`# picture, ${scheme}: `
                + `${await photograph(page, url, scheme)} bytes`);
    return 0;
}

withPage(directory, main).then(code => process.exitCode = code);
