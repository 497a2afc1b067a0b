// page.js - the page's part: it takes the lock in turn with the workers
//
// turns.c has the locks and the workers, draw.js draws `lanes`.
'use strict';

const RESTS = 0, ASKS = 1, HOLDS = 2, TIMED_OUT = 3, CANCELLED = 4, SPRINTS = 5;
const EOK = 0, EPENDING = 1, PAGE = 4;
const LIMIT_MS = 400, SPRINT = 100000, PAGE_SPRINT = 1000;

const $ = id => document.getElementById(id);
const between = (least, most) => least + Math.random() * (most - least);
const frame = () => new Promise(requestAnimationFrame);
const clock = () => performance.timeOrigin + performance.now();

// >>the lock as a promise

let serve = null;           // ends the page's wait, while it waits

// True once the page holds the lock; false if it gave up before.
function acquire() {
    const e = Module._page_acquires();

    if (e === EOK)
        return Promise.resolve(true);
    if (e !== EPENDING)
        throw new Error(`acquire_async returned ${e}`);
    return new Promise(resolve => serve = resolve);
}

function served(got) {
    const resolve = serve;

    serve = null;
    resolve(got);
}

// Too late if the lock has been handed over: then the page is served soon.
function giveUp(why) {
    if (serve === null || lanes[PAGE].state !== ASKS
        || Module._page_cancels() !== EOK)
        return;
    Module._note(PAGE, why);
    served(false);
}

// >>the page's life

let limited = false;
let next = takeTurn;        // what the page does after its rest
let wake = () => {};        // ends the page's rest

function rest(ms) {
    return new Promise(resolve => {
        wake = resolve;
        setTimeout(resolve, ms);
    });
}

// The timers of a hidden page are slow, and all would wait for it.
async function shown() {
    while (document.hidden)
        await new Promise(resolve =>
            document.addEventListener('visibilitychange', resolve, {once: true}));
}

async function takeTurn() {
    Module._note(PAGE, ASKS);
    const timer = limited ? setTimeout(giveUp, LIMIT_MS, TIMED_OUT) : 0;
    const got = await acquire();

    clearTimeout(timer);
    if (got)
        await useAndRelease();
}

async function useAndRelease() {
    Module._page_begins();
    Module._note(PAGE, HOLDS);
    check();
    await rest(between(200, 450));
    Module._note(PAGE, RESTS);
    Module._page_ends();
}

async function sprint() {
    Module._note(PAGE, SPRINTS);
    Module._start_sprint(SPRINT);
    for (let i = 0; i < PAGE_SPRINT;)
        if (await acquire()) {
            Module._page_begins();
            Module._page_ends();
            i++;
        }
    while (Module._sprinting())
        await frame();
    Module._note(PAGE, RESTS);
}

// What no page should do. It waits for a hog, so that one sees it.
async function block() {
    Module._set_hog(true);
    while (!lanes.some(lane => lane.state === HOLDS))
        await frame();
    lanes[PAGE].blocked = true;
    Module._note(PAGE, ASKS);
    await frame();
    await frame();
    Module._page_blocks();
    lanes[PAGE].blocked = false;
    lanes[PAGE].blocks++;
    await useAndRelease();
}

async function live() {
    for (;;) {
        await rest(between(300, 900));
        await shown();
        const doThis = next;

        next = takeTurn;
        await doThis();
    }
}

// >>what all five do, as they noted it

const lanes = ['worker 1', 'worker 2', 'worker 3', 'worker 4', 'page']
    .map((name, who) => ({
        name, who, state: RESTS, since: clock(), blocked: false,
        spans: [], turns: 0, timedOut: 0, cancelled: 0, blocks: 0,
    }));
let heard = [], released = {who: 0, when: 0};

function hear() {
    Module._tell_page();
    heard.sort((a, b) => a.when - b.when).forEach(apply);
    heard = [];
}

function apply({who, what, when}) {
    const lane = lanes[who], last = lane.spans.at(-1);

    if (last && last.end === null)
        last.end = when;
    if (lane.state === HOLDS)
        released = {who, when};
    lane.turns += lane.state === HOLDS ? 1
        : lane.state !== SPRINTS ? 0 : who === PAGE ? PAGE_SPRINT : SPRINT;
    if (what === TIMED_OUT || what === CANCELLED) {
        last.gaveUp = what;
        lane[what === TIMED_OUT ? 'timedOut' : 'cancelled']++;
    } else if (what !== RESTS)
        lane.spans.push({
            what, begin: when, end: null, gaveUp: 0,
            from: what === HOLDS && when - released.when < 60 ? released.who : who,
        });
    lane.state = what === TIMED_OUT || what === CANCELLED ? RESTS : what;
    lane.since = when;
    if (lane.spans.length > 100)
        lane.spans.shift();
    announce(lane, what);
}

let checked = null;

// While the page holds the lock it may read what the lock guards.
function check() {
    const counter = Module._counted();
    const turns = lanes.map(lane => Module._turns_of(lane.who));
    const sum = turns.reduce((a, b) => a + b);
    const exact = counter === sum;

    hear();
    $('count').className = exact ? 'good' : 'bad';
    $('count').textContent = `${counter.toLocaleString('en')} counted in `
        + `${sum.toLocaleString('en')} turns${exact ? ': exact' : ': WRONG'}`;
    checked = {counter, turns, drawn: lanes.map(lane => lane.turns)};
}

// >>buttons

const buttons = {
    hog() { Module._set_hog(true); },
    cancel() { giveUp(CANCELLED); },
    limit() {
        limited = !limited;
        Module._set_limit(limited ? LIMIT_MS : 0);
        $('limit').setAttribute('aria-pressed', limited);
    },
    sprint() { next = sprint; wake(); },
    block() { next = block; giveUp(CANCELLED); wake(); },
};

function connectButtons() {
    const keys = {h: 'hog', c: 'cancel', t: 'limit', s: 'sprint', b: 'block'};

    for (const id in buttons)
        $(id).addEventListener('click', buttons[id]);
    addEventListener('keydown', event => {
        if (event.key in keys && !event.ctrlKey && !event.metaKey && !event.altKey)
            $(keys[event.key]).click();
    });
}

// turns.js, which Emscripten makes of turns.c, looks for this.
var Module = {
    hear: (who, what, when) => heard.push({who, what, when}),
    served: result => served(result === EOK),
    onRuntimeInitialized() {
        $('version').textContent = UTF8ToString(Module._version());
        connectButtons();
        startDrawing();
        live();
    },
};

if (!self.crossOriginIsolated)
    $('count').textContent = 'This page needs the two headers that serve.js sends.';
